"""The area under the ROC curve and its interval, against plain counting, scipy and what the interval must cover."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import mannwhitneyu

from bot.domain.metrics.estimates import Z
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.ranking import auc, auc_difference, worst_tenth

PEOPLE = st.lists(st.tuples(st.integers(0, 8), st.booleans()), min_size=2, max_size=30).filter(
    lambda found: len({left for _, left in found}) == 2
)


def split(people: list[tuple[int, bool]]) -> tuple[list[float], list[bool]]:
    return [float(risk) for risk, _ in people], [left for _, left in people]


@given(PEOPLE)
def test_the_area_is_the_share_of_pairs_in_the_right_order(people: list[tuple[int, bool]]) -> None:
    risks, left = split(people)
    gone, there = ([risk for risk, its in people if its is one] for one in (True, False))
    pairs = [(a > b) + (a == b) / 2 for a, b in product(gone, there)]
    found = auc(risks, left)
    assert found is not None
    assert found.value == pytest.approx(sum(pairs) / len(pairs))
    assert found.value == pytest.approx(mannwhitneyu(gone, there).statistic / len(pairs))
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.n == len(people)


@given(PEOPLE)
def test_the_interval_is_that_of_delongs_components_counted_one_by_one(people: list[tuple[int, bool]]) -> None:
    """The structural components of DeLong (1988), equations 4 and 5, without ranks."""
    risks, left = split(people)
    gone, there = ([float(risk) for risk, its in people if its is one] for one in (True, False))
    kernel = np.array([[(a > b) + (a == b) / 2 for b in there] for a in gone])
    variance = sum(
        float(np.var(kernel.mean(axis=axis), ddof=1)) / kernel.shape[1 - axis]
        for axis in (0, 1)
        if kernel.shape[1 - axis] > 1
    )
    found, mean = auc(risks, left), float(kernel.mean())
    assert found is not None
    if variance > 1e-12 and 0 < mean < 1:
        centre, reach = np.log(mean / (1 - mean)), Z * np.sqrt(variance) / (mean * (1 - mean))
        assert found.low == pytest.approx(1 / (1 + np.exp(reach - centre)))
        assert found.high == pytest.approx(1 / (1 + np.exp(-reach - centre)))


def test_the_interval_covers_the_true_area_as_often_as_it_says() -> None:
    random, covered, rounds = np.random.default_rng(2026), 0, 600
    for _ in range(rounds):
        risks = np.concatenate([random.normal(1, 1, 40), random.normal(0, 1, 80)])
        found = auc(risks.tolist(), [True] * 40 + [False] * 80)
        assert found is not None
        covered += found.low <= 0.7602 <= found.high  # Φ(1/√2)
    assert covered / rounds >= 0.93


def test_a_perfect_ranking_is_not_given_an_interval_of_nothing() -> None:
    found = auc([2.0] * 30 + [1.0] * 50, [True] * 30 + [False] * 50)
    assert found is not None
    assert (found.value, found.high) == (1.0, 1.0)
    assert 0.8 < found.low < 0.9


def test_where_nobody_left_or_nobody_stayed_there_is_no_area() -> None:
    for left in ([True, True], [False, False]):
        assert auc([1.0, 2.0], left) is None
        assert auc_difference([1.0, 2.0], [2.0, 1.0], left) is None


@given(PEOPLE)
def test_a_ranking_is_no_better_than_itself_and_the_difference_turns_with_its_sides(
    people: list[tuple[int, bool]],
) -> None:
    risks, left = split(people)
    others = risks[::-1]
    same, there, back = (
        auc_difference(risks, risks, left),
        auc_difference(risks, others, left),
        auc_difference(others, risks, left),
    )
    assert same is not None
    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert there is not None
    assert back is not None
    assert (there.value, there.low) == pytest.approx((-back.value, -back.high))


def test_the_same_people_make_a_difference_surer_than_two_areas_would() -> None:
    random = np.random.default_rng(7)
    base = np.concatenate([random.normal(1, 1, 100), random.normal(0, 1, 200)])
    noisy = base + random.normal(0, 0.5, 300)
    left = [True] * 100 + [False] * 200
    difference = auc_difference(base.tolist(), noisy.tolist(), left)
    one, other = auc(base.tolist(), left), auc(noisy.tolist(), left)
    assert difference is not None
    assert one is not None
    assert other is not None
    assert difference.value == pytest.approx(one.value - other.value)
    assert difference.high - difference.low < one.high - one.low


def test_the_worst_tenth_are_those_with_the_highest_risk() -> None:
    risks = [float(risk) for risk in range(30)]
    assert worst_tenth(risks, [risk >= 28 for risk in risks]) == Share(2, 3)
    assert worst_tenth([1.0], [True]) == Share(1, 1)
