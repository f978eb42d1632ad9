"""Holding the score against what happened, and learning weights from it."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
import statsmodels.api as sm

from bot.domain.health import Colour
from bot.domain.health_validation import (
    Landmark,
    Observed,
    TooFewError,
    Validation,
    learn_weights,
    reweighted,
    validate,
)
from bot.domain.measures import Measure
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.weighting import nonnegative_weights
from bot.domain.rules import HealthRules

AT = datetime(2026, 8, 22, tzinfo=UTC)
RULES = HealthRules()
PRESENT = {Measure.TREND: 10.0, Measure.FREQUENCY: 10.0, Measure.RECENCY: 0.0, Measure.SURVEY: 20.0}


def someone(score: float | None, colour: Colour, *, left: bool, **scores: float) -> Observed:
    known = {Measure(name): value for name, value in scores.items()}
    return Observed(score=score, colour=colour, scores=known, frequency=1.0, recency=10.0, left=left)


def crowd(red: int = 40, yellow: int = 20, green: int = 5, size: int = 100) -> list[Observed]:
    """So many of each colour leave, of `size` each."""
    made = [(Colour.RED, 30.0, red), (Colour.YELLOW, 60.0, yellow), (Colour.GREEN, 90.0, green)]
    return [
        someone(score, colour, left=number < leaving, frequency=score)
        for colour, score, leaving in made
        for number in range(size)
    ]


def held(observed: list[Observed]) -> Validation:
    return validate(Landmark(at=AT, observed=observed), RULES)


def test_churn_is_counted_by_colour_and_the_worst_tenth_is_lifted() -> None:
    found = held([*crowd(), someone(None, Colour.GREY, left=True)])
    assert (found.everybody, found.left_out) == (Share(65, 300), 1)
    assert found.colours[Colour.RED] == Share(40, 100)
    assert found.colours[Colour.GREY] == Share(0, 0)
    assert found.is_monotone
    assert found.worst_tenth == Share(30, 30)
    assert found.lift == pytest.approx(300 / 65)


def test_colours_that_do_not_rank_are_told_from_those_that_do() -> None:
    assert not held(crowd(red=20, yellow=40)).is_monotone
    assert held([one for one in crowd() if one.colour is not Colour.YELLOW]).is_monotone


def test_the_score_stands_beside_frequency_and_recency_alone() -> None:
    observed = [replace(one, frequency=one.score, recency=5.0) for one in crowd()]
    score, frequency, recency = held(observed).predictors
    assert (score.name, frequency.name, recency.name) == ("the score", "frequency alone", "recency alone")
    assert score.behind is None
    assert frequency.behind is not None
    assert frequency.behind.value == 0
    assert recency.auc.value == 0.5
    assert recency.behind is not None
    assert recency.behind.low > 0


def test_who_never_bought_is_in_neither_simple_number() -> None:
    observed = [replace(one, frequency=None, recency=None) for one in crowd()]
    assert [one.name for one in held(observed).predictors] == ["the score"]


@pytest.mark.parametrize("leaving", [29, 71])
def test_under_thirty_on_either_side_nothing_is_said(leaving: int) -> None:
    observed = [someone(30.0, Colour.RED, left=number < leaving) for number in range(100)]
    with pytest.raises(TooFewError, match="nothing can be said"):
        held(observed)


def test_other_weights_give_another_score_and_another_colour_to_the_same_people() -> None:
    one = someone(50.0, Colour.RED, left=False, trend=0.0, frequency=100.0)
    assert reweighted(one, {Measure.TREND: 1, Measure.FREQUENCY: 3}) == 75.0
    assert reweighted(one, {Measure.SURVEY: 3}) == 50.0
    people = [someone(40.0, Colour.RED, left=n < 40, trend=100.0 if n >= 50 else 0.0) for n in range(100)]
    found = validate(Landmark(at=AT, observed=people), RULES, weights={Measure.TREND: 1})
    assert (found.colours[Colour.RED], found.colours[Colour.GREEN]) == (Share(40, 50), Share(0, 50))
    present = next(each for each in found.predictors if each.name == "the present weights")
    assert present.auc.value == 0.5
    assert present.behind is not None
    assert present.behind.low > 0


def drawn(seed: int, people: int = 1500) -> list[Observed]:
    """Who buys more stays longer; the trend says nothing, and recency speaks for leaving."""
    random = np.random.default_rng(seed)
    trend, frequency, recency = random.uniform(0, 100, (3, people))
    chance = 1 / (1 + np.exp(0.03 * (frequency - 50) - 0.02 * (recency - 50) + 0.8))
    left = random.random(people) < chance
    return [
        someone(
            50.0, Colour.RED, left=bool(left[n]), trend=float(trend[n]), frequency=float(frequency[n]),
            recency=float(recency[n]),
        )
        for n in range(people)
    ]  # fmt: skip


def test_weights_go_to_what_tells_and_never_below_nothing() -> None:
    learned = learn_weights([Landmark(at=AT, observed=drawn(1))], PRESENT)
    assert learned[Measure.FREQUENCY] > 15
    assert learned[Measure.RECENCY] == 0
    assert learned[Measure.TREND] < 5
    assert sum(learned.values()) == pytest.approx(40, abs=0.2)


def test_what_too_few_have_keeps_its_weight() -> None:
    observed = drawn(1)
    few = [replace(one, scores={**one.scores, Measure.SURVEY: 90.0}) for one in observed[:149]] + observed[149:]
    assert learn_weights([Landmark(at=AT, observed=few)], PRESENT)[Measure.SURVEY] == 20.0
    some = [replace(one, scores={**one.scores, Measure.SURVEY: 90.0}) for one in observed[:150]] + observed[150:]
    assert learn_weights([Landmark(at=AT, observed=some)], PRESENT)[Measure.SURVEY] != 20.0


def test_weights_cannot_be_learned_from_too_few() -> None:
    with pytest.raises(TooFewError) as caught:
        learn_weights([Landmark(at=AT, observed=crowd(red=10, yellow=0, green=0))], PRESENT)
    assert (caught.value.left, caught.value.n) == (10, 300)


def test_where_all_weights_are_free_to_be_positive_they_are_those_of_statsmodels() -> None:
    random = np.random.default_rng(3)
    scores = random.uniform(-1, 1, (4000, 2))
    controls = random.integers(0, 2, (4000, 1)).astype(float)
    stayed = random.random(4000) < 1 / (1 + np.exp(-(0.5 + scores @ [1.5, 0.7] - 0.4 * controls[:, 0])))
    oracle = sm.Logit(stayed.astype(float), sm.add_constant(np.column_stack([controls, scores]))).fit(disp=0)
    found = nonnegative_weights(scores, controls, stayed)
    assert found == pytest.approx(oracle.params[-2:], abs=0.02)  # the ridge is the difference
