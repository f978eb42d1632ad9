"""Birthdays: whose day it is somewhere on earth, and when the greeting goes out and expires there."""

from calendar import isleap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bot.domain.local_time import day_start, instant_at
from bot.domain.messages import Language, Message
from bot.domain.rules import BirthdayRules

LEAP_DAY = (2, 29)


@dataclass(frozen=True, kw_only=True)
class Greeting:
    """One year's greeting: on the local `day`, from `due_at` until the day ends at `expires_at`."""

    day: date
    due_at: datetime
    expires_at: datetime


def celebrated_on(month: int, day: int, year: int, rules: BirthdayRules) -> date:
    """The date of a birthday in a year; who was born on 29 February has it on `leap_day_on` in a common year."""
    if (month, day) == LEAP_DAY and not isleap(year):
        return date.fromisoformat(f"{year}-{rules.leap_day_on}")
    return date(year, month, day)


def born_on(day: date, rules: BirthdayRules) -> frozenset[tuple[int, int]]:
    """Each (month, day) of birth that is celebrated on a date."""
    leap = {LEAP_DAY} if celebrated_on(*LEAP_DAY, day.year, rules) == day else set()
    return frozenset({(day.month, day.day)} | leap)


def born_near(now: datetime, rules: BirthdayRules) -> frozenset[tuple[int, int]]:
    """Each (month, day) of birth that may be celebrated somewhere on earth at `now`.

    Local dates are at most one day from the UTC date, so a query by these pairs finds everyone.
    """
    today = now.astimezone(UTC).date()
    return frozenset().union(*(born_on(today + timedelta(days=offset), rules) for offset in (-1, 0, 1)))


def greeting_on(day: date, timezone: str, rules: BirthdayRules) -> Greeting:
    """The greeting of a local date, by the customer's own clock."""
    return Greeting(
        day=day,
        due_at=instant_at(day, rules.at, timezone),
        expires_at=day_start(day + timedelta(days=1), timezone),
    )


def dedupe_key(customer_id: int, day: date) -> str:
    """One greeting for a customer and a local date, for ever."""
    return f"birthday:{customer_id}:{day.isoformat()}"


def greeting(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The birthday message."""
    return Message("birthday/greeting", language, facts)
