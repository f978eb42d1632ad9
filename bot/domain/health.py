"""The health score: 0 to 100 from what is known of a customer, its colour, and what moved it.

A weighted mean, Σw·s/Σw, over the measures that have data; every score keeps its contributions and the version of its
weights, so that it can be explained later.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import floor

from bot.domain.audiences import parse_segment
from bot.domain.health_measures import NEUTRAL, HealthFacts, read_measures
from bot.domain.measures import Measure, Part
from bot.domain.names import search_key
from bot.domain.rule_limits import LEAST_MEASURES
from bot.domain.rules import HealthRules

LEAST_KNOWN = 0.5
FIRSTS = frozenset({Measure.FIRST_USE, Measure.FIRST_EVENTS})
COMPARED_WITH = timedelta(days=30)
"""How far back "what moved it" looks."""


class Colour(StrEnum):
    """Ordered from the worst; grey is unknown, which is never as good as green."""

    RED = "red"
    YELLOW = "yellow"
    GREEN = "green"
    GREY = "grey"


class Override(StrEnum):
    """What makes a customer red, whatever the score."""

    CANCELLATION = "cancellation"  # they asked to cancel
    SEVERE_COMPLAINT = "severe_complaint"  # an open case of somebody very unhappy, or long past its deadline


class Alert(StrEnum):
    """Why a CSM is told."""

    RED = "red"
    DROP = "drop"


@dataclass(frozen=True)
class Contribution:
    """One measure in a score: its value in its own unit, what it scores from 0 to 100, and its weight."""

    measure: Measure
    value: float
    score: float
    weight: float


@dataclass(frozen=True, kw_only=True)
class Scorecard:
    """What is weighed for some customers."""

    name: str
    weights: Mapping[Measure, float]

    @property
    def total(self) -> float:
        return sum(self.weights.values())


@dataclass(frozen=True, kw_only=True)
class Health:
    """A customer's health at one instant. `score` is None when too little is known; then only an override colours."""

    score: int | None
    colour: Colour
    contributions: tuple[Contribution, ...]
    override: Override | None
    scorecard: str
    nps: int | None


@dataclass(frozen=True)
class Move:
    """By how many points of the score one part moved it."""

    part: Part
    points: int


def assess(facts: HealthFacts, rules: HealthRules, *, before: Colour | None, at: datetime) -> Health:
    """The health of a customer at an instant; `before` is the colour that the score had until then, if any."""
    card = scorecard_for(facts, rules, at=at)
    contributions = weigh(facts, card, rules, at=at)
    score = whole_score(contributions, card)
    override = _override(facts)
    return Health(
        score=score,
        colour=Colour.RED if override else colour_of(score, rules, before=before),
        contributions=contributions,
        override=override,
        scorecard=card.name,
        nps=facts.nps,
    )


def scorecard_for(facts: HealthFacts, rules: HealthRules, *, at: datetime) -> Scorecard:
    """The onboarding scorecard for who has just joined; else the first segment's that fits; else the general one.

    Of purchases and events it weighs those that are the customer's usage.
    """
    card = _card_for(facts, rules, at=at)
    weights = {one: weight for one, weight in card.weights.items() if one.part is not facts.left_out}
    return replace(card, weights=weights)


def _card_for(facts: HealthFacts, rules: HealthRules, *, at: datetime) -> Scorecard:
    if at - facts.joined_at < rules.onboarding_for:
        return Scorecard(name="onboarding", weights=rules.onboarding)
    own = {"plan": search_key(facts.plan), "location": search_key(facts.location)}
    for card in rules.scorecards:
        segment = parse_segment(card.segment)
        if segment is not None and own.get(segment.field) == search_key(segment.value):
            return Scorecard(name=card.segment, weights={**rules.weights, **card.weights})
    return Scorecard(name="general", weights=rules.weights)


def weigh(facts: HealthFacts, card: Scorecard, rules: HealthRules, *, at: datetime) -> tuple[Contribution, ...]:
    """The measures of a scorecard that have data, each with its score.

    What a newcomer has not done yet says nothing before half of the onboarding is over: it counts only in their favour.
    """
    known = read_measures(facts, window=rules.window, half_life=rules.survey_half_life, at=at)
    found = [
        Contribution(measure, known[measure], on_line(known[measure], rules.lines[measure]), weight)
        for measure, weight in card.weights.items()
        if weight > 0 and measure in known
    ]
    is_early = at - facts.joined_at < rules.onboarding_for / 2
    return tuple(one for one in found if not (is_early and one.measure in FIRSTS and one.score < NEUTRAL))


