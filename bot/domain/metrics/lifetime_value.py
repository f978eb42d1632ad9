"""Customer lifetime value from averages: what a customer brings in a month, times how many months they stay.

Average purchase value × purchases a month × months is the revenue of one customer's life (Kotler and Keller, "Marketing
Management"): 4 million a month for 12 months are 48 million. The margin and the discounted value stand beside it (Gupta
and Lehmann, "Customers as assets", Journal of Interactive Marketing 17 (2003)). Money is in minor units of one
currency.
"""

from dataclasses import dataclass
from typing import Any

from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.resampling import Sample, of_means


@dataclass(frozen=True, kw_only=True)
class Horizon:
    """What is assumed: nobody is counted for longer than `months`, which is how long they count where nobody leaves.

    `margin` is the share of revenue that is left (None: not known), `discount` what a year takes off, 0.1 for 10 %.
    """

    months: int = 36
    margin: float | None = None
    discount: float = 0.0


@dataclass(frozen=True)
class LifetimeValue:
    """Revenue of a customer's life with its interval, in minor units, and what it is made of.

    `months` is how long a customer stays, `assumed` whether that is the horizon and not what was seen. `margin` and
    `discounted` are the estimates of the same life in margin, and in margin (or revenue, without one) of today's worth.
    """

    value: Estimate
    months: float
    assumed: bool
    margin: Estimate | None
    discounted: Estimate | None


def lifetime_value(found: Sample, window: float, horizon: Horizon) -> LifetimeValue | None:
    """What a customer is worth; None of no customers.

    `found` has a pair for each customer of the start of a window of so many months: what they spent in it, in minor
    units, and whether they were lost in it, 1 or 0. The churn of the window is taken as constant: a month loses
    1-(1-C)^(1/window) of those there are.
    """
    sums = found.sums
    value = of_means(found, lambda spent, lost: spent / window * _months(lost, window, horizon))
    if value is None:
        return None
    months = float(_months(sums.bottom / sums.n, window, horizon))
    discounted = of_means(found, lambda spent, lost: spent / window * _discounted_months(lost, window, horizon))
    share = 1.0 if horizon.margin is None else horizon.margin
    return LifetimeValue(
        value=value,
        months=months,
        assumed=months >= horizon.months,
        margin=None if horizon.margin is None else _times(value, share),
        discounted=_times(discounted, share) if discounted is not None and horizon.discount else None,
    )


def monthly_churn(lost: Any, window: float) -> Any:  # noqa: ANN401  a number, or an array of resampled ones
    """The share that a month loses where a window of so many months loses `lost` (0 to 1)."""
    return 1 - abs(1 - lost) ** (1 / window)  # the slope at 1 is taken a hair beyond it


def _months(lost: Any, window: float, horizon: Horizon) -> Any:  # noqa: ANN401
    """How many months a customer stays on average, none longer than the horizon: 1 + s + s² + … of that many terms."""
    return _series(1 - monthly_churn(lost, window), horizon.months)


def _discounted_months(lost: Any, window: float, horizon: Horizon) -> Any:  # noqa: ANN401
    monthly = (1 + horizon.discount) ** (1 / 12)
    return _series((1 - monthly_churn(lost, window)) / monthly, horizon.months)


def _series(factor: Any, terms: int) -> Any:  # noqa: ANN401
    """1 + f + f² + … of so many terms, added up as they are: the closed form is 0/0 where nobody leaves."""
    total = factor * 0.0
    for _ in range(terms):
        total = total * factor + 1.0
    return total


def _times(estimate: Estimate, factor: float) -> Estimate:
    return Estimate(estimate.value * factor, estimate.low * factor, estimate.high * factor, estimate.n)
