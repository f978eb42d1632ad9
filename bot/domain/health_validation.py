"""Whether the health score says who will leave: held against what happened after a date, beside simpler numbers.

A landmark design (van Houwelingen, Scandinavian Journal of Statistics 34 (2007)): what is known on the date, of those
who are customers on the date, against who of them left in the time after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from math import floor

import numpy as np

from bot.domain.health import Colour, colour_of
from bot.domain.health_measures import NEUTRAL
from bot.domain.measures import Measure
from bot.domain.metrics.estimates import Difference, Estimate
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.ranking import auc, auc_difference, worst_tenth
from bot.domain.metrics.weighting import nonnegative_weights
from bot.domain.rules import HealthRules

LEAST_LEFT = 30
LEAST_KNOWN = 0.1
"""A measure that is known of fewer customers than this share keeps the weight that it has."""

SCORE, PRESENT, FREQUENCY, RECENCY = "the score", "the present weights", "frequency alone", "recency alone"


class TooFewError(Exception):
    """Too few left, or too few stayed, for anything to be said; `left` of `n` did."""

    def __init__(self, *, left: int, n: int) -> None:
        super().__init__(f"{left} of {n} left; nothing can be said before {LEAST_LEFT} left and as many stayed")
        self.left = left
        self.n = n


@dataclass(frozen=True, kw_only=True)
class Observed:
    """A customer on the date, and whether they left in the time after it.

    `score` is not rounded; `scores` is what each known measure scores, 0 to 100. `frequency` is purchases in the
    window, and `recency` days since the last; None for who never bought.
    """

    score: float | None
    colour: Colour
    scores: Mapping[Measure, float]
    frequency: float | None
    recency: float | None
    left: bool


@dataclass(frozen=True, kw_only=True)
class Landmark:
    """Everybody who was a customer on a date."""

    at: datetime
    observed: Sequence[Observed]


@dataclass(frozen=True)
class Predictor:
    """How well one number ranks who left, and by how much the score ranks better."""

    name: str
    auc: Estimate
    behind: Difference | None = None


@dataclass(frozen=True, kw_only=True)
class Validation:
    """What a score was worth on a date. `left_out` are customers of whom nothing is known that could be scored."""

    at: datetime
    everybody: Share
    left_out: int
    colours: Mapping[Colour, Share]
    predictors: Sequence[Predictor]
    worst_tenth: Share

    @property
    def is_monotone(self) -> bool:
        """Whether red left more than yellow, and yellow more than green, of the colours that anybody has."""
        ranked = (Colour.RED, Colour.YELLOW, Colour.GREEN)
        rates = [self.colours[one].part / self.colours[one].whole for one in ranked if self.colours[one].whole]
        return rates == sorted(rates, reverse=True)

    @property
    def lift(self) -> float:
        """How many times as often as everybody the worst tenth left."""
        return self.worst_tenth.part / self.worst_tenth.whole / (self.everybody.part / self.everybody.whole)


def validate(landmark: Landmark, rules: HealthRules, *, weights: Mapping[Measure, float] | None = None) -> Validation:
    """Hold the score against what happened; with `weights`, the score that these would have given.

    With weights nobody is grey: whether enough is known of a customer is a matter of the weights in use.

    Raises:
        TooFewError: fewer than 30 left, or fewer than 30 stayed.
    """
    scored = [one for one in landmark.observed if one.score is not None]
    left = [one.left for one in scored]
    if not LEAST_LEFT <= sum(left) <= len(left) - LEAST_LEFT:
        raise TooFewError(left=sum(left), n=len(left))
    if weights is not None:
        scored = [_with_weights(one, weights, rules) for one in scored]
    risks = [-(one.score or 0.0) for one in scored]
    before = [-(one.score or 0.0) for one in landmark.observed if one.score is not None]
    return Validation(
        at=landmark.at,
        everybody=Share(sum(left), len(left)),
        left_out=len(landmark.observed) - len(scored),
        colours={colour: _left_of(scored, colour) for colour in Colour},
        predictors=_predictors(scored, risks, before if weights is not None else None),
        worst_tenth=worst_tenth(risks, left),
    )


def _with_weights(one: Observed, weights: Mapping[Measure, float], rules: HealthRules) -> Observed:
    score = reweighted(one, weights)
    return replace(one, score=score, colour=colour_of(floor(score + 0.5), rules, before=None))


def _left_of(scored: Sequence[Observed], colour: Colour) -> Share:
    own = [one.left for one in scored if one.colour is colour]
    return Share(sum(own), len(own))


def _predictors(scored: Sequence[Observed], risks: Sequence[float], before: Sequence[float] | None) -> list[Predictor]:
    """The score, and beside it the score that there was, and frequency and recency alone on those who ever bought."""
    buyers = [(one, risk) for one, risk in zip(scored, risks, strict=True) if one.recency is not None]
    people, own = [one for one, _ in buyers], [risk for _, risk in buyers]
    found = [
        _predictor(SCORE, risks, scored),
        _predictor(PRESENT, before, scored, beside=risks) if before is not None else None,
        _predictor(FREQUENCY, [-(one.frequency or 0.0) for one in people], people, beside=own),
        _predictor(RECENCY, [one.recency or 0.0 for one in people], people, beside=own),
    ]
    return [one for one in found if one is not None]


def _predictor(
    name: str, risks: Sequence[float], people: Sequence[Observed], *, beside: Sequence[float] | None = None
) -> Predictor | None:
    left = [one.left for one in people]
    area = auc(risks, left)
    behind = auc_difference(beside, risks, left) if beside is not None else None
    return Predictor(name, area, behind) if area is not None else None


def reweighted(one: Observed, weights: Mapping[Measure, float]) -> float:
    """The score that other weights would have given; neutral where they weigh nothing that is known."""
    known = {measure: weights.get(measure, 0.0) for measure in one.scores}
    total = sum(known.values())
    return sum(one.scores[measure] * weight for measure, weight in known.items()) / total if total else NEUTRAL


def learn_weights(landmarks: Sequence[Landmark], present: Mapping[Measure, float]) -> dict[Measure, float]:
    """Non-negative weights that would have told best who leaves, in whole points of the sum of the present ones.

    What too few customers have keeps its weight; of a customer, an unknown measure counts as neutral, and that it is
    unknown counts by itself, since it says something too: of new customers less is known.

    Raises:
        TooFewError: fewer than 30 left, or fewer than 30 stayed.
    """
    people = [one for landmark in landmarks for one in landmark.observed if one.scores]
    left = sum(one.left for one in people)
    if not LEAST_LEFT <= left <= len(people) - LEAST_LEFT:
        raise TooFewError(left=left, n=len(people))
    measures = [one for one in present if sum(one in each.scores for each in people) >= LEAST_KNOWN * len(people)]
    scores = np.array([[each.scores.get(one, NEUTRAL) for one in measures] for each in people]) / NEUTRAL - 1
    known = np.array([[float(one in each.scores) for one in measures] for each in people])
    found = nonnegative_weights(scores, known, np.array([not one.left for one in people]))
    total, share = sum(present[one] for one in measures), found / (found.sum() or 1.0)
    learned = {one: round(float(part) * total, 1) for one, part in zip(measures, share, strict=True)}
    return {one: learned.get(one, weight) for one, weight in present.items()}
