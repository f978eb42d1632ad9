"""Revenue kept, cohorts, lifetime value and price increases: each against numbers worked out by hand."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from bot.domain.metrics.churn import yearly_churn
from bot.domain.metrics.cohorts import cohorts, known_after, together
from bot.domain.metrics.lifetime_value import Horizon, lifetime_value, monthly_churn
from bot.domain.metrics.prices import Renewal, price_increase
from bot.domain.metrics.proportions import Share, proportion, share_among
from bot.domain.metrics.resampling import Sample
from bot.domain.metrics.revenue_churn import Move, retention, samples

MILLION = 1_000_000
MOVES = st.lists(st.builds(Move, st.integers(-5, 100), st.integers(-20, 300)), max_size=25)


def test_revenue_that_grows_hides_no_loss() -> None:
    """100 + 100 + 200 at the start; one leaves, one shrinks by 50, one grows by 150, and one is new."""
    found = retention(samples([Move(100, 0), Move(100, 50), Move(200, 350), Move(0, 999)]))
    assert found.gross is not None
    assert found.net is not None
    assert found.churn is not None
    assert found.lost is not None
    values = (found.gross.value, found.net.value, found.churn.value, found.lost.value)
    assert values == pytest.approx((0.625, 1.0, 0.375, 0.25))
    assert {each.n for each in (found.gross, found.net, found.churn, found.lost)} == {3}


@settings(max_examples=40)
@given(MOVES)
def test_gross_retention_is_a_share_and_net_is_never_below_it(moves: list[Move]) -> None:
    found = retention(samples(moves))
    if found.gross is None or found.net is None or found.churn is None or found.lost is None:
        assert not any(move.before > 0 for move in moves)
        return
    for share in (found.gross, found.churn, found.lost):
        assert 0 <= share.low <= share.value <= share.high <= 1
    assert found.gross.value + found.churn.value == pytest.approx(1)
    assert found.net.value >= found.gross.value - 1e-12
    assert found.lost.value <= found.churn.value + 1e-12
    assert found.net.low >= 0


def test_the_cut_of_an_interval_from_sums_alone_is_kept() -> None:
    random = np.random.default_rng(1)
    kept = random.random(3000) > 0.001
    found = retention(samples(Move(10.0, 10.0 * one) for one in kept))
    assert found.gross is not None
    assert found.gross.high <= 1


def test_cohorts_end_where_time_does() -> None:
    rows = cohorts([10, 4, 6], {(0, 1): 5, (0, 2): 3, (1, 1): 2}, last_is_over=False)
    assert [[(cell.after, cell.counts, cell.so_far) for cell in row.cells] for row in rows] == [
        [(1, Share(5, 10), False), (2, Share(3, 10), True)],
        [(1, Share(2, 4), True)],
        [],
    ]
    assert rows[0].cells[0].estimate == proportion(Share(5, 10))
    assert rows[1].cells[0].estimate is None  # under five
    assert together(rows, 1) == Share(5, 10)  # the month of the second cohort is not over


@settings(max_examples=40)
@given(st.lists(st.sets(st.integers(0, 5), min_size=1), max_size=20), st.integers(1, 4), st.booleans())
def test_customers_one_by_one_make_up_what_their_cohorts_say(
    bought: list[set[int]], after: int, last_is_over: bool
) -> None:
    visits = dict(enumerate(bought))
    came = [min(months) for months in bought]
    active = Counter((first, month - first) for first, months in zip(came, bought, strict=True) for month in months)
    whole = together(cohorts([came.count(month) for month in range(6)], active, last_is_over=last_is_over), after)
    sets = known_after(visits, after, over=5 + last_is_over)
    some, others = range(0, 20, 3), [one for one in visits if one % 3]
    parts = [share_among(each, *sets) for each in (some, others)]
    assert Share(sum(one.part for one in parts), sum(one.whole for one in parts)) == whole


def test_a_month_that_is_over_counts_in_full() -> None:
    rows = cohorts([10, 6], {(0, 1): 5}, last_is_over=True)
    assert not rows[0].cells[0].so_far
    assert together(rows, 1) == Share(5, 10)


def test_four_million_a_month_for_twelve_months_are_forty_eight() -> None:
    found = lifetime_value(Sample.of([(4 * MILLION * 3, 0)] * 30), 3, Horizon(months=12))
    assert found is not None
    assert (found.value.value, found.value.n, found.months, found.assumed) == (48 * MILLION, 30, 12, True)
    assert (found.margin, found.discounted) == (None, None)


def test_churn_shortens_a_life_to_its_mean_and_the_horizon_cuts_it() -> None:
    """One in ten a month: 10 months on average without an end, 1-.9^36 of that within 36."""
    spent = Sample.of([(3.0, 1.0)] * 271 + [(3.0, 0.0)] * 729)  # three months lose 27.1 % at 10 % a month
    found = lifetime_value(spent, 3, Horizon(months=36, margin=0.4, discount=0.12))
    assert found is not None
    assert found.margin is not None
    assert found.discounted is not None
    assert found.months == pytest.approx(10 * (1 - 0.9**36))
    assert not found.assumed
    assert found.value.value == pytest.approx(found.months)
    assert found.margin.value == pytest.approx(0.4 * found.months)
    factor = 0.9 / 1.12 ** (1 / 12)
    assert found.discounted.value == pytest.approx(0.4 * (1 - factor**36) / (1 - factor))
    assert found.value.low < found.value.value < found.value.high
    assert lifetime_value(Sample(), 3, Horizon()) is None


def test_revenue_of_today_s_worth_stands_beside_revenue_where_no_margin_is_known() -> None:
    found = lifetime_value(Sample.of([(3.0, 0.0)] * 10), 3, Horizon(months=24, discount=0.1))
    assert found is not None
    assert found.margin is None
    assert found.discounted is not None
    assert found.discounted.value == pytest.approx(sum(1.1 ** (-month / 12) for month in range(24)))


def test_where_everybody_leaves_a_life_lasts_one_month_also_by_sums_alone() -> None:
    sample = Sample.of([(5.0, 1.0)] * 40)
    for each in (sample, Sample(sample.sums)):
        found = lifetime_value(each, 1, Horizon())
        assert found is not None
        assert (found.value.value, found.months) == pytest.approx((5.0, 1.0))


def test_the_churn_of_a_month_adds_up_to_that_of_the_window() -> None:
    assert yearly_churn(monthly_churn(0.4596, 12)) == pytest.approx(0.4596)


def test_a_price_increase_is_weighed_by_value() -> None:
    free = Renewal(4, 0, 50)
    found = price_increase(
        [Renewal(1, 100, 120), Renewal(1, 120, 120), Renewal(2, 800, 800), Renewal(3, 100, 80), free],
        [Renewal(1, 100, 110), Renewal(2, 100, 100), Renewal(3, 100, 90, stayed=False), free],
    )
    assert found.increase is not None
    assert found.increase.value == pytest.approx((20 + 0 + 0 - 20) / (100 + 120 + 800 + 100))
    assert found.increase.n == 3
    assert found.raised == Share(1, 4)
    assert found.raised_share == proportion(Share(1, 4))
    assert found.stayed == (Share(1, 1), Share(1, 2))
    assert found.difference is not None
    assert found.difference.value == 0.5


def test_without_renewals_there_is_no_increase() -> None:
    found = price_increase([], [])
    assert (found.increase, found.raised_share, found.difference) == (None, None, None)
