"""Shares: Wilson's interval and Newcombe's difference, beside statsmodels."""

import pytest
from hypothesis import given, strategies as st
from scipy.stats import binomtest
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from bot.domain.metrics.estimates import Difference, Estimate
from bot.domain.metrics.proportions import Share, is_fair_split, proportion, proportion_difference, smallest_visible

shares = st.integers(1, 5000).flatmap(lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole)))


def _proportion(share: Share) -> Estimate:
    estimate = proportion(share)
    assert estimate is not None
    return estimate


def _difference(now: Share, before: Share) -> Difference:
    difference = proportion_difference(now, before)
    assert difference is not None
    return difference


@pytest.mark.parametrize(("part", "whole"), [(-1, 3), (4, 3)])
def test_a_part_beyond_its_whole_is_refused(part: int, whole: int) -> None:
    with pytest.raises(ValueError, match="is no part of"):
        Share(part, whole)


def test_a_share_of_nothing_is_none_and_not_zero() -> None:
    assert proportion(Share(0, 0)) is None
    assert proportion_difference(Share(1, 2), Share(0, 0)) is None
    assert proportion_difference(Share(0, 0), Share(1, 2)) is None


@given(shares)
def test_the_interval_is_that_of_statsmodels(share: Share) -> None:
    estimate = _proportion(share)
    low, high = proportion_confint(share.part, share.whole, method="wilson")
    assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-9)
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.n == share.whole


def test_newcombes_own_example_comes_out() -> None:
    difference = _difference(Share(56, 70), Share(48, 80))
    assert difference.value == pytest.approx(0.20)
    assert difference.low == pytest.approx(0.0524, abs=5e-5)
    assert difference.high == pytest.approx(0.3339, abs=5e-5)


@given(shares, shares)
def test_the_difference_is_that_of_statsmodels(now: Share, before: Share) -> None:
    difference = _difference(now, before)
    low, high = confint_proportions_2indep(now.part, now.whole, before.part, before.whole, method="newcomb")
    assert (difference.low, difference.high) == pytest.approx((low, high), abs=1e-9)
    assert difference.low <= difference.value <= difference.high


@pytest.mark.parametrize(("each", "visible"), [(30, 0.239), (100, 0.136), (1000, 0.0437)])
def test_larger_groups_show_smaller_differences(each: int, visible: float) -> None:
    assert smallest_visible(each) == pytest.approx(visible, abs=0.001)


def test_empty_groups_show_nothing() -> None:
    assert smallest_visible(0) is None


@pytest.mark.parametrize(
    ("first", "second", "fair"), [(0, 0, True), (50, 50, True), (448, 552, True), (447, 553, False), (553, 447, False)]
)
def test_halves_that_chance_makes_once_in_a_thousand_are_no_fair_split(first: int, second: int, *, fair: bool) -> None:
    assert is_fair_split(first, second) is fair
    assert not first + second or bool(binomtest(first, first + second).pvalue >= 0.001) is fair
