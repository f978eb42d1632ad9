"""Means of scores on a bounded scale, with an interval that stays honest when n is small or all agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isinf, sqrt

from bot.domain.metrics.estimates import Estimate, Z
from bot.domain.surveys import SCALES
from bot.domain.touchpoints import Kind

PSEUDO_ANSWERS = 3
PSEUDO_SQUARES = 1.5


@dataclass(frozen=True)
class AdjustedMean:
    """A mean on -1..1 drawn towards 0 by three pseudo answers, and its standard error."""

    mean: float
    error: float


def adjusted_mean(mean: float, mean_square: float, n: float) -> AdjustedMean:
    """The adjusted Wald mean of a variable on -1..1, from its mean and mean square over `n` answers.

    Three pseudo answers (.75, 1.5 and .75 of them at -1, 0 and 1) are added: Rocks, "Interval estimation for the Net
    Promoter Score", The American Statistician 70 (2016). With more than three points on the scale the same pseudo
    answers keep their promise: see the simulated coverage in the tests.
    """
    if isinf(n):
        return AdjustedMean(mean, 0.0)
    size = n + PSEUDO_ANSWERS
    centre = n * mean / size
    variance = (n * mean_square + PSEUDO_SQUARES) / size - centre**2
    return AdjustedMean(centre, sqrt(variance / size))


def mean_score(kind: Kind, scores: Mapping[int, int]) -> Estimate | None:
    """The mean of `scores` (score -> n) with its interval, in points of the scale; None without answers.

    Raises:
        ValueError: a score is not on the kind's scale.
    """
    check_scale(kind, scores)
    n = sum(scores.values())
    if not n:
        return None
    lowest, highest = SCALES[kind][0], SCALES[kind][-1]
    middle, half = (highest + lowest) / 2, (highest - lowest) / 2
    mean = sum(score * count for score, count in scores.items()) / n
    mean_square = sum(((score - middle) / half) ** 2 * count for score, count in scores.items()) / n
    adjusted = adjusted_mean((mean - middle) / half, mean_square, n)
    low, high = (middle + half * (adjusted.mean + side * Z * adjusted.error) for side in (-1, 1))
    return Estimate(mean, min(mean, max(low, lowest)), max(mean, min(high, highest)), n)


def check_scale(kind: Kind, scores: Iterable[int]) -> None:
    """Refuses scores of another scale, such as those of a reversed or shorter one.

    Raises:
        ValueError: a score is not on the kind's scale.
    """
    if strangers := sorted(set(scores).difference(SCALES[kind])):
        raise ValueError(f"not on the scale of {kind}: {strangers}")
