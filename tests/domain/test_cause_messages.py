"""What the pages of causes say, draw and write: from what was found to plain facts."""

from typing import Any

import pytest

from bot.domain.messages import Language
from bot.domain.metrics.landmark import Refusal
from bot.domain.opportunity_messages import OpportunityPicture
from bot.domain.report_messages import Report
from bot.domain.report_requests import Page, parse_report_request
from bot.domain.rules import WinBackRules
from bot.domain.segments import Dimension, SegmentName
from bot.domain.team_messages import RatiosPicture
from bot.domain.trial_messages import ArmsPicture, DifferencesPicture, wordings_report
from tests.cause_facts import (
    PERIOD,
    PLACES,
    crowd,
    drawn,
    loyalty_page,
    opportunities_page,
    pages,
    roi_page,
    someone,
    team_page,
    wording_tests,
)

EN = Language.EN


def facts(report: Report) -> dict[str, Any]:
    return dict(report.message.facts)


def keys(report: Report) -> list[str]:
    return [figure.key for figure in report.figures]


@pytest.mark.parametrize(
    ("words", "page"),
    [
        ("loyalty", Page.LOYALTY),
        ("gắn bó", Page.LOYALTY),
        ("opportunities", Page.OPPORTUNITIES),
        ("cơ hội", Page.OPPORTUNITIES),
        ("tests", Page.TESTS),
        ("thử nghiệm", Page.TESTS),
        ("team", Page.TEAM),
        ("đội ngũ", Page.TEAM),
        ("roi", Page.ROI),
        ("hiệu quả", Page.ROI),
    ],
)
def test_each_page_is_asked_for_in_either_language(words: str, page: Page) -> None:
    assert parse_report_request([*words.split(), "90d"]).page is page


def test_the_page_of_loyalty_has_each_category_with_its_ratios_and_a_figure_of_each() -> None:
    page = loyalty_page(crowd(1000), EN)
    said = facts(page)
    assert [one["category"] for one in said["categories"]] == ["promoter", "passive", "detractor", "silent"]
    assert [bool(one["ratio"]) for one in said["categories"]] == [True, False, True, True]
    assert said["n"] == sum(one["n"] for one in said["categories"])
    assert said["n"] + said["gave_notice"] + said["not_asked"] == 1000
    assert said["adjusted"]
    assert said["at_stake"]["low"] > 0
    assert keys(page) == [
        *(f"churn_{one}" for one in ("promoter", "passive", "detractor", "silent")),
        *(f"{ratio}_{one}" for ratio in ("risk_ratio", "hazard_ratio") for one in ("promoter", "detractor", "silent")),
        "revenue_at_stake",
    ]
    assert page.figures[-1].currency == "VND"


def test_of_under_five_not_even_how_many_left_is_said() -> None:
    said = facts(loyalty_page([someone(number, score=9, lost_after=1) for number in range(4)], EN))
    assert (said["n"], said["lost"], said["refusal"]) == (4, None, Refusal.FEW_LOST)
    assert (said["categories"][0]["n"], said["categories"][0]["lost"]) == (4, None)
    assert facts(loyalty_page([someone(number, score=9) for number in range(5)], EN))["lost"] == 0


def test_segments_that_lose_more_are_named_the_surest_first() -> None:
    page = opportunities_page(crowd(3000), EN)
    first = facts(page)["segments"][0]
    assert (first["name"], first["is_unlike"], first["themes"]) == ("đồng · Huế", True, ["giá", "giao hàng"])
    assert all(one["at_stake"]["value"] > 0 for one in facts(page)["segments"])
    assert len(facts(page)["segments"]) <= 3
    assert isinstance(page.picture, OpportunityPicture)
    assert len(page.picture.found) == facts(page)["looked_at"] == 16
    assert page.picture.reference == pytest.approx(facts(page)["usual"]["value"])
    assert keys(page) == ["churn_shrunk", "at_stake"] * 16
    assert page.figures[1].currency == "VND"


def test_segments_of_one_dimension_are_named_as_breakdowns_name_them() -> None:
    page = opportunities_page(crowd(3000), EN, by=Dimension.LOCATION)
    assert isinstance(page.picture, OpportunityPicture)
    assert page.picture.names == {place: SegmentName(text=place) for place in PLACES}
    first = facts(page)["segments"][0]
    assert (first["segment"]["text"], facts(page)["by"], keys(page)) == ("Huế", Dimension.LOCATION, [])
    assert facts(opportunities_page(crowd(3000), EN))["segments"][0]["segment"] is None


