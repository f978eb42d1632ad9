"""What customers will buy, from when they bought: fitted, and held against a last third that the fit did not see."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bot.domain.metrics.buy_till_you_die import (
    Buyers,
    Numbers,
    alive,
    buys_within,
    expected_purchases,
    expected_value,
    fit_buying,
    fit_spending,
)

LEAST_CUSTOMERS = 200
LEAST_REPEATING = 50
WEEK = 7.0
MOST_REPEATS = 7
"""Who bought again so often or more is one group of the picture."""

Days = NDArray[np.int64]


class Refusal(StrEnum):
    """Why nothing is predicted."""

    FEW_CUSTOMERS = "few_customers"
    FEW_REPEATING = "few_repeating"


class TooLittleError(Exception):
    """There is too little to learn from; `n` of `needed` are there."""

    def __init__(self, refusal: Refusal, *, n: int, needed: int) -> None:
        super().__init__(f"{refusal}: {n} of {needed}")
        self.refusal = refusal
        self.n = n
        self.needed = needed


@dataclass(frozen=True)
class Purchases:
    """Days on which customers bought, one entry a customer and day, sorted by both; `values` in minor units, above 0.

    Days are counted from any one day.
    """

    owners: Days
    days: Days
    values: Numbers


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

    `value` is what one of them brings in on average, in minor units; None where there is no telling what a purchase is
    worth. `alive` and `buying` are how many are still customers and how many buy at least once. `held_out` compares the
    last third of the time with a fit that saw only the first two; empty where these are too little to fit.
    """

    n: int
    repeating: int
    days: int
    purchases: float
    value: float | None
    alive: float
    buying: float
    shows_drop_out: bool
    held_out: Sequence[HeldOut]

    @property
    def actual(self) -> float:
        """All purchases of the time held out."""
        return sum(one.actual * one.n for one in self.held_out)

    @property
    def predicted(self) -> float:
        return sum(one.predicted * one.n for one in self.held_out)


def predict(found: Purchases, *, today: int, days: int) -> Prediction:
    """What customers will buy in the `days` after today, on which day is not over and is left out.

    Raises:
        TooLittleError: there are fewer than 200 customers, or fewer than 50 of them bought again.
    """
    buyers, means = observe(found, until=today)
    buying, weeks = fit_buying(_together(_enough(buyers))), days / WEEK
    purchases = expected_purchases(buying, buyers, weeks)
    return Prediction(
        n=len(buyers.repeats),
        repeating=int(np.count_nonzero(buyers.repeats)),
        days=days,
        purchases=float(purchases.sum()),
        value=_value(buyers, means, purchases),
        alive=float(alive(buying, buyers).sum()),
        buying=float(buys_within(buying, buyers, weeks).sum()),
        shows_drop_out=buying.shows_drop_out,
        held_out=hold_out(found, today=today),
    )


def _value(buyers: Buyers, means: Numbers, purchases: Numbers) -> float | None:
    """The mean value of what is expected, or None where what a purchase is worth has no mean (q of 1 or less)."""
    again = buyers.repeats > 0
    spending = fit_spending(buyers.repeats[again], means[again])
    if spending.q <= 1:
        return None
    return float(np.mean(purchases * expected_value(spending, buyers.repeats, means)))


def hold_out(found: Purchases, *, today: int) -> list[HeldOut]:
    """Fit the first two thirds of the time, and set what customers did in the last beside what was to be expected."""
    seen = found.days[found.days < today]
    if not len(seen):
        return []
    border = today - (today - int(seen.min())) // 3
    try:
        early, _ = observe(found, until=border)
        buying = fit_buying(_together(_enough(early)))
    except TooLittleError:
        return []
    predicted = expected_purchases(buying, early, (today - border) / WEEK)
    known = np.unique(found.owners[found.days < border])
    later = (found.days >= border) & (found.days < today) & np.isin(found.owners, known)
    actual = np.bincount(np.searchsorted(known, found.owners[later]), minlength=len(known))
    group = np.minimum(early.repeats, MOST_REPEATS).astype(int)
    return [_held(repeats, actual[group == repeats], predicted[group == repeats]) for repeats in np.unique(group)]


def _held(repeats: int, actual: NDArray[np.int64], predicted: Numbers) -> HeldOut:
    return HeldOut(int(repeats), len(actual), float(actual.mean()), float(predicted.mean()))


def observe(found: Purchases, *, until: int) -> tuple[Buyers, Numbers]:
    """What was seen of each customer before the day `until`, in weeks, and the mean value of their repeat purchases.

    The mean is 0 of who has none.
    """
    before = found.days < until
    owners, days, values = found.owners[before], found.days[before], found.values[before]
    _, first, count = np.unique(owners, return_index=True, return_counts=True)
    last, repeats = first + count - 1, count.astype(float) - 1
    totals = np.add.reduceat(values, first) - values[first] if len(first) else np.empty(0)
    buyers = Buyers(
        repeats=repeats,
        last=(days[last] - days[first]) / WEEK,
        watched=(until - days[first]) / WEEK,
        weights=np.ones_like(repeats),
    )
    return buyers, totals / np.maximum(repeats, 1)


def _enough(buyers: Buyers) -> Buyers:
    n, repeating = len(buyers.repeats), int(np.count_nonzero(buyers.repeats))
    if n < LEAST_CUSTOMERS:
        raise TooLittleError(Refusal.FEW_CUSTOMERS, n=n, needed=LEAST_CUSTOMERS)
    if repeating < LEAST_REPEATING:
        raise TooLittleError(Refusal.FEW_REPEATING, n=repeating, needed=LEAST_REPEATING)
    return buyers


def _together(buyers: Buyers) -> Buyers:
    """The same, with customers of whom the same was seen as one entry: the fit looks at far fewer."""
    seen, counts = np.unique(np.column_stack([buyers.repeats, buyers.last, buyers.watched]), axis=0, return_counts=True)
    return Buyers(seen[:, 0], seen[:, 1], seen[:, 2], counts.astype(float))
