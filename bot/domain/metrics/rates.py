"""Rates: how many of something a day, and the mean of lengths of time."""

from collections.abc import Sequence
from math import exp, fsum, log, sqrt
from statistics import fmean

from bot.domain.metrics.estimates import Estimate, Z

EXACT_UNDER = 100
TAIL = 0.025
NONE_AT_ALL = -log(0.05)
"""The rule of three: where nothing was counted, up to so many are compatible with it (one-sided 95 %)."""


def rate(count: int, days: float) -> Estimate | None:
    """`count` a day with Garwood's exact Poisson interval (Biometrika 28, 1936); None of no days.

    From a hundred on, its chi-square quantiles are those of Wilson and Hilferty (1931), exact to a thousandth.
    """
    if days <= 0:
        return None
    low = _mean_with(count - 1, 1 - TAIL) if count else 0.0
    high = _mean_with(count, TAIL) if count else NONE_AT_ALL
    return Estimate(count / days, low / days, high / days, count)


def _mean_with(count: int, probability: float) -> float:
    """The mean of the Poisson distribution under which at most `count` come with this probability."""
    if count >= EXACT_UNDER:
        ninth = 1 / (9 * (count + 1))
        side = Z if probability < 1 / 2 else -Z
        return float((count + 1) * (1 - ninth + side * sqrt(ninth)) ** 3)
    low, high = 0.0, 10.0 + 3 * count
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _at_most(count, middle) > probability else (low, middle)
    return low


def _at_most(count: int, mean: float) -> float:
    term = total = exp(-mean)
    for k in range(1, count + 1):
        term *= mean / k
        total += term
    return total


def mean_length(lengths: Sequence[float]) -> Estimate | None:
    """The mean with Student's interval, cut at 0; None of fewer than two, which have no spread."""
    n = len(lengths)
    if n < 2:
        return None
    mean = fmean(lengths)
    reach = student(n - 1) * sqrt(fsum((each - mean) ** 2 for each in lengths) / (n - 1) / n)
    return Estimate(mean, max(0.0, mean - reach), mean + reach, n)


def student(freedom: int) -> float:
    """The 97.5 % quantile of Student's t (Abramowitz and Stegun 26.7.5), to a thousandth from 4 degrees on."""
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return Z + fsum(term / freedom**power for power, term in enumerate(terms, start=1))
