"""Trials: planned before, read once, and not at all where the draw went wrong."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, strategies as st
from scipy.stats import chisquare
from statsmodels.stats.proportion import samplesize_proportions_2indep_onetail

from bot.domain.metrics.experiments import Reading, Standing, Trial, read_trial, sample_size
from bot.domain.metrics.proportions import Share, is_fair_split, proportion_difference

TRIAL = Trial(treated=Share(30, 180), control=Share(5, 20), share=0.9, planned=200)


def test_before_the_planned_number_was_followed_nothing_is_said() -> None:
    early = replace(TRIAL, treated=Share(90, 179))
    assert read_trial(early) == Reading(Standing.LOCKED)
    assert read_trial(TRIAL) == Reading(Standing.READY, proportion_difference(TRIAL.treated, TRIAL.control))


def test_without_anybody_on_one_side_there_is_nothing_to_read() -> None:
    nobody = replace(TRIAL, treated=Share(0, 0), control=Share(0, 0), planned=0)
    assert read_trial(nobody) == Reading(Standing.LOCKED)


def test_groups_that_cannot_come_of_the_draw_void_a_trial() -> None:
    assert read_trial(replace(TRIAL, control=Share(5, 45), planned=1000)) == Reading(Standing.VOID)


@given(st.integers(1, 2000), st.integers(1, 2000), st.sampled_from([0.5, 0.9, 0.25]))
def test_a_split_is_fair_as_the_chi_square_has_it(first: int, second: int, share: float) -> None:
    both = first + second
    theirs = chisquare([first, second], [share * both, (1 - share) * both]).pvalue
    if abs(theirs - 0.001) > 1e-6:
        assert is_fair_split(first, second, share=share) is bool(theirs > 0.001)


@pytest.mark.parametrize(
    ("base", "other", "ratio"), [(0.1, 0.2, 1.0), (0.3, 0.25, 1.0), (0.1, 0.2, 9.0), (0.05, 0.2, 0.25)]
)
def test_the_number_needed_is_that_of_statsmodels(base: float, other: float, ratio: float) -> None:
    theirs = samplesize_proportions_2indep_onetail(base - other, other, 0.8, ratio=ratio, alpha=0.05)
    assert sample_size(base, other, ratio=ratio) == pytest.approx(theirs, abs=1)


def test_to_tell_ten_percent_from_twenty_takes_two_hundred_each() -> None:
    """Fleiss, Levin and Paik (2003), table A.4 without its continuity correction."""
    assert sample_size(0.1, 0.2) == 199


def test_a_difference_of_nothing_takes_no_number() -> None:
    with pytest.raises(ValueError, match="nothing"):
        sample_size(0.1, 0.1)


def test_the_number_needed_shows_the_difference_four_times_in_five() -> None:
    random, each = np.random.default_rng(7), sample_size(0.1, 0.2)
    treated, control = random.binomial(each, 0.2, 600).tolist(), random.binomial(each, 0.1, 600).tolist()
    found = [
        read_trial(Trial(treated=Share(one, each), control=Share(other, each), share=0.5, planned=2 * each))
        for one, other in zip(treated, control, strict=True)
    ]
    shown = sum(one.difference is not None and one.difference.low > 0 for one in found)
    assert 0.75 <= shown / 600 <= 0.85
