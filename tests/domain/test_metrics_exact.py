"""Fisher's exact test against his own examples, and against scipy's."""

import pytest
from hypothesis import given, strategies as st
from scipy.stats import fisher_exact

from bot.domain.metrics.exact import fisher
from bot.domain.metrics.proportions import Share


def test_the_lady_tasting_tea_might_have_guessed() -> None:
    """Fisher, "The Design of Experiments" (1935), chapter II: three of four cups right; both sides, 34 in 70."""
    assert fisher(Share(3, 4), Share(1, 4)) == pytest.approx(34 / 70)


def test_the_twins_of_criminals() -> None:
    """Fisher, "The Logic of Inductive Inference" (1935): 10 of 13 against 2 of 17; R's fisher.test gives .0005367."""
    assert fisher(Share(10, 13), Share(2, 17)) == pytest.approx(0.0005367241)


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 3000)), min_size=2, max_size=2))
def test_the_p_value_is_that_of_scipy(shares: list[tuple[int, int]]) -> None:
    one, other = (Share(part, part + rest) for part, rest in shares)
    table = [[part, rest] for part, rest in shares]
    assert fisher(one, other) == pytest.approx(fisher_exact(table).pvalue, rel=1e-6)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Share(41_000, 100_000), Share(163_000, 400_000)),
        (Share(2_600, 600_000), Share(500, 100_000)),
        (Share(390_000, 400_000), Share(10_000, 10_300)),
    ],
)
def test_of_very_many_only_the_tables_are_looked_at_that_can_be(one: Share, other: Share) -> None:
    table = [[each.part, each.whole - each.part] for each in (one, other)]
    assert fisher(one, other) == pytest.approx(fisher_exact(table).pvalue, rel=1e-6, abs=0)


def test_what_can_as_well_as_never_be_by_chance_has_no_chance() -> None:
    assert fisher(Share(90_000, 100_000), Share(10_000, 100_000)) == 0
    assert fisher(Share(10_000, 100_000), Share(90_000, 100_000)) == 0
