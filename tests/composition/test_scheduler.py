"""The clock's own part: it runs planners, all of them, and nothing else."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from bot import scheduler
from bot.domain.rules import Rules
from bot.scheduler import DUTIES, Planner


class Planning:
    """Runs no planner: says how much each still has to do, and counts who was asked."""

    def __init__(self, work: dict[str, list[int]] | None = None) -> None:
        self.work: dict[str, Iterator[int]] = {name: iter(chunks) for name, chunks in (work or {}).items()}
        self.asked: list[str] = []
        self.all_asked = asyncio.Event()

    async def write(self, use_case: Planner, /, **facts: Any) -> int:
        assert facts == {"rules": Rules()}
        self.asked.append(use_case.__name__)
        if len(set(self.asked)) == len(DUTIES):
            self.all_asked.set()
        return next(self.work.get(use_case.__name__, iter(())), 0)


async def test_every_planner_is_repeated_until_it_finds_nothing() -> None:
    planning = Planning({"plan_nps": [200, 200, 7], "plan_closings": [1]})
    assert await scheduler.run_planners_once(planning, Rules()) == 408
    counts = Counter(planning.asked)
    assert (counts["plan_nps"], counts["plan_closings"], counts["plan_ces"]) == (4, 2, 1)
    assert set(counts) == {duty.planner.__name__ for duty in DUTIES}


async def test_returns_come_before_losses_and_closings_before_reminders() -> None:
    planning = Planning()
    await scheduler.run_planners_once(planning, Rules())
    order = planning.asked
    assert order.index("plan_returns") < order.index("plan_silence") < order.index("plan_win_back")
    assert order.index("plan_closings") < order.index("plan_reminders")


async def test_the_scheduler_begins_by_catching_up() -> None:
    planning = Planning()
    running = scheduler.start(planning, Rules())
    try:
        await asyncio.wait_for(planning.all_asked.wait(), 10)
    finally:
        running.shutdown(wait=False)


async def test_the_scheduler_holds_one_recurring_job_for_each_planner_and_forgives_lateness() -> None:
    running = scheduler.start(Planning(), Rules())
    try:
        jobs = {job.id: job for job in running.get_jobs()}
    finally:
        running.shutdown(wait=False)
    for duty in DUTIES:
        job = jobs[duty.planner.__name__]
        assert job.trigger.interval == duty.every
        assert (job.misfire_grace_time, job.coalesce, job.max_instances) == (None, True, 1)


@pytest.mark.parametrize("duty", DUTIES, ids=lambda duty: duty.planner.__name__)
def test_no_planner_sleeps_longer_than_people_would_notice(duty: scheduler.Duty) -> None:
    assert duty.every.total_seconds() <= 300
