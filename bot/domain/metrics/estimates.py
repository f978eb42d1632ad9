"""What every number of a report carries: its value, its 95 % interval, its n, and whether it may be compared."""

from dataclasses import dataclass
from enum import StrEnum
from math import hypot
from statistics import NormalDist

Z = NormalDist().inv_cdf(0.975)

HIDDEN_UNDER = 5
COMPARABLE_FROM = 30


@dataclass(frozen=True)
class Estimate:
    """A statistic with its 95 % interval and the n it rests on, in the unit of its metric."""

    value: float
    low: float
    high: float
    n: int


@dataclass(frozen=True)
class Difference:
    """The newer value minus the older one, with its 95 % interval, in the unit of the metric."""

    value: float
    low: float
    high: float


class Sufficiency(StrEnum):
    """What n allows to be said. Under 5 a single person could be recognised, so the value is hidden."""

    NONE = "none"
    HIDDEN = "hidden"
    FEW = "few"
    ENOUGH = "enough"


class Verdict(StrEnum):
    UP = "up"
    DOWN = "down"
    NO_CHANGE = "no_change"
    NOT_COMPARABLE = "not_comparable"


@dataclass(frozen=True)
class Change:
    """What may be said about two periods; the difference is missing when they cannot be compared."""

    verdict: Verdict
    difference: Difference | None = None


NOT_COMPARABLE = Change(Verdict.NOT_COMPARABLE)


def sufficiency(n: int) -> Sufficiency:
    if n == 0:
        return Sufficiency.NONE
    if n < HIDDEN_UNDER:
        return Sufficiency.HIDDEN
    return Sufficiency.FEW if n < COMPARABLE_FROM else Sufficiency.ENOUGH


def shown(estimate: Estimate | None) -> Estimate | None:
    """The estimate, unless it rests on so few that it must stay hidden."""
    return estimate if estimate is not None and estimate.n >= HIDDEN_UNDER else None


def comparable(*sizes: int) -> bool:
    """Whether each side of a comparison is large enough for a verdict."""
    return all(sufficiency(n) is Sufficiency.ENOUGH for n in sizes)


def judge(difference: Difference) -> Change:
    """States a change only if its own interval leaves 0 out."""
    if difference.low > 0:
        return Change(Verdict.UP, difference)
    if difference.high < 0:
        return Change(Verdict.DOWN, difference)
    return Change(Verdict.NO_CHANGE, difference)


def difference_of(now: Estimate, before: Estimate) -> Difference:
    """The newer value minus the older one, of two samples, with the interval that their own two make.

    Zou and Donner, "Construction of confidence limits about effect measures", Statistics in Medicine 27 (2008).
    """
    value = now.value - before.value
    down = hypot(now.value - now.low, before.high - before.value)
    up = hypot(now.high - now.value, before.value - before.low)
    return Difference(value, value - down, value + up)


def effective_sample(n: int, population: int | None) -> float:
    """The n of an infinite population whose standard error equals that of `n` drawn from `population`.

    It carries the finite population correction sqrt((N-n)/(N-1)) into intervals that are not symmetric; a census has
    no error left and counts as infinite.

    Raises:
        ValueError: the sample is larger than the population.
    """
    if population is None:
        return n
    if n > population:
        raise ValueError(f"{n} answers cannot come from a population of {population}")
    return n * (population - 1) / (population - n) if n < population else float("inf")
