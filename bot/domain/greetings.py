"""Greetings: when a customer is greeted, for their birthday and for the holidays of the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain import lunar
from bot.domain.birthdays import celebrated_on, greeting_on
from bot.domain.local_time import day_start, instant_at, local_date
from bot.domain.messages import Language, Message
from bot.domain.rules import HolidayGreeting, Rules
from bot.domain.touchpoints import Kind

ONE_DAY = timedelta(days=1)
LOOK_AHEAD = timedelta(days=60)
"""Longer than any message lives that could be too near to a greeting."""


@dataclass(frozen=True, kw_only=True)
class DueGreeting:
    """One greeting of one customer: it goes out from `due_at`, until their day ends at `expires_at`."""

    kind: Kind
    due_at: datetime
    expires_at: datetime


def dates_of(greeting: HolidayGreeting, year: int) -> tuple[date, ...]:
    """The dates of a holiday in a common year: one, or for a lunar day at the year's turn none or two."""
    if (lunar_day := greeting.lunar_day) is not None:
        return lunar.dates_in(lunar_day, year)
    return (date.fromisoformat(f"{year}-{greeting.day}"),)


def holidays_between(first: date, last: date, rules: Rules) -> Iterator[tuple[date, HolidayGreeting]]:
    """The holidays on which customers are greeted, both dates included."""
    for greeting in rules.greetings:
        for year in range(first.year, last.year + 1):
            yield from ((day, greeting) for day in dates_of(greeting, year) if first <= day <= last)


def on_holiday(day: date, timezone: str, greeting: HolidayGreeting) -> DueGreeting:
    """The greeting of a holiday, by the customer's own clock."""
    return DueGreeting(
        kind=Kind.HOLIDAY_GREETING,
        due_at=instant_at(day, greeting.at, timezone),
        expires_at=day_start(day + ONE_DAY, timezone),
    )


def ahead(
    birthday: tuple[int, int] | None, timezone: str, rules: Rules, *, now: datetime, until: datetime
) -> list[DueGreeting]:
    """How a customer, born on a month and day if that is known, is greeted until then; today's may be over already."""
    first, last = local_date(now, timezone), local_date(until, timezone)
    found = [on_holiday(day, timezone, greeting) for day, greeting in holidays_between(first, last, rules)]
    found += _birthdays(birthday, timezone, rules, first=first, last=last) if birthday else []
    return sorted((one for one in found if one.expires_at > now and one.due_at < until), key=lambda one: one.due_at)


def _birthdays(
    birthday: tuple[int, int], timezone: str, rules: Rules, *, first: date, last: date
) -> Iterator[DueGreeting]:
    for year in range(first.year, last.year + 1) if rules.birthday.enabled else ():
        greeting = greeting_on(celebrated_on(*birthday, year, rules.birthday), timezone, rules.birthday)
        if first <= greeting.day <= last:
            yield DueGreeting(kind=Kind.BIRTHDAY, due_at=greeting.due_at, expires_at=greeting.expires_at)


def instants(
    birthday: tuple[int, int] | None, timezone: str, rules: Rules, *, now: datetime, until: datetime | None = None
) -> tuple[datetime, ...]:
    """When the contact policy expects a customer's greetings."""
    found = ahead(birthday, timezone, rules, now=now, until=until or now + LOOK_AHEAD)
    return tuple(one.due_at for one in found)


def dedupe_key(greeting: HolidayGreeting, customer_id: int, day: date) -> str:
    """One greeting for a holiday, a customer and a local date, for ever."""
    return f"greeting:{greeting.key}:{customer_id}:{day.isoformat()}"


def greeting_facts(greeting: HolidayGreeting) -> dict[str, object]:
    """What the greeting says, in every language: the customer may change theirs before it is sent."""
    return {"greeting": greeting.key, "greetings": {str(language): text for language, text in greeting.text.items()}}


def greeting(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The greeting of a holiday."""
    greetings = facts["greetings"]
    words = greetings.get(language, "") if isinstance(greetings, Mapping) else ""
    return Message("greetings/holiday", language, {**facts, "words": words})
