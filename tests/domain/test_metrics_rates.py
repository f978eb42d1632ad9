"""Rates and mean lengths, beside scipy."""

import pytest
from hypothesis import given, strategies as st
from scipy.stats import chi2, t

from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.rates import mean_length, rate, student


@pytest.mark.parametrize("count", [1, 2, 9, 99, 100, 101, 5000])
def test_the_interval_is_garwoods(count: int) -> None:
    found = rate(count, 10)
    assert found is not None
    exact = (chi2.ppf(0.025, 2 * count) / 20, chi2.ppf(0.975, 2 * count + 2) / 20)
    assert (found.low, found.high) == pytest.approx(exact, rel=1e-3)
    assert (found.value, found.n) == (count / 10, count)


def test_none_in_so_many_days_is_bounded_by_the_rule_of_three() -> None:
    found = rate(0, 30)
    assert found is not None
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.1, rel=0.01)


def test_no_days_have_no_rate() -> None:
    assert rate(3, 0) is None


@given(st.integers(4, 500))
def test_students_quantile_is_right_to_a_thousandth(freedom: int) -> None:
    assert student(freedom) == pytest.approx(t.ppf(0.975, freedom), rel=1e-3)


def test_a_mean_has_students_interval_cut_at_zero() -> None:
    found = mean_length([1.0, 2, 3, 4, 5])
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((3, 1.037, 4.963), abs=0.01)
    cut = mean_length([0.0, 0, 0, 0, 30])
    assert cut is not None
    assert cut.low == 0


@pytest.mark.parametrize("lengths", [[], [3.0]])
def test_fewer_than_two_have_no_mean_to_print(lengths: list[float]) -> None:
    assert mean_length(lengths) is None


def test_lengths_that_agree_have_no_spread() -> None:
    assert mean_length([2.0, 2.0]) == Estimate(2.0, 2.0, 2.0, 2)
