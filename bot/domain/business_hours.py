"""Business time: the hours in which somebody is there to answer."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import takewhile
from typing import Any

from bot.domain.local_time import instant_at, local_date

Array = Any
"""An array of numpy, which a bot at rest does not load."""

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

    def elapsed(self, starts: Array, ends: Array) -> Array:
        """What `between` says of many pairs of instants, of which none has to walk through its days.

        Takes two arrays of datetime64[us], in UTC, and gives one of timedelta64[us].
        """
        import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

        if not len(starts):
            return np.zeros(0, "timedelta64[us]")
        spans = self._spans(min(starts.min(), ends.min()).item(), max(starts.max(), ends.max()).item())
        opens, closes = (instants_of(column) for column in zip(*spans, strict=True))
        # Up to the opening of each span, of which the first is before all of the instants.
        passed = np.concatenate([np.zeros(1, "timedelta64[us]"), np.cumsum(closes - opens)[:-1]])

        def until(instants: Array) -> Array:
            place = np.searchsorted(opens, instants, side="right") - 1
            return passed[place] + np.minimum(instants, closes[place]) - opens[place]

        return np.maximum(until(ends) - until(starts), np.timedelta64(0, "us"))

    def _spans(self, first: datetime, last: datetime) -> list[tuple[datetime, datetime]]:
        """The open spans of the days between two instants of UTC, and an empty one on the day before."""
        first_day, last_day = (local_date(instant.replace(tzinfo=UTC), self.timezone) for instant in (first, last))
        dates = (first_day + timedelta(days=offset) for offset in range((last_day - first_day).days + 1))
        before = self._span(first_day - timedelta(days=1))[0]
        return [(before, before), *(self._span(day) for day in dates if is_open_on(day, self))]

    def _span(self, day: date) -> tuple[datetime, datetime]:
        return instant_at(day, self.opens, self.timezone), instant_at(day, self.closes, self.timezone)


def instants_of(instants: Iterable[datetime | None] | Array) -> Array:
    """Aware UTC instants, or None where there is none, as an array of datetime64[us]; such an array stays itself."""
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    if isinstance(instants, np.ndarray):
        return instants
    return np.array([one and one.replace(tzinfo=None) for one in instants], dtype="datetime64[us]")


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
