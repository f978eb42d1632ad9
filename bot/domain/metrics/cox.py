"""What goes with leaving sooner while everything else is equal: the proportional hazards model of Cox (1972).

Ties by Efron (JASA 72 (1977), 557-565), strata each with a baseline hazard of their own, Newton's method, and standard
errors from the information matrix at the maximum.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from bot.domain.metrics.estimates import Estimate, Z
from bot.domain.metrics.survival import Spell

Numbers = NDArray[np.float64]

LEAST_GAIN = 1e-10
FARTHEST = 15.0
"""A log hazard ratio over a factor's whole range that only a likelihood without a maximum comes to."""
LONGEST_STEP = 5.0
LEAST_INFORMATION = 1e-9


class CoxRefusal(StrEnum):
    """Why there is no number: a factor decides perfectly who leaves, or two say the same (or one says nothing)."""

    SEPARATED = "separated"
    INDISTINCT = "indistinct"


class CoxError(Exception):
    """There is no finite answer; `factor` is the one that decides perfectly, empty where several are to blame."""

    def __init__(self, refusal: CoxRefusal, factor: str = "") -> None:
        super().__init__(f"{refusal} {factor}".strip())
        self.refusal = refusal
        self.factor = factor


@dataclass(frozen=True)
class _Stratum:
    """Customers, the longest watched first, so that whoever was at risk stands before; `left` are rows of `factors`.

    `terms` has a row a customer: one, the factors, and their products. A row of the other three belongs to each who
    left: where those of the same length begin and end, and which share of their number is gone before.
    """

    factors: Numbers
    left: NDArray[np.intp]
    terms: Numbers
    begins: NDArray[np.intp]
    ends: NDArray[np.intp]
    gone: Numbers


@dataclass(frozen=True)
class _Point:
    """The log partial likelihood at some coefficients, with its gradient and information."""

    value: float
    gradient: Numbers
    information: Numbers


def hazard_ratios(
    spells: Sequence[Spell], factors: Mapping[str, Sequence[float]], strata: Sequence[str]
) -> dict[str, Estimate]:
    """The hazard ratio of one unit more of each factor with its Wald interval, the other factors and the stratum equal.

    Of each customer the spell until they left, or for which they were watched; the value of each factor; the stratum.

    Raises:
        CoxError: a factor decides perfectly who leaves (monotone likelihood: Heinze and Schemper, Biometrics 57
            (2001)), or factors cannot be told apart.
    """
    names, raw = list(factors), np.column_stack([np.asarray(one, dtype=float) for one in factors.values()])
    spread = raw.std(axis=0)
    if not spread.all():
        raise CoxError(CoxRefusal.INDISTINCT, names[int(spread.argmin())])
    design = (raw - raw.mean(axis=0)) / spread
    found, information = _maximum(list(_stratify(spells, design, strata)), names, np.ptp(design, axis=0))
    errors = np.sqrt(np.diag(np.linalg.inv(information))) / spread
    ends = [np.exp(found / spread + side * Z * errors) for side in (0, -1, 1)]
    return {
        name: Estimate(float(value), float(low), float(high), len(spells))
        for name, value, low, high in zip(names, *ends, strict=True)
    }


def _stratify(spells: Sequence[Spell], design: Numbers, strata: Sequence[str]) -> Iterator[_Stratum]:
    lengths, over = np.array([one.length for one in spells]), np.array([one.over for one in spells])
    belongs = np.asarray(strata)
    for stratum in sorted(set(strata)):
        own = np.flatnonzero(belongs == stratum)
        own = own[np.lexsort((~over[own], -lengths[own]))]
        factors, left = design[own], np.flatnonzero(over[own])
        ranked = -lengths[own]
        begins, ends = (np.searchsorted(ranked, ranked[left], side) for side in ("left", "right"))
        products = factors[:, :, None] * factors[:, None, :]
        terms = np.column_stack([np.ones(len(own)), factors, products.reshape(len(own), -1)])
        count = np.searchsorted(left, ends) - np.searchsorted(left, begins)
        yield _Stratum(factors, left, terms, begins, ends, (left - begins) / count)


def _maximum(strata: Sequence[_Stratum], names: Sequence[str], ranges: Numbers) -> tuple[Numbers, Numbers]:
    """The coefficients of most likelihood, and the information there."""
    at = np.zeros(len(names))
    here, gain = _likelihood(strata, at), np.inf
    spectrum = np.linalg.eigvalsh(here.information)
    if spectrum[0] <= LEAST_INFORMATION * max(spectrum[-1], 1.0):
        raise CoxError(CoxRefusal.INDISTINCT)
    while gain > LEAST_GAIN:
        step = np.linalg.solve(here.information, here.gradient)
        step = step * min(1.0, LONGEST_STEP / float((np.abs(step) * ranges).max() or 1.0))
        there = _likelihood(strata, at + step)
        while there.value < here.value - LEAST_GAIN:  # Newton's step can overshoot where a factor has far outliers
            step = step / 2
            there = _likelihood(strata, at + step)
        at, gain, here = at + step, there.value - here.value, there
        reach = np.abs(at) * ranges
        if reach.max() > FARTHEST:
            raise CoxError(CoxRefusal.SEPARATED, names[int(reach.argmax())])
    return at, here.information


def _likelihood(strata: Sequence[_Stratum], at: Numbers) -> _Point:
    size = len(at)
    point = _Point(0.0, np.zeros(size), np.zeros((size, size)))
    for one in strata:
        sums = _sums(one, at)
        total, means, left = sums[:, 0], sums[:, 1 : 1 + size] / sums[:, :1], one.factors[one.left]
        seconds = (sums[:, 1 + size :] / sums[:, :1]).sum(axis=0).reshape(size, size)
        point = _Point(
            point.value + float((left @ at).sum() - np.log(total).sum()),
            point.gradient + left.sum(axis=0) - means.sum(axis=0),
            point.information + seconds - means.T @ means,
        )
    return point


def _sums(one: _Stratum, at: Numbers) -> Numbers:
    """The terms of all at risk when each left, by their weights.

    Of d who left at one time the l-th sees l/d of all d as gone already (Efron).
    """
    weighted = np.exp(one.factors @ at)[:, None] * one.terms
    leaving = np.zeros_like(weighted)
    leaving[one.left] = weighted[one.left]
    at_risk, ended = (np.vstack([np.zeros_like(each[:1]), each.cumsum(axis=0)]) for each in (weighted, leaving))
    own: Numbers = at_risk[one.ends] - one.gone[:, None] * (ended[one.ends] - ended[one.begins])
    return own
