"""A wave's dry run: who gets it on which day, and which rule stands in the way of whom."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from bot.domain.contact import Rule
from bot.domain.local_time import local_date
from bot.domain.planning import Contact
from bot.domain.rules import ContactRules
from bot.domain.survey_requests import Forecast, Prospect, forecast
from bot.domain.waves import ENDED, Wave, days_of, due_on, expires_at
from bot.domain.wordings import Variant, assigned


@dataclass(frozen=True, kw_only=True)
class Place:
    """When a customer's turn comes, and in which words; `day` None is never.

    A rule holds the message `until`, or for ever.
    """

    customer_id: int
    name: str
    variant: Variant
    day: date | None
    rule: str | None = None
    until: datetime | None = None


def prospect(
    wave: Wave, contact: Contact, due_at: datetime, rules: ContactRules, *, pending: bool, timezone: str
) -> Forecast:
    """What will become of one invitation. Who is about to be asked the same anyway is not asked twice."""
    if pending:
        return Forecast(prospect=Prospect.TOO_LATE, rule=Rule.KIND_CLOCK)
    facts = contact.facts(wave.kind, expires_at=expires_at(wave, due_at, timezone))
    return forecast(facts, rules, now=due_at)


def rehearse(
    wave: Wave,
    members: Iterable[tuple[int, Contact]],
    rules: ContactRules,
    *,
    pending: Collection[int],
    timezone: str,
    now: datetime,
) -> list[Place]:
    """Each member's day and the rule that stands in the way, as the contact policy sees it now.

    `timezone` is the business's, whose days the wave runs on.
    """
    days = days_of(wave, rules, today=local_date(now, timezone))
    day, left = next(days, None), wave.per_day
    places = []
    for customer_id, contact in members:
        if not left:
            day, left = next(days, None), wave.per_day
        place = _place(
            wave, customer_id, contact, day, rules, pending=customer_id in pending, timezone=timezone, now=now
        )
        left -= place.day is not None
        places.append(place)
    return places


def _place(
    wave: Wave,
    customer_id: int,
    contact: Contact,
    day: date | None,
    rules: ContactRules,
    *,
    pending: bool,
    timezone: str,
    now: datetime,
) -> Place:
    variant = assigned(wave.wave_id, customer_id, wave.variants)
    if day is None:
        return Place(customer_id=customer_id, name=contact.name, variant=variant, day=None, rule=ENDED)
    due_at = due_on(day, contact.timezone, now=now)
    found = prospect(wave, contact, due_at, rules, pending=pending, timezone=timezone)
    return Place(
        customer_id=customer_id,
        name=contact.name,
        variant=variant,
        day=day if found.goes else None,
        rule=found.rule,
        until=found.until if found.goes else None,
    )
