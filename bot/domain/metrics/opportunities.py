"""Where keeping customers is worth most: segments that lose more than all do, by the money that stands there.

Small segments have the highest and the lowest churn by chance alone, so each is drawn towards the whole by as much as
chance explains: empirical Bayes with a beta prior, by the moments of Kleinman, "Proportions with extraneous variance:
single and independent samples", JASA 68 (1973), 46-54. The intervals are those of the posterior. As the prior is itself
guessed from few segments, it counts (k - 3) / (k - 1) of what the moments say (Morris, "Parametric Empirical Bayes
Inference", JASA 78 (1983), 47-55) and half of that: so the intervals cover 91 to 95 % from three segments on, and 85 to
94 % without (docs/causes.md).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import hypot

from bot.domain.metrics.estimates import HIDDEN_UNDER, Estimate, Z, comparable
from bot.domain.metrics.multiple import unlike_the_rest
from bot.domain.metrics.proportions import Share

TAIL = 0.025
LEAST_PRIOR = 1.0
"""A prior that weighs no more than one customer draws towards nothing, and still keeps 0 and 1 from being certain."""


@dataclass(frozen=True, kw_only=True)
class Segment:
    """Customers who belong together, those of them who left, and what all of them are worth a year, in minor units.

    `value_error` is the standard error of that, where it was reckoned from a sample.
    """

    name: str
    lost: Share
    value_minor: int
    value_error: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Opportunity:
    """What a segment loses beyond the reference: `churn` is shrunk (0 to 1), `at_stake` in minor units a year.

    `is_unlike` says that the segment, of thirty or more, differs from the rest, at most one such claim in ten being
    false.
    """

    segment: Segment
    churn: Estimate
    at_stake: Estimate
    is_unlike: bool

    @property
    def is_sure(self) -> bool:
        """Whether more is lost here than by all, and there are enough customers to say so."""
        return self.at_stake.low > 0 and comparable(self.segment.lost.whole)


@dataclass(frozen=True, kw_only=True)
class Opportunities:
    """The segments of five or more, sure ones first, by the lower bound of what is at stake. `lost` is of all of them.

    None are `found` where they differ by no more than chance explains.
    """

    lost: Share
    looked_at: int
    found: Sequence[Opportunity] = ()


def opportunities(segments: Sequence[Segment]) -> Opportunities:
    """Value × (churn - reference) of each segment; the reference is the churn of all.

    Segments must not overlap, nor mix currencies.
    """
    shown = [one for one in segments if one.lost.whole >= HIDDEN_UNDER]
    lost = Share(sum(one.lost.part for one in shown), sum(one.lost.whole for one in shown))
    prior = prior_weight([one.lost for one in shown])
    if prior is None:
        return Opportunities(lost=lost, looked_at=len(shown))
    unlike = unlike_the_rest({one.name: one.lost for one in shown})
    found = [_opportunity(one, lost.part / lost.whole, prior, unlike) for one in shown]
    found.sort(key=lambda one: (not one.is_sure, -one.at_stake.low, -one.at_stake.value, one.segment.name))
    return Opportunities(lost=lost, looked_at=len(shown), found=tuple(found))


def _opportunity(segment: Segment, reference: float, prior: float, unlike: Collection[str]) -> Opportunity:
    churn = shrunk(segment.lost, reference, prior)
    return Opportunity(
        segment=segment,
        churn=churn,
        at_stake=_at_stake(segment, churn, reference),
        is_unlike=segment.name in unlike and comparable(segment.lost.whole),
    )


def _at_stake(segment: Segment, churn: Estimate, reference: float) -> Estimate:
    """Value × (churn - reference).

    What each of the two may be off by is added in squares to either side (Zou and Donner, "Construction of confidence
    limits about effect measures", Statistics in Medicine 27 (2008), 1693-1702).
    """
    beyond, off = churn.value - reference, Z * segment.value_error * (churn.value - reference)
    value, below, above = (
        segment.value_minor * each for each in (beyond, churn.value - churn.low, churn.high - churn.value)
    )
    return Estimate(value, value - hypot(below, off), value + hypot(above, off), segment.lost.whole)


def shrunk(lost: Share, reference: float, prior: float) -> Estimate:
    """The posterior mean of a segment's churn (0 to 1) with its central 95 %; the prior weighs so many customers."""
    from scipy.special import betaincinv  # noqa: PLC0415  a bot at rest does not need it

    left, stayed = prior * reference + lost.part, prior * (1 - reference) + lost.whole - lost.part
    low, high = (float(betaincinv(left, stayed, tail)) for tail in (TAIL, 1 - TAIL))
    return Estimate(left / (left + stayed), low, high, lost.whole)


def prior_weight(shares: Sequence[Share]) -> float | None:
    """How many customers the prior weighs, at least one; None where chance explains all that the shares differ."""
    part, whole = sum(one.part for one in shares), sum(one.whole for one in shares)
    freedom = len(shares) - 1
    if not 0 < part < whole or freedom < 1:
        return None
    reference = part / whole
    room = whole - sum(one.whole**2 for one in shares) / whole - freedom
    squares = sum(one.whole * (one.part / one.whole - reference) ** 2 for one in shares)
    scatter = (squares / (reference * (1 - reference)) - freedom) / room
    return max(LEAST_PRIOR, (1 / scatter - 1) * max(freedom - 2, 0) / freedom / 2) if scatter > 0 else None
