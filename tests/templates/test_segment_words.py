"""Pages of money, health and the way of customers by segment: what adds up, in either language, as picture and file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import update

from bot.domain.figures import Figure, FigureUnit
from bot.domain.groups_apart import nothing_apart
from bot.domain.messages import Language
from bot.domain.metrics.estimates import Estimate
from bot.domain.money_reports import figure_facts
from bot.domain.report_messages import Report
from bot.domain.report_requests import Dimension, FileForm, Page, ReportRequest, parse_report_request
from bot.domain.rules import MoneyRules, Rules, WinBackRules
from bot.domain.segment_figures import SUMS, SegmentFiguresPicture, SegmentRow
from bot.domain.segments import SegmentName
from bot.domain.wave_results import Standing
from bot.render import Renderer
from bot.services import reports, standings
from handlers.report_files import write
from handlers.report_pictures import draw, picture_of
from handlers.reports import BY_SEGMENT, PAGES, use_case
from storage.database import Database
from storage.tables import customer
from tests.conftest import START
from tests.money_scene import open_shop
from tests.tried_scene import HOLDOUT, try_things

RULES = Rules(business="Hoa Mai", money=MoneyRules(), win_back=WinBackRules(holdout=HOLDOUT, planned=60))
RENDERER = Renderer(RULES)
CAPTION = 1024
PLANS = ("basic", "gold", "silver", "một gói có cái tên rất dài", "năm", "sáu")
WITHOUT_CONTRACTS = 200
SIZES = (0, 3, 240)
TOLD = tuple(page for page in BY_SEGMENT if page is not Page.CASES)
"""Cases are told in a room of their own."""
AMOUNT = re.compile(r"<b>[^<]*\d[^<]*</b> \([^()]+ (đến|to) [^()]+\), n = \d")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Mapping[int, Database]]:
    found = {}
    for n in (*SIZES, WITHOUT_CONTRACTS):
        path = tmp_path_factory.mktemp("shop") / f"{n}.sqlite3"
        copy(empty_sqlite, path)
        found[n] = Database(f"sqlite:///{path}", now=lambda: START)
        open_shop(found[n], n, contracts=n == 240)
        found[n].write_now(_enrol)
        try_things(found[n])
        while found[n].write_now(standings.plan_standings, rules=RULES):
            pass
    yield found
    for one in found.values():
        one.close()


def _enrol(tx, *, now) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    for place, plan in enumerate(PLANS):
        tx.execute(update(customer).where(customer.c.id % len(PLANS) == place).values(plan=plan))


@cache
def ask(shop: Database, page: Page, by: Dimension | None) -> Report:
    request = ReportRequest(page=page, by=by)
    found = shop.read_now(reports.report, rules=RULES, request=request, page=use_case(request), language=Language.VI)
    assert isinstance(found, Report)
    return found


def rows(found: Report) -> list[tuple[str, list[Figure]]]:
    assert isinstance(found.picture, SegmentFiguresPicture)
    return [(row.name.text, list(row.figures)) for row in found.picture.rows]


@pytest.mark.parametrize("page", TOLD)
def test_all_segments_together_say_what_the_page_says(shops: Mapping[int, Database], page: Page) -> None:
    for shop in (shops[240], shops[WITHOUT_CONTRACTS]):
        told = {one.key: (one.n, one.estimate) for one in ask(shop, page, None).figures}
        for one in ask(shop, page, Dimension.PLAN).figures:
            if told.get(one.key, (0, None)) != (0, None):
                assert (one.n, one.estimate) == told[one.key]


@pytest.mark.parametrize("page", TOLD)
def test_segments_make_up_all(shops: Mapping[int, Database], page: Page) -> None:
    found = ask(shops[240], page, Dimension.PLAN)
    assert sorted(name for name, _ in rows(found)) == sorted(PLANS)
    for place, whole in enumerate(found.figures):
        parts = [figures[place] for _, figures in rows(found)]
        assert sum(one.n for one in parts) == whole.n
        if whole.key in SUMS:
            assert whole.estimate is not None
            assert sum(one.estimate.value for one in parts if one.estimate) == whole.estimate.value


@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("page", TOLD)
def test_it_fits_under_its_picture_and_every_number_has_its_n_and_interval(
    shops: Mapping[int, Database], page: Page, n: int
) -> None:
    found = ask(shops[n], page, Dimension.PLAN)
    for language in Language:
        text = RENDERER.render(replace(found.message, language=language)).text
        assert len(re.sub("<[^>]+>", "", text)) <= CAPTION
        assert "None" not in text
        for line in text.splitlines()[1:]:
            assert line.count("<b>") == len(AMOUNT.findall(line)), line


@pytest.mark.parametrize("page", [Page.DEALS, Page.TASKS, Page.HEALTH, Page.LOYALTY])
def test_it_draws_and_every_segment_is_in_the_file(shops: Mapping[int, Database], page: Page) -> None:
    for n, language in ((3, Language.EN), (240, Language.VI)):
        found = ask(shops[n], page, Dimension.PLAN)
        assert draw(replace(found, words=replace(found.words, language=language)), RENDERER).startswith(b"\x89PNG")
    file = write(ask(shops[240], page, Dimension.PLAN), FileForm.CSV, RENDERER).content.decode("utf-8-sig")
    assert all(plan in file for plan in PLANS)


WHY_NOT = {
    Page.RFM: ("unranked",),
    Page.ROI: ("trial_none", "trial_locked", "trial_void"),
    Page.TESTS: ("test_none", *(f"test_{one}" for one in Standing if one is not Standing.FINAL)),
}


@pytest.mark.parametrize("page", WHY_NOT)
def test_where_nothing_can_be_told_it_says_why(shops: Mapping[int, Database], page: Page) -> None:
    said = set()
    for why_not in WHY_NOT[page]:
        for language in Language:
            found = ask(shops[0], page, Dimension.PLAN)
            overall = [figure_facts(one) for one in nothing_apart("responses_apart", why_not)(())]
            message = replace(found.message, language=language, facts={**found.message.facts, "overall": overall})
            said.add(RENDERER.render(message).text)
            assert draw(replace(found, words=message), RENDERER).startswith(b"\x89PNG")
    assert len(said) == 2 * len(WHY_NOT[page])


def test_of_nobody_each_page_of_what_was_tried_gives_its_reason(shops: Mapping[int, Database]) -> None:
    told = {page: ask(shops[0], page, Dimension.PLAN).figures[0].note for page in WHY_NOT}
    # A wave that asked nobody is over with nothing to compare.
    assert told == {Page.RFM: "unranked", Page.ROI: "trial_locked", Page.TESTS: ""}
    assert ask(shops[3], Page.ROI, Dimension.PLAN).figures[0].note == "trial_locked"


def test_what_groups_are_apart_is_listed_for_three_segments_and_held_against_the_rest(
    shops: Mapping[int, Database],
) -> None:
    found = ask(shops[240], Page.LOYALTY, Dimension.PLAN)
    text = RENDERER.render(found.message).text
    assert (len(found.message.facts["segments"]), text.count("điểm %")) == (3, 4)  # type: ignore[arg-type]
    assert "mỗi bên cần 30 khách" in text
    alone = RENDERER.render(ask(shops[240], Page.LOYALTY, Dimension.TAG).message).text
    assert "mỗi bên" not in alone


def test_what_is_apart_is_drawn_with_its_sign_on_an_axis_that_shows_zero(shops: Mapping[int, Database]) -> None:
    found = ask(shops[240], Page.LOYALTY, Dimension.PLAN)
    gap = Figure(key="loyalty_apart", unit=FigureUnit.APART, n=80, estimate=Estimate(-0.2, -0.3, -0.1, 40))
    rows_below = [SegmentRow(SegmentName(text=plan), [gap]) for plan in PLANS]
    below = replace(found, picture=SegmentFiguresPicture(rows_below, gap))
    axes = picture_of(below, RENDERER).axes[0]
    low, high = axes.get_xlim()
    assert low < -0.3 < 0 < high
    assert "−20\xa0%" in {text.get_text() for text in axes.texts}


def test_words_ask_for_it_and_buttons_lead_to_other_dimensions(shops: Mapping[int, Database]) -> None:
    request = parse_report_request(["đơn", "hàng", "theo", "gói", "quý", "này"])
    assert (request.page, request.by) == (Page.DEALS, Dimension.PLAN)
    labels = [
        button.facts["tab"] for row in ask(shops[3], Page.DEALS, Dimension.PLAN).message.keyboard for button in row
    ]
    assert set(Dimension) <= set(labels)


def test_health_by_segment_is_of_now_and_not_of_a_period(shops: Mapping[int, Database]) -> None:
    found = ask(shops[240], Page.HEALTH, Dimension.PLAN)
    title = RENDERER.render(found.message).text.splitlines()[0]
    assert title.endswith("</b> · hiện nay")
    assert RENDERER.part(found.words, "subtitle").startswith("Hiện nay · ")


def test_what_a_page_says_of_its_own_segments_it_says_itself() -> None:
    assert use_case(ReportRequest(page=Page.CASES, by=Dimension.CSM)) is PAGES[Page.CASES]
    assert use_case(ReportRequest(page=Page.RFM, by=Dimension.RFM)) is PAGES[Page.RFM]
    assert use_case(ReportRequest(page=Page.CASES, by=Dimension.PLAN)) is not PAGES[Page.CASES]


@pytest.mark.parametrize(
    ("key", "language", "further"),
    [
        ("revenue_net", Language.VI, "; kể cả mua thêm (NRR) <b>"),
        ("revenue_net", Language.EN, "; net retention (NRR) <b>"),
        ("clv_margin", Language.VI, "; CLV tính theo lợi nhuận <b>"),
    ],
)
def test_a_further_figure_of_a_line_begins_small_unless_it_is_an_abbreviation(
    shops: Mapping[int, Database], key: str, language: Language, further: str
) -> None:
    found = ask(shops[240], Page.REVENUE, Dimension.PLAN)
    first, second = (figure_facts(one) for one in found.figures[:2])
    message = replace(
        found.message, language=language, facts={**found.message.facts, "overall": [first, {**second, "key": key}]}
    )
    assert further in RENDERER.render(message).text
