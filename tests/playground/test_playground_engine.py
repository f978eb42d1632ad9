"""How the playground plans: all that a moment brings at once, and what only counts when nobody moves the clock."""

from datetime import datetime

import pytest

from bot import scheduler
from bot.domain.rules import Rules
from bot.playground import engine
from bot.playground.clock import MovableClock
from storage.database import Database, Tx
from tests.conftest import START
from tests.stories import ON_SQLITE


@ON_SQLITE
def test_each_planner_goes_on_until_it_finds_nothing(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    left = {"first": [3, 2], "second": [1]}
    asked: list[str] = []

    def planner_of(name: str) -> scheduler.Planner:
        def planner(tx: Tx, *, now: datetime, rules: Rules) -> int:
            asked.append(name)
            return left[name].pop() if left[name] else 0

        return planner

    monkeypatch.setattr(engine, "PLANNERS", (planner_of("first"), planner_of("second")))
    assert database.write_now(engine.plan, rules=Rules()) == 6
    assert asked == ["first", "first", "first", "second", "second"]


def test_every_planner_of_the_scheduler_is_run_and_only_the_counting_waits() -> None:
    planners = [duty.planner for duty in scheduler.DUTIES]
    assert [*engine.PLANNERS, engine.COUNT] == planners


def test_a_clock_is_held_from_the_first_to_the_last_step_of_a_move() -> None:
    clock = MovableClock(lambda: START)
    assert not clock.held
    clock.hold()
    clock.jump(START)
    assert clock.held
    clock.release()
    assert not clock.held
