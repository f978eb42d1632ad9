"""Last year's greetings, on birthdays and on the holidays of the rules."""

from collections.abc import Iterator
from datetime import datetime

from bot.domain import birthdays, greetings
from bot.domain.delivery import Outgoing
from bot.domain.local_time import local_date
from bot.domain.touchpoints import Kind
from bot.playground.simulation.timeline import Timeline


def plan_greetings(story: Timeline) -> None:
    """One greeting on each birthday and each holiday since the chat is linked."""
    linked_at = story.profile.linked_at
    if linked_at is None:
        return
    for message in (*_birthdays(story, linked_at), *_holidays(story, linked_at)):
        if linked_at < message.due_at < story.until:
            story.send(message, now=message.due_at)


def _birthdays(story: Timeline, since: datetime) -> Iterator[Outgoing]:
    profile, rules = story.profile, story.rules.birthday
    if profile.birthday is None or not rules.enabled:
        return
    for year in range(since.year, story.until.year + 1):
        day = birthdays.celebrated_on(profile.birthday.month, profile.birthday.day, year, rules)
        greeting = birthdays.greeting_on(day, profile.timezone, rules)
        yield Outgoing(
            dedupe_key=birthdays.dedupe_key(profile.id, day),
            kind=Kind.BIRTHDAY,
            due_at=greeting.due_at,
            expires_at=greeting.expires_at,
            customer_id=profile.id,
        )


def _holidays(story: Timeline, since: datetime) -> Iterator[Outgoing]:
    profile = story.profile
    first, last = (local_date(at, profile.timezone) for at in (since, story.until))
    for day, greeting in greetings.holidays_between(first, last, story.rules):
        due = greetings.on_holiday(day, profile.timezone, greeting)
        yield Outgoing(
            dedupe_key=greetings.dedupe_key(greeting, profile.id, day),
            kind=due.kind,
            due_at=due.due_at,
            expires_at=due.expires_at,
            customer_id=profile.id,
            facts=greetings.greeting_facts(greeting),
        )
