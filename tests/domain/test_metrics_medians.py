"""The median against scipy's own quantile test, and what its interval promises."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import quantile_test

from bot.domain.metrics.medians import median_score

SCALE = (0, 100)


@given(st.lists(st.integers(0, 100), min_size=6, max_size=80))
def test_it_is_the_median_between_the_order_statistics_that_scipy_finds(scores: list[int]) -> None:
    found = median_score(Counter(scores), scale=SCALE)
    expected = quantile_test(scores, q=0, p=0.5).confidence_interval(0.95)
    assert found is not None
    assert found.value == np.median(scores)
    assert (found.low, found.high, found.n) == (expected.low, expected.high, len(scores))


def test_five_scores_leave_the_whole_scale_and_none_has_no_median() -> None:
    found = median_score({40: 2, 70: 3, 90: 0}, scale=SCALE)
    assert found is not None
    assert (found.value, found.low, found.high, found.n) == (70, 0, 100, 5)
    assert median_score({50: 0}, scale=SCALE) is None


@pytest.mark.parametrize("n", [10, 30, 100])
def test_the_interval_covers_the_median_of_a_skewed_crowd(n: int) -> None:
    crowd = np.random.default_rng(7).beta(5, 2, size=(2000, n)) * 100
    truth = float(np.round(np.median(np.random.default_rng(8).beta(5, 2, size=1_000_000) * 100)))
    found = [median_score(Counter(np.round(one).astype(int).tolist()), scale=SCALE) for one in crowd]
    assert np.mean([one.low <= truth <= one.high for one in found if one]) >= 0.95
