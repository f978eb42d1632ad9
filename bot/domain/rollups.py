"""What is counted ahead of the reports, day by day, and what of a period must still be counted row by row."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cached_property

from bot.domain.calendar_units import LENGTHS, first_of
from bot.domain.local_time import day_start, local_date, next_day_start
from bot.domain.periods import ONE_DAY, Label, Period, Unit
from bot.domain.touchpoints import Kind

SURVEYS = (Kind.NPS, Kind.CES, Kind.CSAT)
STANDING = "standing"
"""NPS answers of a day that no later one of the same customer has superseded."""
REPEATS = "repeats"
"""NPS answers of a day that superseded one, beside the day and the score of that one."""
MEMBERS = "members"
"""Customers who came or left on a day, and those who left beside the day that they had come."""

UNSENT = "unsent"
"""Surveys that were planned on a day and have not been sent, by what became of them."""
TAKINGS = "takings"
"""What was bought on a day, by currency."""
THEME, THEMES = "theme", "themes"
"""The dimensions by which reasons are counted: each theme that they name, and all of them together."""

SENT = "sent "
"""Before the kind of survey in the name of a series."""

LONGEST_REST = 40
"""More days than so many are counted row by row as one: what is counted of the others would help little."""


def sent(kind: Kind) -> str:
    """The series of the surveys of a kind, by the day that they were sent; answers go by the name of the kind."""
    return f"{SENT}{kind}"


def reasons_of(kind: Kind) -> str:
    """The series of the answers of a kind by the themes of their reasons."""
    return f"reasons {kind}"


SERIES = (*SURVEYS, STANDING, REPEATS, *map(sent, SURVEYS), MEMBERS, UNSENT, *map(reasons_of, SURVEYS), TAKINGS)


COUNTED_TODAY = frozenset(SERIES) - {UNSENT, TAKINGS}
"""Series of which today is counted too, as it goes on: what happened in them an hour ago seldom changes again."""

ANY_TIME = datetime.max.replace(tzinfo=UTC)
"""Of an instant that is not known: nothing is known to be after it."""


@dataclass(frozen=True)
class Part(Period):
    """Some of a period: whole days, but for the first and the last one, of which it may be a part."""

    start: datetime = field(kw_only=True)
    end: datetime = field(kw_only=True)


def part(start: datetime, end: datetime, timezone: str) -> Part:
    """From an instant to another, and the business days that they lie on."""
    after = next_day_start(end - end.resolution, timezone)
    days = (local_date(start, timezone), local_date(after, timezone))
    return Part(*days, timezone, Label.PART, Unit.DAY, start=start, end=end)


def first_month(period: Period) -> date:
    """When the first whole month of the calendar begins that is not before a period; it may be after all of it."""
    return first_of(Unit.MONTH, period.first_day - ONE_DAY) + LENGTHS[Unit.MONTH]


def day_part(instant: datetime, since: datetime, until: datetime, timezone: str) -> Part:
    """Of the business day of an instant what is neither before one instant nor after another."""
    start = day_start(local_date(instant, timezone), timezone)
    return part(max(start, since), min(next_day_start(instant, timezone), until), timezone)


@dataclass(frozen=True)
class Counted:
    """What is counted of a series: what was before an instant, but for the business days that have changed since.

    The day of the instant is counted in part. Where it has changed, none of it is. After the instant `last` nothing
    has happened: of a year that is not over, what is to come need not be looked for. From `closing` on, surveys that
    were counted as open close by themselves.
    """

    told_before: datetime
    timezone: str = "UTC"
    changed: frozenset[date] = frozenset()
    last: datetime = ANY_TIME
    closing: datetime = ANY_TIME

    @cached_property
    def before(self) -> datetime:
        """Before when everything is counted but what has changed, none of it on the day of this instant."""
        day = local_date(self.told_before, self.timezone)
        return day_start(day, self.timezone) if day in self.changed else self.told_before

    @cached_property
    def until(self) -> date:
        """The day after the last one of which anything is counted."""
        return local_date(next_day_start(self.before - self.before.resolution, self.timezone), self.timezone)

    def __contains__(self, instant: datetime) -> bool:
        return instant < self.before and local_date(instant, self.timezone) not in self.changed

    def rest(self, period: Period) -> list[Part]:
        """The parts of a period that are not counted: days that changed, the rest of the last, and what comes after.

        That rest is apart, since all periods that are not over share them.
        """
        changed = sorted(day for day in self.changed if period.first_day <= day < min(period.after, self.until))
        edges = [(day_start(day, self.timezone), day_start(day + ONE_DAY, self.timezone)) for day in changed]
        dawn = next_day_start(self.before, self.timezone)
        edges += [(self.before, dawn), (dawn, max(dawn, period.end))]
        within = ((max(start, period.start), min(end, period.end)) for start, end in edges)
        return [part(start, end, self.timezone) for start, end in within if start < end and start <= self.last]

    def helps(self, period: Period) -> bool:
        """Whether enough of a period is counted to begin with that, rather than to count all of it."""
        return sum((part.after - part.first_day).days for part in self.rest(period)) <= LONGEST_REST


NOTHING = Counted(datetime(1, 1, 2, tzinfo=UTC))


Stay = tuple[datetime, datetime | None]
"""From when a customer was one, and until when; both instants belong to what was before."""


def stays(joined_at: datetime, losses: Iterable[tuple[datetime, datetime | None]]) -> list[Stay]:
    """The times that a customer was one, between joining and losses, which may overlap or lie before joining.

    A loss is an instant and the one of coming back; a customer who never did has no further stay.
    """
    found: list[Stay] = []
    came = joined_at
    for lost_at, back_at in sorted(losses, key=lambda loss: loss[0]):
        if lost_at > came:
            found.append((came, lost_at))
        if back_at is None:
            return found
        came = max(came, lost_at, back_at)
    return [*found, (came, None)]
