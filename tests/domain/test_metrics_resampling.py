"""Intervals over customers: the bootstrap beside scipy's, the delta method beside the bootstrap, what they cover."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from scipy.stats import binom, bootstrap

from bot.domain.metrics.resampling import MOST_RESAMPLED, Sample, Sums, median, median_ranks, of_means, ratio

PAIRS = st.lists(st.tuples(st.integers(-50, 500), st.integers(0, 9)), min_size=1, max_size=25)


def skewed(n: int, seed: int) -> list[tuple[float, float]]:
    random = np.random.default_rng(seed)
    count = 1 + random.poisson(2, n)
    return list(zip((random.lognormal(3, 1, n) * count).tolist(), count.tolist(), strict=True))


@settings(max_examples=40)
@given(PAIRS)
def test_a_ratio_is_of_sums_and_lies_in_its_interval(pairs: list[tuple[int, int]]) -> None:
    found = ratio(Sample.of(pairs))
    bottom = sum(below for _, below in pairs)
    if not bottom:
        assert found is None
        return
    assert found is not None
    assert found.value == pytest.approx(sum(above for above, _ in pairs) / bottom)
    assert found.low <= found.value <= found.high
    assert found.n == len(pairs)
    assert ratio(Sample.of(pairs)) == found


def test_the_bootstrap_is_that_of_scipy() -> None:
    pairs = skewed(150, 1)
    theirs = bootstrap(
        tuple(np.array(pairs).T),
        lambda top, bottom, axis: top.sum(axis=axis) / bottom.sum(axis=axis),
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=4000,
        rng=np.random.default_rng(9),
    ).confidence_interval
    found = ratio(Sample.of(pairs))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), rel=0.03)


def test_few_whose_sums_are_skewed_are_covered_no_worse_than_by_resampling_as_many_each_time() -> None:
    random, n, rounds, covered = np.random.default_rng(3), 30, 300, np.zeros(2)
    drawn = np.array([np.bincount(each, minlength=n) for each in random.integers(0, n, (999, n))])
    for _ in range(rounds):
        tops = random.lognormal(3, 1, n)
        ours = ratio(Sample.of_columns(tops, np.ones(n)))
        assert ours is not None
        low, high = np.quantile(drawn @ tops / n, [0.025, 0.975])
        covered += [ours.low <= np.exp(3.5) <= ours.high, low <= np.exp(3.5) <= high]
    assert covered[0] >= covered[1] > 0.8 * rounds


def test_more_than_can_be_resampled_have_the_same_interval_from_their_sums() -> None:
    pairs = skewed(MOST_RESAMPLED, 2)
    whole = Sample.of(pairs)
    by_rows, by_sums = ratio(whole), ratio(Sample(whole.sums))
    assert by_rows is not None
    assert by_sums is not None
    assert by_sums.value == pytest.approx(by_rows.value)
    assert (by_sums.low, by_sums.high) == pytest.approx((by_rows.low, by_rows.high), rel=0.01)
    assert not Sample.of([*pairs, (1.0, 1.0)]).rows


def test_the_delta_method_covers_the_true_ratio_as_often_as_it_says() -> None:
    random, rounds, n = np.random.default_rng(4), 1000, 400
    bottoms = 1.0 + random.poisson(2, (rounds, n))
    tops = bottoms * random.gamma(2, 10, (rounds, n))
    products = (tops, bottoms, tops * tops, tops * bottoms, bottoms * bottoms)
    covered = 0
    for sums in np.array([each.sum(axis=1) for each in products]).T.tolist():
        found = ratio(Sample(Sums(n, *sums)))
        assert found is not None
        covered += found.low <= 20 <= found.high
    assert covered / rounds == pytest.approx(0.95, abs=0.02)


def test_of_nobody_there_is_nothing_and_of_one_no_width() -> None:
    assert of_means(Sample(), lambda top, bottom: top) is None
    alone = Sample.of([(6.0, 2.0)])
    for sample in (alone, Sample(alone.sums)):
        found = ratio(sample)
        assert found is not None
        assert (found.value, found.low, found.high, found.n) == (3, 3, 3, 1)


def test_draws_on_which_there_is_no_ratio_are_left_out() -> None:
    found = ratio(Sample.of([(0.0, 0.0), (4.0, 2.0)]))
    assert found is not None
    assert (found.value, found.low, found.high) == (2, 2, 2)


@pytest.mark.parametrize("n", [6, 25, 100, 999])
def test_the_interval_of_the_median_covers_it_at_least_as_often_as_it_says(n: int) -> None:
    middle, low, high = median_ranks(n)
    assert middle == (n - 1) // 2
    chance = binom(n, 0.5)
    covered = chance.cdf(high) - chance.cdf(low)  # of the true median lying between the two order statistics
    assert covered >= 0.93


def test_the_median_is_the_lower_of_the_middle_two() -> None:
    found = median([9.0, 1, 4, 3])
    assert found is not None
    assert (found.value, found.low, found.high, found.n) == (3, 1, 9, 4)
    assert median([]) is None
    with pytest.raises(ValueError, match="no middle"):
        median_ranks(0)
