"""Kaplan and Meier's curve and its quantiles, beside statsmodels."""

from math import inf

import pytest
from hypothesis import given, strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.survival import Spell, done_by, kaplan_meier, quantile

spells = st.lists(st.builds(Spell, st.integers(1, 30).map(float), st.booleans()), min_size=1, max_size=40)


@given(spells)
def test_the_curve_is_that_of_statsmodels(found: list[Spell]) -> None:
    theirs = SurvfuncRight([one.length for one in found], [int(one.over) for one in found])
    ours = {step.length: 1 - step.done for step in kaplan_meier(found)}
    assert ours == pytest.approx(dict(zip(theirs.surv_times.tolist(), theirs.surv_prob.tolist(), strict=True)))


@given(spells, st.sampled_from([0.5, 0.9]))
def test_a_quantile_lies_in_its_interval(found: list[Spell], share: float) -> None:
    value = quantile(kaplan_meier(found), share, n=len(found))
    if value is not None:
        assert value.low <= value.value <= value.high


def test_the_interval_of_the_median_is_that_of_statsmodels() -> None:
    lengths = [3.0, 5, 7, 8, 9, 10, 12, 13, 15, 16, 20, 25]
    over = [1, 1, 0, 1, 1, 1, 1, 0, 1, 1, 1, 0]
    theirs = SurvfuncRight(lengths, over)
    spells = [Spell(length, bool(done)) for length, done in zip(lengths, over, strict=True)]
    ours = quantile(kaplan_meier(spells), 0.5, n=12)
    assert ours is not None
    low, high = theirs.quantile_ci(0.5, method="cloglog")
    assert (ours.value, ours.low, ours.high) == (theirs.quantile(0.5), low, high)


def test_what_is_not_over_lengthens_the_wait_and_is_not_dropped() -> None:
    over = [Spell(float(hours), over=True) for hours in (1, 2, 3)]
    waiting = [Spell(50.0, over=False)] * 4
    done = quantile(kaplan_meier(over), 0.5, n=3)
    assert done is not None
    assert done.value == 2
    assert quantile(kaplan_meier(over + waiting), 0.5, n=7) is None


def test_an_end_that_has_not_come_yet_is_infinite() -> None:
    found = [Spell(1.0, over=True)] * 3 + [Spell(2.0, over=False)] * 2
    value = quantile(kaplan_meier(found), 0.5, n=5)
    assert value is not None
    assert (value.value, value.high) == (1.0, inf)


def test_nothing_over_makes_no_step() -> None:
    assert kaplan_meier([Spell(1.0, over=False)]) == ()


def test_what_is_over_by_a_length_is_the_last_step_before_it() -> None:
    steps = kaplan_meier([Spell(10.0, over=True)] * 5 + [Spell(40.0, over=False)] * 15)
    assert done_by(steps, 9.9, n=20) == proportion(Share(0, 20))
    later = done_by(steps, 30.0, n=20)
    assert later is not None
    assert later.value == pytest.approx(0.25)
    assert (later.low, later.high, later.n) == (steps[0].low, steps[0].high, 20)
    assert done_by((), 30.0, n=0) is None


def test_what_is_all_over_keeps_an_interval_that_says_how_many_it_is_of() -> None:
    steps = kaplan_meier([Spell(3.0, over=True)] * 18)
    found = done_by(steps, 30.0, n=18)
    assert found == proportion(Share(18, 18))
    assert found is not None
    assert found.low == pytest.approx(0.824, abs=5e-4)  # Wilson, as of statsmodels
