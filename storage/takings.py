"""What was bought, added up once a business day for each currency, and row by row for the days that are not yet.

A day that a purchase was added to, taken from or changed on since it was added up is one of these.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial

from sqlalchemy import func, select

from bot.domain.periods import Period
from bot.domain.rollups import TAKINGS
from storage import rollups
from storage.database import Tx
from storage.tables import purchase

CURRENCY = "currency"
"""The dimension of what is kept; its segments are currencies."""

PURCHASES, SALES, CANCELLED, MINOR, CANCELLED_MINOR = range(5)
"""The slots: how many, of what above and below nothing, and minor units of all and of what is below nothing."""

COUNTED_AT_ONCE = 10
"""The database adds up so many purchases in the time that one answer takes to be counted."""


def add_up(tx: Tx, periods: Sequence[Period]) -> Mapping[Period, Mapping[str, Counter[int]]]:
    """The slots of each period by currency."""
    counted = rollups.load(tx, TAKINGS, periods[0].timezone)
    uncounted = cache(partial(by_currency, tx))
    return rollups.add_up(tx, TAKINGS, counted, periods, CURRENCY, uncounted=uncounted)


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


def first_at(tx: Tx) -> datetime | None:
    """When anything was bought first; None while nothing was."""
    found: datetime | None = tx.execute(select(func.min(purchase.c.purchased_at))).scalar()
    return found


def first_after(tx: Tx, instant: datetime) -> datetime | None:
    """When something was bought first, then or later."""
    found: datetime | None = tx.execute(
        select(func.min(purchase.c.purchased_at)).where(purchase.c.purchased_at >= instant)
    ).scalar()
    return found
