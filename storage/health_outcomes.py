"""Who left in a time, and who bought in it: what a health score is held against."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from storage.database import Tx
from storage.losses import SILENCE
from storage.tables import loss, purchase


def list_told(tx: Tx, customer_ids: Sequence[int], *, after: datetime, until: datetime) -> set[int]:
    """Customers whom staff marked as lost in that time."""
    statement = select(loss.c.customer_id).where(
        loss.c.customer_id.in_(customer_ids), loss.c.source != SILENCE, loss.c.lost_at > after, loss.c.lost_at <= until
    )
    return set(tx.execute(statement).scalars())


def list_buyers(tx: Tx, customer_ids: Sequence[int], *, after: datetime, until: datetime) -> set[int]:
    """Customers who bought something in that time."""
    at = purchase.c.purchased_at
    statement = select(purchase.c.customer_id).where(
        purchase.c.customer_id.in_(customer_ids), purchase.c.amount_minor > 0, at > after, at <= until
    )
    return set(tx.execute(statement.distinct()).scalars())
