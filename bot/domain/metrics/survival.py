"""How long something takes when some of it is not over yet: the estimator of Kaplan and Meier (1958)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

from bot.domain.metrics.estimates import Estimate, Z
from bot.domain.metrics.proportions import Share, proportion


@dataclass(frozen=True)
class Spell:
    """How long something took, or, when it is not `over`, has taken so far; in any one unit."""

    length: float
    over: bool


@dataclass(frozen=True)
class Step:
    """From this length on, `done` of 1 is over, with its 95 % interval."""

    length: float
    done: float
    low: float
    high: float


def kaplan_meier(spells: Iterable[Spell]) -> tuple[Step, ...]:
    """The share that is over by each length at which something ended, with log-log intervals (Greenwood's variance).

    What is not over counts for as long as it was watched. Kalbfleisch and Prentice, "The Statistical Analysis of
    Failure Time Data" (1980), for the interval. No step when nothing is over.
    """
    counted = list(spells)
    return curve([one.length for one in counted], [one.over for one in counted])


def curve(lengths: Any, over: Any) -> tuple[Step, ...]:  # noqa: ANN401  arrays, or what becomes one
    """The same of lengths, and of whether each is over."""
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    found, places = np.unique(np.asarray(lengths, dtype=float), return_inverse=True)
    left = np.bincount(places, minlength=len(found))
    ended = np.bincount(places, weights=np.asarray(over, dtype=float), minlength=len(found))
    at_risk = left[::-1].cumsum()[::-1]
    here = ended > 0
    ended, at_risk = ended[here], at_risk[here]
    surviving = np.cumprod(1 - ended / at_risk)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):  # of the end, when all is over
        spread = Z * np.sqrt(np.cumsum(ended / (at_risk * (at_risk - ended)))) / -np.log(surviving)
        highest, lowest = (np.where(surviving > 0, surviving ** np.exp(side * spread), 0.0) for side in (-1, 1))
    columns = (found[here], 1 - surviving, 1 - highest, 1 - lowest)
    return tuple(map(Step, *(column.tolist() for column in columns)))


def quantile(steps: Sequence[Step], share: float, *, n: int) -> Estimate | None:
    """The length by which `share` (0 to 1) is over; None when that has not come yet.

    The interval is that of Brookmeyer and Crowley (1982), from the band around the curve; an end that has not come yet
    is infinite.
    """
    value = _reached(steps, share, "done")
    if value == inf:
        return None
    return Estimate(value, _reached(steps, share, "high"), _reached(steps, share, "low"), n)


def done_by(steps: Sequence[Step], length: float, *, n: int) -> Estimate | None:
    """The share that is over by `length`; None of nobody.

    `n` are those of whom that is known: who were watched for so long, or were over sooner. Where none of it is over
    yet, or all of it, Greenwood's variance says nothing, and the interval is Wilson's.
    """
    last = next((step for step in reversed(steps) if step.length <= length), None)
    if last is None or last.done >= 1:
        return proportion(Share(n if last is not None else 0, n))
    return Estimate(last.done, last.low, last.high, n)


def _reached(steps: Sequence[Step], share: float, line: str) -> float:
    return next((step.length for step in steps if getattr(step, line) >= share - 1e-12), inf)
