"""Customers as a retailer has them, made from a seed.

Some buy once, some each week; birthdays, plans, zones and what was sent before are there so that every rule has
somebody to hold.
"""

from datetime import datetime, timedelta
from random import Random

from bot.domain.messages import Language
from bot.domain.planning import Contact
from bot.domain.plans import Plan, PlanStatus, milestones_of
from bot.domain.rules import MilestoneTemplate, PlanTemplate
from bot.domain.simulation import YEAR, Life
from bot.domain.touchpoints import Kind

DAY = timedelta(days=1)
ZONES = ("Asia/Ho_Chi_Minh",) * 17 + ("Europe/London", "America/New_York", "Australia/Lord_Howe")
WORDS = {Language.VI: "lời", Language.EN: "words"}
FIRST_YEAR = PlanTemplate(
    key="first_year",
    name=WORDS,
    goal=WORDS,
    milestones=tuple(
        MilestoneTemplate(key=f"m{days}", after_days=days, title=WORDS, tip=tip)
        for days, tip in ((30, ""), (90, "first_result"), (180, ""), (365, ""))
    ),
)


def retail_lives(count: int, *, now: datetime, seed: int = 20_101_201) -> list[Life]:
    """So many customers, the same for the same seed."""
    chance = Random(seed)
    return [_life(number, chance, now) for number in range(1, count + 1)]


def _life(number: int, chance: Random, now: datetime) -> Life:
    zone = chance.choice(ZONES)
    return Life(
        customer_id=number,
        contact=Contact(
            name=f"Khách {number}",
            timezone=zone,
            linked=chance.random() < 0.97,
            stopped=chance.random() < 0.03,
            unreachable=chance.random() < 0.02,
            lost=False,
            sent=_history(chance, now),
        ),
        next_nps_at=now + chance.uniform(-40, 180) * DAY,
        birthday=_birthday(chance) if chance.random() < 0.8 else None,
        plan=_plan(number, zone, now - chance.uniform(0, 300) * DAY) if chance.random() < 0.5 else None,
        purchases=_purchases(chance, now),
        closed_interactions=tuple(now - chance.uniform(1, 364) * DAY for _ in range(chance.choice((0, 0, 1, 3, 9)))),
    )


def _birthday(chance: Random) -> tuple[int, int]:
    return chance.choice(((2, 29), (2, 5), (2, 6), (1, 1), (9, 2), (chance.randint(1, 12), chance.randint(1, 28))))


def _purchases(chance: Random, now: datetime) -> tuple[datetime, ...]:
    """Half buy once or twice a year, some every week: gaps are exponential around a mean of each customer's own."""
    mean = chance.lognormvariate(4.2, 1.0)
    at, bought = now - YEAR + chance.expovariate(1 / mean) * DAY, []
    while at < now:
        bought.append(at)
        at += max(0.01, chance.expovariate(1 / mean)) * DAY
    return tuple(bought)


def _history(chance: Random, now: datetime) -> tuple[tuple[Kind, datetime], ...]:
    kinds = (Kind.NPS, Kind.CES, Kind.CHECK_IN, Kind.PROGRESS, Kind.WIN_BACK)
    return tuple((chance.choice(kinds), now - chance.uniform(0, 12) * DAY) for _ in range(chance.choice((0, 0, 1))))


def _plan(number: int, zone: str, start: datetime) -> Plan:
    return Plan(
        plan_id=number,
        customer_id=number,
        template=FIRST_YEAR.key,
        name="",
        goal="",
        status=PlanStatus.ACTIVE,
        started_at=start,
        milestones=milestones_of(FIRST_YEAR, language=Language.VI, timezone=zone, start=start),
        check_in_months=1,
        progress_months=3,
    )
