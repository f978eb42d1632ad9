"""Fisher's exact test of two shares."""

from math import ceil, floor, sqrt

from bot.domain.metrics.proportions import Share

AS_RARE = 1 + 1e-7
"""Tables are as rare as the one that was found up to the last digits, as in R's fisher.test."""

REACH, BEYOND = 40, 1_000
"""So many standard deviations and so many more from the mean a table is less likely than any number above 0 that a
computer has: by Bernstein's inequality (Hoeffding, "Probability inequalities", JASA 58 (1963), section 6)."""


def fisher(one: Share, other: Share) -> float:
    """The p-value, two-sided, of no difference between two shares, however small the counts.

    Fisher, "Statistical Methods for Research Workers", 5th edition (1934), section 21.02: all tables with the same
    margins that are as rare or rarer. By log gammas: scipy.stats takes twenty times as long, and a second to load.
    """
    import numpy as np  # noqa: PLC0415  a bot at rest does not need it
    from scipy.special import gammaln  # noqa: PLC0415

    part = one.part + other.part
    first, last = _likely(one, other)
    if not first <= one.part <= last:
        return 0.0
    parts = np.arange(first, last + 1)
    logs = sum(
        gammaln(whole + 1) - gammaln(some + 1) - gammaln(whole - some + 1)
        for whole, some in ((one.whole, parts), (other.whole, part - parts))
    )
    chances = np.exp(logs - logs.max())
    return float(chances[chances <= chances[one.part - first] * AS_RARE].sum() / chances.sum())


def _likely(one: Share, other: Share) -> tuple[int, int]:
    """The least and the most that the part of the first share may be, without what can as well as never be."""
    part, whole = one.part + other.part, one.whole + other.whole
    drawn = one.whole / whole if whole else 0.0
    mean = part * drawn
    spread = sqrt(mean * (1 - drawn) * (whole - part) / max(1, whole - 1))
    reach = BEYOND + REACH * spread
    return max(0, part - other.whole, ceil(mean - reach)), min(part, one.whole, floor(mean + reach))
