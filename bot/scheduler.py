"""The clock: APScheduler runs planners and nothing else. What is due is rows, so a job that is lost loses no work."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot.domain.report_requests import Page
from bot.domain.rules import Rules
from bot.services import (
    birthdays,
    case_reports,
    cases,
    digests,
    greetings,
    health,
    money_reports,
    plan_planning,
    retention,
    reviews,
    rollups,
    standings,
    survey_planning,
    themes,
    wave_planning,
    win_back,
)
from storage.database import Tx

OFTEN = timedelta(seconds=20)
NOW_AND_THEN = timedelta(minutes=5)

Planner = Callable[..., int]


class Database(Protocol):
    """Runs a planner in one transaction of its own."""

    async def write(self, use_case: Planner, /, **facts: Any) -> int:  # noqa: ANN401  the planner's own facts
        ...


@dataclass(frozen=True)
class Duty:
    """A planner, and how often it looks."""

    planner: Planner
    every: timedelta


REVIEWED: reviews.Pages = {Page.MONEY: money_reports.money, Page.CASES: case_reports.cases}
"""The pages of the report whose figures the monthly review tells."""


def plan_reviews(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Tell managers how a week and a month went; here one use case is handed others, which none may import."""
    return reviews.plan_reviews(tx, now=now, rules=rules, pages=REVIEWED)


# The order matters where all run in turn: who is lost gets no more surveys, who came back is asked nothing,
# and a wave comes before the calendar's NPS, which it stands in for.
DUTIES: Sequence[Duty] = (
    Duty(win_back.plan_past_losses, NOW_AND_THEN),
    Duty(win_back.plan_returns, NOW_AND_THEN),
    Duty(win_back.plan_silence, NOW_AND_THEN),
    Duty(win_back.plan_win_back, NOW_AND_THEN),
    Duty(win_back.plan_offers, NOW_AND_THEN),
    Duty(survey_planning.plan_closings, OFTEN),
    Duty(themes.plan_themes, OFTEN),
    Duty(survey_planning.plan_reminders, NOW_AND_THEN),
    Duty(birthdays.plan_birthdays, NOW_AND_THEN),
    Duty(greetings.plan_holiday_greetings, NOW_AND_THEN),
    Duty(plan_planning.plan_starts, NOW_AND_THEN),
    Duty(plan_planning.plan_milestones, NOW_AND_THEN),
    Duty(plan_planning.plan_tips, NOW_AND_THEN),
    Duty(plan_planning.plan_check_ins, NOW_AND_THEN),
    Duty(plan_planning.plan_progress, NOW_AND_THEN),
    Duty(plan_planning.plan_stuck, NOW_AND_THEN),
    Duty(survey_planning.plan_ces, OFTEN),
    Duty(survey_planning.plan_case_ces, OFTEN),
    Duty(survey_planning.plan_csat, OFTEN),
    Duty(cases.plan_alarms, OFTEN),
    Duty(survey_planning.plan_follow_ups, NOW_AND_THEN),
    Duty(wave_planning.plan_waves, OFTEN),
    Duty(survey_planning.plan_nps, NOW_AND_THEN),
    Duty(wave_planning.plan_wave_progress, OFTEN),
    Duty(standings.plan_standings, NOW_AND_THEN),
    Duty(health.plan_health, NOW_AND_THEN),
    Duty(health.plan_health_alerts, NOW_AND_THEN),
    Duty(digests.plan_digests, NOW_AND_THEN),
    Duty(plan_reviews, NOW_AND_THEN),
    Duty(retention.erase_old_texts, NOW_AND_THEN),
    Duty(retention.forget_old_requests, NOW_AND_THEN),
    Duty(rollups.plan_rollups, NOW_AND_THEN),
)


def start(database: Database, rules: Rules) -> AsyncIOScheduler:
    """Run every planner at once and then at its interval, one run at a time; the caller shuts it down."""
    scheduler = AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
    )
    for duty in DUTIES:
        scheduler.add_job(
            run_planner,
            IntervalTrigger(seconds=int(duty.every.total_seconds()), timezone=UTC),
            args=(database, rules, duty.planner),
            id=duty.planner.__name__,
        )
    scheduler.add_job(run_planners_once, args=(database, rules), id="catch_up")
    scheduler.start()
    return scheduler


async def run_planners_once(database: Database, rules: Rules) -> int:
    """Run every planner in turn until none has more to do; returns how much there was."""
    return sum([await run_planner(database, rules, duty.planner) for duty in DUTIES])


async def run_planner(database: Database, rules: Rules, planner: Planner) -> int:
    """Run one planner, chunk by chunk, until it finds nothing; returns how much there was."""
    total = 0
    while done := await database.write(planner, rules=rules):
        total += done
    return total
