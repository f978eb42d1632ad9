"""What is said of a prediction: whom it is of, what it says and what it was held against; or why there is none.

Apart from how it is made, which needs scipy: a bot at rest knows this, and not that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.domain.metrics.estimates import Estimate


class Refusal(StrEnum):
    """Why nothing is predicted."""

    FEW_CUSTOMERS = "few_customers"
    FEW_REPEATING = "few_repeating"


class TooLittleError(Exception):
    """There is too little to learn from; `n` of `needed` are there.

    With `held_out` so few were there in the first two thirds of the time, so that no prediction could be tried.
    """

    def __init__(self, refusal: Refusal, *, n: int, needed: int, held_out: bool = False) -> None:
        super().__init__(f"{refusal}: {n} of {needed}")
        self.refusal = refusal
        self.n = n
        self.needed = needed
        self.held_out = held_out


@dataclass(frozen=True)
class HeldOut:
    """Customers who had bought again `repeats` times: how often each bought in the time held out, and was to buy."""

    repeats: int
    n: int
    actual: float
    predicted: float


@dataclass(frozen=True, kw_only=True)
class Prediction:
    """What is expected of `n` customers who ever bought, `repeating` of them more than once, in the next `days`.

    `purchases` is how many one of them makes on average, and `value` what they bring in, in minor units, if there is
    telling what a purchase is worth. `alive` and `buying` are the shares who are still customers and who buy at
    least once. The intervals say how customers differ, not how sure the fit is; for that `held_out` compares the last
    third of the time with a fit that saw only the first two.
    """

    n: int
    repeating: int
    days: int
    purchases: Estimate
    value: Estimate | None
    alive: Estimate
    buying: Estimate
    shows_drop_out: bool
    held_out: Sequence[HeldOut]

    @property
    def actual(self) -> float:
        """All purchases of the time held out."""
        return sum(one.actual * one.n for one in self.held_out)

    @property
    def predicted(self) -> float:
        return sum(one.predicted * one.n for one in self.held_out)
