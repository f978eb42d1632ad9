"""Business time: the hours in which somebody is there to answer."""

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile

from bot.domain.local_time import instant_at, local_date

HORIZON_DAYS = 400  # a business that is closed for longer has no deadline that means anything


@dataclass(frozen=True, kw_only=True)
class BusinessHours:
    """When a business is open: from `opens` to `closes` on its `weekdays` (Monday is 1), never on `holidays`."""

    timezone: str
    opens: time
    closes: time
    weekdays: frozenset[int]
    holidays: Collection[date] = frozenset()

    def spans_from(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open spans after an instant, each half-open, aware UTC, within the horizon."""
        first = local_date(start, self.timezone)
        days = (first + timedelta(days=offset) for offset in range(HORIZON_DAYS))
        spans = (self._span(day) for day in days if is_open_on(day, self))
        return ((max(opens, start), closes) for opens, closes in spans if closes > start)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much business time passed from one instant to another, which may lie before it."""
        begun = takewhile(lambda span: span[0] < end, self.spans_from(start))
        return sum((min(closes, end) - opens for opens, closes in begun), timedelta())

    def elapsed(self, pairs: Sequence[tuple[datetime, datetime]]) -> list[timedelta]:
        """What `between` says of many pairs of instants, of which none has to walk through its days."""
        if not pairs:
            return []
        days = [local_date(instant, self.timezone) for instant in (min(map(min, pairs)), max(map(max, pairs)))]
        dates = (days[0] + timedelta(days=offset) for offset in range((days[1] - days[0]).days + 1))
        spans = [self._span(day) for day in dates if is_open_on(day, self)]
        opens, passed = [start for start, _ in spans], [timedelta()]
        for start, end in spans:
            passed.append(passed[-1] + (end - start))

        def until(instant: datetime) -> timedelta:
            place = bisect_right(opens, instant)
            return passed[place] - max(spans[place - 1][1] - instant, timedelta()) if place else timedelta()

        return [max(until(end) - until(start), timedelta()) for start, end in pairs]

    def _span(self, day: date) -> tuple[datetime, datetime]:
        return instant_at(day, self.opens, self.timezone), instant_at(day, self.closes, self.timezone)


def is_open_on(day: date, hours: BusinessHours) -> bool:
    """Whether somebody works on a day of the business's calendar."""
    return day.isoweekday() in hours.weekdays and day not in hours.holidays


def deadline(start: datetime, within: timedelta, hours: BusinessHours) -> datetime:
    """The instant by which so much business time has passed since `start`."""
    left = within
    for opens, closes in hours.spans_from(start):
        if left <= closes - opens:
            return opens + left
        left -= closes - opens
    return start + timedelta(days=HORIZON_DAYS)


def next_opening(start: datetime, hours: BusinessHours, *, after_days: int) -> datetime:
    """The first opening on a local day that is at least so many days after that of `start`."""
    earliest = local_date(start, hours.timezone) + timedelta(days=after_days)
    spans = hours.spans_from(start)
    return next((opens for opens, _ in spans if local_date(opens, hours.timezone) >= earliest), start)
