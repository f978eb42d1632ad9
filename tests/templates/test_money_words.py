"""The pages of money in words and pictures: in either language, of nobody, of three and of many customers."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from shutil import copy

import pytest

from bot.domain.figures import FigureUnit
from bot.domain.messages import Language, Message
from bot.domain.metrics.estimates import Change, Difference, Estimate, Verdict
from bot.domain.money_reports import (
    AmountsPicture,
    CohortsPicture,
    HeldOutPicture,
    RowsPicture,
    WaitPicture,
    days_figure,
    figure_facts,
    money_figure,
    share_figure,
)
from bot.domain.periods import parse_period
from bot.domain.report_messages import Report, period_facts
from bot.domain.report_requests import FileForm, Page, ReportRequest
from bot.domain.rules import MoneyRules, Rules
from bot.render import Renderer
from bot.services import course_reports, reports, standings
from handlers.report_files import write
from handlers.report_pictures import draw
from handlers.reports import PAGES
from storage.database import Database
from tests.conftest import START
from tests.money_scene import open_shop

RULES = Rules(business="Hoa Mai", money=MoneyRules(margin=0.4, discount=0.1))
RENDERER = Renderer(RULES)
PERIOD = period_facts(parse_period("last month", now=START, timezone="Asia/Ho_Chi_Minh"))
CAPTION = 1024
MANY, FREE = 330, 100
SIZES = (0, 3, FREE, MANY)
"""Neither three nor a hundred have contracts."""

MONEY = (
    Page.MONEY,
    Page.REVENUE,
    Page.DEALS,
    Page.COSTS,
    Page.RETENTION,
    Page.CLV,
    Page.RFM,
    Page.PRICES,
    Page.JOURNEY,
    Page.TASKS,
)
PAINTED = (Page.MONEY, Page.REVENUE, Page.RETENTION, Page.CLV, Page.RFM, Page.JOURNEY)
"""One page of each sort of picture."""

INTERVAL = re.compile(r"\([^()]+ (đến|to) [^()]+\)")
BOLD_NUMBER = re.compile(r"<b>[^<]*\d[^<]*:.*|<b>[^<]*: [^<]*\d.*")


@pytest.fixture(scope="module")
def shops(tmp_path_factory: pytest.TempPathFactory, empty_sqlite: Path) -> Iterator[Mapping[int, Database]]:
    """A business of each size, ranked today."""
    found = {}
    for n in SIZES:
        path = tmp_path_factory.mktemp("shop") / f"{n}.sqlite3"
        copy(empty_sqlite, path)
        found[n] = Database(f"sqlite:///{path}", now=lambda: START)
        open_shop(found[n], n, contracts=n not in (3, FREE))
        while found[n].write_now(standings.plan_standings, rules=RULES):
            pass
    yield found
    for one in found.values():
        one.close()


@cache
def ask(shop: Database, page: Page, period: str = "90d") -> Report:
    return reckon(shop, page, period, RULES)


def reckon(shop: Database, page: Page, period: str, rules: Rules) -> Report:
    request = ReportRequest(page=page, period=period)
    found = shop.read_now(reports.report, rules=rules, request=request, page=PAGES[page], language=Language.VI)
    assert isinstance(found, Report)
    return found


def say(found: Report, language: Language = Language.EN) -> str:
    return RENDERER.render(replace(found.message, language=language)).text


@pytest.mark.parametrize("n", [0, 3, MANY])
@pytest.mark.parametrize("page", MONEY)
def test_a_page_fits_under_its_picture_and_no_number_lacks_its_n_and_interval(
    shops: Mapping[int, Database], page: Page, n: int
) -> None:
    for language in Language:
        text = say(ask(shops[n], page), language)
        assert len(re.sub("<[^>]+>", "", text)) <= CAPTION
        assert "None" not in text
        for line in text.splitlines():
            if BOLD_NUMBER.match(line) and "n = " not in line.split("(")[0]:
                assert INTERVAL.search(line), line
                assert "n = " in line or page is Page.RFM, line
                assert page is not Page.RFM or re.search(r"\d+ (khách|customers)", line), line


@pytest.mark.parametrize("page", PAINTED)
def test_a_page_draws(shops: Mapping[int, Database], page: Page) -> None:
    for n, language in ((3, Language.EN), (MANY, Language.VI)):
        found = ask(shops[n], page)
        found = replace(found, words=replace(found.words, language=language))
        assert draw(found, RENDERER).startswith(b"\x89PNG")


@pytest.mark.parametrize("page", MONEY)
def test_every_figure_of_a_page_and_how_it_was_reckoned_are_in_its_file(
    shops: Mapping[int, Database], page: Page
) -> None:
    found = ask(shops[MANY], page)
    csv = write(found, FileForm.CSV, RENDERER).content.decode("utf-8-sig")
    assert len(csv.splitlines()) > len(found.figures)
    assert RENDERER.part(found.message, found.methods[0])


def test_a_page_of_three_customers_shows_no_value(shops: Mapping[int, Database]) -> None:
    for page in MONEY:
        assert not any(figure.visible for figure in ask(shops[3], page).figures), page


def test_contracts_speak_of_retention_where_there_are_any_and_purchases_where_not(
    shops: Mapping[int, Database],
) -> None:
    by_contracts, by_purchases = (ask(shops[n], Page.REVENUE) for n in (MANY, 3))
    assert by_contracts.message.facts["by_contracts"]
    assert not by_purchases.message.facts["by_contracts"]
    assert isinstance(by_contracts.picture, RowsPicture)
    assert [one.key for one in by_contracts.figures][:3] == ["revenue", "revenue_gross", "revenue_net"]


@pytest.mark.parametrize("page", [Page.MONEY, Page.REVENUE, Page.DEALS])
def test_a_period_that_is_not_over_says_so_and_is_compared_with_nothing(
    shops: Mapping[int, Database], page: Page
) -> None:
    found = ask(shops[MANY], page, "this month")
    assert "so far\n" in say(found)
    assert "Not compared, since the period is not over" in say(found)
    assert "Chưa hết kỳ nên chưa so sánh" in say(found, Language.VI)
    assert not any(one.change.difference for one in found.figures)


@pytest.mark.parametrize(
    ("period", "why"),
    [("this month", "not yet, the period is not over"), ("3y", "there are purchases only since"), ("90d", "to ")],
)
def test_without_contracts_retention_says_why_there_is_none_to_compare_with(
    shops: Mapping[int, Database], period: str, why: str
) -> None:
    found = ask(shops[FREE], Page.REVENUE, period)
    gross = next(line for line in say(found).splitlines() if "(GRR)" in line)
    assert why in gross
    assert ("n = " in gross) is (period == "90d")
    assert draw(found, RENDERER).startswith(b"\x89PNG")


def test_money_is_not_compared_with_a_time_before_the_first_purchase(shops: Mapping[int, Database]) -> None:
    found = ask(shops[MANY], Page.MONEY, "2y")
    assert "there are purchases only since" in say(found)
    assert "mới có đơn hàng từ" in say(found, Language.VI)
    assert not any(one.change.difference for one in found.figures)


def test_a_week_that_is_not_over_is_no_dip_in_revenue(shops: Mapping[int, Database]) -> None:
    picture = ask(shops[MANY], Page.MONEY).picture
    assert isinstance(picture, AmountsPicture)
    assert {(each.part.after - each.part.first_day).days for each in picture.points} == {7}
    assert picture.points[-1].part.end <= START


def test_lifetime_value_says_how_it_was_predicted_and_what_came(shops: Mapping[int, Database]) -> None:
    found = ask(shops[MANY], Page.CLV)
    keys = [one.key for one in found.figures]
    assert keys == [
        "clv",
        "clv_margin",
        "clv_discounted",
        "average_deal",
        "expected_purchases",
        "expected_value",
        "buys_within",
        "still_there",
    ]
    clv, margin, discounted = found.figures[:3]
    assert clv.estimate is not None
    assert margin.estimate is not None
    assert discounted.estimate is not None
    assert margin.estimate.value == pytest.approx(0.4 * clv.estimate.value)
    assert discounted.estimate.value < margin.estimate.value
    assert isinstance(found.picture, HeldOutPicture)
    assert found.picture.groups
    text = say(found)
    assert "no seasonality" in text
    assert "Held out, the last third" in text
    small = say(ask(shops[3], Page.CLV))
    assert "3 customers, 200 are needed" in small


@pytest.mark.parametrize("language", Language)
def test_a_forecast_that_cannot_be_tried_is_in_neither_the_picture_nor_the_text(
    shops: Mapping[int, Database], language: Language
) -> None:
    found = ask(shops[FREE], Page.CLV)
    untried = {"refusal": "few_customers", "n": 148, "needed": 200, "held_out": True}
    facts = {**found.message.facts, "too_little": untried}
    said = RENDERER.render(Message("reports/clv", language, facts)).text
    drawn = RENDERER.part(Message("reports/clv", language, facts), "no_answers")
    assert drawn in said
    assert ("hai phần ba thời gian đầu" in drawn) is (language is Language.VI)
    assert found.figures[-1].note == "too_little"
    assert {"vi": "CLV tính từ đơn hàng", "en": "CLV is reckoned from the purchases"}[language] in said


def test_without_a_margin_only_revenue_is_shown(shops: Mapping[int, Database]) -> None:
    found = reckon(shops[3], Page.CLV, "90d", Rules())
    assert [one.key for one in found.figures] == ["clv", "average_deal", "expected_purchases"]


def test_of_too_few_to_rank_the_numbers_themselves_are_said(shops: Mapping[int, Database]) -> None:
    assert [one.key for one in ask(shops[3], Page.RFM).figures] == ["recency", "frequency", "monetary"]
    ranked = ask(shops[MANY], Page.RFM)
    n = sum(one.n for one in ranked.figures if not one.key.startswith("rfm_money"))
    assert n == ranked.message.facts["n"]
    assert {one.unit for one in ranked.figures} == {FigureUnit.SHARE}


def test_cohorts_are_of_twelve_months_and_the_way_is_a_curve(shops: Mapping[int, Database]) -> None:
    cohorts, way = ask(shops[MANY], Page.RETENTION).picture, ask(shops[MANY], Page.JOURNEY).picture
    assert isinstance(cohorts, CohortsPicture)
    assert len(cohorts.rows) == 12
    assert cohorts.rows[0].cells[-1].so_far
    assert isinstance(way, WaitPicture)
    assert way.steps


@pytest.mark.parametrize(
    ("language", "expected"),
    [(Language.VI, "Không tính 3 khách quen"), (Language.EN, "Left out: 3 customers from before")],
)
def test_retention_says_how_many_were_customers_before_their_purchases_are_known(
    shops: Mapping[int, Database], language: Language, expected: str
) -> None:
    found = ask(shops[MANY], Page.RETENTION)
    assert expected not in say(found, language)
    message = replace(found.message, facts={**found.message.facts, "older": 3})
    assert expected in say(replace(found, message=message), language)


def test_milestones_that_are_not_due_have_not_failed(shops: Mapping[int, Database]) -> None:
    found = ask(shops[MANY], Page.TASKS, "this month")
    facts = found.message.facts
    assert facts["waiting"]
    assert found.figures[0].n == facts["due"]
    assert found.figures[0].n == found.figures[1].n + found.figures[2].n


@pytest.mark.parametrize(("page", "key"), [(Page.PRICES, "renewed"), (Page.TASKS, "due")])
def test_of_many_contracts_or_milestones_some_are_looked_at_and_said_to_be_a_sample(
    shops: Mapping[int, Database], monkeypatch: pytest.MonkeyPatch, page: Page, key: str
) -> None:
    whole = ask(shops[MANY], page)
    monkeypatch.setattr(course_reports, "MOST_EXAMINED", 100)
    found = reckon(shops[MANY], page, "90d", RULES)
    every, everything = found.message.facts["of_each"], whole.message.facts[key]
    assert isinstance(every, int)
    assert isinstance(everything, int)
    assert every > 1
    assert found.message.facts[key] == pytest.approx(everything / every, rel=0.6)
    for language, mark in ((Language.EN, "(a sample, 1 in "), (Language.VI, "(mẫu 1/")):
        assert f"{mark}{every})" in say(found, language)
        assert f"{mark}{every})" in RENDERER.part(replace(found.words, language=language), "subtitle")
        assert mark not in say(whole, language)


def test_who_stayed_is_said_of_renewals_that_were_followed_long_enough(shops: Mapping[int, Database]) -> None:
    found = ask(shops[MANY], Page.PRICES)
    increase, raised, stayed, others = found.figures
    assert increase.estimate is not None
    assert raised.estimate is not None
    assert 0 < increase.estimate.value < 0.1  # a third of the contracts cost a tenth more
    assert stayed.n + others.n == found.message.facts["followed"]
    assert raised.n == found.message.facts["renewed"]


@pytest.mark.parametrize(
    ("language", "expected"),
    [(Language.VI, "705 triệu ₫</b> (−54,6 đến 865 triệu ₫)"), (Language.EN, "₫705M</b> (−₫54.6M to ₫865M)")],
)
def test_an_amount_fits_a_phone_and_its_interval_says_the_unit_once(language: Language, expected: str) -> None:
    figure = money_figure("revenue", Estimate(705_465_000, -54_611_224, 864_817_758, 182), "VND")
    facts = {"page": "revenue", "period": PERIOD, "figures": [figure_facts(figure)]}
    said = RENDERER.render(Message("reviews/figures", language, facts)).text.replace("\N{NO-BREAK SPACE}", " ")
    assert expected in said


def test_a_share_above_ten_is_written_with_its_thousands() -> None:
    figure = share_figure("revenue_net", Estimate(11.58, 8.5, 14.2, 40))
    facts = {"page": "revenue", "period": PERIOD, "figures": [figure_facts(figure)]}
    assert "1.158\N{NO-BREAK SPACE}%" in RENDERER.render(Message("reviews/figures", Language.VI, facts)).text


@pytest.mark.parametrize(("language", "first"), [(Language.VI, "<b>ngày đầu tiên</b>"), (Language.EN, "the first day")])
def test_what_takes_no_time_is_no_row_of_noughts(language: Language, first: str) -> None:
    figure = days_figure("days_to_buy", Estimate(0.0, 0.0, 0.0, 18))
    facts = {"page": "journey", "period": PERIOD, "figures": [figure_facts(figure)]}
    said = RENDERER.render(Message("reviews/figures", language, facts)).text
    assert first in said
    assert "0,0" not in said
    assert "0.0" not in said


@pytest.mark.parametrize(
    ("language", "how"), [(Language.VI, "thêm cột <code>cost</code>"), (Language.EN, "a column <code>cost</code>")]
)
def test_a_business_whose_tickets_say_no_cost_is_told_once_how_they_would(
    shops: Mapping[int, Database], language: Language, how: str
) -> None:
    said = say(ask(shops[0], Page.COSTS), language)
    assert said.count(how) == 1
    assert len(said.splitlines()) == 5


@pytest.mark.parametrize(("language", "unit"), [(Language.VI, "Doanh thu theo tuần"), (Language.EN, "Revenue by week")])
def test_the_picture_says_by_what_it_is_drawn(language: Language, unit: str) -> None:
    assert RENDERER.part(Message("reports/money", language, {"unit": "week"}), "trend").startswith(unit)


@pytest.mark.parametrize(
    ("difference", "verdict", "expected"),
    [
        (Difference(47_972, -194_057, 290_001), Verdict.NO_CHANGE, ": +47.972 ₫ (−194.057 đến +290.001 ₫)"),
        (Difference(270_000, 190_000, 350_000), Verdict.UP, "▲ Tăng 270.000 ₫ (+190.000 đến +350.000 ₫)"),
        (Difference(-0.03, -0.05, -0.01), Verdict.DOWN, "▼ Giảm 3 điểm % (−5 đến −1 điểm %)"),
    ],
)
def test_a_change_has_its_sign_once_and_so_have_the_ends_of_its_interval(
    shops: Mapping[int, Database], difference: Difference, verdict: Verdict, expected: str
) -> None:
    make = money_figure if difference.value > 1 else share_figure
    currency = ("VND",) if make is money_figure else ()
    figure = make("average_deal", Estimate(1, 1, 1, 182), *currency, change=Change(verdict, difference))
    report = ask(shops[MANY], Page.DEALS)
    facts = {**report.message.facts, "figures": [figure_facts(figure)]}
    assert expected in RENDERER.render(replace(report.message, facts=facts)).text.replace("\N{NO-BREAK SPACE}", " ")
