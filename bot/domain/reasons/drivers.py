"""How a theme goes with the score: whether those who name it are detractors more often than those who do not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.domain.metrics.estimates import (
    HIDDEN_UNDER,
    NOT_COMPARABLE,
    Change,
    Difference,
    Estimate,
    comparable,
    judge,
)
from bot.domain.metrics.proportions import Share, proportion, proportion_difference
from bot.domain.surveys import Band

BandCounts = Mapping[Band, int]
"""How many answers of each band."""


@dataclass(frozen=True, kw_only=True)
class Driver:
    """One theme: how many of the reasons name it, and how many detractors there are among these and among the rest.

    `named` (share of the reasons) is hidden under five, and `difference` too when either side has under five; whether
    it is more than chance is said (`change`) from thirty on both sides. It is association, not cause.
    """

    key: str
    named: Share
    share: Estimate | None
    detractors: Share
    rest: Share
    difference: Difference | None
    change: Change


def drivers(themes: Mapping[str, BandCounts], reasons: BandCounts) -> tuple[Driver, ...]:
    """Each theme that somebody names, from the worst to the best, and those of too few answers last.

    `themes` counts the reasons that name a theme, one that names two in both; `reasons` counts all of them.
    """
    found = [_driver(key, counts, reasons) for key, counts in themes.items() if sum(counts.values())]
    return tuple(sorted(found, key=_rank))


def _driver(key: str, counts: BandCounts, reasons: BandCounts) -> Driver:
    n, whole, bad = sum(counts.values()), sum(reasons.values()), counts.get(Band.DETRACTOR, 0)
    detractors, rest = Share(bad, n), Share(reasons.get(Band.DETRACTOR, 0) - bad, whole - n)
    difference = proportion_difference(detractors, rest) if min(n, whole - n) >= HIDDEN_UNDER else None
    named = Share(n, whole)
    return Driver(
        key=key,
        named=named,
        share=proportion(named) if n >= HIDDEN_UNDER else None,
        detractors=detractors,
        rest=rest,
        difference=difference,
        change=judge(difference) if difference and comparable(n, whole - n) else NOT_COMPARABLE,
    )


def _rank(driver: Driver) -> tuple[bool, float, int, str]:
    size = driver.difference.value if driver.difference else 0.0
    return (driver.difference is None, -size, -driver.named.part, driver.key)


def most_named(found: Sequence[Driver]) -> tuple[Driver, ...]:
    """The same themes, the one that is named most first."""
    return tuple(sorted(found, key=lambda one: (-one.named.part, one.key)))
