"""Everybody in a wave is somewhere in its funnel."""

import pytest

from bot.domain.wave_funnels import Funnel, Tally, funnel_of
from bot.domain.waves import State
from tests.wave_facts import tally


@pytest.mark.parametrize(
    ("one", "funnel"),
    [
        (tally(State.PLANNED), Funnel(total=1, waiting=1)),
        (tally(outbox="pending"), Funnel(total=1, waiting=1)),
        (tally(outbox="pending", hold_rule="floor"), Funnel(total=1, held={"floor": 1})),
        (tally(outbox="sending"), Funnel(total=1, sent=1)),
        (tally(outbox="unknown"), Funnel(total=1, sent=1)),
        (tally(outbox="sent", score=9), Funnel(total=1, sent=1, answered=1)),
        (
            tally(outbox="sent", score=9, commented=True, count=3),
            Funnel(total=3, sent=3, answered=3, commented=3),
        ),
        (tally(outbox="failed"), Funnel(total=1, unreachable=1)),
        (tally(outbox="cancelled", error="unreachable"), Funnel(total=1, unreachable=1)),
        (tally(outbox="cancelled", error="stopped"), Funnel(total=1, held={"stopped": 1})),
        (tally(outbox="expired", hold_rule="floor", error="expired"), Funnel(total=1, held={"floor": 1})),
        (tally(outbox="expired", error="expired"), Funnel(total=1, held={"expired": 1})),
        (tally(State.SKIPPED, rule="kind_clock"), Funnel(total=1, held={"kind_clock": 1})),
        (tally(State.SKIPPED, rule="unreachable"), Funnel(total=1, unreachable=1)),
        (tally(State.RECALLED, outbox="sent"), Funnel(total=1, recalled=1)),
    ],
)
def test_everybody_is_counted_once(one: Tally, funnel: Funnel) -> None:
    assert funnel_of([one]) == funnel


def test_the_rule_that_holds_most_comes_first() -> None:
    tallies = [tally(State.SKIPPED, rule=rule, count=count) for rule, count in (("b", 1), ("a", 1), ("c", 3))]
    assert list(funnel_of(tallies).held) == ["c", "a", "b"]


def test_fates_add_up() -> None:
    tallies = [tally(outbox="pending", hold_rule="floor", count=2), tally(State.SKIPPED, rule="floor", count=3)]
    assert funnel_of([*tallies, tally(State.PLANNED, count=5)]) == Funnel(total=10, waiting=5, held={"floor": 5})
