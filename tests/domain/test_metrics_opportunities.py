"""Opportunities: shrunk churn, its interval, and the order by what is surely at stake."""

from dataclasses import replace
from math import hypot
from statistics import NormalDist

import numpy as np
import pytest
from scipy.stats import beta

from bot.domain.metrics.opportunities import Opportunities, Segment, opportunities, prior_weight, shrunk
from bot.domain.metrics.proportions import Share


def segment(name: str, lost: int, whole: int, value: int = 1_000_000) -> Segment:
    return Segment(name=name, lost=Share(lost, whole), value_minor=value)


def test_a_small_segment_is_drawn_to_the_whole_more_than_a_large_one() -> None:
    segments = [segment("small", 5, 10), segment("large", 200, 400), segment("rest", 50, 500)]
    found = {one.segment.name: one for one in opportunities(segments).found}
    assert found["small"].churn.value < found["large"].churn.value < 0.5
    assert found["small"].churn.low < found["large"].churn.low


def test_the_surest_loss_comes_first_and_not_the_largest_guess() -> None:
    segments = [segment("sure", 150, 300), segment("guess", 6, 10, 4_000_000), segment("rest", 100, 700)]
    found = opportunities(segments).found
    assert [one.segment.name for one in found] == ["sure", "guess", "rest"]
    assert found[0].at_stake.low > 0
    assert found[1].at_stake.value > found[0].at_stake.value > 0 > found[2].at_stake.value
    assert [(one.is_unlike, one.is_sure) for one in found] == [(True, True), (False, False), (True, False)]


def test_a_segment_of_under_thirty_is_never_sure() -> None:
    many = [segment(f"{n}", 5, 100) for n in range(5)]
    assert [opportunities([segment("all", n, n), *many]).found[0].is_sure for n in (29, 30)] == [False, True]
    assert not any(
        one.is_unlike for one in opportunities([segment("all", 29, 29), *many]).found if one.segment.name == "all"
    )


def test_what_chance_explains_is_no_opportunity() -> None:
    found = opportunities([segment("a", 21, 100), segment("b", 20, 100), segment("c", 19, 100)])
    assert found == Opportunities(lost=Share(60, 300), looked_at=3)


def test_a_segment_of_under_five_is_not_looked_at() -> None:
    found = opportunities([segment("few", 4, 4), segment("a", 5, 50), segment("b", 40, 50)])
    assert ([one.segment.name for one in found.found], found.lost, found.looked_at) == (["b", "a"], Share(45, 100), 2)
    assert opportunities([segment("few", 4, 4)]) == Opportunities(lost=Share(0, 0), looked_at=0)


def test_one_segment_alone_has_nothing_to_stand_out_from() -> None:
    assert opportunities([segment("all", 5, 50)]) == Opportunities(lost=Share(5, 50), looked_at=1)


@pytest.mark.parametrize("lost", [0, 10])
def test_where_none_or_all_left_no_segment_stands_out(lost: int) -> None:
    assert opportunities([segment("a", lost, 10), segment("b", lost, 10)]).found == ()


def test_where_each_segment_lost_all_or_none_the_draw_to_the_whole_is_the_least() -> None:
    first, last = opportunities([segment("a", 50, 50), segment("b", 0, 50)]).found
    assert first.churn.value > 0.98
    assert last.churn.value < 0.02


def test_what_the_value_may_be_off_by_widens_what_is_at_stake() -> None:
    """By Zou and Donner (2008): each end is as far away as both errors together, at a right angle."""
    rest, sure = segment("rest", 100, 1000), segment("a", 40, 100)
    unsure = replace(sure, value_error=300_000.0)
    known, guessed = (opportunities([rest, one]).found[0].at_stake for one in (sure, unsure))
    off = NormalDist().inv_cdf(0.975) * 300_000 * known.value / 1_000_000
    assert guessed.value == known.value
    assert known.value - guessed.low == pytest.approx(hypot(known.value - known.low, off))
    assert guessed.high - known.value == pytest.approx(hypot(known.high - known.value, off))


def test_the_posterior_is_that_of_a_beta_prior() -> None:
    found, posterior = shrunk(Share(8, 20), 0.2, 10), beta(2 + 8, 8 + 12)
    assert (found.value, found.low, found.high) == pytest.approx((10 / 30, *posterior.interval(0.95)))


def test_the_prior_is_found_again_by_its_moments() -> None:
    """Thousands of segments drawn from a prior that weighs twenty customers, of whom half are counted on."""
    random = np.random.default_rng(4)
    lost = random.binomial(100, random.beta(4, 16, 4000)).tolist()
    assert prior_weight([Share(one, 100) for one in lost]) == pytest.approx(10, rel=0.05)


@pytest.mark.parametrize("count", [5, 20])
def test_the_intervals_cover_the_true_churn_of_segments_about_as_often_as_they_say(count: int) -> None:
    random, sizes, covered, told = np.random.default_rng(2026), np.array([20, 50, 100, 200, 400] * 4)[:count], 0, 0
    for _ in range(150):
        churn = random.beta(4, 16, count)
        shares = [Share(*each) for each in zip(random.binomial(sizes, churn).tolist(), sizes.tolist(), strict=True)]
        prior, reference = prior_weight(shares), sum(one.part for one in shares) / sum(sizes.tolist())
        if prior is not None:
            found = [shrunk(one, reference, prior) for one in shares]
            covered += sum(one.low <= true <= one.high for one, true in zip(found, churn.tolist(), strict=True))
            told += count
    assert 0.91 <= covered / told <= 0.97
