"""Two groups beside each other, of any customers: what rests on too few of one side is not told."""

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from bot.domain.groups_apart import apart, nothing_apart

ASKED = [(number, number % 2 == 0) for number in range(40)]
LEFT_ALONE = [(number, number % 8 == 0) for number in range(100, 132)]
FIGURES = apart("gap", first=("asked", ASKED), second=("left_alone", LEFT_ALONE))


def test_the_difference_comes_first_and_rests_on_the_smaller_side() -> None:
    gap, asked, left_alone = FIGURES(range(200))
    assert gap.visible is not None
    low, high = confint_proportions_2indep(20, 40, 4, 32, method="newcomb", compare="diff")
    assert (gap.visible.value, gap.visible.low, gap.visible.high) == pytest.approx((0.375, low, high))
    assert (gap.n, gap.visible.n, asked.n, left_alone.n) == (72, 32, 40, 32)
    assert asked.visible is not None
    assert (asked.key, asked.visible.value, left_alone.key) == ("asked", 0.5, "left_alone")


def test_only_those_customers_count_and_each_as_often_as_they_were_drawn() -> None:
    twice = apart("gap", first=("a", [(1, True), (1, False), (2, True)]), second=("b", []))
    assert [one.n for one in twice({1})] == [2, 2, 0]


def test_a_side_under_five_hides_the_difference_and_nobody_has_none() -> None:
    gap, asked, left_alone = FIGURES([*range(10), *range(100, 104)])
    assert (gap.visible, gap.note, gap.n) == (None, "few_on_a_side", 14)
    assert (asked.visible is None, left_alone.visible) == (False, None)
    gap, *_ = FIGURES([])
    assert (gap.visible, gap.note, gap.n) == (None, "", 0)


def test_where_nothing_may_be_told_the_reason_stands_in_its_place() -> None:
    found = nothing_apart("gap", "trial_locked")([1, 2])
    assert [(one.key, one.note, one.n, one.estimate) for one in found] == [("gap", "trial_locked", 0, None)]
