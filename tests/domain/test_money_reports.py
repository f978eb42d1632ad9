"""What pages of money are made of: the spans that are compared, and figures with their n, interval and change."""

from datetime import UTC, date, datetime, timedelta
from math import inf, sqrt

import pytest

from bot.domain.contracts import Renewed, Term, monthly_moves, renewals
from bot.domain.figures import Figure, FigureUnit
from bot.domain.messages import Language
from bot.domain.metrics.estimates import (
    NOT_COMPARABLE,
    Change,
    Difference,
    Estimate,
    Sufficiency,
    Verdict,
    Z,
    difference_of,
)
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.revenue_churn import UNKNOWN, Retention
from bot.domain.metrics.rfm import Bought, Cuts, Segment
from bot.domain.metrics.totals import Takings, total, total_difference
from bot.domain.money_reports import (
    PageFacts,
    RowsPicture,
    compared,
    days_figure,
    figure_facts,
    hidden,
    money_figure,
    money_report,
    number_figure,
    retention_figures,
    revenue_figure,
    segment_figures,
    spans,
)
from bot.domain.periods import last_months, parse_period
from bot.domain.report_requests import Page
from bot.domain.rules import MoneyRules
from bot.domain.standings import Borders, draw_borders, fixed_cuts, place

ZONE = "Asia/Ho_Chi_Minh"
NOW = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_a_period_that_is_over_is_compared_with_the_one_before_it() -> None:
    found = spans(parse_period("last month", now=NOW, timezone=ZONE), now=NOW)
    assert found.both == (found.now, found.before)
    assert (found.now.first_day, found.before.first_day, found.so_far) == (date(2026, 10, 1), date(2026, 9, 1), False)
    assert found.months == pytest.approx(31 / 30.4375)


def test_a_period_that_is_not_over_ends_today_and_is_compared_with_nothing() -> None:
    found = spans(parse_period("this month", now=NOW, timezone=ZONE), now=NOW)
    assert (found.now.first_day, found.now.last_day) == (date(2026, 11, 1), date(2026, 11, 20))
    assert (found.before.first_day, found.before.last_day) == (date(2026, 10, 12), date(2026, 10, 31))
    assert (found.so_far, found.why_not) == (True, "so_far")
    grown = money_figure("average_deal", Estimate(9, 8, 10, 40), "VND", change=Change(Verdict.UP, Difference(5, 4, 6)))
    assert compared(grown, found).change is NOT_COMPARABLE


def test_a_period_is_not_compared_with_one_that_began_before_the_books_did() -> None:
    began_at = datetime(2026, 9, 2, tzinfo=UTC)
    october, november = (
        spans(parse_period(words, now=NOW, timezone=ZONE), now=NOW, began_at=began_at)
        for words in ("last month", "10 ngày")
    )
    assert (october.began_at, october.why_not) == (began_at, "unrecorded")
    assert (november.began_at, november.why_not) == (None, "")
    grown = money_figure("average_deal", Estimate(9, 8, 10, 40), "VND", change=Change(Verdict.UP, Difference(5, 4, 6)))
    assert compared(grown, october).change is NOT_COMPARABLE
    assert compared(grown, november) == grown
    nothing = retention_figures(UNKNOWN, october.why_not)
    assert {(each.visible, each.note) for each in nothing} == {(None, "unrecorded")}


def test_the_last_months_end_with_this_one() -> None:
    found = last_months(3, now=NOW, timezone=ZONE)
    assert [each.first_day for each in found] == [date(2026, 9, 1), date(2026, 10, 1), date(2026, 11, 1)]
    assert found[-1].after == date(2026, 12, 1)


