"""Who leaves, by what they answered before: NPS and churn by a landmark design.

At one date everybody who is a customer counts, by the latest answer of the 180 days before it and not by what they
answer later: who leaves early has no time to answer, and would look unhappy for that alone (Anderson, Cain and Gelber,
Journal of Clinical Oncology 1 (1983), 710-719). Who was asked and did not answer is a category like the others. What
comes out is an association; what would happen if a score were raised, it does not say.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from math import log1p

from bot.domain.metrics.estimates import HIDDEN_UNDER, Estimate, comparable, shown
from bot.domain.metrics.proportions import Share, proportion, risk_ratio
from bot.domain.metrics.survival import Spell, Step, kaplan_meier

ANSWERED_WITHIN = timedelta(days=180)
HORIZONS = (90, 180, 365)
LEAST_LOST = 20
LOST_A_FACTOR = 5
"""Vittinghoff and McCulloch, American Journal of Epidemiology 165 (2007): from five events a factor on Cox holds."""
ROUNDS = 1000
SEED = 20260101
TAILS = (2.5, 97.5)
DRAWN_AT_ONCE = 1_000_000


class Category(StrEnum):
    """What a customer's latest answer was; silent is who was asked and did not answer."""

    PROMOTER = "promoter"
    PASSIVE = "passive"
    DETRACTOR = "detractor"
    SILENT = "silent"


REFERENCE = Category.PASSIVE


class Refusal(StrEnum):
    """Why a number is not given: too few left; a group is too small; a score or factor decides perfectly who leaves."""

    FEW_LOST = "few_lost"
    SMALL_GROUP = "small_group"
    SEPARATED = "separated"
    INDISTINCT = "indistinct"


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A customer at the landmark: the days until they left, or for which they have been watched.

    `tenure` is in days, `value_minor` what they bought in the year before, in minor units of one currency.
    """

    category: Category
    spell: Spell
    plan: str
    tenure: float
    value_minor: int


@dataclass(frozen=True, kw_only=True)
class CategoryRisk:
    """One category: who left within the horizon, with Wilson's interval, the curve, and the ratio to the passives."""

    category: Category
    lost: Share
    churn: Estimate | None
    steps: Sequence[Step]
    ratio: Estimate | None


@dataclass(frozen=True, kw_only=True)
class Association:
    """What goes with what. `hazards` are hazard ratios to the passives at equal tenure and value, within each plan.

    A category of under thirty is compared with nothing. `refusal` says why there are no ratios, `adjusted_refusal` why
    there are no hazards, and `decided_by` what decides perfectly who leaves. `at_stake` is in minor units.
    """

    categories: Sequence[CategoryRisk]
    refusal: Refusal | None = None
    hazards: dict[Category, Estimate] = field(default_factory=dict)
    adjusted_refusal: Refusal | None = None
    decided_by: str = ""
    at_stake: Estimate | None = None


def associate(watched: Sequence[Watched], *, every: int = 1) -> Association:
    """The four categories beside each other, and what may be said of their difference.

    Where one of `every` so many customers is watched, what is at stake is of all.
    """
    groups = {category: [one for one in watched if one.category is category] for category in Category}
    refusal = _refusal(groups)
    categories = tuple(_risk(category, groups, refusal) for category in Category)
    if refusal is not None:
        return Association(categories=categories, refusal=refusal, adjusted_refusal=refusal)
    hazards, adjusted_refusal, decided_by = _adjusted(watched)
    compared = _compared(groups)
    return Association(
        categories=categories,
        hazards={category: ratio for category, ratio in hazards.items() if category in compared},
        adjusted_refusal=adjusted_refusal,
        decided_by=decided_by,
        at_stake=revenue_at_stake(groups[Category.DETRACTOR], _lost(groups[REFERENCE]), every=every)
        if Category.DETRACTOR in compared
        else None,
    )


def _refusal(groups: dict[Category, list[Watched]]) -> Refusal | None:
    """Whether the categories may be compared at all; those of whom nobody is there do not count."""
    lost = [_lost(group) for group in groups.values() if group]
    if sum(one.part for one in lost) < LEAST_LOST:
        return Refusal.FEW_LOST
    if len(lost) == 1 or not groups[REFERENCE] or any(one.whole < HIDDEN_UNDER for one in lost):
        return Refusal.SMALL_GROUP
    decides = all(one.part in (0, one.whole) for one in lost)
    return Refusal.SEPARATED if decides else None


