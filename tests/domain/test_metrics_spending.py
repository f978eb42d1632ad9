"""What customers spent in the periods of a page, from one row a customer and stretch."""

from datetime import UTC, datetime

import pytest

from bot.domain.metrics.resampling import Sums
from bot.domain.metrics.spending import Lives, Spending
from bot.domain.periods import parse_period, previous
from bot.domain.standings import add_to

NOW = parse_period("30d", now=datetime(2026, 11, 20, 3, tzinfo=UTC), timezone="Asia/Ho_Chi_Minh")
BEFORE = previous(NOW)
MIDDLE = datetime(2026, 11, 1, tzinfo=UTC)
EDGES = (BEFORE.start, NOW.start, MIDDLE, NOW.end)
ROWS = [(7, 0, 100.0, 1), (7, 1, 40.0, 1), (7, 2, 20.0, 2), (9, 0, 50.0, 1), (3, 2, 0.0, 0), (9, 1, -5.0, 0)]


def test_a_period_is_the_sum_of_its_stretches_for_each_customer_in_the_order_of_their_numbers() -> None:
    spent = Spending(EDGES, ROWS).within(NOW)
    assert spent.minor.tolist() == [0, 60, -5]
    assert spent.sales.tolist() == [0, 3, 0]
    assert (spent.customers, spent.squares) == (3, 60**2 + 5**2)
    assert spent.deals().rows == [(0, 0), (60, 3), (-5, 0)]
    assert spent.visits().rows == [(0, 1), (3, 1), (0, 1)]
    assert Spending(EDGES, ROWS).within(BEFORE).deals().rows == [(100, 1), (50, 1)]


def test_moves_are_of_those_who_had_spent_something_before() -> None:
    found = Spending(EDGES, ROWS).moves(BEFORE, NOW)
    assert found.kept.rows == [(60, 100), (0, 50)]
    assert found.lost.rows == [(0, 100), (50, 50)]


def test_who_spent_nothing_counts_where_all_are_asked_for() -> None:
    spent = Spending(EDGES, ROWS).within(NOW)
    assert spent.of_all(5).rows == [(0, 1), (60, 1), (-5, 1), (0, 1), (0, 1)]
    assert spent.of_all(2).sums.n == 3
    many = spent.of_all(5000)
    assert (many.rows, many.sums) == ((), Sums(5000, 55, 5000, 60**2 + 5**2, 55, 5000))


def test_what_is_spent_here_stands_beside_what_the_same_customers_spend_there() -> None:
    helped = Spending(EDGES, [(9, 1, 7.0, 1), (8, 2, 2.0, 1), (7, 0, 3.0, 1)])
    found = helped.within(NOW).beside(Spending(EDGES, ROWS).within(NOW))
    assert found.rows == [(0, 0), (0, 60), (2, 0), (7, -5)]


def test_lives_are_of_who_was_there_also_of_those_who_bought_nothing() -> None:
    spending, lives = Spending(EDGES, ROWS), Lives([4, 7, 9], [True, False, True])
    assert spending.lives(lives, NOW).rows == [(0, 1), (60, 0), (-5, 1)]
    assert spending.lives(Lives([], []), NOW).sums.n == 0
    assert Spending(EDGES, []).lives(lives, NOW).rows == [(0, 1), (0, 0), (0, 1)]


def test_of_some_customers_only_what_they_spent_and_whether_they_stayed_is_said() -> None:
    spending = Spending(EDGES, ROWS)
    assert spending.within(NOW).of({7, 8}).deals().rows == [(60, 3)]
    assert spending.moves(BEFORE, NOW, of={9}).kept.rows == [(0, 50)]
    lives = Lives([4, 7, 9], [True, False, True]).of({9, 4, 5})
    assert (lives.ids, lives.lost) == ([4, 9], [True, True])


def test_what_all_took_is_reckoned_from_one_in_so_many_and_rests_on_those() -> None:
    """Multiplied by k, a sum varies k times as much, so its squares count k² times."""
    taken = Spending(EDGES, ROWS).within(NOW).taken(4)
    assert (taken.minor, taken.sales, taken.customers, taken.squares) == (220, 12, 3, 16 * (60**2 + 5**2))


def test_of_nobody_nothing_is_spent_and_no_stretch_is_cut_in_two() -> None:
    nothing = Spending(EDGES, [])
    assert (nothing.within(NOW).customers, nothing.within(NOW).deals().sums.n) == (0, 0)
    with pytest.raises(ValueError, match="not in"):
        nothing.within(previous(BEFORE))


def test_segments_are_added_up_a_chunk_after_the_other() -> None:
    first = add_to({}, [("loyal", 3), ("asleep", 0), ("loyal", 4)])
    assert first == {"loyal": (2, 7, 25.0), "asleep": (1, 0, 0.0)}
    assert add_to(first, [("loyal", 1)])["loyal"] == (3, 8, 26.0)
