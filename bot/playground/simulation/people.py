"""Who the simulated customers are, and what they are inclined to do."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.playground.simulation.chance import Chance
from bot.playground.simulation.words import table

CUSTOMERS = 200
FIRST_USER_ID = 7_100_000_000
FIRST_STAFF_ID = 7_200_000_000
YEAR = timedelta(days=365)

PLANS = ("gold", "silver", "silver", "basic", "basic", "basic")
MOOD_OF_PLAN = {"gold": 0.25, "silver": 0.0, "basic": -0.1}
MOOD_OF_CSM = (0.2, 0.0, -0.3)
RETURNING = 0.35
AWAY = (timedelta(days=100), timedelta(days=190))
FOREIGNERS_ZONE = "Asia/Bangkok"


@dataclass(frozen=True, kw_only=True)
class Birthday:
    day: int
    month: int
    year: int


@dataclass(frozen=True, kw_only=True)
class Profile:
    """One customer. `mood` is how well they like the business: about 0, above for friends, below for critics.

    `first_nps_at` starts the calendar of surveys; `leaves_at` is their last purchase before a long silence, which ends
    at `returns_at` if ever. `nps_due` keeps the next NPS for the playground's opening; `plan_starts_at` is the start of
    their success plan, and `questions` is how often they ask something.
    """

    id: int
    name: str
    salutation: str
    language: Language
    timezone: str
    phone: str
    birthday: Birthday | None
    plan: str
    location: str
    title: str
    channel: str
    tags: Sequence[str]
    csm_id: int
    joined_at: datetime
    linked_at: datetime | None
    mood: float
    first_nps_at: datetime
    questions: int = 0
    plan_starts_at: datetime | None = None
    leaves_at: datetime | None = None
    returns_at: datetime | None = None
    stopped_at: datetime | None = None
    blocked_at: datetime | None = None
    nps_due: bool = False

    @property
    def chat_id(self) -> int:
        """The person's account, whether or not the business knows it."""
        return FIRST_USER_ID + self.id


def draw(number: int, *, seed: int, rules: Rules, now: datetime) -> Profile:
    """The customer of this number, from 1."""
    chance = Chance(seed, "person", number)
    foreign = number % 12 == 0
    salutation = "" if foreign else chance.one_of(("anh", "chị"))
    plan = chance.one_of(PLANS)
    mood = chance.normal(0, 0.75) + MOOD_OF_PLAN[plan]
    csm = chance.whole(0, len(MOOD_OF_CSM) - 1)
    joined_at = _joined_at(chance, now)
    linked_at = max(joined_at, now - YEAR) + chance.between(timedelta(hours=1), timedelta(days=25))
    linked = chance.happens(0.9) and linked_at < now
    leaves_at = _leaves_at(chance, mood, joined_at, now)
    return Profile(
        id=number,
        name=_foreign_name(number) if foreign else _name(chance, salutation),
        salutation=salutation,
        language=Language.EN if foreign else Language.VI,
        timezone=FOREIGNERS_ZONE if foreign else rules.timezone,
        phone=f"+8490{number * 48271 % 10_000_000:07d}",
        birthday=_birthday(chance) if chance.happens(0.85) else None,
        plan=plan,
        location=chance.one_of(table("names")["places"]["en" if foreign else "vi"]),
        title=_every("titles", number),
        channel=_every("channels", number),
        tags=_every("tags", number),
        csm_id=FIRST_STAFF_ID + csm,
        joined_at=joined_at,
        linked_at=linked_at if linked else None,
        mood=mood + MOOD_OF_CSM[csm],
        first_nps_at=_first_nps_at(chance, joined_at, linked_at, rules, now),
        questions=chance.whole(0, 4),
        plan_starts_at=linked_at + chance.between(timedelta(), timedelta(days=250)) if chance.happens(0.6) else None,
        leaves_at=leaves_at,
        returns_at=leaves_at + chance.between(*AWAY) if leaves_at and chance.happens(RETURNING) else None,
        stopped_at=linked_at + timedelta(days=40) if linked and number % 61 == 0 else None,
        blocked_at=linked_at + timedelta(days=70) if linked and number % 67 == 0 else None,
    )


def _every(known: str, number: int) -> Any:  # noqa: ANN401  texts, or lists of them
    """One after the other, so that it takes nothing from the chance of the rest."""
    values = table("names")["known"][known]
    return values[number % len(values)]


def _name(chance: Chance, salutation: str) -> str:
    names = table("names")
    own = names[salutation]
    parts: Sequence[str] = (chance.one_of(names["family"]), chance.one_of(own["middle"]), chance.one_of(own["given"]))
    return " ".join(parts)


def _foreign_name(number: int) -> str:
    names: list[str] = table("names")["foreign"]["names"]
    return names[number // 12 % len(names)]


def _birthday(chance: Chance) -> Birthday:
    born = date(1965, 1, 1) + chance.between(timedelta(), timedelta(days=14_000))
    return Birthday(day=born.day, month=born.month, year=born.year)


def _joined_at(chance: Chance, now: datetime) -> datetime:
    """Two in three were there before the year began; the others came in the course of it."""
    if chance.happens(0.67):
        return now - YEAR - chance.between(timedelta(days=5), timedelta(days=500))
    return now - chance.between(timedelta(days=3), YEAR)


def _leaves_at(chance: Chance, mood: float, joined_at: datetime, now: datetime) -> datetime | None:
    """Critics leave more often than friends, before the opening and after it."""
    if not chance.happens(min(0.7 * math.exp(-0.9 * mood), 0.95)):
        return None
    return max(now - YEAR, joined_at) + chance.between(timedelta(days=10), 3 * YEAR)


def _first_nps_at(chance: Chance, joined_at: datetime, linked_at: datetime, rules: Rules, now: datetime) -> datetime:
    """The calendar of older customers began before the year, so they are somewhere in the middle of it."""
    if joined_at < now - YEAR:
        return linked_at + chance.between(timedelta(days=1), min(rules.surveys.nps_every, timedelta(days=180)))
    return max(joined_at + rules.surveys.nps_first_after, linked_at + rules.contact.floor)