def _compared(groups: dict[Category, list[Watched]]) -> set[Category]:
    """The categories that are large enough to be held against the passives, if these are."""
    reference = len(groups[REFERENCE])
    return {one for one in Category if one is not REFERENCE and comparable(len(groups[one]), reference)}


def _lost(group: Sequence[Watched]) -> Share:
    return Share(sum(one.spell.over for one in group), len(group))


def _risk(category: Category, groups: dict[Category, list[Watched]], refusal: Refusal | None) -> CategoryRisk:
    group, lost = groups[category], _lost(groups[category])
    compared = refusal is None and category in _compared(groups)
    return CategoryRisk(
        category=category,
        lost=lost,
        churn=shown(proportion(lost)),
        steps=kaplan_meier(one.spell for one in group) if lost.whole >= HIDDEN_UNDER else (),
        ratio=risk_ratio(lost, _lost(groups[REFERENCE])) if compared else None,
    )


def _adjusted(watched: Sequence[Watched]) -> tuple[dict[Category, Estimate], Refusal | None, str]:
    """Hazard ratios of the categories that have anybody, by Cox's model."""
    from bot.domain.metrics.cox import CoxError, hazard_ratios  # noqa: PLC0415  numpy, which a bot at rest does not need

    there = [one for one in Category if one is not REFERENCE and any(each.category is one for each in watched)]
    factors = {str(one): [float(each.category is one) for each in watched] for one in there}
    factors |= {"tenure": [log1p(one.tenure) for one in watched], "value": [_log_value(one) for one in watched]}
    factors = {name: values for name, values in factors.items() if len(set(values)) > 1}
    if sum(one.spell.over for one in watched) < LOST_A_FACTOR * len(factors):
        return {}, Refusal.FEW_LOST, ""
    try:
        found = hazard_ratios([one.spell for one in watched], factors, [one.plan for one in watched])
    except CoxError as error:
        return {}, Refusal(error.refusal), error.factor
    return {category: found[category] for category in there}, None, ""


def _log_value(one: Watched) -> float:
    """Who sent back more than they bought is worth nothing, not less."""
    return log1p(max(0, one.value_minor))


def revenue_at_stake(detractors: Sequence[Watched], passives: Share, *, every: int = 1) -> Estimate | None:
    """Σ value × (p_detractor - p_passive), in minor units: what leaves with detractors beyond what leaves anyway.

    The interval is the percentile bootstrap over customers (Efron and Tibshirani, "An Introduction to the Bootstrap"
    (1993), chapter 13), drawn with a fixed seed. None where either has nobody. Of one in `every` so many, the sum is
    of all; how many detractors such a sample meets is then by chance, and drawn too.
    """
    import numpy as np  # noqa: PLC0415  a bot at rest does not need it

    if not detractors or not passives.whole:
        return None
    values = np.array([one.value_minor for one in detractors], dtype=float)
    left = np.array([one.spell.over for one in detractors], dtype=float)
    usual, size = passives.part / passives.whole, len(detractors)
    random, stakes = np.random.default_rng(SEED), []
    for others in np.array_split(random.binomial(passives.whole, usual, ROUNDS) / passives.whole, _blocks(size)):
        drawn = random.integers(0, size, (len(others), size))
        met = every * random.poisson(size, len(others)) / size if every > 1 else 1.0
        stakes.append(met * values[drawn].sum(axis=1) * (left[drawn].mean(axis=1) - others))
    value = every * float(values.sum() * (left.mean() - usual))
    low, high = np.percentile(np.concatenate(stakes), TAILS)
    return Estimate(value, min(value, float(low)), max(value, float(high)), size + passives.whole)


def _blocks(size: int) -> int:
    """In how many blocks the rounds of drawing `size` customers fit into memory."""
    return min(ROUNDS, 1 + ROUNDS * size // DRAWN_AT_ONCE)
