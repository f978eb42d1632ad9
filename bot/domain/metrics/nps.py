"""Net Promoter Score: the share of 9-10 minus the share of 0-6, in points from -100 to 100."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, hypot, sqrt

from bot.domain.metrics.estimates import Difference, Estimate, Z, effective_sample
from bot.domain.metrics.means import AdjustedMean, adjusted_mean, check_scale
from bot.domain.surveys import Band, band
from bot.domain.touchpoints import Kind

MOST_ANSWERS = 1_000_000


@dataclass(frozen=True)
class NpsCounts:
    """Answers by band. A 6 is a detractor."""

    promoters: int
    passives: int
    detractors: int

    @property
    def n(self) -> int:
        return self.promoters + self.passives + self.detractors

    @classmethod
    def of(cls, scores: Mapping[int, int]) -> "NpsCounts":
        """Bands a histogram (score -> n).

        Raises:
            ValueError: a score is not one of 0 to 10.
        """
        check_scale(Kind.NPS, scores)
        counts = Counter[Band]()
        for score, n in scores.items():
            counts[band(Kind.NPS, score)] += n
        return cls(counts[Band.PROMOTER], counts[Band.PASSIVE], counts[Band.DETRACTOR])


def nps(counts: NpsCounts, population: int | None = None) -> Estimate | None:
    """The NPS with its adjusted Wald interval (Rocks 2016), clipped to the scale; None without answers.

    The printed point is the unadjusted one. `population` turns the finite population correction on.
    """
    if not counts.n:
        return None
    value = _points(counts)
    adjusted = _adjusted(counts, effective_sample(counts.n, population))
    low, high = (100 * (adjusted.mean + side * Z * adjusted.error) for side in (-1, 1))
    return Estimate(value, min(value, max(low, -100.0)), max(value, min(high, 100.0)), counts.n)


def nps_difference(now: NpsCounts, before: NpsCounts) -> Difference | None:
    """NPS now minus NPS before, by z on the two adjusted variances; None when either side has no answers.

    The printed point is the unadjusted one, and the interval is drawn out to it where two extremes meet.
    """
    if not (now.n and before.n):
        return None
    newer, older = _adjusted(now, now.n), _adjusted(before, before.n)
    value = _points(now) - _points(before)
    centre = 100 * (newer.mean - older.mean)
    reach = 100 * Z * hypot(newer.error, older.error)
    return Difference(value, min(value, centre - reach), max(value, centre + reach))


def nps_test(one: NpsCounts, other: NpsCounts) -> float:
    """The p-value, two-sided, of no difference between two NPS, by z on the two adjusted variances.

    Raises:
        ValueError: a side has no answers.
    """
    if not (one.n and other.n):
        raise ValueError("without answers there is nothing to compare")
    first, second = _adjusted(one, one.n), _adjusted(other, other.n)
    return erfc(abs(first.mean - second.mean) / hypot(first.error, second.error) / sqrt(2))


def answers_for_margin(counts: NpsCounts, margin: float) -> int:
    """How many answers, split into bands as these are, bring the interval down to ±`margin` points.

    Raises:
        ValueError: there is no answer to learn the split from, or no million answers would do.
    """
    if not counts.n:
        raise ValueError("without answers there is no split into bands")
    needed = bisect_left(range(1, MOST_ANSWERS + 1), -margin, key=lambda n: -100 * Z * _adjusted(counts, n).error) + 1
    if needed > MOST_ANSWERS:
        raise ValueError(f"±{margin} points need more than {MOST_ANSWERS} answers")
    return needed


def _points(counts: NpsCounts) -> float:
    return 100 * (counts.promoters - counts.detractors) / counts.n


def _adjusted(counts: NpsCounts, size: float) -> AdjustedMean:
    mean = (counts.promoters - counts.detractors) / counts.n
    return adjusted_mean(mean, (counts.promoters + counts.detractors) / counts.n, size)
