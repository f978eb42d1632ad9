"""How well a number ranks who will leave before who stays: the area under the ROC curve, with its interval.

DeLong, DeLong and Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating characteristic
curves", Biometrics 44 (1988), by the midranks of Sun and Xu, IEEE Signal Processing Letters 21 (2014).
"""

from collections.abc import Sequence
from math import exp, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from bot.domain.metrics.estimates import Difference, Estimate, Z
from bot.domain.metrics.proportions import Share, proportion

Numbers = NDArray[np.float64]


def auc(risks: Sequence[float], left: Sequence[bool]) -> Estimate | None:
    """The chance that one who left had the higher risk than one who stayed, ties counting half; 0.5 is a coin's.

    The interval is DeLong's on the logit scale, so that it stays between 0 and 1; `n` is all of both.
    None when nobody left or nobody stayed. Where a ranking is perfect DeLong's variance is 0: the interval is then
    Wilson's of the smaller group, as if each of it were one trial.
    """
    value, of_left, of_stayed = _components(risks, left)
    if not len(of_left) or not len(of_stayed):
        return None
    deviation = sqrt(_variance(of_left) + _variance(of_stayed))
    if value in (0, 1) or not deviation:
        smaller = min(len(of_left), len(of_stayed))
        wilson = proportion(Share(round(value * smaller), smaller))
        return Estimate(value, wilson.low, wilson.high, len(left)) if wilson else None
    reach = Z * deviation / (value * (1 - value))
    centre = log(value / (1 - value))
    return Estimate(value, _logistic(centre - reach), _logistic(centre + reach), len(left))


def auc_difference(risks: Sequence[float], others: Sequence[float], left: Sequence[bool]) -> Difference | None:
    """How much better the first ranks than the second, on the same people; None when there is nothing to compare."""
    value, of_left, of_stayed = _components(risks, left)
    other, of_left_too, of_stayed_too = _components(others, left)
    if not len(of_left) or not len(of_stayed):
        return None
    reach = Z * sqrt(_variance(of_left - of_left_too) + _variance(of_stayed - of_stayed_too))
    return Difference(value - other, value - other - reach, value - other + reach)


def _components(risks: Sequence[float], left: Sequence[bool]) -> tuple[float, Numbers, Numbers]:
    """The area, and of each one who left and who stayed the share of the others that are on the right side of them."""
    numbers, mask = np.asarray(risks, dtype=float), np.asarray(left, dtype=bool)
    gone, there = numbers[mask], numbers[~mask]
    if not len(gone) or not len(there):
        return 0.5, np.empty(0), np.empty(0)
    together = rankdata(np.concatenate([gone, there]))
    of_gone = (together[: len(gone)] - rankdata(gone)) / len(there)
    of_there = 1 - (together[len(gone) :] - rankdata(there)) / len(gone)
    return float(of_gone.mean()), of_gone, of_there


def _variance(components: Numbers) -> float:
    return float(np.var(components, ddof=1) / len(components)) if len(components) > 1 else 0.0


def _logistic(value: float) -> float:
    return 1 / (1 + exp(-value))


def worst_tenth(risks: Sequence[float], left: Sequence[bool]) -> Share:
    """Those who left among the tenth with the highest risk, at least one; of equal risks the earlier in the order."""
    order = np.argsort(-np.asarray(risks, dtype=float), kind="stable")[: max(1, len(risks) // 10)]
    return Share(int(np.asarray(left, dtype=bool)[order].sum()), len(order))
