"""NPS and churn by the landmark design: what may be said, and what is refused."""

from dataclasses import replace
from math import hypot

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import confint_proportions_2indep

from bot.domain.metrics.landmark import Category, Refusal, Watched, associate, revenue_at_stake
from bot.domain.metrics.proportions import Share, proportion, risk_ratio
from bot.domain.metrics.survival import Spell

P, N, D, S = Category.PROMOTER, Category.PASSIVE, Category.DETRACTOR, Category.SILENT


def crowd(category: Category, lost: int, whole: int, *, plan: str = "gold") -> list[Watched]:
    """Unlike tenures and values, with leavers spread over them and over the days."""
    return [
        Watched(
            category=category,
            spell=Spell(float(1 + number * 7 % 89), over=True) if number < lost else Spell(90.0, over=False),
            plan=plan,
            tenure=float(40 + number * 37 % 500),
            value_minor=number * 13 % 50 * 100_000,
        )
        for number in range(whole)
    ]


EVERYBODY = crowd(P, 5, 100) + crowd(N, 10, 100) + crowd(D, 30, 100) + crowd(S, 20, 100)


def test_each_category_has_its_share_its_curve_and_its_ratio_to_the_passives() -> None:
    found = {one.category: one for one in associate(EVERYBODY).categories}
    assert list(found) == list(Category)
    assert found[D].lost == Share(30, 100)
    assert found[D].churn == proportion(Share(30, 100))
    theirs = SurvfuncRight(
        [one.spell.length for one in crowd(D, 30, 100)], [one.spell.over for one in crowd(D, 30, 100)]
    )
    assert found[D].steps[-1].done == pytest.approx(1 - theirs.surv_prob[-1])
    assert found[D].ratio == risk_ratio(Share(30, 100), Share(10, 100))
    assert found[N].ratio is None


def test_hazards_are_said_of_every_category_but_the_one_they_are_measured_by() -> None:
    found = associate(EVERYBODY)
    assert (found.refusal, found.adjusted_refusal, found.decided_by) == (None, None, "")
    assert set(found.hazards) == {P, D, S}
    assert found.hazards[D].value == pytest.approx(3.4, abs=0.4)
    assert found.hazards[P].high > 1 > found.hazards[P].value
    assert found.hazards[D].low > 1


def test_a_plan_that_loses_more_is_not_mistaken_for_its_scores() -> None:
    """In each plan detractors leave as passives do, but most of them are on the plan that everybody leaves."""
    hard = crowd(N, 12, 30, plan="hard") + crowd(D, 60, 150, plan="hard")
    found = associate([*hard, *crowd(N, 15, 150), *crowd(D, 3, 30)])
    ratio = next(one.ratio for one in found.categories if one.category is D)
    assert ratio is not None
    assert ratio.low > 1.3
    assert found.hazards[D].low < 1 < found.hazards[D].high


@pytest.mark.parametrize(
    ("watched", "refusal"),
    [
        ([], Refusal.FEW_LOST),
        (crowd(N, 9, 100) + crowd(D, 10, 100), Refusal.FEW_LOST),
        (crowd(N, 10, 100) + crowd(D, 30, 100) + crowd(S, 1, 4), Refusal.SMALL_GROUP),
        (crowd(P, 10, 100) + crowd(D, 30, 100), Refusal.SMALL_GROUP),
        (crowd(N, 30, 100), Refusal.SMALL_GROUP),
        (crowd(P, 0, 100) + crowd(N, 0, 100) + crowd(D, 30, 30), Refusal.SEPARATED),
        (crowd(N, 20, 20) + crowd(D, 30, 30), Refusal.SEPARATED),
    ],
    ids=["nobody", "19 left", "4 silent", "no passives", "one category", "a score decides", "all left"],
)
def test_what_cannot_be_compared_is_counted_only(watched: list[Watched], refusal: Refusal) -> None:
    found = associate(watched)
    assert (found.refusal, found.adjusted_refusal) == (refusal, refusal)
    assert all(one.ratio is None for one in found.categories)
    assert (found.hazards, found.at_stake) == ({}, None)
    assert sum(one.lost.whole for one in found.categories) == len(watched)


def test_under_five_a_category_keeps_its_value_and_its_curve_to_itself() -> None:
    silent = associate([*EVERYBODY, *crowd(S, 2, 4)][:300] + crowd(S, 2, 4)).categories[-1]
    assert (silent.lost, silent.churn, silent.steps) == (Share(2, 4), None, ())


