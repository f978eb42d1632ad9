"""Spans of business-local days: what "90d" or "quý trước" means, the span before it, and its parts for a trend."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from dateutil.relativedelta import relativedelta

from bot.domain.local_time import day_start, local_date
from bot.domain.names import search_key

ONE_DAY = timedelta(days=1)
MONTH_DAYS = 30.4375  # of the Julian year


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


class Label(StrEnum):
    """How a template names a period; `count` and `unit` complete the name."""

    ROLLING = "rolling"  # the last `count` units, today included
    CURRENT = "current"  # this unit of the calendar
    PAST = "past"  # the unit of the calendar before this one
    BEFORE = "before"  # the period before another
    PART = "part"  # one step of a trend


class PeriodError(ValueError):
    """A period that cannot be understood: `code` is "unknown", "empty" or "too_long", `text` what was written."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Period:
    """Business-local days from `first_day` to the day before `after`, half-open; `start` and `end` are aware UTC."""

    first_day: date
    after: date
    timezone: str
    label: Label
    unit: Unit
    count: int = 1

    @property
    def start(self) -> datetime:
        return day_start(self.first_day, self.timezone)

    @property
    def end(self) -> datetime:
        return day_start(self.after, self.timezone)

    @property
    def last_day(self) -> date:
        return self.after - ONE_DAY

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    def so_far(self, now: datetime) -> bool:
        """Whether whole days of it are still to come; the day that holds `now` counts as come."""
        return self.last_day > local_date(now, self.timezone)


_LENGTHS = MappingProxyType(
    {
        Unit.DAY: relativedelta(days=1),
        Unit.WEEK: relativedelta(weeks=1),
        Unit.MONTH: relativedelta(months=1),
        Unit.QUARTER: relativedelta(months=3),
        Unit.YEAR: relativedelta(years=1),
    }
)
_MOST = MappingProxyType({Unit.DAY: 3660, Unit.WEEK: 520, Unit.MONTH: 120, Unit.QUARTER: 40, Unit.YEAR: 10})
_STEPS = (Unit.DAY, Unit.WEEK, Unit.MONTH, Unit.QUARTER)
_FINEST = (14, 100, 750)  # days of the longest periods that are drawn by day, by week and by month
_WORDS = MappingProxyType(
    {
        Unit.DAY: ("d", "day", "days", "ngay"),
        Unit.WEEK: ("w", "week", "weeks", "tuan"),
        Unit.MONTH: ("m", "month", "months", "thang"),
        Unit.QUARTER: ("q", "quarter", "quarters", "quy"),
        Unit.YEAR: ("y", "year", "years", "nam"),
    }
)
_UNITS = MappingProxyType({word: unit for unit, words in _WORDS.items() for word in words})
_ROLLING = re.compile(r"(?:last )?(?P<count>[0-9]{1,6}) ?(?P<unit>[a-z]+)(?: qua)?")
_CALENDAR_WORDS = MappingProxyType({Label.CURRENT: "this", Label.PAST: "last"})
_CALENDAR = MappingProxyType(
    {f"{_CALENDAR_WORDS[label]} {unit}": (label, unit) for label in _CALENDAR_WORDS for unit in Unit}
    | {f"{words[3]} nay": (Label.CURRENT, unit) for unit, words in _WORDS.items()}
    | {f"{words[3]} truoc": (Label.PAST, unit) for unit, words in _WORDS.items()}
    | {
        "today": (Label.CURRENT, Unit.DAY),
        "hom nay": (Label.CURRENT, Unit.DAY),
        "yesterday": (Label.PAST, Unit.DAY),
        "hom qua": (Label.PAST, Unit.DAY),
        "nam ngoai": (Label.PAST, Unit.YEAR),
    }
)