def on_line(value: float, line: tuple[float, float]) -> float:
    """A value as 0 to 100 on the line from the worst to the best, whichever of the two is larger."""
    worst, best = line
    return 100 * max(0.0, min(1.0, (value - worst) / (best - worst)))


def mean_score(contributions: Sequence[Contribution]) -> float | None:
    """Σw·s/Σw, unrounded; None when nothing is known."""
    known = sum(one.weight for one in contributions)
    return sum(one.weight * one.score for one in contributions) / known if known else None


def whole_score(contributions: Sequence[Contribution], card: Scorecard) -> int | None:
    """The score as it is shown; None under two measures, or under half of the scorecard's weight."""
    known = sum(one.weight for one in contributions)
    mean = mean_score(contributions)
    if mean is None or len(contributions) < LEAST_MEASURES or known < LEAST_KNOWN * card.total:
        return None
    return floor(mean + 0.5)


def colour_of(score: int | None, rules: HealthRules, *, before: Colour | None) -> Colour:
    """The colour of a score. A fall counts at once; to rise, a score must leave its colour's border by some points.

    So a score that swings about a border does not change its colour every day, and bad news is never late.
    """
    if score is None:
        return Colour.GREY
    red_up_to, yellow_up_to = rules.red_up_to, rules.yellow_up_to
    if before is Colour.RED:
        red_up_to += rules.hysteresis
    if before in (Colour.RED, Colour.YELLOW):
        yellow_up_to += rules.hysteresis
    if score <= red_up_to:
        return Colour.RED
    return Colour.YELLOW if score <= yellow_up_to else Colour.GREEN


def _override(facts: HealthFacts) -> Override | None:
    """A stranger has nothing to cancel, and their complaint is a case, not a risk to a relationship."""
    if facts.is_stranger:
        return None
    if facts.cancels:
        return Override.CANCELLATION
    return Override.SEVERE_COMPLAINT if facts.severe_case else None


def version_of(rules: HealthRules) -> str:
    """A short name of everything that makes a score: other weights, lines or borders are another version."""
    return hashlib.sha256(repr(sorted(asdict(rules).items())).encode()).hexdigest()[:8]


def alert_of(
    now: Health, *, before: Colour | None, highest: int | None, alerted_on: date | None, day: date, rules: HealthRules
) -> Alert | None:
    """Whether the CSM is told: the customer became red, or fell far in a short time and nobody was told of it.

    `highest` is the highest score in that time; a customer's very first score (`before` None) is no news.
    """
    if before is None:
        return None
    if now.colour is Colour.RED and before is not Colour.RED:
        return Alert.RED
    told = alerted_on is not None and day - alerted_on < rules.drop_within
    if told or now.score is None or highest is None or highest - now.score < rules.drop:
        return None
    return Alert.DROP


def moves(before: Sequence[Contribution], after: Sequence[Contribution]) -> list[Move]:
    """What moved a score, part by part, the largest first; together they are the difference of the two scores.

    Each part counts by its distance from neutral, so that a part of which nothing was known before moves the score by
    what it says, and not by its bare presence. Rounded by the largest remainder.
    """
    older, newer = pulls(before), pulls(after)
    exact = {part: newer.get(part, 0.0) - older.get(part, 0.0) for part in Part}
    target = _shown(after) - _shown(before)
    points = {part: floor(value) for part, value in exact.items()}
    by_remainder = sorted(exact, key=lambda part: points[part] - exact[part])
    for part in by_remainder[: target - sum(points.values())]:
        points[part] += 1
    found = [Move(part, value) for part, value in points.items() if value]
    return sorted(found, key=lambda move: -abs(move.points))


def pulls(contributions: Sequence[Contribution]) -> dict[Part, float]:
    """By how many points each part pulls the score away from neutral."""
    known = sum(one.weight for one in contributions)
    found: dict[Part, float] = {}
    for one in contributions:
        pull = one.weight * (one.score - NEUTRAL) / known
        found[one.measure.part] = found.get(one.measure.part, 0.0) + pull
    return found


def _shown(contributions: Sequence[Contribution]) -> int:
    mean = mean_score(contributions)
    return floor((NEUTRAL if mean is None else mean) + 0.5)


def part_scores(contributions: Sequence[Contribution]) -> dict[Part, tuple[float, float]]:
    """Each part's own score, 0 to 100, and its weight, of what is known."""
    found: dict[Part, tuple[float, float]] = {}
    for part in Part:
        own = [one for one in contributions if one.measure.part is part]
        mean = mean_score(own)
        if mean is not None:
            found[part] = (mean, sum(one.weight for one in own))
    return found
