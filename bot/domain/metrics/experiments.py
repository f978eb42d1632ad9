"""Did it help? Two groups drawn by lot, one outcome, one look.

The number of customers is planned before, and until so many were followed nothing is said: who looks ten times at a
difference that is not there finds it in one of five cases (Armitage, McPherson and Rowe, Journal of the Royal
Statistical Society A 132 (1969), 235-244: .193).
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, sqrt
from statistics import NormalDist

from bot.domain.metrics.estimates import Difference, Z
from bot.domain.metrics.proportions import Share, is_fair_split, proportion_difference

POWER = 0.8


class Standing(StrEnum):
    """Whether a trial may be read: not before its planned number; never where its groups cannot come of the draw."""

    LOCKED = "locked"
    VOID = "void"
    READY = "ready"


@dataclass(frozen=True, kw_only=True)
class Trial:
    """Two groups drawn by lot, of whom `share` (0 to 1) is meant to be treated; `planned` counts both together.

    The shares count who came to the outcome of those who were followed to the end, in the order of the draw.
    """

    treated: Share
    control: Share
    share: float
    planned: int

    @property
    def followed(self) -> int:
        return self.treated.whole + self.control.whole


@dataclass(frozen=True)
class Reading:
    """What may be said of a trial; the difference, treated minus control, only when it is ready."""

    standing: Standing
    difference: Difference | None = None


def read_trial(trial: Trial) -> Reading:
    """The difference with Newcombe's interval, once as many as planned were followed and the draw was fair.

    A sample ratio mismatch (p < .001) voids the trial at any time: who is missing is missing for a reason.
    """
    if not is_fair_split(trial.treated.whole, trial.control.whole, share=trial.share):
        return Reading(Standing.VOID)
    difference = proportion_difference(trial.treated, trial.control)
    if trial.followed < trial.planned or difference is None:
        return Reading(Standing.LOCKED)
    return Reading(Standing.READY, difference)


def sample_size(base: float, other: float, *, ratio: float = 1.0, power: float = POWER) -> int:
    """How many the first group needs for a difference of two shares (0 to 1) to show at 5 %, two-sided.

    The second group is `ratio` times as large. Fleiss, Levin and Paik, "Statistical Methods for Rates and Proportions"
    (3rd edition, 2003), 4.2.1 and 4.2.2, without the continuity correction.

    Raises:
        ValueError: the shares are the same.
    """
    if base == other:
        raise ValueError("no number of customers shows a difference of nothing")
    mean = (base + ratio * other) / (1 + ratio)
    by_chance = Z * sqrt((1 + ratio) * mean * (1 - mean))
    reached = NormalDist().inv_cdf(power) * sqrt(ratio * base * (1 - base) + other * (1 - other))
    return ceil((by_chance + reached) ** 2 / (ratio * (base - other) ** 2))
