"""The planner of holiday greetings."""

from datetime import date, datetime, timedelta

import storage.greetings
import storage.outbox
from bot.domain import greetings
from bot.domain.delivery import Outgoing
from bot.domain.planning import CHUNK
from bot.domain.rules import HolidayGreeting, Rules
from storage.database import Tx

ONE_DAY = timedelta(days=1)


def plan_holiday_greetings(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Greet everybody on a holiday, in each time zone whose hour has come, until its day ends."""
    near = greetings.holidays_between(now.date() - ONE_DAY, now.date() + ONE_DAY, rules)
    return sum(
        _greet(tx, day, greeting, zone, now=now) for day, greeting in near for zone in storage.greetings.list_zones(tx)
    )


def _greet(tx: Tx, day: date, greeting: HolidayGreeting, timezone: str, *, now: datetime) -> int:
    due = greetings.on_holiday(day, timezone, greeting)
    if not due.due_at <= now < due.expires_at:
        return 0
    customers = storage.greetings.list_ungreeted(tx, greeting.key, day, timezone, limit=CHUNK)
    for customer_id in customers:
        outgoing = Outgoing(
            dedupe_key=greetings.dedupe_key(greeting, customer_id, day),
            kind=due.kind,
            due_at=due.due_at,
            expires_at=due.expires_at,
            customer_id=customer_id,
            facts=greetings.greeting_facts(greeting),
        )
        storage.outbox.add(tx, outgoing, now=now)
    if customers:
        storage.greetings.save_progress(tx, greeting.key, day, timezone, last_customer_id=customers[-1])
    return len(customers)
