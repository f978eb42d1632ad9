"""Cox's model beside statsmodels, and the questions that it has no finite answer to."""

import numpy as np
import pytest
from hypothesis import assume, given, settings, strategies as st
from statsmodels.duration.hazard_regression import PHReg

from bot.domain.metrics.cox import CoxError, CoxRefusal, hazard_ratios
from bot.domain.metrics.estimates import Z
from bot.domain.metrics.survival import Spell

ONE = "everybody"


def drawn(seed: int, people: int, effect: tuple[float, float]) -> tuple[list[Spell], dict[str, list[float]], list[str]]:
    """Exponential lives in whole days, so that many leave on one day, watched for 90; two strata of unlike hazards."""
    random = np.random.default_rng(seed)
    unhappy, value = random.integers(0, 2, people).astype(float), random.normal(0, 1, people)
    gold = random.random(people) < 0.3
    hazards = 0.006 * np.exp(unhappy * effect[0] + value * effect[1]) * np.where(gold, 0.3, 1.0)
    lengths = np.ceil(random.exponential(1 / hazards))
    spells = [Spell(min(length, 90.0), bool(length <= 90)) for length in lengths.tolist()]
    return spells, {"unhappy": unhappy.tolist(), "value": value.tolist()}, ["gold" if one else "" for one in gold]


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(30, 150))
def test_the_ratios_and_their_intervals_are_those_of_statsmodels(seed: int, people: int) -> None:
    spells, factors, strata = drawn(seed, people, (0.7, -0.4))
    assume(sum(one.over for one in spells) > 8)
    ours = hazard_ratios(spells, factors, strata)
    lengths, over = np.array([one.length for one in spells]), np.array([float(one.over) for one in spells])
    design = np.column_stack(list(factors.values()))
    theirs = PHReg(lengths, design, status=over, strata=np.array(strata), ties="efron").fit()
    for place, one in enumerate(ours.values()):
        reach = Z * theirs.bse[place]
        wanted = np.exp([theirs.params[place], theirs.params[place] - reach, theirs.params[place] + reach])
        assert (one.value, one.low, one.high) == pytest.approx(tuple(wanted), rel=1e-4)
        assert one.n == people


def test_the_leukaemia_trial_gives_the_published_ratio() -> None:
    """Weeks of remission of Freireich et al. (1963), 6-MP against placebo, the example of Cox (1972).

    R's survival prints a coefficient of 1.5721 with an error of 0.4124 for it, by Efron's ties.
    """
    treated = [6, 6, 6, 6, 7, 9, 10, 10, 11, 13, 16, 17, 19, 20, 22, 23, 25, 32, 32, 34, 35]
    relapsed = [1, 1, 1, 0, 1, 0, 1, 0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0, 0, 0, 0]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    spells = [Spell(float(weeks), bool(over)) for weeks, over in zip(treated, relapsed, strict=True)]
    spells += [Spell(float(weeks), over=True) for weeks in placebo]
    found = hazard_ratios(spells, {"placebo": [0.0] * 21 + [1.0] * 21}, [ONE] * 42)["placebo"]
    assert np.log(found.value) == pytest.approx(1.5721, abs=1e-4)
    assert (np.log(found.high) - np.log(found.low)) / 2 / Z == pytest.approx(0.4124, abs=1e-4)


def test_the_interval_covers_the_true_ratio_as_often_as_it_says() -> None:
    covered, rounds = 0, 200
    for seed in range(rounds):
        spells, factors, strata = drawn(seed, 150, (0.7, -0.4))
        found = hazard_ratios(spells, factors, strata)["unhappy"]
        covered += found.low <= np.exp(0.7) <= found.high
    assert 0.91 <= covered / rounds <= 0.99


def test_a_step_that_would_go_too_far_is_halved() -> None:
    """With one far outlier Newton's whole step makes this likelihood smaller."""
    lengths = [9.0, 1, 6, 10, 3, 6, 6, 2, 6, 11, 9]
    over = [0.0, 1, 1, 1, 1, 1, 1, 0, 1, 1, 0]
    factor = [0.9, 2.5, -0.4, 0.7, -268.1, 2.6, 2.1, 0.7, 3.3, -0.2, 0.8]
    spells = [Spell(length, bool(left)) for length, left in zip(lengths, over, strict=True)]
    found = hazard_ratios(spells, {"one": factor}, [ONE] * 11)["one"]
    theirs = PHReg(np.array(lengths), np.array(factor)[:, None], status=np.array(over), ties="efron").fit()
    assert np.log(found.value) == pytest.approx(theirs.params[0], rel=1e-3)


def test_a_factor_that_decides_perfectly_is_named_and_gets_no_number() -> None:
    spells = [Spell(float(day), over=True) for day in range(1, 21)] + [Spell(90.0, over=False)] * 30
    factors = {"value": [float(number % 7) for number in range(50)], "unhappy": [1.0] * 20 + [0.0] * 30}
    with pytest.raises(CoxError) as caught:
        hazard_ratios(spells, factors, [ONE] * 50)
    assert (caught.value.refusal, caught.value.factor) == (CoxRefusal.SEPARATED, "unhappy")


def test_a_group_of_whom_nobody_left_has_no_ratio_either() -> None:
    spells = [Spell(float(day), over=day % 2 == 0) for day in range(1, 41)] + [Spell(90.0, over=False)] * 10
    with pytest.raises(CoxError, match="separated silent"):
        hazard_ratios(spells, {"silent": [0.0] * 40 + [1.0] * 10}, [ONE] * 50)


def test_factors_that_say_the_same_or_nothing_cannot_be_told_apart() -> None:
    spells = [Spell(float(day), over=day % 2 == 0) for day in range(1, 41)]
    some = [float(number % 3) for number in range(40)]
    with pytest.raises(CoxError) as caught:
        hazard_ratios(spells, {"one": some, "twice": [2 * each for each in some]}, [ONE] * 40)
    assert (caught.value.refusal, caught.value.factor) == (CoxRefusal.INDISTINCT, "")
    with pytest.raises(CoxError) as caught:
        hazard_ratios(spells, {"one": some, "nothing": [1.0] * 40}, [ONE] * 40)
    assert (caught.value.refusal, caught.value.factor) == (CoxRefusal.INDISTINCT, "nothing")


def test_where_nobody_left_nothing_can_be_told() -> None:
    with pytest.raises(CoxError, match="indistinct"):
        hazard_ratios([Spell(90.0, over=False)] * 10, {"one": [float(each) for each in range(10)]}, [ONE] * 10)
