"""The planner of birthday greetings."""

from datetime import datetime

import storage.outbox
import storage.planning
from bot.domain import birthdays
from bot.domain.delivery import Outgoing
from bot.domain.local_time import local_date
from bot.domain.planning import CHUNK
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from storage.database import Tx


def plan_birthdays(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Greet in each time zone whose morning has come, until its day ends."""
    if not rules.birthday.enabled:
        return 0
    planned = 0
    for zone in storage.planning.list_zones_of(tx, birthdays.born_near(now, rules.birthday)):
        greeting = birthdays.greeting_on(local_date(now, zone), zone, rules.birthday)
        if greeting.due_at > now:
            continue
        born = birthdays.born_on(greeting.day, rules.birthday)
        ungreeted = storage.planning.list_ungreeted(tx, born=born, timezone=zone, day=greeting.day, limit=CHUNK)
        for customer_id in ungreeted:
            outgoing = Outgoing(
                dedupe_key=birthdays.dedupe_key(customer_id, greeting.day),
                kind=Kind.BIRTHDAY,
                due_at=greeting.due_at,
                expires_at=greeting.expires_at,
                customer_id=customer_id,
            )
            storage.outbox.add(tx, outgoing, now=now)
        planned += len(ungreeted)
    return planned