def test_without_customers_there_is_no_usual_churn() -> None:
    page = opportunities_page([], EN)
    assert (facts(page)["usual"], facts(page)["differ"], facts(page)["segments"]) == (None, False, [])


def test_of_staff_with_few_customers_less_is_said() -> None:
    team = [someone(n, owner_id=0) for n in range(4)] + [someone(n, owner_id=1, lost_after=2) for n in range(19)]
    page = team_page([*team, *(someone(n, owner_id=2, lost_after=2) for n in range(20)), someone()], EN)
    many, some, few = facts(page)["team"]
    assert (many["lost"], many["ratio"]["n"]) == (20, 20)
    assert (some["lost"], some["ratio"]) == (19, None)
    assert (few["n"], few["lost"], few["expected"]) == (4, None, None)
    assert (facts(page)["n"], facts(page)["unknown"], facts(page)["compared"]) == (43, 1, 1)
    assert [figure.note for figure in page.figures] == ["", "team_few", "team_few", ""]
    own = team_page([*team, *(someone(n, owner_id=2, lost_after=2) for n in range(20))], EN, own=0)
    assert len(facts(own)["team"]) == 1
    assert [(figure.key, figure.n) for figure in own.figures] == [("lost_of_expected", 4), ("team_lost", 43)]


def test_by_segment_each_colleague_has_a_row_for_each_and_the_whole_team_is_told_once() -> None:
    page = team_page(crowd(300), EN, by=Dimension.PLAN)
    assert isinstance(page.picture, RatiosPicture)
    assert len(page.picture.rows) == facts(page)["total"] == 20
    sizes = [row.n for row in page.picture.rows]
    assert (sizes, sum(sizes)) == (sorted(sizes, reverse=True), facts(page)["n"])
    first = page.picture.rows[0]
    assert first.segment is not None
    told = facts(page)["team"][0]
    assert (told["n"], told["segment"]["text"]) == (first.n, first.segment.text)
    assert keys(page) == ["team_lost"]


def test_before_a_whole_cycle_nobody_is_held_against_anything() -> None:
    page = team_page(crowd(300), EN, so_far=True)
    assert isinstance(page.picture, RatiosPicture)
    assert (facts(page)["team"], page.picture.rows, page.figures) == ([], [], ())


def test_a_wave_that_is_not_over_has_no_difference() -> None:
    page = wordings_report(wording_tests(150), period=PERIOD, language=EN)
    assert isinstance(page.picture, DifferencesPicture)
    clear, same, still = page.picture.rows
    assert clear.difference is not None
    assert same.difference is not None
    assert clear.difference.low > 0 > same.difference.low
    assert (still.difference, still.facts["standing"], still.facts["difference"]) == (None, "open", None)
    assert [figure.note for figure in page.figures] == [""] * 4 + ["test_open"] * 2
    assert page.figures[0].segment == "NPS 1 Oct 2026 lần giao hàng vừa rồi ở Huế"


@pytest.mark.parametrize(
    ("asked", "left_alone", "verdict"), [(0.3, 0.1, "up"), (0.1, 0.3, "down"), (0.1, 0.1, "no_change")]
)
def test_a_trial_that_may_be_read_says_which_way_it_went(asked: float, left_alone: float, verdict: str) -> None:
    rules = WinBackRules(holdout=0.3, planned=600, cost=1000, margin=0.3)
    page = roi_page(rules, drawn(600, asked=asked, left_alone=left_alone), EN)
    assert (facts(page)["standing"], facts(page)["verdict"]) == ("ready", verdict)
    assert keys(page) == ["back_asked", "back_held_out", "won_back", "roi"]


def test_a_trial_that_may_not_be_read_shows_no_outcome_of_either_group() -> None:
    page = roi_page(WinBackRules(holdout=0.3, planned=600), drawn(590), EN)
    said = facts(page)
    assert (said["standing"], said["followed"], said["verdict"]) == ("locked", 590, "not_comparable")
    assert said["treated"] == {"n": 413, "part": None, "estimate": None}
    assert page.picture == ArmsPicture(treated=(413, None), control=(177, None))
    assert [figure.estimate for figure in page.figures] == [None, None]


def test_without_a_holdout_no_return_is_said() -> None:
    said = facts(roi_page(WinBackRules(), [], EN))
    assert (said["standing"], said["roi"], said["kept"], said["money"]) == ("none", None, None, None)


def test_every_page_names_how_it_was_reckoned() -> None:
    assert all(page.methods for page in pages(0, EN))
