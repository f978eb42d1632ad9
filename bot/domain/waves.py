"""Survey waves: many customers asked the same, so many a day, with staff at the switch."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.contact import is_open_on
from bot.domain.local_time import day_start, instant_at
from bot.domain.messages import Language
from bot.domain.rules import ContactRules
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.wordings import Variant, wording_of

MORNING = time(9, 0)
PROGRESS_EVERY = timedelta(minutes=10)
FOLLOWED_FOR = timedelta(days=30)  # so long a wave's message is kept up to date after its last change
DELETABLE_FOR = timedelta(hours=48)
HORIZON_DAYS = 3650
ENDED = "wave_ended"
"""The rule that keeps a wave from whom its last day has left over."""


class Status(StrEnum):
    """Drafted; sending; waiting; ended by staff before its end; everybody asked; never begun."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    CANCELLED = "cancelled"


class Switch(StrEnum):
    """What staff do to a wave. `RECALL` asks whether it is meant; `SHOW` only looks."""

    START = "start"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RECALL = "recall"
    RECALL_SURE = "sure"
    SHOW = "show"


@dataclass(frozen=True)
class Move:
    """A switch leads from any of the states `before` to `after`; where somebody was first it changes nothing."""

    before: frozenset[Status]
    after: Status


MOVES: Mapping[Switch, Move] = MappingProxyType(
    {
        Switch.START: Move(frozenset({Status.DRAFT}), Status.RUNNING),
        Switch.CANCEL: Move(frozenset({Status.DRAFT}), Status.CANCELLED),
        Switch.PAUSE: Move(frozenset({Status.RUNNING}), Status.PAUSED),
        Switch.RESUME: Move(frozenset({Status.PAUSED}), Status.RUNNING),
        Switch.STOP: Move(frozenset({Status.RUNNING, Status.PAUSED}), Status.STOPPED),
    }
)
SWITCHES: Mapping[Status, tuple[Switch, ...]] = MappingProxyType(
    {
        Status.DRAFT: (Switch.START, Switch.CANCEL),
        Status.RUNNING: (Switch.PAUSE, Switch.STOP),
        Status.PAUSED: (Switch.RESUME, Switch.STOP),
    }
)


class State(StrEnum):
    """A customer in a wave: not asked yet; in the outbox or beyond; passed over by a rule; message taken back."""

    PLANNED = "planned"
    QUEUED = "queued"
    SKIPPED = "skipped"
    RECALLED = "recalled"


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A wave as it stands. `chat_id` and `message_id` are where staff follow it.

    Its days are the business's, the last one included; without one it goes on until everybody was asked.
    """

    wave_id: int
    kind: Kind
    subject: str
    variants: tuple[Variant, ...]
    status: Status
    words: str
    per_day: int
    starts_on: date
    ends_on: date | None
    weekdays: frozenset[int]
    language: Language
    chat_id: int | None
    message_id: int | None

    @property
    def compares(self) -> bool:
        """Whether half of its customers are asked in other words than the rest."""
        return len(self.variants) > 1

    def wording(self, variant: Variant) -> str:
        """The words in which a variant asks this wave's question."""
        return wording_of(self.kind, variant, about_nothing=not self.subject)


def runs_on(wave: Wave, day: date, rules: ContactRules) -> bool:
    """Whether a wave asks anybody on a day of the business."""
    is_asking = day >= wave.starts_on and not is_over(wave, day) and day.weekday() in wave.weekdays
    return is_asking and is_open_on(day, wave.kind, rules)


def is_over(wave: Wave, day: date) -> bool:
    """Whether a wave's last day is behind."""
    return wave.ends_on is not None and day > wave.ends_on


def days_of(wave: Wave, rules: ContactRules, *, today: date) -> Iterator[date]:
    """The days of a wave from today on."""
    ahead = (max(today, wave.starts_on) + timedelta(days=number) for number in range(HORIZON_DAYS))
    return (day for day in ahead if runs_on(wave, day, rules))


def due_on(day: date, timezone: str, *, now: datetime) -> datetime:
    """When a customer is asked on a day: in their own morning, or at once when that is over."""
    return max(now, instant_at(day, MORNING, timezone))


def expires_at(wave: Wave, due_at: datetime, timezone: str) -> datetime:
    """Until when an invitation may still go: as long as its kind lives, and not past the wave's last day."""
    lives_until = due_at + POLICIES[wave.kind].lifetime
    if wave.ends_on is None:
        return lives_until
    return min(lives_until, day_start(wave.ends_on + timedelta(days=1), timezone))


def invitation_key(wave_id: int, customer_id: int, attempt: int) -> str:
    """One invitation of a wave; who was taken back by a pause is queued anew."""
    return f"wave:{wave_id}:{customer_id}:{attempt}"
