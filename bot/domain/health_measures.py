"""What a health score is made of: each measure of a customer at an instant, in its own unit, or nothing if unknown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import fmean
from types import MappingProxyType

from bot.domain.measures import Measure, Part
from bot.domain.sentiment import polarity
from bot.domain.surveys import SCALES
from bot.domain.touchpoints import Kind

NEUTRAL = 50.0
DAY, MONTH = timedelta(days=1), timedelta(days=30)
SLICES = 6
"""Breadth counts in how many of so many equal slices of the window something was bought."""

WEEKS = 13
"""Frequency of use counts in how many of so many equal slices of the window, about weeks, something was done."""

SILENT_AFTER = timedelta(days=365)
"""Who has said nothing in chat for so long has no engagement left; NPS comes only twice a year."""


SEVERE: Mapping[Kind, int] = MappingProxyType({Kind.NPS: 3, Kind.CES: 2, Kind.CSAT: 1})
"""Up to this score a complaint is severe: the lowest third of the scale."""


@dataclass(frozen=True)
class LastAnswer:
    """The latest answer to one kind of survey."""

    kind: Kind
    score: int
    answered_at: datetime


@dataclass(frozen=True, kw_only=True)
class HealthFacts:
    """What was known of a customer at an instant, and nothing that came after it.

    Purchases are those of the last window, of the one before it, and the window's slices that have one; `used` and what
    follows it are the same of the product's events. `tracks_usage`: the business keeps purchases; `events_since` is
    when its events began, None where it has none. `asked` and `answered` are surveys that were sent and are over.
    `silenced`: said stop, or blocked the bot. `is_stranger`: there is no relationship of which to speak.
    """

    customer_id: int
    joined_at: datetime
    plan: str = ""
    location: str = ""
    is_stranger: bool = False
    linked_at: datetime | None = None
    silenced: bool = False
    tracks_usage: bool = True
    bought: int = 0
    bought_before: int = 0
    active_slices: int = 0
    last_purchase_at: datetime | None = None
    events_since: datetime | None = None
    used: int = 0
    used_before: int = 0
    active_weeks: int = 0
    kinds_used: int = 0
    last_used_at: datetime | None = None
    value: tuple[str, int] | None = None
    answers: Sequence[LastAnswer] = ()
    asked: int = 0
    answered: int = 0
    last_word_at: datetime | None = None
    milestones_due: int = 0
    milestones_done: int = 0
    open_cases: int = 0
    solved_cases: int = 0
    had_cases: bool = False
    severe_case: bool = False
    cancels: bool = False
    texts: Sequence[str] = ()

    @property
    def nps(self) -> int | None:
        """The latest NPS, for people to read."""
        return next((one.score for one in self.answers if one.kind is Kind.NPS), None)

    @property
    def is_judged_by_events(self) -> bool:
        """Whether events of the product are this customer's usage: who has none is judged by purchases if there are."""
        return self.last_used_at is not None or (self.events_since is not None and not self.tracks_usage)

    @property
    def left_out(self) -> Part:
        """The part that is not this customer's usage."""
        return Part.USAGE if self.is_judged_by_events else Part.USE


def read_measures(facts: HealthFacts, *, window: timedelta, half_life: timedelta, at: datetime) -> dict[Measure, float]:
    """Every measure that is known at `at`, in its own unit; what is unknown is left out, never 0.

    Of a stranger nothing is: how well a relationship goes cannot be measured before there is one.
    """
    if facts.is_stranger:
        return {}
    found = {
        **(_use(facts, window, at) if facts.is_judged_by_events else _usage(facts, window, at)),
        Measure.SURVEY: _survey(facts.answers, half_life, at),
        Measure.ENGAGEMENT: _engagement(facts, at),
        Measure.CONNECTED: float(facts.linked_at is not None and not facts.silenced),
        Measure.MILESTONES: facts.milestones_done / facts.milestones_due if facts.milestones_due else None,
        Measure.SUPPORT: facts.open_cases + facts.solved_cases / 2 if facts.had_cases else None,
        Measure.SENTIMENT: _sentiment(facts.texts),
    }
    return {measure: value for measure, value in found.items() if value is not None}


def _usage(facts: HealthFacts, window: timedelta, at: datetime) -> dict[Measure, float | None]:
    """Purchases: a month, against the window before (times), in how many slices (share), and days since the last."""
    first_use = {Measure.FIRST_USE: float(facts.bought) if facts.tracks_usage else None}
    if facts.last_purchase_at is None:
        return {**first_use}
    compared = at - facts.joined_at >= 2 * window and (facts.bought or facts.bought_before)
    return {
        **first_use,
        Measure.TREND: facts.bought / max(facts.bought_before, 1) if compared else None,
        Measure.FREQUENCY: facts.bought / (window / MONTH),
        Measure.BREADTH: facts.active_slices / SLICES,
        Measure.RECENCY: (at - facts.last_purchase_at) / DAY,
    }


def _use(facts: HealthFacts, window: timedelta, at: datetime) -> dict[Measure, float | None]:
    """Events: against the window before (times), in how many weeks (share), of how many kinds, days since the last.

    There is no trend before events have been kept for two windows: their beginning would look like growth.
    """
    first_events = {Measure.FIRST_EVENTS: float(facts.used)}
    if facts.last_used_at is None or facts.events_since is None:
        return {**first_events}
    known_for = at - max(facts.joined_at, facts.events_since)
    compared = known_for >= 2 * window and (facts.used or facts.used_before)
    weeks = WEEKS * min(1.0, (at - facts.events_since) / window)
    return {
        **first_events,
        Measure.USE_TREND: facts.used / max(facts.used_before, 1) if compared else None,
        Measure.USE_FREQUENCY: min(1.0, facts.active_weeks / weeks),
        Measure.USE_BREADTH: float(facts.kinds_used),
        Measure.USE_RECENCY: (at - facts.last_used_at) / DAY,
    }


def _survey(answers: Sequence[LastAnswer], half_life: timedelta, at: datetime) -> float | None:
    """The latest answers on a scale of 0 to 100, each on its way back to neutral, halfway there after a half-life."""
    faded = [faded_answer(one.kind, one.score, age=at - one.answered_at, half_life=half_life) for one in answers]
    return fmean(faded) if faded else None


def faded_answer(kind: Kind, score: int, *, age: timedelta, half_life: timedelta) -> float:
    """An answer as a part of 100, its distance from neutral halved with every half-life."""
    scale = SCALES[kind]
    position = 100 * (score - scale[0]) / (scale[-1] - scale[0])
    return float(NEUTRAL + (position - NEUTRAL) * 2 ** (-age / half_life))


def _engagement(facts: HealthFacts, at: datetime) -> float | None:
    """The mean of the share of surveys answered and of how lately the customer wrote, 0 to 1; 0 for who shut the door.

    Nothing is known of who is not linked, or was linked a moment ago and was never asked.
    """
    if facts.linked_at is None:
        return None
    if facts.silenced:
        return 0.0
    known = [facts.answered / facts.asked] if facts.asked else []
    heard = facts.last_word_at or (facts.linked_at if at - facts.linked_at >= MONTH else None)
    if heard is not None:
        known.append(max(0.0, 1 - (at - heard) / SILENT_AFTER))
    return fmean(known) if known else None


def _sentiment(texts: Sequence[str]) -> float | None:
    """The mean polarity of what the customer wrote, -1 to 1, of the texts that have any."""
    known = [found for text in texts if (found := polarity(text)) is not None]
    return fmean(known) if known else None