def test_what_was_taken_varies_as_a_compound_poisson_sum() -> None:
    """Of 50 customers who spent 10 each the variance is 50·10²."""
    now, before = Takings(minor=500, customers=50, squares=5000), Takings(minor=300, customers=30, squares=3000)
    found = total(now)
    assert found is not None
    assert (found.value, found.n) == (500, 50)
    assert found.high - found.value == pytest.approx(Z * sqrt(5000))
    difference = total_difference(now, before)
    assert (difference.value, difference.low) == pytest.approx((200, 200 - Z * sqrt(8000)))
    assert total(Takings()) is None


@pytest.mark.parametrize(("minor", "low"), [(100, 0), (-100, -100)])
def test_what_few_spend_reaches_below_nothing_only_where_more_was_cancelled(minor: int, low: int) -> None:
    found = total(Takings(minor=minor, customers=2, squares=1_000_000))
    assert found is not None
    assert found.low == low


@pytest.mark.parametrize(
    ("before", "verdict"),
    [
        (Takings(minor=300, customers=30, squares=3000), Verdict.UP),
        (Takings(minor=480, customers=48, squares=4800), Verdict.NO_CHANGE),
        (Takings(minor=290, customers=29, squares=2900), Verdict.NOT_COMPARABLE),
    ],
)
def test_revenue_has_changed_only_by_more_than_chance_and_from_thirty_customers(
    before: Takings, verdict: Verdict
) -> None:
    found = revenue_figure(Takings(minor=500, customers=50, squares=5000), before, "VND")
    assert (found.change.verdict, found.currency, found.n) == (verdict, "VND", 50)


def test_the_difference_of_two_samples_is_newcombes_for_shares() -> None:
    """56/70 against 48/80: .20, .0524 to .3339 (Newcombe 1998, table II, a)."""
    newer, older = proportion(Share(56, 70)), proportion(Share(48, 80))
    assert newer is not None
    assert older is not None
    found = difference_of(newer, older)
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_without_customers_at_the_start_retention_says_why_it_has_no_value() -> None:
    nothing, something = retention_figures(Retention(None, None, None, None)), Estimate(0.9, 0.8, 0.95, 40)
    assert [each.key for each in nothing] == ["revenue_gross", "revenue_net", "revenue_churn", "revenue_lost"]
    assert {each.note for each in nothing} == {"no_start"}
    found = retention_figures(Retention(something, something, something, something))
    assert {(each.note, each.n) for each in found} == {("", 40)}


def test_segments_share_out_customers_and_money_and_hide_the_few() -> None:
    rows = segment_figures(
        {
            Segment.CHAMPIONS: Takings(minor=600, customers=10, squares=36_000),
            Segment.LOYAL: Takings(minor=400, customers=30, squares=5_500),
            Segment.NEW: Takings(minor=0, customers=4),
        }
    )
    people, money = rows[Segment.CHAMPIONS]
    assert people.estimate is not None
    assert money.estimate is not None
    assert people.estimate.value == pytest.approx(10 / 44)
    assert (people.key, people.n) == ("rfm_champions", 10)
    assert (money.key, money.estimate.value, money.n) == ("rfm_money_champions", 0.6, 10)
    assert 0 < money.estimate.low < 0.6 < money.estimate.high <= 1
    assert rows[Segment.NEW][0].visible is None
    assert segment_figures({}) == {}
    without_money = segment_figures({Segment.ASLEEP: Takings(customers=9)})
    assert without_money[Segment.ASLEEP][1].estimate is None


def test_what_many_purchases_of_few_customers_say_stays_hidden() -> None:
    figure = number_figure("frequency", Estimate(2, 1, 3, 40))
    assert hidden(figure, 5) == figure
    assert (hidden(figure, 4).visible, hidden(figure, 4).note, hidden(figure, 4).n) == (None, "few_customers", 40)
    assert not hidden(number_figure("frequency", None), 0).note