def test_a_category_that_nobody_left_has_a_ratio_but_no_hazard_and_is_named() -> None:
    found = associate(crowd(N, 10, 100) + crowd(D, 30, 100) + crowd(S, 0, 200))
    assert (found.refusal, found.adjusted_refusal, found.decided_by) == (None, Refusal.SEPARATED, "silent")
    silent = found.categories[-1].ratio
    assert silent is not None
    assert 0 < silent.low < silent.high < 1


def test_the_model_needs_five_leavers_for_each_of_its_factors() -> None:
    few = crowd(P, 4, 100) + crowd(N, 6, 100) + crowd(D, 8, 100)
    assert associate([*few, *crowd(S, 6, 100)]).adjusted_refusal is Refusal.FEW_LOST  # 24 of 5 factors
    assert associate([*few, *crowd(S, 7, 100)]).adjusted_refusal is None


def test_what_is_the_same_for_everybody_is_no_factor() -> None:
    same = [replace(one, tenure=10.0, value_minor=-5 * number) for number, one in enumerate(EVERYBODY)]
    found = associate(same)
    assert found.adjusted_refusal is None
    assert found.hazards[D].low > 1


@pytest.mark.parametrize(("first", "second"), [((30, 100), (10, 100)), ((1, 50), (49, 50)), ((7, 9), (3, 8))])
def test_a_risk_ratio_has_the_interval_of_katz_as_statsmodels_has_it(
    first: tuple[int, int], second: tuple[int, int]
) -> None:
    found = risk_ratio(Share(*first), Share(*second))
    assert found is not None
    theirs = confint_proportions_2indep(*first, *second, compare="ratio", method="log", correction=False)
    assert (found.low, found.high) == pytest.approx(theirs)


@pytest.mark.parametrize(
    ("first", "second"), [((0, 40), (5, 40)), ((5, 40), (0, 40)), ((9, 9), (9, 9)), ((0, 9), (0, 9))]
)
def test_a_risk_ratio_of_none_or_all_is_finite_by_half_a_case(first: tuple[int, int], second: tuple[int, int]) -> None:
    found = risk_ratio(Share(*first), Share(*second))
    assert found is not None
    assert 0 < found.low < found.value < found.high < np.inf
    assert found.value == pytest.approx((first[0] + 0.5) / (first[1] + 1) / ((second[0] + 0.5) / (second[1] + 1)))


def test_a_risk_ratio_to_nobody_is_none() -> None:
    assert risk_ratio(Share(1, 2), Share(0, 0)) is None
    assert risk_ratio(Share(0, 0), Share(1, 2)) is None


def test_revenue_at_stake_is_the_value_of_detractors_by_what_they_leave_more() -> None:
    detractors = crowd(D, 30, 100)
    found = revenue_at_stake(detractors, Share(10, 100))
    assert found is not None
    assert found.value == pytest.approx(sum(one.value_minor for one in detractors) * 0.2)
    assert 0 < found.low < found.value < found.high
    assert found.n == 200
    assert revenue_at_stake(detractors, Share(10, 100)) == found
    assert revenue_at_stake([], Share(1, 2)) is revenue_at_stake(detractors, Share(0, 0)) is None


def test_what_is_at_stake_is_scaled_from_a_sample_to_all_and_is_less_sure() -> None:
    detractors = [replace(one, value_minor=1_000_000) for one in crowd(D, 90, 100)]
    known, guessed = (revenue_at_stake(detractors, Share(1, 1000), every=every) for every in (1, 50))
    assert known is not None
    assert guessed is not None
    assert guessed.value == pytest.approx(50 * known.value)
    assert guessed.n == known.n
    # How many detractors a sample meets is off by a tenth, and the difference between the groups by 3.3 %.
    assert (guessed.high - guessed.low) / guessed.value == pytest.approx(2 * 1.96 * hypot(0.1, 0.033), rel=0.1)
    assert (known.high - known.low) / known.value == pytest.approx(2 * 1.96 * 0.033, rel=0.1)


def test_the_interval_of_revenue_at_stake_covers_what_is_true_as_often_as_it_says() -> None:
    """True: 80 detractors of a mean value of 1 M, 30 % leaving where 10 % of passives do, so 16 M."""
    random, covered, rounds = np.random.default_rng(9), 0, 80
    for _ in range(rounds):
        values, left = random.exponential(1_000_000, 80).astype(int).tolist(), (random.random(80) < 0.3).tolist()
        detractors = [
            replace(one, value_minor=value, spell=Spell(50.0, over=gone))
            for one, value, gone in zip(crowd(D, 0, 80), values, left, strict=True)
        ]
        found = revenue_at_stake(detractors, Share(int(random.binomial(150, 0.1)), 150))
        assert found is not None
        covered += found.low <= 16_000_000 <= found.high
    assert covered / rounds >= 0.9
