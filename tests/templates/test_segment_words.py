"""Pages of money, health and the way of customers by segment: what adds up, in either language, as picture and file."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import update

from bot.domain.figures import Figure
from bot.domain.messages import Language
from bot.domain.report_messages import Report
from bot.domain.report_requests import Dimension, FileForm, Page, ReportRequest, parse_report_request
from bot.domain.rules import MoneyRules, Rules
from bot.domain.segment_figures import SUMS, SegmentFiguresPicture
from bot.render import Renderer
from bot.services import reports
from handlers.report_files import write
from handlers.report_pictures import draw
from handlers.reports import BY_SEGMENT, PAGES, use_case
from storage.database import Database
from storage.tables import customer
from tests.conftest import START
from tests.money_scene import open_shop

RULES = Rules(business="Hoa Mai", money=MoneyRules())
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


@pytest.mark.parametrize("page", [Page.DEALS, Page.TASKS, Page.HEALTH])
def test_it_draws_and_every_segment_is_in_the_file(shops: Mapping[int, Database], page: Page) -> None:
    for n, language in ((3, Language.EN), (240, Language.VI)):
        found = ask(shops[n], page, Dimension.PLAN)
        assert draw(replace(found, words=replace(found.words, language=language)), RENDERER).startswith(b"\x89PNG")
    file = write(ask(shops[240], page, Dimension.PLAN), FileForm.CSV, RENDERER).content.decode("utf-8-sig")
    assert all(plan in file for plan in PLANS)


def test_words_ask_for_it_and_buttons_lead_to_other_dimensions(shops: Mapping[int, Database]) -> None:
    request = parse_report_request(["đơn", "hàng", "theo", "gói", "quý", "này"])
    assert (request.page, request.by) == (Page.DEALS, Dimension.PLAN)
    labels = [
        button.facts["tab"] for row in ask(shops[3], Page.DEALS, Dimension.PLAN).message.keyboard for button in row
    ]
    assert set(Dimension) <= set(labels)


def test_by_whose_cases_were_is_said_by_the_cases_themselves() -> None:
    assert use_case(ReportRequest(page=Page.CASES, by=Dimension.CSM)) is PAGES[Page.CASES]
    assert use_case(ReportRequest(page=Page.CASES, by=Dimension.PLAN)) is not PAGES[Page.CASES]
