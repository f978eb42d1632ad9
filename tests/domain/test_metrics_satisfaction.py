"""CES 2.0 and CSAT: the satisfied share, the mean, and scales that do not mix."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bot.domain.metrics.means import mean_score
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.satisfaction import satisfied
from bot.domain.touchpoints import Kind

histograms = st.dictionaries(st.integers(1, 7), st.integers(1, 300), min_size=1)


def test_ces_counts_five_to_seven() -> None:
    assert satisfied(Kind.CES, {4: 1, 5: 1, 6: 1, 7: 1}) == Share(3, 4)


def test_csat_counts_four_and_five() -> None:
    assert satisfied(Kind.CSAT, {3: 1, 4: 1, 5: 1}) == Share(2, 3)


def test_eight_satisfied_of_ten_may_be_half_or_nearly_all() -> None:
    estimate = proportion(satisfied(Kind.CSAT, {2: 2, 4: 3, 5: 5}))
    assert estimate is not None
    assert estimate.value == pytest.approx(0.8)
    assert estimate.low == pytest.approx(0.49, abs=0.005)
    assert estimate.high == pytest.approx(0.94, abs=0.005)


@pytest.mark.parametrize(("kind", "score"), [(Kind.CES, 0), (Kind.CES, 8), (Kind.CSAT, 0), (Kind.CSAT, 6)])
def test_answers_of_another_scale_are_refused(kind: Kind, score: int) -> None:
    with pytest.raises(ValueError, match="not on the scale of"):
        satisfied(kind, {score: 1})
    with pytest.raises(ValueError, match="not on the scale of"):
        mean_score(kind, {score: 1})


def test_no_answers_have_no_mean() -> None:
    assert mean_score(Kind.CES, {}) is None
    assert mean_score(Kind.CSAT, {5: 0}) is None


def test_the_mean_weighs_each_score_by_its_answers() -> None:
    mean = mean_score(Kind.CSAT, {1: 1, 5: 3})
    assert mean is not None
    assert mean.value == 4
    assert mean.n == 4


@given(histograms)
def test_the_mean_lies_inside_its_interval_and_on_the_scale(scores: dict[int, int]) -> None:
    mean = mean_score(Kind.CES, scores)
    assert mean is not None
    assert 1 <= mean.low <= mean.value <= mean.high <= 7


def test_five_people_of_one_mind_still_leave_doubt() -> None:
    mean = mean_score(Kind.CES, {7: 5})
    assert mean is not None
    assert mean.high == 7
    assert mean.low == pytest.approx(4.5, abs=0.1)


@pytest.mark.parametrize("n", [5, 20, 100])
@pytest.mark.parametrize("weights", [(1, 1, 1, 1, 1, 1, 1), (30, 5, 3, 2, 5, 15, 40), (1, 0, 0, 1, 3, 15, 80)])
def test_the_interval_covers_the_true_mean_as_often_as_promised(n: int, weights: tuple[int, ...]) -> None:
    shares = np.array(weights) / sum(weights)
    truth = float(shares @ np.arange(1, 8))
    draws = np.random.default_rng(20261122).multinomial(n, shares, size=2000).tolist()
    means = [mean_score(Kind.CES, dict(enumerate(draw, start=1))) for draw in draws]
    assert sum(mean is not None and mean.low <= truth <= mean.high for mean in means) / len(draws) >= 0.93
