"""What was bought, added up once a business day for each currency, and row by row for the days that are not yet.

A day that a purchase was added to, taken from or changed on since it was added up is one of these.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, insert, select

from bot.domain.periods import Period
from bot.domain.rollups import TAKINGS
from storage import rollups
from storage.database import Tx
from storage.rollups import SLOTS
from storage.tables import purchase, rollup

CURRENCY = "currency"
"""The dimension of what is kept; its segments are currencies."""

PURCHASES, SALES, CANCELLED, MINOR, CANCELLED_MINOR = range(5)
"""The slots: how many, of what above and below nothing, and minor units of all and of what is below nothing."""

COUNTED_AT_ONCE = 10
"""The database adds up so many purchases in the time that one answer takes to be counted."""


def add_up(tx: Tx, periods: Sequence[Period]) -> dict[Period, Mapping[str, Counter[int]]]:
    """The slots of each period by currency."""
    counted = rollups.load(tx, TAKINGS, periods[0].timezone)
    helped = [each for each in periods if counted.helps(each)]
    rests = {each: counted.rest(each) if each in helped else [each] for each in periods}
    parts = dict.fromkeys(part for rest in rests.values() for part in rest)
    rows = {part: by_currency(tx, part) for part in parts}
    found: dict[Period, Mapping[str, Counter[int]]] = {}
    for each, rest in rests.items():
        here: dict[str, Counter[int]] = defaultdict(Counter)
        days = rollups.sum_segments(tx, TAKINGS, counted, each, CURRENCY) if each in helped else {}
        for currency, slots in (*days.items(), *(pair for part in rest for pair in rows[part].items())):
            here[currency].update(slots)
        found[each] = here
    return found


def by_currency(tx: Tx, part: Period) -> dict[str, Counter[int]]:
    """The slots of a period, added up row by row."""
    amount, at = purchase.c.amount_minor, purchase.c.purchased_at
    sums = (
        func.count(),
        func.count().filter(amount > 0),
        func.count().filter(amount < 0),
        func.sum(amount),
        -func.coalesce(func.sum(amount).filter(amount < 0), 0),
    )
    statement = select(purchase.c.currency, *sums).where(at >= part.start, at < part.end)
    rows = tx.execute(statement.group_by(purchase.c.currency))
    return {currency: Counter({slot: int(n) for slot, n in enumerate(slots)}) for currency, *slots in rows}


def keep(tx: Tx, day: Period) -> int:
    """Keep what a business day took, of which nothing is kept; returns how much there was to count."""
    found = by_currency(tx, day)
    rows = [
        {"series": TAKINGS, "dimension": CURRENCY, "day": day.first_day, "segment": currency}
        | {name: slots[slot] for slot, name in enumerate(SLOTS)}
        for currency, slots in found.items()
    ]
    if rows:
        tx.execute(insert(rollup), rows)
    return sum(slots[PURCHASES] for slots in found.values()) // COUNTED_AT_ONCE


def first_after(tx: Tx, instant: datetime) -> datetime | None:
    """When something was bought first, then or later."""
    found: datetime | None = tx.execute(
        select(func.min(purchase.c.purchased_at)).where(purchase.c.purchased_at >= instant)
    ).scalar()
    return found
