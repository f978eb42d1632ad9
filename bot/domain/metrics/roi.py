"""What a programme brought for what it cost, said only against those who were left out of it by lot or by turn."""

from dataclasses import dataclass
from enum import StrEnum

from bot.domain.metrics.estimates import Difference, Estimate
from bot.domain.metrics.experiments import Reading, Trial, read_trial


class Basis(StrEnum):
    """Against whom the treated are held: a group left out by lot, or one whose turn came later."""

    HOLDOUT = "holdout"
    STAGGERED = "staggered"


@dataclass(frozen=True, kw_only=True)
class Money:
    """In minor units of one currency: what a customer kept is worth in a year, the margin on it (0 to 1), costs.

    `saved` is support that was not needed, `cost` what the programme cost altogether.
    """

    value: float
    margin: float
    saved: int = 0
    cost: int


@dataclass(frozen=True, kw_only=True)
class Return:
    """A programme held against those left out. `roi` is gain over cost: 0 when it just pays, 1 when it pays twice.

    It is missing until the trial may be read, and where nothing is known of the money.
    """

    basis: Basis
    reading: Reading
    kept: Estimate | None = None
    roi: Estimate | None = None


@dataclass(frozen=True)
class BeforeAfter:
    """Nobody was left out, so that nobody can say what would have happened: a difference, and no return on it."""

    difference: Difference | None


def return_on(trial: Trial, money: Money | None, *, basis: Basis) -> Return:
    """(churn avoided × value × margin + support saved - cost) / cost, treated against left out.

    The interval is that of Newcombe's difference, carried over: the money counts as known. Estimates rest on all who
    were followed. `kept` counts the customers whom the programme kept or won back.
    """
    reading = read_trial(trial)
    if reading.difference is None:
        return Return(basis=basis, reading=reading)
    ends = (reading.difference.value, reading.difference.low, reading.difference.high)
    value, low, high = (end * trial.treated.whole for end in ends)
    kept = Estimate(value, low, high, trial.followed)
    return Return(basis=basis, reading=reading, kept=kept, roi=_gain(kept, money) if money and money.cost else None)


def _gain(kept: Estimate, money: Money) -> Estimate:
    value, low, high = (
        (each * money.value * money.margin + money.saved - money.cost) / money.cost
        for each in (kept.value, kept.low, kept.high)
    )
    return Estimate(value, low, high, kept.n)
