"""Shares of a whole and the difference of two, with intervals that hold for small n and near 0 and 1."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import exp, sqrt
from statistics import NormalDist

from bot.domain.metrics.estimates import Difference, Estimate, Z, difference_of

MISMATCH_Z = NormalDist().inv_cdf(1 - 0.001 / 2)


@dataclass(frozen=True)
class Share:
    """`part` of `whole`, as counts: answered of sent, satisfied of answered, lost of those at the start.

    Raises:
        ValueError: the part is negative or larger than the whole.
    """

    part: int
    whole: int

    def __post_init__(self) -> None:
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} is no part of {self.whole}")


def share_among(some: Collection[int], whole: frozenset[int], part: frozenset[int]) -> Share:
    """The share of `part` in `whole`, among some of the customers that both are made of."""
    return Share(len(part.intersection(some)), len(whole.intersection(some)))


def proportion(share: Share) -> Estimate | None:
    """The share (0 to 1) with its Wilson score interval (Wilson 1927); None when the whole is 0."""
    if not share.whole:
        return None
    value = share.part / share.whole
    low, high = _wilson(value, share.whole)
    return Estimate(value, low, high, share.whole)


def proportion_difference(now: Share, before: Share) -> Difference | None:
    """The newer share minus the older one with Newcombe's hybrid score interval; None when a whole is 0.

    Newcombe, "Interval estimation for the difference between independent proportions", Statistics in Medicine 17
    (1998), method 10.
    """
    newer, older = proportion(now), proportion(before)
    if newer is None or older is None:
        return None
    return difference_of(newer, older)


def paired_difference(first: Sequence[bool], second: Sequence[bool]) -> Difference:
    """How much oftener the first is right than the second, both judged on the same cases; without any, all is open.

    Agresti and Min, "Simple improved confidence intervals for comparing matched proportions", Statistics in Medicine 24
    (2005): Wald's interval with half a case added to each of the four cells.
    """
    n = len(first)
    pairs = list(zip(first, second, strict=True))
    only_first, only_second = pairs.count((True, False)), pairs.count((False, True))
    centre, discordant = (only_first - only_second) / (n + 2), (only_first + only_second + 1) / (n + 2)
    reach = Z * sqrt((discordant - centre**2) / (n + 2))
    return Difference((only_first - only_second) / max(n, 1), centre - reach, centre + reach)


def risk_ratio(share: Share, reference: Share) -> Estimate | None:
    """How many times as often as in the reference, with the log interval of Katz; None when a whole is 0.

    Katz, Baptista, Azen and Pike, "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34
    (1978), method C. Where a part is 0, or all of both, half a case is added to each of the four cells (Haldane, Annals
    of Human Genetics 20 (1956)), so that the ratio itself is drawn towards one too.
    """
    if not (share.whole and reference.whole):
        return None
    is_bare = not (share.part and reference.part) or share.part + reference.part == share.whole + reference.whole
    (part, whole), (other, others) = ((one.part + is_bare / 2, one.whole + is_bare) for one in (share, reference))
    value = (part / whole) / (other / others)
    reach = exp(Z * sqrt(1 / part - 1 / whole + 1 / other - 1 / others))
    return Estimate(value, value / reach, value * reach, share.whole + reference.whole)


def smallest_visible(each: int) -> float | None:
    """How far apart (0 to 1) two groups of `each` must lie for their difference to show; None when they are empty.

    It is the reach of Newcombe's interval at shares of one half, where it is widest.
    """
    half = Share(each // 2, each)
    difference = proportion_difference(half, half)
    return None if difference is None else difference.high


def is_fair_split(first: int, second: int, *, share: float = 0.5) -> bool:
    """Whether the sizes of two groups can come of a draw that gives the first its `share` (0 to 1) of both.

    False at p < .001, a sample ratio mismatch. Two-sided, by the normal approximation of the binomial, whose square is
    Pearson's chi-square (Fabijan et al., "Diagnosing Sample Ratio Mismatch in Online Controlled Experiments", KDD
    2019).
    """
    both = first + second
    return abs(first - share * both) <= MISMATCH_Z * sqrt(share * (1 - share) * both)


def _wilson(value: float, n: int) -> tuple[float, float]:
    centre = (value + Z**2 / (2 * n)) / (1 + Z**2 / n)
    reach = Z / (1 + Z**2 / n) * sqrt(value * (1 - value) / n + Z**2 / (4 * n**2))
    return max(0.0, min(value, centre - reach)), min(1.0, max(value, centre + reach))
