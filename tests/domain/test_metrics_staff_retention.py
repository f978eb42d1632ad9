"""Observed over expected losses of each member of staff, with the mix of customers taken into account."""

import numpy as np
import pytest
from scipy.stats import chi2

from bot.domain.metrics.proportions import Share
from bot.domain.metrics.staff_retention import Charge, OwnerRetention, retention_by_owner


def customers(
    owner_id: int, left: int, whole: int, *, plan: str = "gold", tenure: float = 400.0, value: int = 100
) -> list[Charge]:
    return [
        Charge(owner_id=owner_id, plan=plan, tenure=tenure, value_minor=value, left=number < left)
        for number in range(whole)
    ]


def by_owner(charges: list[Charge]) -> dict[int, OwnerRetention]:
    return {one.owner_id: one for one in retention_by_owner(charges)}


def test_who_has_the_harder_customers_is_not_blamed_for_them() -> None:
    """Both lose 30 % of the hard plan and 5 % of the easy one; one of them has mostly the hard one."""
    charges = customers(1, 30, 100, plan="hard") + customers(1, 1, 20) + customers(2, 6, 20, plan="hard")
    found = by_owner([*charges, *customers(2, 5, 100)])
    for one in found.values():
        assert one.ratio is not None
        assert one.ratio.value == pytest.approx(1)
    assert (found[1].lost, found[2].lost) == (Share(31, 120), Share(11, 120))


@pytest.mark.parametrize("unlike", [{"tenure": 10.0}, {"tenure": 100.0}, {"value": 900}])
def test_tenure_and_value_are_part_of_the_mix(unlike: dict[str, int]) -> None:
    charges = customers(1, 10, 50, **unlike) + customers(1, 1, 50)  # type: ignore[arg-type]
    found = by_owner([*charges, *customers(2, 4, 20, **unlike), *customers(2, 2, 100)])  # type: ignore[arg-type]
    assert found[1].ratio is not None
    assert found[1].ratio.value == pytest.approx(1, abs=0.05)


def test_the_interval_is_the_exact_one_of_a_poisson_count() -> None:
    found = by_owner(customers(1, 20, 100) + customers(2, 5, 100))[1]
    assert found.expected == pytest.approx(12.5)
    assert found.ratio is not None
    exact = (chi2.ppf(0.025, 40) / 2 / 12.5, chi2.ppf(0.975, 42) / 2 / 12.5)
    assert (found.ratio.value, found.ratio.low, found.ratio.high) == pytest.approx((1.6, *exact), rel=1e-3)
    assert found.ratio.n == 100


def test_all_that_is_expected_adds_up_to_all_that_was_lost() -> None:
    random = np.random.default_rng(3)
    charges = [
        Charge(
            owner_id=int(random.integers(0, 6)),
            plan=str(random.choice(["gold", "free", "rare"], p=[0.5, 0.45, 0.05])),
            tenure=float(random.uniform(0, 900)),
            value_minor=int(random.integers(0, 3) * 100),
            left=bool(random.random() < 0.2),
        )
        for _ in range(4000)
    ]
    found = retention_by_owner(charges)
    assert sum(one.expected for one in found) == pytest.approx(sum(one.left for one in charges), rel=0.01)


def test_from_twenty_customers_on_there_is_a_ratio() -> None:
    found = by_owner(customers(1, 3, 19) + customers(2, 3, 20))
    assert found[1].ratio is None
    assert found[2].ratio is not None


def test_a_stratum_of_under_twenty_is_judged_by_the_wider_one() -> None:
    found = by_owner(customers(1, 19, 19, tenure=10.0) + customers(2, 1, 81))
    assert found[1].expected == pytest.approx(19 * 20 / 100)
    found = by_owner(customers(1, 20, 20, tenure=10.0) + customers(2, 1, 81))
    assert found[1].expected == pytest.approx(20)


def test_a_plan_of_under_twenty_is_judged_by_everybody() -> None:
    found = by_owner(customers(1, 10, 19, plan="rare") + customers(2, 1, 81))
    assert found[1].expected == pytest.approx(19 * 11 / 100)


@pytest.mark.parametrize("left", [0, 30])
def test_where_none_or_all_left_nobody_stands_out(left: int) -> None:
    found = by_owner(customers(1, left, 30) + customers(2, left, 30))
    assert {one.ratio and one.ratio.value for one in found.values()} == ({1.0} if left else {None})


def test_the_largest_portfolio_comes_first_and_nobody_is_nobody() -> None:
    assert [one.owner_id for one in retention_by_owner(customers(1, 0, 1) + customers(2, 0, 2))] == [2, 1]
    assert retention_by_owner([]) == ()
    assert retention_by_owner(customers(1, 1, 1))[0].lost == Share(1, 1)


def test_the_interval_covers_one_where_nobody_is_better_than_another() -> None:
    """Five people with 80 customers each and 15 % churn: it covers more often than it says, as counts are binomial."""
    random, covered = np.random.default_rng(5), 0
    for _ in range(100):
        lost = random.binomial(80, 0.15, 5).tolist()
        charges = [one for owner, left in enumerate(lost) for one in customers(owner, left, 80)]
        covered += sum(
            one.ratio is not None and one.ratio.low <= 1 <= one.ratio.high for one in retention_by_owner(charges)
        )
    assert 0.95 <= covered / 500 <= 1
