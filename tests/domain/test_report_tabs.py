"""The buttons under a report: what each leads to, which are offered, and that they fit."""

import pytest

from bot.domain.messages import Button
from bot.domain.report_pages import BROKEN_DOWN, Page
from bot.domain.report_requests import Dimension, FileForm, ReportRequest, parse_report_request
from bot.domain.report_tabs import tabs
from bot.domain.reports import Metric
from bot.domain.taps import ShowReport


def _words(row: tuple[Button, ...]) -> dict[object, str]:
    return {button.facts["tab"]: button.tap.words for button in row if isinstance(button.tap, ShowReport)}


def _chosen(request: ReportRequest) -> list[object]:
    return [button.facts["tab"] for row in tabs(request) for button in row if button.facts["chosen"]]


def test_a_breakdown_leads_to_every_tab_with_its_period_and_what_the_tab_knows_of_it() -> None:
    first, second, metrics, some, others, periods = tabs(ReportRequest(Metric.CSAT, "30d", Dimension.CSM))
    assert _words(first) == {
        "overview": "30d",
        "trend": "csat 30d",
        "funnel": "funnel csat 30d",
        "segments": "csat 30d by csm",
    }
    assert _words(second) == {
        "reasons": "reasons csat 30d",
        "health": "health 30d",
        "money": "money 30d",
        "cases": "cases 30d",
    }
    assert _words(metrics)["churn"] == "churn 30d by csm"
    by: dict[object, str] = {one: f"csat 30d by {one}" for one in Dimension}
    assert {**_words(some), **_words(others)} == {"everything": "csat 30d", **by}
    assert _words(periods)["this year"] == "csat this year by csm"


def test_a_metric_that_no_survey_measures_is_left_behind() -> None:
    words = {tab: text for row in tabs(ReportRequest(Metric.CHURN, "30d")) for tab, text in _words(row).items()}
    assert (words["funnel"], words["reasons"]) == ("funnel 30d", "reasons 30d")
    assert words["segments"] == "churn 30d by plan"


def test_the_overview_offers_every_metric() -> None:
    *_, metrics, _ = tabs(ReportRequest())
    assert _words(metrics) == {metric: f"{metric} 90d" for metric in Metric}


def test_a_funnel_can_be_of_one_kind_and_has_the_tests_below_it() -> None:
    *_, kinds, below, _ = tabs(ReportRequest(page=Page.FUNNEL))
    assert list(_words(kinds)) == ["everything", "nps", "ces", "csat"]
    assert _words(below) == {"tests": "tests 90d"}
    of_all, of_one = (
        {word: to for row in tabs(ReportRequest(kind, page=Page.FUNNEL)) for word, to in _words(row).items()}
        for kind in (None, Metric.NPS)
    )
    assert of_all["responses"] == "response_rate 90d by plan"
    assert "responses" not in of_one


@pytest.mark.parametrize("page", Page)
def test_a_page_whose_figures_are_told_by_segment_leads_there_and_back(page: Page) -> None:
    leads = {word: to for row in tabs(ReportRequest(page=page)) for word, to in _words(row).items()}
    assert leads.get("breakdown") == (f"{page} 90d by plan" if page in BROKEN_DOWN else None)
    if page in BROKEN_DOWN:
        _, _, some, others, _ = tabs(ReportRequest(page=page, by=Dimension.CSM))
        by: dict[object, str] = {one: f"{page} 90d by {one}" for one in Dimension}
        assert {**_words(some), **_words(others)} == {"everything": f"{page} 90d", **by}


@pytest.mark.parametrize(
    ("request_", "chosen"),
    [
        (ReportRequest(), ["overview", "90d"]),
        (ReportRequest(Metric.NPS, "30d"), ["trend", "nps", "30d"]),
        (ReportRequest(Metric.NPS, "30d", Dimension.PLAN), ["segments", "nps", "plan", "30d"]),
        (ReportRequest(page=Page.FUNNEL), ["funnel", "everything", "90d"]),
        (ReportRequest(page=Page.CLV), ["money", "clv", "90d"]),
        (ReportRequest(page=Page.CASES, period="m5 2026"), ["cases"]),
    ],
)
def test_where_one_is_is_marked(request_: ReportRequest, chosen: list[object]) -> None:
    assert _chosen(request_) == chosen


def test_files_take_the_place_of_periods_and_go_back_to_them() -> None:
    request = ReportRequest(Metric.NPS, "30d")
    *_, periods = tabs(request)
    assert _words(periods)["files"] == "nps 30d files"
    *_, files = tabs(ReportRequest(Metric.NPS, "30d", form=FileForm.PDF, files=True))
    assert _words(files) == {"back": "nps 30d", "xlsx": "nps 30d xlsx", "csv": "nps 30d csv", "pdf": "nps 30d pdf"}


@pytest.mark.parametrize("page", [None, *Page])
def test_every_button_fits_says_itself_again_and_there_are_few_rows(page: Page | None) -> None:
    longest = "30/12/2025..31/12/2026"
    request = ReportRequest(Metric.RESPONSE_RATE, longest, Dimension.PLAN)
    if page not in {None, Page.TREND, Page.SEGMENTS}:
        request = ReportRequest(page=page, period=longest)
    rows = tabs(request)
    assert len(rows) <= 6
    assert max(map(len, rows)) <= 5
    for button in (button for row in rows for button in row):
        assert isinstance(button.tap, ShowReport)
        assert len(button.tap.pack().encode()) <= 64
        assert parse_report_request(button.tap.words.split()).words == button.tap.words
