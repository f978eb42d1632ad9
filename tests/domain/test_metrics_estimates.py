"""When a number may be shown, compared, or called a change."""

import pytest

from bot.domain.metrics.estimates import (
    Difference,
    Estimate,
    Sufficiency,
    Verdict,
    comparable,
    effective_sample,
    judge,
    shown,
    sufficiency,
)


@pytest.mark.parametrize(
    ("n", "expected"),
    [
        (0, Sufficiency.NONE),
        (1, Sufficiency.HIDDEN),
        (4, Sufficiency.HIDDEN),
        (5, Sufficiency.FEW),
        (29, Sufficiency.FEW),
        (30, Sufficiency.ENOUGH),
    ],
)
def test_n_decides_what_may_be_said(n: int, expected: Sufficiency) -> None:
    assert sufficiency(n) is expected


def test_a_value_of_four_people_is_hidden_and_of_five_is_shown() -> None:
    assert shown(Estimate(50.0, 0.0, 90.0, 4)) is None
    assert shown(Estimate(50.0, 0.0, 90.0, 5)) == Estimate(50.0, 0.0, 90.0, 5)
    assert shown(None) is None


def test_a_comparison_needs_thirty_on_each_side() -> None:
    assert comparable(30, 30)
    assert not comparable(29, 3000)
    assert not comparable(3000, 29)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.1, 4.0, Verdict.UP),
        (-4.0, -0.1, Verdict.DOWN),
        (-1.0, 3.0, Verdict.NO_CHANGE),
        (0.0, 2.0, Verdict.NO_CHANGE),
        (-2.0, 0.0, Verdict.NO_CHANGE),
    ],
)
def test_a_change_is_stated_only_if_its_interval_leaves_zero_out(low: float, high: float, expected: Verdict) -> None:
    difference = Difference((low + high) / 2, low, high)
    change = judge(difference)
    assert change.verdict is expected
    assert change.difference is difference


def test_the_finite_population_correction_is_that_of_the_standard_error() -> None:
    n, population = 60, 200
    correction = ((population - n) / (population - 1)) ** 0.5
    standard_error = (0.25 / n) ** 0.5
    assert (0.25 / effective_sample(n, population)) ** 0.5 == pytest.approx(standard_error * correction)


def test_without_a_population_the_sample_counts_as_it_is() -> None:
    assert effective_sample(60, None) == 60


def test_a_census_has_no_error_left() -> None:
    assert effective_sample(60, 60) == float("inf")


def test_a_sample_larger_than_its_population_is_refused() -> None:
    with pytest.raises(ValueError, match="61 answers cannot come from a population of 60"):
        effective_sample(61, 60)
