"""When a review is told, what it is held against, and what of it is kept."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import inf

import pytest

from bot.domain import reviews
from bot.domain.calendar_units import Unit
from bot.domain.figures import Figure, FigureUnit
from bot.domain.metrics.estimates import Estimate
from bot.domain.periods import Label, Period
from bot.domain.reports import Metric, PeriodCounts, SurveyCounts, metric_trend
from bot.domain.rules import ContactRules, ReviewRules, Rules

RULES = Rules()
MONDAY = datetime(2026, 11, 23, 1, 30, tzinfo=UTC)  # 08:30 in Vietnam
FIRST = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)  # a Tuesday
WEEK = Period(date(2026, 11, 16), date(2026, 11, 23), RULES.timezone, Label.PAST, Unit.WEEK)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (MONDAY - SECOND, None),
        (MONDAY, WEEK),
        (MONDAY + 2 * DAY - SECOND, WEEK),
        (MONDAY + 2 * DAY, None),
        (MONDAY - DAY, None),
    ],
)
def test_a_week_is_told_on_monday_morning_or_in_the_two_days_after(now: datetime, due: Period | None) -> None:
    assert reviews.week_due(now, RULES) == due


@pytest.mark.parametrize(
    ("now", "first_day"),
    [
        (FIRST - SECOND, None),
        (FIRST, date(2026, 11, 1)),
        (FIRST + 7 * DAY - SECOND, date(2026, 11, 1)),
        (FIRST + 7 * DAY, None),
        (datetime(2026, 11, 1, 12, tzinfo=UTC), None),  # a Sunday
        (datetime(2026, 11, 2, 1, 30, tzinfo=UTC), date(2026, 10, 1)),
    ],
)
def test_a_month_is_told_on_its_first_business_day_or_in_the_week_after(now: datetime, first_day: date | None) -> None:
    found = reviews.month_due(now, RULES)
    assert (found.first_day if found else None) == first_day


def test_what_falls_on_a_holiday_is_told_on_the_next_business_day() -> None:
    closed = replace(RULES, contact=ContactRules(holidays=frozenset({date(2026, 11, 23)})))
    assert reviews.week_due(MONDAY, closed) is None
    assert reviews.week_due(MONDAY + DAY, closed) == WEEK


def test_each_can_be_turned_off_and_a_week_may_end_on_another_day() -> None:
    off = replace(RULES, reviews=ReviewRules(weekly_at=None, monthly_at=None))
    assert (reviews.week_due(MONDAY, off), reviews.month_due(FIRST, off)) == (None, None)
    friday = replace(RULES, reviews=ReviewRules(weekday=5, weekly_at=time(16)))
    found = reviews.week_due(datetime(2026, 11, 20, 9, tzinfo=UTC), friday)
    assert found is not None
    assert (found.first_day, found.after) == (date(2026, 11, 13), date(2026, 11, 20))


def test_a_business_that_never_opens_is_told_nothing() -> None:
    holidays = frozenset(date(2026, 11, 1) + DAY * later for later in range(90))
    assert reviews.week_due(MONDAY, replace(RULES, contact=ContactRules(holidays=holidays))) is None


def test_a_week_is_held_against_four_and_drawn_beside_eleven() -> None:
    usual, weeks = reviews.usual_weeks(WEEK), reviews.weeks_until(WEEK)
    assert (usual.first_day, usual.after) == (date(2026, 10, 19), WEEK.first_day)
    assert (len(weeks), weeks[0].first_day, weeks[-1].after) == (12, date(2026, 8, 31), WEEK.after)
    assert all(one.after == after.first_day for one, after in pairwise(weeks))
    assert (reviews.month_of(WEEK).first_day, reviews.month_of(WEEK).after) == (date(2026, 11, 1), date(2026, 12, 1))


def test_a_month_is_drawn_beside_the_eleven_before_it() -> None:
    month = reviews.month_due(FIRST, RULES)
    assert month is not None
    found = reviews.months_until(month)
    assert (len(found), found[0].first_day, found[-1].after) == (12, date(2025, 12, 1), date(2026, 12, 1))


def test_nothing_is_drawn_where_nobody_ever_answered() -> None:
    parts = reviews.weeks_until(WEEK)
    silent = metric_trend(Metric.NPS, {part: PeriodCounts() for part in parts})
    assert reviews.picture_facts(silent, PeriodCounts()) == {}


def test_metrics_are_kept_with_their_change_and_what_they_were() -> None:
    now, before = (PeriodCounts(nps=SurveyCounts({10: 40 - fell, 0: fell})) for fell in (20, 5))
    (found,) = reviews.compared({Metric.NPS: None}, now, before)
    assert found["line"]["change"]["verdict"] == "down"  # type: ignore[index]
    assert found["usual"]["estimate"]["value"] == 75  # type: ignore[index]
    (late,) = reviews.compared({Metric.NPS: FIRST}, now, before)
    assert late["line"]["change"]["verdict"] == "not_comparable"  # type: ignore[index]
    assert late["line"]["began_at"] == FIRST  # type: ignore[index]


def test_of_figures_only_what_may_be_shown_is_kept_and_no_infinity() -> None:
    def figure(estimate: Estimate | None, n: int) -> Figure:
        return Figure(key="k", unit=FigureUnit.NUMBER, n=n, estimate=estimate)

    told = reviews.figures_facts([figure(Estimate(3.0, 1.0, inf, 9), 9), figure(Estimate(3.0, 1.0, 4.0, 4), 4)])
    assert [one["estimate"] for one in told] == [{"value": 3.0, "low": 1.0, "high": None}, None]
    assert len(reviews.figures_facts([figure(None, 0)] * 40)) == reviews.MOST_FIGURES
