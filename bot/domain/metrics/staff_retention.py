"""How many customers of each member of staff left, beside how many were to be expected of such customers.

Indirect standardisation (Breslow and Day, "Statistical Methods in Cancer Research" II (1987), chapter 2): what is
expected is what all customers of the same plan, tenure and value lost. Everybody's own customers are part of that, so
that what is observed and what is expected add up to the same, and a ratio is drawn towards one where a person has most
of a stratum. A satisfaction score is never part of it.
"""

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import fsum
from statistics import quantiles

from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.rates import rate

LEAST_CUSTOMERS = 20
LEAST_IN_STRATUM = 20
TENURES = (90.0, 365.0)
"""Where one band of tenure ends and the next begins, in days."""

Stratum = tuple[str | int, ...]


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A customer at the start of the window, whose they were then, and whether they left in it.

    `tenure` is in days; the value is of the year before, in minor units of one currency.
    """

    owner_id: int
    plan: str
    tenure: float
    value_minor: int
    left: bool


@dataclass(frozen=True, kw_only=True)
class OwnerRetention:
    """One member of staff: the lost of their customers, how many were expected, and observed over expected.

    The ratio is missing under twenty customers, and where none was to be expected to leave.
    """

    owner_id: int
    lost: Share
    expected: float
    ratio: Estimate | None


def retention_by_owner(charges: Sequence[Charge]) -> tuple[OwnerRetention, ...]:
    """Everybody's customers of one window, the largest portfolio first.

    The interval of the ratio is the exact one of a Poisson count, from a hundred on Byar's approximation (Breslow and
    Day, 2.3), with what is expected taken as known; it is a little too wide where many leave.
    """
    own: dict[int, list[tuple[bool, float]]] = defaultdict(list)
    for one, expected in zip(charges, _expected(charges), strict=True):
        own[one.owner_id].append((one.left, expected))
    found = [_of_owner(owner_id, customers) for owner_id, customers in own.items()]
    return tuple(sorted(found, key=lambda one: (-one.lost.whole, one.owner_id)))


def _of_owner(owner_id: int, customers: Sequence[tuple[bool, float]]) -> OwnerRetention:
    lost, expected = Share(sum(left for left, _ in customers), len(customers)), fsum(each for _, each in customers)
    ratio = rate(lost.part, expected) if lost.whole >= LEAST_CUSTOMERS else None
    return OwnerRetention(
        owner_id=owner_id, lost=lost, expected=expected, ratio=replace(ratio, n=lost.whole) if ratio else None
    )


def _expected(charges: Sequence[Charge]) -> list[float]:
    """The chance to leave of each customer, from the narrowest stratum that has twenty customers."""
    strata = _strata(charges)
    whole = Counter(stratum for each in strata for stratum in each)
    lost = Counter(stratum for one, each in zip(charges, strata, strict=True) if one.left for stratum in each)
    return [_rate(each, lost, whole) for each in strata]


def _rate(strata: Iterable[Stratum], lost: Mapping[Stratum, int], whole: Mapping[Stratum, int]) -> float:
    wide = [stratum for stratum in strata if whole[stratum] >= LEAST_IN_STRATUM or not stratum]
    return lost.get(wide[0], 0) / whole[wide[0]]


def _strata(charges: Sequence[Charge]) -> list[tuple[Stratum, ...]]:
    """Of each customer the strata, narrowest first: plan, tenure and value; plan and tenure; plan; everybody."""
    values = [one.value_minor for one in charges]
    borders = quantiles(values, n=3, method="inclusive") if len(values) > 1 else []
    found = []
    for one in charges:
        keys = (one.plan, bisect_right(TENURES, one.tenure), bisect_left(borders, one.value_minor))
        found.append(tuple(keys[:length] for length in (3, 2, 1, 0)))
    return found
