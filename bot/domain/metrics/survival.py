"""How long something takes when some of it is not over yet: the estimator of Kaplan and Meier (1958)."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import exp, inf, log, sqrt

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
    ended, left = Counter(one.length for one in counted if one.over), Counter(one.length for one in counted)
    at_risk, surviving, variance, steps = len(counted), 1.0, 0.0, list[Step]()
    for length in sorted(left):
        ends = ended[length]
        if ends:
            surviving *= 1 - ends / at_risk
            variance += ends / (at_risk * (at_risk - ends)) if ends < at_risk else inf
            low, high = _band(surviving, variance)
            steps.append(Step(length, 1 - surviving, 1 - high, 1 - low))
        at_risk -= left[length]
    return tuple(steps)


def _band(surviving: float, variance: float) -> tuple[float, float]:
    """The interval of a share that is not over yet; at the end, when all is over, it has none."""
    if surviving <= 0:
        return 0.0, 0.0
    spread = Z * sqrt(variance) / abs(log(surviving))
    return surviving ** exp(spread), surviving ** exp(-spread)


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
