"""Last year's birthday greetings."""

from bot.domain.birthdays import celebrated_on, dedupe_key, greeting_on
from bot.domain.delivery import Outgoing
from bot.domain.touchpoints import Kind
from bot.playground.simulation.timeline import Timeline


def plan_birthdays(story: Timeline) -> None:
    """One greeting on each birthday since the chat is linked."""
    profile, rules = story.profile, story.rules.birthday
    if profile.birthday is None or profile.linked_at is None or not rules.enabled:
        return
    for year in range(profile.linked_at.year, story.until.year + 1):
        day = celebrated_on(profile.birthday.month, profile.birthday.day, year, rules)
        greeting = greeting_on(day, profile.timezone, rules)
        message = Outgoing(
            dedupe_key=dedupe_key(profile.id, day),
            kind=Kind.BIRTHDAY,
            due_at=greeting.due_at,
            expires_at=greeting.expires_at,
            customer_id=profile.id,
        )
        if profile.linked_at < greeting.due_at < story.until:
            story.send(message, now=greeting.due_at)
