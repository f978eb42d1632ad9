"""Statistics made of the means of two numbers a customer has, with intervals over customers, however many there are.

Up to 2,000 customers the interval is the percentile bootstrap (Efron, "Bootstrap methods", Annals of Statistics 7
(1979)): skewed sums need it there. Each customer is drawn a Poisson number of times, whoever else is (Hanley and
MacGibbon, Computer Methods and Programs in Biomedicine 83 (2006)), so that what was drawn once serves any n. Of more
customers the delta method says the same (Cochran, "Sampling Techniques", 3rd edition (1977), section 6.5, for a ratio)
from six sums, which a database adds up without handing out a million rows; it is also what stands in where nothing can
be resampled. The resampling is seeded: the same data give the same interval each time.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, floor, isfinite, sqrt
from typing import Any

from bot.domain.metrics.estimates import Estimate, Z
from bot.domain.metrics.rates import student

MOST_RESAMPLED = 2000
ROUNDS = 999
SEED = 2026
STEP = 1e-5
TAIL = 0.025

Statistic = Callable[[Any, Any], Any]
"""A smooth function of the two means; it is given numbers, or arrays of as many resampled ones."""


@dataclass(frozen=True)
class Sums:
    """What n pairs (top, bottom) add up to, and their squares and products, in any one unit each."""

    n: int = 0
    top: float = 0.0
    bottom: float = 0.0
    top_squares: float = 0.0
    products: float = 0.0
    bottom_squares: float = 0.0


@dataclass(frozen=True)
class Sample:
    """One pair (top, bottom) a customer; `rows` is left empty where there are more than 2,000 of them."""

    sums: Sums = Sums()
    rows: Sequence[tuple[float, float]] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[float, float]]) -> "Sample":
        rows = list(pairs)
        return cls.of_columns([top for top, _ in rows], [bottom for _, bottom in rows])

    @classmethod
    def of_columns(cls, tops: Any, bottoms: Any) -> "Sample":  # noqa: ANN401  arrays, or what becomes one
        """The same of all tops and all bottoms, in one order of customers."""
        import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

        top, bottom = np.asarray(tops, dtype=float), np.asarray(bottoms, dtype=float)
        products = (top, bottom, top * top, top * bottom, bottom * bottom)
        sums = Sums(len(top), *(float(each.sum()) for each in products))
        few = len(top) <= MOST_RESAMPLED
        return cls(sums, list(zip(top.tolist(), bottom.tolist(), strict=True)) if few else ())


def ratio(sample: Sample) -> Estimate | None:
    """All tops over all bottoms, with its interval over customers; None where the bottoms add up to nothing.

    It is a mean where each bottom is 1.
    """
    return of_means(sample, lambda top, bottom: top / bottom) if sample.sums.bottom > 0 else None


def of_means(sample: Sample, statistic: Statistic) -> Estimate | None:
    """A statistic of the mean top and the mean bottom, with its interval over customers; None of no customers.

    Of one customer nothing varies, and the interval has no width; `n` says why.
    """
    sums = sample.sums
    if not sums.n:
        return None
    value = float(statistic(sums.top / sums.n, sums.bottom / sums.n))
    low, high = _percentiles(sample.rows, statistic) if sample.rows else _delta(sums, statistic, value)
    return Estimate(value, min(low, value), max(high, value), sums.n)


def _percentiles(rows: Sequence[tuple[float, float]], statistic: Statistic) -> tuple[float, float]:
    """The bootstrap's percentiles; draws on which the statistic is not defined, such as x/0, are left out."""
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    drawn = _drawn()[:, : len(rows)]
    columns = np.asarray([*zip(*rows, strict=True), [1] * len(rows)], dtype=np.float32)
    # Not by @, for which a small server pays with threads that wait for each other.
    top, bottom, n = (np.einsum("ij,j->i", drawn, column) for column in columns)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.asarray(statistic(top / n, bottom / n), dtype=float)
    low, high = np.quantile(found[np.isfinite(found)], [TAIL, 1 - TAIL])
    return float(low), float(high)


@lru_cache(maxsize=1)
def _drawn() -> Any:  # noqa: ANN401  an array
    """How often each of the most that are resampled is drawn in each round; of fewer, the first columns are used.

    Means are then a product with this matrix, whatever is averaged. Kept, 8 MB, since drawing takes longer than all the
    rest. Single precision is a millionth of a mean.
    """
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    random, drawn = np.random.default_rng(SEED), np.empty((ROUNDS, MOST_RESAMPLED), np.float32)
    for counts in drawn:
        counts[:] = random.poisson(1, len(counts))
    return drawn


def _delta(sums: Sums, statistic: Statistic, value: float) -> tuple[float, float]:
    n, top, bottom = sums.n, sums.top / sums.n, sums.bottom / sums.n
    by_top, by_bottom = (
        _slope(lambda by: statistic(top + by, bottom), top),
        _slope(lambda by: statistic(top, bottom + by), bottom),
    )
    spread = (
        by_top**2 * (sums.top_squares / n - top * top)
        + by_bottom**2 * (sums.bottom_squares / n - bottom * bottom)
        + 2 * by_top * by_bottom * (sums.products / n - top * bottom)
    )
    reach = student(n - 1) * sqrt(max(spread, 0.0) / (n - 1)) if n > 1 else 0.0
    return value - reach, value + reach


def _slope(along: Callable[[float], Any], at: float) -> float:
    by = STEP * (abs(at) or 1.0)
    return float((along(by) - along(-by)) / (2 * by))


def median_ranks(n: int) -> tuple[int, int, int]:
    """The places, from 0, of the median of `n` sorted values and of the two ends of its interval.

    The interval of order statistics, which asks nothing of the distribution (Thompson, Annals of Mathematical
    Statistics 7 (1936)), by the normal approximation of the binomial. The median is the lower of the middle two.

    Raises:
        ValueError: there are no values.
    """
    if n < 1:
        raise ValueError("nothing has no middle")
    reach = Z * sqrt(n) / 2
    return (n - 1) // 2, max(0, floor(n / 2 - reach)), min(n - 1, ceil(n / 2 + reach) - 1)


def median(values: Iterable[float]) -> Estimate | None:
    """The lower median with its interval; None of no values."""
    found = sorted(value for value in values if isfinite(value))
    if not found:
        return None
    middle, low, high = median_ranks(len(found))
    return Estimate(found[middle], found[low], found[high], len(found))
