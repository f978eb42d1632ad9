"""NPS: bands, the adjusted Wald interval, and the difference of two."""

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st
from scipy.stats import norm

from bot.domain.metrics.estimates import Estimate
from bot.domain.metrics.nps import NpsCounts, answers_for_margin, nps, nps_difference, nps_test

bands = st.builds(NpsCounts, *[st.integers(0, 2000)] * 3).filter(lambda counts: counts.n > 0)


def _nps(counts: NpsCounts, population: int | None = None) -> Estimate:
    estimate = nps(counts, population)
    assert estimate is not None
    return estimate


def test_nine_and_ten_promote_and_a_six_detracts() -> None:
    one_of_each = dict.fromkeys(range(11), 1)
    assert NpsCounts.of(one_of_each) == NpsCounts(promoters=2, passives=2, detractors=7)
    assert NpsCounts.of({6: 3}) == NpsCounts(0, 0, 3)
    assert NpsCounts.of({7: 1, 8: 1}) == NpsCounts(0, 2, 0)
    assert NpsCounts.of({9: 4}) == NpsCounts(4, 0, 0)


@pytest.mark.parametrize("score", [-1, 11])
def test_a_score_off_the_scale_is_refused(score: int) -> None:
    with pytest.raises(ValueError, match="not on the scale of nps"):
        NpsCounts.of({score: 1})


def test_ten_promoters_five_passives_five_detractors_give_plus_25() -> None:
    estimate = _nps(NpsCounts(10, 5, 5))
    assert estimate.value == 25
    assert estimate.low == pytest.approx(-11.7, abs=0.05)
    assert estimate.high == pytest.approx(55.2, abs=0.05)
    assert estimate.n == 20


def test_five_promoters_are_no_proof_of_a_hundred() -> None:
    estimate = _nps(NpsCounts(5, 0, 0))
    assert estimate.value == 100
    assert estimate.low == pytest.approx(17.5, abs=0.05)
    assert estimate.high == 100


def test_no_answers_are_no_score() -> None:
    assert nps(NpsCounts(0, 0, 0)) is None


def test_ten_points_either_way_need_261_answers() -> None:
    assert answers_for_margin(NpsCounts(10, 5, 5), 10) == 261
    estimate = _nps(NpsCounts(131, 65, 65))
    assert estimate.high - estimate.low == pytest.approx(20, abs=0.05)


def test_a_margin_asked_of_no_answers_or_beyond_reach_is_refused() -> None:
    with pytest.raises(ValueError, match="without answers"):
        answers_for_margin(NpsCounts(0, 0, 0), 10)
    with pytest.raises(ValueError, match="more than 1000000 answers"):
        answers_for_margin(NpsCounts(10, 5, 5), 0.01)


@given(bands)
def test_the_interval_holds_the_point_and_stays_on_the_scale(counts: NpsCounts) -> None:
    estimate = _nps(counts)
    assert -100 <= estimate.low <= estimate.value <= estimate.high <= 100
    assert estimate.low < estimate.high


@given(bands)
def test_swapping_promoters_and_detractors_mirrors_the_score(counts: NpsCounts) -> None:
    estimate = _nps(counts)
    mirror = _nps(NpsCounts(counts.detractors, counts.passives, counts.promoters))
    assert (mirror.value, mirror.low, mirror.high) == pytest.approx((-estimate.value, -estimate.high, -estimate.low))


@given(bands)
def test_ten_times_the_answers_narrow_the_interval(counts: NpsCounts) -> None:
    tenfold = _nps(NpsCounts(10 * counts.promoters, 10 * counts.passives, 10 * counts.detractors))
    estimate = _nps(counts)
    assert tenfold.high - tenfold.low < estimate.high - estimate.low


@given(bands, st.integers(1, 1000))
def test_a_small_population_narrows_the_interval_and_a_census_closes_it(counts: NpsCounts, unasked: int) -> None:
    estimate, census = _nps(counts), _nps(counts, counts.n)
    corrected = _nps(counts, counts.n + unasked)
    assert census.high - census.low == pytest.approx(0, abs=1e-9)
    assert corrected.high - corrected.low <= estimate.high - estimate.low


