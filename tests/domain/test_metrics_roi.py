"""What a programme brought: only against those who were left out, and only when the trial may be read."""

from dataclasses import fields, replace

import pytest

from bot.domain.metrics.experiments import Standing, Trial
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.roi import Basis, BeforeAfter, Money, return_on

TRIAL = Trial(treated=Share(100, 500), control=Share(50, 500), share=0.5, planned=1000)
MONEY = Money(value=4_000_000, margin=0.3, saved=2_000_000, cost=20_000_000)


def test_the_return_is_what_was_kept_by_its_worth_less_the_cost_over_the_cost() -> None:
    found = return_on(TRIAL, MONEY, basis=Basis.HOLDOUT)
    assert found.kept is not None
    assert found.roi is not None
    assert found.kept.value == pytest.approx(50)
    assert found.roi.value == pytest.approx((50 * 4_000_000 * 0.3 + 2_000_000 - 20_000_000) / 20_000_000)
    assert found.reading.difference is not None
    low = found.reading.difference.low * 500
    assert found.roi.low == pytest.approx((low * 1_200_000 - 18_000_000) / 20_000_000)
    assert found.kept.low < 50 < found.kept.high
    assert (found.kept.n, found.roi.n) == (1000, 1000)


def test_before_the_trial_may_be_read_there_is_no_return() -> None:
    found = return_on(replace(TRIAL, planned=1001), MONEY, basis=Basis.STAGGERED)
    assert (found.reading.standing, found.kept, found.roi) == (Standing.LOCKED, None, None)


@pytest.mark.parametrize("money", [None, replace(MONEY, cost=0)])
def test_without_money_only_customers_are_counted(money: Money | None) -> None:
    found = return_on(TRIAL, money, basis=Basis.HOLDOUT)
    assert found.kept is not None
    assert found.roi is None


def test_what_was_seen_before_and_after_only_has_no_return_to_print() -> None:
    assert {each.name for each in fields(BeforeAfter)} == {"difference"}
