"""What is counted once a day for the reports, and which days of a period must still be counted row by row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

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

LONGEST_REST = 40
"""More days than so many are counted row by row as one: what is counted of the others would help little."""


def sent(kind: Kind) -> str:
    """The series of the surveys of a kind, by the day that they were sent; answers go by the name of the kind."""
    return f"sent {kind}"


def reasons_of(kind: Kind) -> str:
    """The series of the answers of a kind by the themes of their reasons."""
    return f"reasons {kind}"


SERIES = (*SURVEYS, STANDING, REPEATS, *map(sent, SURVEYS), MEMBERS, UNSENT, *map(reasons_of, SURVEYS), TAKINGS)


@dataclass(frozen=True)
class Counted:
    """Which business days of a series are counted: those before `until`, but for those that have changed since."""

    until: date = date.min
    changed: frozenset[date] = frozenset()

    def __contains__(self, day: date) -> bool:
        return day < self.until and day not in self.changed

    def rest(self, period: Period) -> list[Period]:
        """The parts of a period that are not counted: the days that changed, and what comes after all that is."""
        changed = sorted(day for day in self.changed if period.first_day <= day < min(period.after, self.until))
        parts = [_part(period, day, day + ONE_DAY) for day in changed]
        if self.until < period.after:
            parts.append(_part(period, max(period.first_day, self.until), period.after))
        return parts

    def helps(self, period: Period) -> bool:
        """Whether enough of a period is counted to begin with that, rather than to count all of it."""
        return sum((part.after - part.first_day).days for part in self.rest(period)) <= LONGEST_REST


NOTHING = Counted()


def _part(period: Period, first_day: date, after: date) -> Period:
    return Period(first_day, after, period.timezone, Label.PART, Unit.DAY)


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
