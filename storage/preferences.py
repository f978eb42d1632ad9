"""Customers' own choice of what they hear of and when, as columns of their row."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.domain.preferences import Hours, Preferences, Topic
from storage.database import Tx
from storage.tables import customer

COLUMNS = (customer.c.topics_off, customer.c.hours)
SEPARATOR = ","


def read(row: Any) -> Preferences:  # noqa: ANN401  a database row with these columns
    """The choice that a customer's row holds."""
    off = frozenset(Topic(topic) for topic in (row.topics_off or "").split(SEPARATOR) if topic)
    return Preferences(off=off, hours=Hours(row.hours or Hours.USUAL))


def load(tx: Tx, customer_id: int) -> Preferences:
    return read(tx.execute(select(*COLUMNS).where(customer.c.id == customer_id)).one())


def load_stopped_at(tx: Tx, customer_id: int) -> datetime | None:
    """Since when the customer has wanted to hear of nothing at all."""
    found: datetime | None = tx.execute(select(customer.c.stopped_at).where(customer.c.id == customer_id)).scalar()
    return found


def save(tx: Tx, customer_id: int, preferences: Preferences) -> None:
    values = {"topics_off": SEPARATOR.join(sorted(preferences.off)) or None, "hours": preferences.hours}
    tx.execute(update(customer).where(customer.c.id == customer_id).values(values))
