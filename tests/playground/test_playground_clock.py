from datetime import UTC, datetime, timedelta

import pytest

from bot.playground.clock import ClockMover, MovableClock

START = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Schedule:
    """Work due at given instants; remembers at what time on the clock each was done."""

    def __init__(self, clock: MovableClock, due: list[datetime]) -> None:
        self.clock = clock
        self.due = due
        self.done: list[datetime] = []
        self.settled_at: list[datetime] = []

    async def next_due(self, after: datetime) -> datetime | None:
        return min((instant for instant in self.due if instant > after), default=None)

    async def settle(self) -> None:
        self.settled_at.append(self.clock.now())
        self.done += [instant for instant in self.due if instant == self.clock.now()]

    def mover(self) -> ClockMover:
        return ClockMover(self.clock, next_due=self.next_due, settle=self.settle)


def test_the_clock_flows_from_where_it_was_set() -> None:
    base = START
    clock = MovableClock(lambda: base, start=START + 24 * HOUR)
    base = START + HOUR
    assert clock.now() == START + 25 * HOUR


async def test_all_that_is_due_happens_in_order_and_at_its_own_time() -> None:
    clock = MovableClock(lambda: START)
    schedule = Schedule(clock, [START + 30 * HOUR, START + 2 * HOUR, START + 9 * HOUR, START + 800 * HOUR])
    steps: list[datetime] = []
    await schedule.mover().advance(START + 720 * HOUR, on_step=steps.append)
    assert schedule.done == [START + 2 * HOUR, START + 9 * HOUR, START + 30 * HOUR]
    assert steps == [*schedule.done, START + 720 * HOUR]
    assert clock.now() == START + 720 * HOUR


async def test_what_is_under_way_is_settled_before_the_clock_moves() -> None:
    clock = MovableClock(lambda: START)
    schedule = Schedule(clock, [])
    await schedule.mover().advance(START + HOUR)
    assert schedule.settled_at == [START, START + HOUR]


async def test_work_that_became_due_during_the_move_is_done_too() -> None:
    clock = MovableClock(lambda: START)
    schedule = Schedule(clock, [START + HOUR])
    settle = schedule.settle

    async def settle_and_plan() -> None:
        await settle()
        if schedule.done and len(schedule.due) == 1:
            schedule.due.append(START + 3 * HOUR)

    await ClockMover(clock, next_due=schedule.next_due, settle=settle_and_plan).advance(START + 24 * HOUR)
    assert schedule.done == [START + HOUR, START + 3 * HOUR]


async def test_real_time_flows_again_after_the_move() -> None:
    base = START
    clock = MovableClock(lambda: base)
    await Schedule(clock, []).mover().advance(START + 24 * HOUR)
    base = START + HOUR
    assert clock.now() == START + 25 * HOUR


async def test_a_move_that_fails_lets_the_clock_flow_from_where_it_got_to() -> None:
    base = START
    clock = MovableClock(lambda: base)
    schedule = Schedule(clock, [START + HOUR])

    async def fail() -> None:
        if clock.now() > START:
            raise RuntimeError

    mover = ClockMover(clock, next_due=schedule.next_due, settle=fail)
    with pytest.raises(RuntimeError):
        await mover.advance(START + 24 * HOUR)
    base = START + HOUR
    assert (clock.now(), mover.moving) == (START + 2 * HOUR, False)


def test_the_clock_never_goes_back() -> None:
    clock = MovableClock(lambda: START)
    clock.hold()
    with pytest.raises(ValueError, match="only forward"):
        clock.jump(START - HOUR)


def test_a_flowing_clock_does_not_jump() -> None:
    with pytest.raises(ValueError, match="only a held clock jumps"):
        MovableClock(lambda: START).jump(START + HOUR)
