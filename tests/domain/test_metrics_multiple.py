"""Benjamini and Hochberg's procedure beside statsmodels, and segments against the rest."""

from hypothesis import given, strategies as st
from statsmodels.stats.multitest import multipletests

from bot.domain.metrics.multiple import discoveries, unlike_the_rest
from bot.domain.metrics.proportions import Share


@given(st.lists(st.floats(0, 1), min_size=1, max_size=30), st.sampled_from([0.05, 0.1]))
def test_what_stands_is_what_stands_by_statsmodels(p_values: list[float], rate: float) -> None:
    theirs = multipletests(p_values, alpha=rate, method="fdr_bh")[0]
    assert discoveries(p_values, rate=rate) == tuple(theirs.tolist())


def test_the_example_of_benjamini_and_hochberg_rejects_four() -> None:
    """Section 3.1 of their paper: fifteen comparisons of myocardial infarction, at 5 %."""
    p_values = [
        0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590,
        1.0,
    ]  # fmt: skip
    assert sum(discoveries(p_values, rate=0.05)) == 4


def test_of_no_comparison_none_stands() -> None:
    assert discoveries([]) == ()
    assert unlike_the_rest({}) == frozenset()


def test_a_segment_that_loses_far_more_than_the_rest_is_found_and_the_others_are_not() -> None:
    segments = {f"plan {number}": Share(10 + number, 100) for number in range(5)}
    assert unlike_the_rest(segments) == frozenset()
    assert unlike_the_rest({**segments, "gold": Share(40, 100)}) == {"gold"}


def test_one_segment_has_no_rest_to_differ_from() -> None:
    assert unlike_the_rest({"all": Share(40, 100)}) == frozenset()
