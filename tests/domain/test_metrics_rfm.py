"""RFM: who shares a score, which names there are, and from how many customers on."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from bot.domain.metrics.rfm import Bought, Cuts, Method, Segment, cuts, method, score, scores, segment

CUTS = Cuts(recency=(30, 90, 180, 365), frequency=(1, 2, 4, 8), monetary=(100, 200, 400, 800))


@pytest.mark.parametrize(
    ("n", "expected"),
    [(0, Method.RAW), (24, Method.RAW), (25, Method.THRESHOLDS), (499, Method.THRESHOLDS), (500, Method.FIFTHS)],
)
def test_so_many_customers_are_scored_so(n: int, expected: Method) -> None:
    assert method(n) is expected


@given(st.lists(st.integers(0, 40), min_size=1, max_size=200))
def test_equal_values_tie_and_more_never_scores_less(values: list[int]) -> None:
    borders = cuts(values, 5)
    found = [score(value, borders) for value in sorted(values)]
    assert found == sorted(found)
    assert set(found) <= {1, 2, 3, 4, 5}


def test_different_values_fall_into_fifths_of_one_size() -> None:
    values = list(range(1000))
    np.random.default_rng(1).shuffle(values)
    borders = cuts(values, 5)
    assert np.bincount([score(value, borders) for value in values]).tolist() == [0, 200, 200, 200, 200, 200]


def test_quarters_cut_so_that_the_best_are_a_quarter() -> None:
    assert cuts([1, 2, 3, 4, 5, 6, 7, 8], 4) == (2, 4, 6)


def test_nothing_cannot_be_cut() -> None:
    with pytest.raises(ValueError, match="cannot be cut"):
        cuts([], 5)


@pytest.mark.parametrize(
    ("bought", "expected_scores", "expected"),
    [
        (Bought(3, 20, 5000), (5, 5, 5), Segment.CHAMPIONS),
        (Bought(30, 1, 50), (5, 1, 1), Segment.NEW),
        (Bought(31, 1, 50), (4, 1, 1), Segment.NEW),
        (Bought(40, 2, 150), (4, 2, 2), Segment.PROMISING),
        (Bought(10, 3, 300), (5, 3, 3), Segment.LOYAL),
        (Bought(100, 20, 5000), (3, 5, 5), Segment.LOYAL),
        (Bought(100, 1, 50), (3, 1, 1), Segment.ATTENTION),
        (Bought(200, 3, 300), (2, 3, 3), Segment.AT_RISK),
        (Bought(400, 20, 5000), (1, 5, 5), Segment.CANNOT_LOSE),
        (Bought(900, 0, 0), (1, 1, 1), Segment.ASLEEP),
        (Bought(5, 1, 900), (5, 1, 5), Segment.LOYAL),
        (Bought(5, 2, 900), (5, 2, 5), Segment.CHAMPIONS),
    ],
)
def test_a_customer_has_this_name(bought: Bought, expected_scores: tuple[int, int, int], expected: Segment) -> None:
    assert scores(bought, CUTS) == expected_scores
    assert segment(bought, CUTS) is expected


def test_every_name_can_be_reached() -> None:
    found = {
        segment(Bought(recency, frequency, monetary), CUTS)
        for recency in (1, 31, 91, 181, 366)
        for frequency, monetary in ((1, 1), (2, 150), (3, 300), (5, 500), (9, 900))
    }
    assert found == set(Segment)
