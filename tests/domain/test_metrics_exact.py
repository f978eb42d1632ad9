"""Fisher's exact test against his own examples, and against scipy's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
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
