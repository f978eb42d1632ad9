"""A customer's score over time, to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.messages import Message

SHOWN = timedelta(days=180)
LEAST_DAYS = 2


@dataclass(frozen=True)
class HealthPoint:
    """From which day on a customer had which score; None while too little was known."""

    day: date
    score: int | None


@dataclass(frozen=True, kw_only=True)
class HealthTrend:
    """Scores, each until the next, and the borders of the colours; the parts of `words` are what is written."""

    points: Sequence[HealthPoint]
    red_up_to: int
    yellow_up_to: int
    words: Message


def daily(points: Sequence[HealthPoint], *, first: date, last: date) -> tuple[HealthPoint, ...]:
    """The points from `first` to `last`: what stood before the first is moved to it, and the last is carried on."""
    shown = [HealthPoint(max(point.day, first), point.score) for point in points]
    end = HealthPoint(last, shown[-1].score) if shown and shown[-1].day < last else None
    return (*shown, end) if end else tuple(shown)
