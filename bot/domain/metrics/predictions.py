"""What customers will buy, from when they bought: fitted, and held against a last third that the fit did not see."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

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
from bot.domain.metrics.estimates import Estimate, Z
from bot.domain.metrics.forecasts import HeldOut, Prediction, Refusal, TooLittleError

LEAST_CUSTOMERS = 200
LEAST_REPEATING = 50
WEEK = 7.0
MOST_REPEATS = 7
"""Who bought again so often or more is one group of the picture."""

Days = NDArray[np.int64]


@dataclass(frozen=True)
class Purchases:
    """Days on which customers bought, one entry a customer and day, sorted by both; `values` in minor units, above 0.

    Days are counted from any one day.
    """

    owners: Days
    days: Days
    values: Numbers


def purchases_of(bought: Iterable[tuple[int, int, int]]) -> Purchases:
    """Purchases from (customer, day, minor units) in the order of customers and days.

    What a customer bought on one day is one purchase, cancellations of that day netted; a day that brought nothing in
    is none.
    """
    sums: dict[tuple[int, int], int] = {}
    for owner, day, minor in bought:
        sums[owner, day] = sums.get((owner, day), 0) + minor
    kept = [(owner, day, minor) for (owner, day), minor in sums.items() if minor > 0]
    owners, days, values = (np.array(column) for column in zip(*kept, strict=True)) if kept else (np.empty(0),) * 3
    return Purchases(owners.astype(np.int64), days.astype(np.int64), values.astype(np.float64))


def predict(found: Purchases, *, today: int, days: int) -> Prediction:
    """What customers will buy in the `days` after today, on which day is not over and is left out.

    Raises:
        TooLittleError: there are fewer than 200 customers, or fewer than 50 of them bought again, now or in the first
            two thirds of the time: what cannot be held against anything is not said.
    """
    buyers, means = observe(found, until=today)
    buying, weeks = fit_buying(_together(_enough(buyers))), days / WEEK
    purchases = expected_purchases(buying, buyers, weeks)
    return Prediction(
        n=len(buyers.repeats),
        repeating=int(np.count_nonzero(buyers.repeats)),
        days=days,
        purchases=_mean(purchases),
        value=_value(buyers, means, purchases),
        alive=_share(alive(buying, buyers)),
        buying=_share(buys_within(buying, buyers, weeks)),
        shows_drop_out=buying.shows_drop_out,
        held_out=hold_out(found, today=today),
    )


def _value(buyers: Buyers, means: Numbers, purchases: Numbers) -> Estimate | None:
    """What one's purchases bring in on average; None where what a purchase is worth has no mean (q of 1 or less)."""
    again = buyers.repeats > 0
    spending = fit_spending(buyers.repeats[again], means[again])
    if spending.q <= 1:
        return None
    return _mean(purchases * expected_value(spending, buyers.repeats, means))


def _mean(numbers: Numbers) -> Estimate:
    n, mean = len(numbers), float(numbers.mean())
    reach = Z * float(numbers.std(ddof=1)) / sqrt(n)
    return Estimate(mean, mean - reach, mean + reach, n)


def _share(chances: Numbers) -> Estimate:
    found = _mean(chances)
    return Estimate(found.value, max(0.0, found.low), min(1.0, found.high), found.n)


def hold_out(found: Purchases, *, today: int) -> list[HeldOut]:
    """Fit the first two thirds of the time, and set what customers did in the last beside what was to be expected.

    Raises:
        TooLittleError: the first two thirds are too little to fit.
    """
    border = today - (today - int(found.days.min(initial=today))) // 3
    early, _ = observe(found, until=border)
    buying = fit_buying(_together(_enough(early, held_out=True)))
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


def _enough(buyers: Buyers, *, held_out: bool = False) -> Buyers:
    n, repeating = len(buyers.repeats), int(np.count_nonzero(buyers.repeats))
    if n < LEAST_CUSTOMERS:
        raise TooLittleError(Refusal.FEW_CUSTOMERS, n=n, needed=LEAST_CUSTOMERS, held_out=held_out)
    if repeating < LEAST_REPEATING:
        raise TooLittleError(Refusal.FEW_REPEATING, n=repeating, needed=LEAST_REPEATING, held_out=held_out)
    return buyers


def _together(buyers: Buyers) -> Buyers:
    """The same, with customers of whom the same was seen as one entry: the fit looks at far fewer."""
    seen, counts = np.unique(np.column_stack([buyers.repeats, buyers.last, buyers.watched]), axis=0, return_counts=True)
    return Buyers(seen[:, 0], seen[:, 1], seen[:, 2], counts.astype(float))
