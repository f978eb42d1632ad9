"""Prices of contracts that were renewed: by how much they rose, of how many, and who stayed after it."""

from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.metrics.estimates import Difference, Estimate
from bot.domain.metrics.proportions import Share, proportion, proportion_difference
from bot.domain.metrics.resampling import Sample, ratio


@dataclass(frozen=True)
class Renewal:
    """One renewed contract: its price before and now, for the same length of time, in minor units of one currency.

    `stayed` says whether the customer was there at the end of the time that they are followed for.
    """

    customer_id: int
    old: float
    new: float
    stayed: bool = True

    @property
    def is_raised(self) -> bool:
        return self.new > self.old


@dataclass(frozen=True)
class PriceIncrease:
    """`increase` is (new - old)/old over all renewals, each by its value; `raised` is how many cost more than before.

    `stayed` counts who stayed of those with a raised price, and of the others.
    """

    increase: Estimate | None
    raised: Share
    raised_share: Estimate | None
    stayed: tuple[Share, Share]
    difference: Difference | None


def price_increase(renewals: Iterable[Renewal], followed: Iterable[Renewal]) -> PriceIncrease:
    """What renewals that had a price before say of prices, and earlier ones, followed long enough, of who stayed.

    The interval of the increase is over customers; those of the shares are Wilson's and Newcombe's.
    """
    found, known = ([one for one in those if one.old > 0] for those in (renewals, followed))
    stayed = (_stayed(known, raised=True), _stayed(known, raised=False))
    raised = Share(sum(one.is_raised for one in found), len(found))
    return PriceIncrease(
        increase=ratio(_by_customer(found)),
        raised=raised,
        raised_share=proportion(raised),
        stayed=stayed,
        difference=proportion_difference(*stayed),
    )


def _stayed(renewals: Iterable[Renewal], *, raised: bool) -> Share:
    own = [one.stayed for one in renewals if one.is_raised is raised]
    return Share(sum(own), len(own))


def _by_customer(renewals: Iterable[Renewal]) -> Sample:
    """What each customer pays more, over what they paid: who renewed twice is one person still."""
    sums: dict[int, tuple[float, float]] = {}
    for one in renewals:
        more, old = sums.get(one.customer_id, (0.0, 0.0))
        sums[one.customer_id] = (more + one.new - one.old, old + one.old)
    return Sample.of(sums.values())
