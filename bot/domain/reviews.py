"""When managers are told how a week or a month went, and what of it is kept to be said and drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from bot.domain.business_hours import is_open_on
from bot.domain.calendar_units import ONE_DAY, Unit
from bot.domain.cases import hours_of
from bot.domain.figures import Figure
from bot.domain.local_time import instant_at, local_date
from bot.domain.money_reports import figure_facts
from bot.domain.periods import Label, Period
from bot.domain.reports import Metric, PeriodCounts, TrendPoint, metric_line
from bot.domain.rules import Rules

WEEK = timedelta(days=7)
USUAL_WEEKS = 4
"""A week is held against so many before it: many a business gets too few answers in one to compare two."""

TREND_WEEKS, TREND_MONTHS = 12, 12
STILL_WEEKLY, STILL_MONTHLY = timedelta(days=2), timedelta(days=7)
"""For how long after its hour a review is still worth sending, such as when nothing ran at that hour."""

MOST_DELAY = 14  # days of rest in a row
WEEKLY = (Metric.NPS, Metric.CES, Metric.CSAT)
NAMED = 3
MOST_FIGURES = 25


@dataclass(frozen=True, kw_only=True)
class CaseTally:
    """Cases opened and resolved in a period, and those that are open now or past their deadline."""

    opened: int
    resolved: int
    open: int
    late: int


@dataclass(frozen=True, kw_only=True)
class Ahead:
    """What falls due in the next seven days."""

    milestones: int
    contracts: int


def week_due(now: datetime, rules: Rules) -> Period | None:
    """The seven days whose review is due at `now`; None when there is none, or not now."""
    today = local_date(now, rules.timezone)
    day = today - timedelta(days=(today.isoweekday() - rules.reviews.weekday) % 7)
    week = Period(day - WEEK, day, rules.timezone, Label.PAST, Unit.WEEK)
    return week if _is_due(day, rules.reviews.weekly_at, STILL_WEEKLY, rules, now) else None


def month_due(now: datetime, rules: Rules) -> Period | None:
    """The month whose review is due at `now`; None when there is none, or not now."""
    day = local_date(now, rules.timezone).replace(day=1)
    month = Period(day - relativedelta(months=1), day, rules.timezone, Label.PAST, Unit.MONTH)
    return month if _is_due(day, rules.reviews.monthly_at, STILL_MONTHLY, rules, now) else None


def _is_due(day: date, at: time | None, still: timedelta, rules: Rules, now: datetime) -> bool:
    """Whether it is told now what is told at that hour on the day, or on the first business day after it."""
    days = (day + ONE_DAY * later for later in range(MOST_DELAY))
    told_on = next((one for one in days if is_open_on(one, hours_of(rules))), None)
    if at is None or told_on is None:
        return False
    due_at = instant_at(told_on, at, rules.timezone)
    return due_at <= now < due_at + still


def usual_weeks(week: Period) -> Period:
    """The four weeks before a week."""
    first_day = week.first_day - USUAL_WEEKS * WEEK
    return Period(first_day, week.first_day, week.timezone, Label.BEFORE, Unit.WEEK, USUAL_WEEKS)


def weeks_until(week: Period) -> list[Period]:
    """The weeks of a trend that ends with this one, the oldest first."""
    starts = (week.first_day - WEEK * back for back in reversed(range(TREND_WEEKS)))
    return [Period(start, start + WEEK, week.timezone, Label.PART, Unit.WEEK) for start in starts]


def months_until(month: Period) -> list[Period]:
    """The months of a trend that ends with this one, the oldest first."""
    starts = [month.first_day - relativedelta(months=back) for back in reversed(range(TREND_MONTHS))]
    return [Period(start, start + relativedelta(months=1), month.timezone, Label.PART, Unit.MONTH) for start in starts]


def month_of(week: Period) -> Period:
    """The month in which a week ends."""
    first_day = week.last_day.replace(day=1)
    return Period(first_day, first_day + relativedelta(months=1), week.timezone, Label.CURRENT, Unit.MONTH)


def compared(
    began_at: Mapping[Metric, datetime | None], now: PeriodCounts, before: PeriodCounts
) -> list[dict[str, object]]:
    """Each metric with its change against what was before, and what that was.

    `began_at`: the metrics, each with when its data began if they lack days of the time before. A week or a month is
    told when it is over, so that nothing else keeps it from being compared.
    """
    return [
        {
            "line": asdict(metric_line(metric, now, before, began_at=since)),
            "usual": asdict(metric_line(metric, before)),
        }
        for metric, since in began_at.items()
    ]


def period_facts(period: Period) -> dict[str, object]:
    """A period as it is kept; its days become dates again when it is said."""
    return {
        "label": period.label,
        "unit": period.unit,
        "count": period.count,
        "timezone": period.timezone,
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
    }


def picture_facts(trend: Sequence[TrendPoint], counts: PeriodCounts) -> dict[str, object]:
    """What is drawn of a period's NPS: its trend, and who gave which score; nothing where nobody ever answered."""
    if not any(point.n for point in trend):
        return {}
    return {
        "picture": "nps",
        "trend": [
            {**period_facts(point.part), "n": point.n, "estimate": asdict(point.estimate) if point.estimate else None}
            for point in trend
        ],
        "scores": {str(score): n for score, n in counts.nps.scores.items()},
        "drawn": asdict(metric_line(Metric.NPS, counts)),
    }


def figures_facts(figures: Sequence[Figure]) -> list[dict[str, object]]:
    """The figures of a page, the first ones; what may not be shown of them is not kept either."""
    return [{**figure_facts(one), "segment": one.segment} for one in figures[:MOST_FIGURES]]