def test_a_template_is_told_of_no_infinity_and_of_nothing_hidden() -> None:
    open_ended = days_figure("days_to_buy", Estimate(12, 5, inf, 40))
    assert figure_facts(open_ended)["estimate"] == {"value": 12, "low": 5, "high": None}
    few = figure_facts(number_figure("frequency", Estimate(2, 1, 3, 4)))
    assert (few["estimate"], few["n"], few["sufficiency"]) == (None, 4, Sufficiency.HIDDEN)
    changed = figure_facts(
        revenue_figure(Takings(minor=500, customers=50, squares=1), Takings(minor=1, customers=50, squares=1), "VND")
    )
    assert isinstance(changed["difference"], dict)
    assert changed["difference"]["value"] == 499


def test_a_page_is_a_message_a_picture_and_figures_for_files() -> None:
    period = parse_period("90d", now=NOW, timezone=ZONE)
    facts = PageFacts(
        page=Page.DEALS, period=period, spans=spans(period, now=NOW), currency="VND", language=Language.VI, every=3
    )
    figure = Figure(key="revenue", unit=FigureUnit.MONEY, n=0, estimate=None)
    found = money_report(facts, [figure], RowsPicture([figure]), {"sales": 7})
    assert found.message.template == "reports/deals"
    assert found.message.facts["sales"] == 7
    assert found.message.facts["every"] == 3
    assert (found.figures, found.methods, found.period) == ([figure], ("methods_deals",), period)


def test_contracts_of_unequal_length_compare_by_the_month() -> None:
    year = Term(1, date(2026, 1, 1), date(2026, 12, 31), 1200)
    half = Term(1, date(2026, 7, 1), date(2026, 12, 31), 600)
    gone = Term(2, date(2026, 1, 1), date(2026, 6, 30), 600)
    found = monthly_moves([year, half, gone], date(2026, 6, 30), date(2026, 7, 1))
    month = 1200 * 30.4375 / 365
    amounts = [amount for move in found for amount in (move.before, move.now)]
    assert amounts == pytest.approx([month, month + 600 * 30.4375 / 184, 600 * 30.4375 / 181, 0])


def test_who_was_lost_in_the_time_after_a_renewal_has_not_stayed() -> None:
    old = Term(1, date(2026, 1, 1), date(2026, 1, 31), 310)
    new = Term(1, date(2026, 2, 1), date(2026, 2, 28), 308)
    for day, stayed in ((date(2026, 1, 31), True), (date(2026, 2, 1), False), (date(2026, 4, 2), True)):
        (found,) = renewals([Renewed(old, new)], [(1, day), (2, new.starts_on)], follow=60 * DAY)
        assert found.stayed is stayed
    assert (found.old, found.new) == pytest.approx((10 * 30.4375, 11 * 30.4375))


def test_borders_come_from_the_rules_under_five_hundred_customers_and_none_under_twenty_five() -> None:
    compared = [Bought(day, day % 7, 10_000 * day) for day in range(100)]
    rules = MoneyRules()
    assert draw_borders(compared[:24], 24, rules, "VND") is None
    fixed = draw_borders(compared, 100, rules, "VND")
    assert fixed is not None
    assert fixed.rfm == fixed_cuts(rules, "VND")
    assert fixed.value == (240_000, 490_000, 740_000)
    fifths = draw_borders(compared, 500, rules, "VND")
    assert fifths is not None
    assert fifths.rfm.recency == (19, 39, 59, 79)
    assert Borders.read({name: list(borders) for name, borders in fifths.plain.items()}) == fifths


def test_money_in_the_rules_is_in_whole_units() -> None:
    assert fixed_cuts(MoneyRules(rfm_spent=(1, 2, 3, 4)), "USD").monetary == (100, 200, 300, 400)


def test_a_place_is_a_quarter_by_value_and_a_segment() -> None:
    borders = Borders(Cuts((30, 90, 180, 365), (1, 2, 4, 8), (100, 200, 400, 800)), (100, 200, 300))
    assert place(Bought(1, 9, 900), borders) == (4, Segment.CHAMPIONS)
    assert place(Bought(400, 0, 0), borders) == (1, Segment.ASLEEP)