def canonical_period(text: str) -> str | None:
    """The words of a period in their one form, such as "90d" or "last quarter"; None when they name none.

    The period may be empty or too long for `parse_period`.
    """
    read = _read(text)
    if read is None:
        return None
    label, unit, count = read
    return f"{count}{_WORDS[unit][0]}" if label is Label.ROLLING else f"{_CALENDAR_WORDS[label]} {unit}"


def parse_period(text: str, *, now: datetime, timezone: str) -> Period:
    """Reads "90d", "6m", "last quarter", "tháng này" or "90 ngày qua", with or without accents.

    A rolling period ends with today: "90d" is today and the 89 business-local days before it.

    Raises:
        PeriodError: the text names no period, one of no days, or one of more than ten years.
    """
    read = _read(text)
    if read is None:
        raise PeriodError("unknown", text)
    label, unit, count = read
    if not 0 < count <= _MOST[unit]:
        raise PeriodError("too_long" if count else "empty", text)
    today = local_date(now, timezone)
    after = today + ONE_DAY if label is Label.ROLLING else _first_of(unit, today)
    if label is Label.CURRENT:
        after += _LENGTHS[unit]
    return Period(after - count * _LENGTHS[unit], after, timezone, label, unit, count)


def previous(period: Period) -> Period:
    """The period just before, of the same length by the calendar: before this month lies the whole month before."""
    first_day = period.first_day - period.count * _LENGTHS[period.unit]
    return replace(period, first_day=first_day, after=period.first_day, label=Label.BEFORE)


def split(period: Period, unit: Unit) -> Iterator[Period]:
    """The parts of a period by calendar unit, oldest first; weeks begin on Monday, the ends may be cut short."""
    day = period.first_day
    while day < period.after:
        after = min(_first_of(unit, day) + _LENGTHS[unit], period.after)
        yield Period(day, after, period.timezone, Label.PART, unit)
        day = after


def trends(period: Period, *, now: datetime) -> list[tuple[Period, ...]]:
    """The parts that a trend of the period may be drawn by, the finest first, then at least two that are coarser.

    At most about forty parts, none that has not begun, and none of a unit that is longer than the period.
    """
    days = (period.after - period.first_day).days
    finest = next((place for place, most in enumerate(_FINEST) if days <= most), len(_FINEST))
    coarser = [unit for unit in _STEPS[finest + 1 :] if period.first_day + _LENGTHS[unit] <= period.after]
    begun = [tuple(part for part in split(period, unit) if part.start <= now) for unit in (_STEPS[finest], *coarser)]
    return [parts for place, parts in enumerate(begun) if not place or len(parts) > 1]


def last_months(count: int, *, now: datetime, timezone: str) -> list[Period]:
    """The last `count` months of the calendar, the one that holds `now` the last, the earliest first."""
    first = _first_of(Unit.MONTH, local_date(now, timezone))
    starts = [first - back * _LENGTHS[Unit.MONTH] for back in range(count - 1, -1, -1)]
    return [Period(day, day + _LENGTHS[Unit.MONTH], timezone, Label.PART, Unit.MONTH) for day in starts]


def is_whole(part: Period) -> bool:
    """Whether the part of a trend is as long as its unit, neither cut at the end of the period nor at its start."""
    return part.first_day + _LENGTHS[part.unit] == part.after


def _read(text: str) -> tuple[Label, Unit, int] | None:
    plain = search_key(text)
    if plain in _CALENDAR:
        return (*_CALENDAR[plain], 1)
    found = _ROLLING.fullmatch(plain)
    if found is None or found["unit"] not in _UNITS:
        return None
    return Label.ROLLING, _UNITS[found["unit"]], int(found["count"])


def _first_of(unit: Unit, day: date) -> date:
    """The first day of the calendar unit that holds `day`."""
    return {
        Unit.DAY: day,
        Unit.WEEK: day - timedelta(days=day.weekday()),
        Unit.MONTH: day.replace(day=1),
        Unit.QUARTER: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        Unit.YEAR: day.replace(month=1, day=1),
    }[unit]
