"""Spans of business-local days: what "90d" or "quý trước" means, the span before it, and its parts for a trend."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from types import MappingProxyType

from bot.domain.calendar_units import LENGTHS, ONE_DAY as ONE_DAY, Unit as Unit, first_of, whole_units
from bot.domain.local_time import day_start, local_date
from bot.domain.names import search_key
from bot.domain.period_words import Span, Stretch, read_stretch, written

LONGEST = 10  # years
EARLIEST_YEAR = 1900


class Label(StrEnum):
    """How a template names a period; `count` and `unit` complete the name."""

    ROLLING = "rolling"  # the last `count` units, today included
    CURRENT = "current"  # this unit of the calendar
    PAST = "past"  # the unit of the calendar before this one
    NAMED = "named"  # `count` units of the calendar that have a name of their own: May 2026, the first half of a year
    CHOSEN = "chosen"  # from one day to another
    BEFORE = "before"  # the period before another
    PART = "part"  # one step of a trend


class PeriodError(ValueError):
    """A period that cannot be reported: `code` is one of those below, `text` what was written, `today` the local day.

    "unknown" names none, "empty" has no days, "too_long" more than ten years, "future" begins on its `first_day` only,
    "backwards" has its `last_day` before that (`turned` are the words of the same days in their order), and "no_day"
    names a day that its month does not have.
    """

    def __init__(
        self,
        code: str,
        text: str,
        today: date,
        first_day: date | None = None,
        last_day: date | None = None,
        *,
        turned: str = "",
    ) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.today = today
        self.first_day = first_day
        self.last_day = last_day
        self.turned = turned


@dataclass(frozen=True)
class Period:
    """Business-local days from `first_day` to the day before `after`, half-open; `start` and `end` are aware UTC."""

    first_day: date
    after: date
    timezone: str
    label: Label
    unit: Unit
    count: int = 1

    @cached_property
    def start(self) -> datetime:
        return day_start(self.first_day, self.timezone)

    @cached_property
    def end(self) -> datetime:
        return day_start(self.after, self.timezone)

    @property
    def last_day(self) -> date:
        return self.after - ONE_DAY

    def __contains__(self, instant: datetime) -> bool:
        return self.start <= instant < self.end

    @property
    def is_month(self) -> bool:
        """Whether it is one month long, so that what is counted in it is a monthly rate."""
        return self.unit is Unit.MONTH and self.count == 1

    def so_far(self, now: datetime) -> bool:
        """Whether whole days of it are still to come; the day that holds `now` counts as come."""
        return self.last_day > local_date(now, self.timezone)


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
_ROLLING = re.compile(
    r"(?:in |over |trong )?(?:the )?(?:last |past |previous |vong )?(?P<count>[0-9]{1,6}) ?(?P<unit>[a-z]+)"
    r"(?: vua qua| qua| gan day| gan nhat| tro lai| tro lai day)?"
)
_ONE = re.compile(r"(?:the )?past (?P<english>[a-z]+)|(?P<vietnamese>[a-z]+)(?: vua)? qua")
_TO_DATE = re.compile(
    r"(?:ke )?tu dau (?P<vietnamese>[a-z]+)(?: nay)?(?: (?:den|toi) (?:nay|gio|hom nay))?"
    r"|(?:since|from) (?:the )?(?:start|beginning) of (?:the|this) (?P<english>[a-z]+)(?: to now| until now| to date)?"
    r"|(?P<short>[a-z]+) to date|(?P<letter>[a-z])td"
)
_CALENDAR_WORDS = MappingProxyType({Label.CURRENT: "this", Label.PAST: "last"})
_BEFORE = ("truoc", "vua roi", "roi")
_CALENDAR = MappingProxyType(
    {f"{_CALENDAR_WORDS[label]} {unit}": (label, unit) for label in _CALENDAR_WORDS for unit in Unit}
    | {f"{words[3]} nay": (Label.CURRENT, unit) for unit, words in _WORDS.items()}
    | {word: (Label.CURRENT, unit) for unit in (*_STEPS[1:], Unit.YEAR) for word in (_WORDS[unit][1], _WORDS[unit][3])}
    | {f"{words[3]} {before}": (Label.PAST, unit) for unit, words in _WORDS.items() for before in _BEFORE}
    | {f"{when} {unit}": (Label.PAST, unit) for unit in Unit for when in ("previous", "the last")}
    | {
        "today": (Label.CURRENT, Unit.DAY),
        "hom nay": (Label.CURRENT, Unit.DAY),
        "yesterday": (Label.PAST, Unit.DAY),
        "hom qua": (Label.PAST, Unit.DAY),
        "nam ngoai": (Label.PAST, Unit.YEAR),
    }
)


def canonical_period(text: str) -> str | None:
    """The words of a period in their one form, such as "90d", "last quarter" or "q3 2025"; None when they name none.

    The period may be one that `parse_period` refuses.
    """
    read = _read(text)
    if read is None:
        named = read_stretch(text)
        return None if named is None else written(named)
    label, unit, count = read
    return f"{count}{_WORDS[unit][0]}" if label is Label.ROLLING else f"{_CALENDAR_WORDS[label]} {unit}"


def parse_period(text: str, *, now: datetime, timezone: str) -> Period:
    """Reads "90d", "last quarter", "tháng 5/2026", "quý 3 năm ngoái" or "từ 1/5 đến 30/6", with or without accents.

    A rolling period ends with today: "90d" is today and the 89 business-local days before it. Where no year is said it
    is the latest in which the period has begun. See `bot.domain.period_words` for the grammar.

    Raises:
        PeriodError: the text names no period, or one that cannot be reported.
    """
    today = local_date(now, timezone)
    read = _read(text)
    if read is not None:
        return _reckoned(*read, text=text, today=today, timezone=timezone)
    named = read_stretch(text)
    if named is None:
        raise PeriodError("unknown", text, today)
    return _placed(named, text=text, today=today, timezone=timezone)


def _reckoned(label: Label, unit: Unit, count: int, *, text: str, today: date, timezone: str) -> Period:
    if not 0 < count <= _MOST[unit]:
        raise PeriodError("too_long" if count else "empty", text, today)
    after = today + ONE_DAY if label is Label.ROLLING else first_of(unit, today)
    if label is Label.CURRENT:
        after += LENGTHS[unit]
    return Period(after - count * LENGTHS[unit], after, timezone, label, unit, count)


def _placed(named: Stretch | Span, *, text: str, today: date, timezone: str) -> Period:
    try:
        first_day, after = named.days(today) if isinstance(named, Span) else named.latest(today)
    except ValueError:
        raise PeriodError("no_day", text, today) from None
    except OverflowError:  # after the last day of the year 9999
        raise PeriodError("too_long", text, today) from None
    if first_day >= after:
        raise PeriodError("backwards", text, today, first_day, after - ONE_DAY, turned=_turned(named))
    if first_day > today:
        raise PeriodError("future", text, today, first_day)
    if first_day.year < EARLIEST_YEAR or first_day + LONGEST * LENGTHS[Unit.YEAR] < after:
        raise PeriodError("too_long", text, today)
    unit, count = whole_units(first_day, after)
    label = Label.NAMED if _has_name(unit, count, first_day, after) else Label.CHOSEN
    return Period(first_day, after, timezone, label, unit, count)


def _turned(named: Stretch | Span) -> str:
    other = named.turned if isinstance(named, Span) else None
    return written(other) if other is not None else ""


def _has_name(unit: Unit, count: int, first_day: date, after: date) -> bool:
    """Whether people call these days by one name: a month, a quarter, a year, or the months at an end of a year."""
    at_an_end = first_day.month == 1 or after.month == 1
    one_year = first_day.year == (after - ONE_DAY).year
    return unit is not Unit.DAY and (count == 1 or (at_an_end and one_year))


def previous(period: Period) -> Period:
    """The period just before, of the same length by the calendar: before this month lies the whole month before."""
    first_day = period.first_day - period.count * LENGTHS[period.unit]
    return replace(period, first_day=first_day, after=period.first_day, label=Label.BEFORE)


def split(period: Period, unit: Unit) -> Iterator[Period]:
    """The parts of a period by calendar unit, oldest first; weeks begin on Monday, the ends may be cut short."""
    day = period.first_day
    while day < period.after:
        after = min(first_of(unit, day) + LENGTHS[unit], period.after)
        yield Period(day, after, period.timezone, Label.PART, unit)
        day = after


def trends(period: Period, *, now: datetime) -> list[tuple[Period, ...]]:
    """The parts that a trend of the period may be drawn by, the finest first, then at least two that are coarser.

    At most about forty parts, none that has not begun, and none of a unit that is longer than the period.
    """
    days = (period.after - period.first_day).days
    finest = next((place for place, most in enumerate(_FINEST) if days <= most), len(_FINEST))
    coarser = [unit for unit in _STEPS[finest + 1 :] if period.first_day + LENGTHS[unit] <= period.after]
    begun = [tuple(part for part in split(period, unit) if part.start <= now) for unit in (_STEPS[finest], *coarser)]
    return [parts for place, parts in enumerate(begun) if not place or len(parts) > 1]


def last_months(count: int, *, now: datetime, timezone: str) -> list[Period]:
    """The last `count` months of the calendar, the one that holds `now` the last, the earliest first."""
    first = first_of(Unit.MONTH, local_date(now, timezone))
    starts = [first - back * LENGTHS[Unit.MONTH] for back in range(count - 1, -1, -1)]
    return [Period(day, day + LENGTHS[Unit.MONTH], timezone, Label.PART, Unit.MONTH) for day in starts]


def late_start(period: Period, began_at: datetime | None) -> datetime | None:
    """When the data began, where they lack days of the period: it is then no measure for another."""
    return began_at if began_at and period.first_day < local_date(began_at, period.timezone) else None


def is_whole(part: Period) -> bool:
    """Whether the part of a trend is as long as its unit, neither cut at the end of the period nor at its start."""
    return part.first_day + LENGTHS[part.unit] == part.after


def _read(text: str) -> tuple[Label, Unit, int] | None:
    plain = search_key(text)
    if plain in _CALENDAR:
        return (*_CALENDAR[plain], 1)
    for pattern, label in ((_ROLLING, Label.ROLLING), (_TO_DATE, Label.CURRENT), (_ONE, Label.ROLLING)):
        found = pattern.fullmatch(plain)
        words = {} if found is None else {key: word for key, word in found.groupdict().items() if word}
        count = int(words.pop("count", 1))
        if unit := _UNITS.get(next(iter(words.values()), "")):
            return label, unit, count
    return None