def test_half_of_the_customers_asked_narrow_the_interval_by_the_correction() -> None:
    counts = NpsCounts(100, 50, 50)
    estimate, corrected = _nps(counts), _nps(counts, 400)
    ratio = (corrected.high - corrected.low) / (estimate.high - estimate.low)
    assert ratio == pytest.approx((200 / 399) ** 0.5, abs=0.005)


def test_a_difference_is_that_of_the_points_with_both_variances() -> None:
    difference = nps_difference(NpsCounts(60, 20, 20), NpsCounts(40, 30, 30))
    assert difference is not None
    assert difference.value == 30
    # By hand: the adjusted means .3883 and .0971, their variances .6404 and .6847 over 103, z = 1.96.
    assert difference.low == pytest.approx(6.89, abs=0.01)
    assert difference.high == pytest.approx(51.36, abs=0.01)


def test_a_difference_needs_answers_on_both_sides() -> None:
    assert nps_difference(NpsCounts(1, 0, 0), NpsCounts(0, 0, 0)) is None
    assert nps_difference(NpsCounts(0, 0, 0), NpsCounts(1, 0, 0)) is None


@given(bands, bands)
def test_a_difference_is_mirrored_when_the_periods_change_places(now: NpsCounts, before: NpsCounts) -> None:
    assume(now != before)
    forth, back = nps_difference(now, before), nps_difference(before, now)
    assert forth is not None
    assert back is not None
    assert (back.value, back.low, back.high) == pytest.approx((-forth.value, -forth.high, -forth.low))
    assert -200 <= forth.low <= forth.value <= forth.high <= 200


def test_two_extremes_differ_by_a_point_inside_their_interval() -> None:
    up, down = NpsCounts(5, 0, 0), NpsCounts(0, 0, 5)
    rise, fall = nps_difference(up, down), nps_difference(down, up)
    assert rise is not None
    assert fall is not None
    assert (rise.value, rise.high) == (200, 200)
    assert (fall.value, fall.low) == (-200, -200)


@given(bands)
def test_the_same_counts_twice_are_no_change(counts: NpsCounts) -> None:
    difference = nps_difference(counts, counts)
    assert difference is not None
    assert difference.value == 0
    assert difference.low < 0 < difference.high


@pytest.mark.parametrize("n", [5, 20, 100])
@pytest.mark.parametrize("shares", [(0.5, 0.25, 0.25), (0.7, 0.2, 0.1), (0.2, 0.3, 0.5)])
def test_the_interval_covers_the_true_score_as_often_as_promised(n: int, shares: tuple[float, float, float]) -> None:
    truth = 100 * (shares[0] - shares[2])
    draws = np.random.default_rng(20261122).multinomial(n, shares, size=4000).tolist()
    estimates = (_nps(NpsCounts(*draw)) for draw in draws)
    assert sum(each.low <= truth <= each.high for each in estimates) / len(draws) >= 0.93


@given(bands, bands)
def test_two_nps_differ_by_test_where_their_difference_leaves_out_zero(one: NpsCounts, other: NpsCounts) -> None:
    difference, p = nps_difference(one, other), nps_test(one, other)
    assert difference is not None
    assume(abs(p - 0.05) > 1e-9)
    drawn_out = difference.value in (difference.low, difference.high)
    assert drawn_out or (p < 0.05) is not (difference.low <= 0 <= difference.high)


def test_the_p_value_is_that_of_the_normal_distribution() -> None:
    """By hand: p' = (P + .75) / (n + 3), and z on the two variances (Rocks 2016)."""
    same = NpsCounts(100, 100, 100)
    assert nps_test(same, same) == pytest.approx(1)
    found = nps_test(NpsCounts(140, 100, 100), NpsCounts(100, 100, 100))
    first, second = ((n + 0.75) / (each + 3) for n, each in ((140, 340), (100, 300)))
    down = (100.75 / 343, 100.75 / 303)
    spread = [up + low - (up - low) ** 2 for up, low in ((first, down[0]), (second, down[1]))]
    z = (first - down[0] - (second - down[1])) / np.sqrt(spread[0] / 343 + spread[1] / 303)
    assert found == pytest.approx(2 * norm.sf(abs(z)))


def test_without_answers_there_is_no_test() -> None:
    with pytest.raises(ValueError, match="nothing to compare"):
        nps_test(NpsCounts(1, 0, 0), NpsCounts(0, 0, 0))
