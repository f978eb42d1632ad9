"""Losses of the past, from the gaps between purchases, for customers whose purchases came in since the last look."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, insert, select, update

from bot.domain.silences import KnownLoss, Restatement, Silence
from storage import losses
from storage.database import Tx
from storage.tables import customer, loss, purchase

A_DAY = timedelta(days=1)
ROUNDING = 1e-5  # days: SQLite counts them in floating point; the instants themselves decide


def list_marked(tx: Tx, *, before: datetime, limit: int) -> list[int]:
    """Customers with purchases that came in up to `before` and were not looked at since."""
    statement = select(customer.c.id).where(customer.c.purchases_came_at <= before)
    return list(tx.execute(statement.order_by(customer.c.purchases_came_at).limit(limit)).scalars())


def unmark(tx: Tx, customer_ids: Collection[int]) -> None:
    """The losses of these customers agree with their purchases."""
    tx.execute(update(customer).where(customer.c.id.in_(customer_ids)).values(purchases_came_at=None))


def list_silences(tx: Tx, customer_ids: Collection[int], *, silent_after: timedelta) -> Mapping[int, list[Silence]]:
    """The silences of so long that a purchase ended, by customer; a cancellation is no purchase, nor is a gift."""
    at = purchase.c.purchased_at
    before = func.lag(at, type_=at.type).over(partition_by=purchase.c.customer_id, order_by=at)
    gap = (
        select(purchase.c.customer_id, before.label("before"), at.label("after"))
        .where(purchase.c.customer_id.in_(customer_ids), purchase.c.amount_minor > 0)
        .subquery()
    )
    long = _days_between(tx, gap.c.before, gap.c.after) >= silent_after / A_DAY - ROUNDING
    found: dict[int, list[Silence]] = defaultdict(list)
    for row in tx.execute(select(gap).where(long)):
        if row.after > row.before + silent_after:
            found[row.customer_id].append(Silence(row.before + silent_after, row.after))
    return found


def _days_between(tx: Tx, before: ColumnElement[Any], after: ColumnElement[Any]) -> ColumnElement[Any]:
    if tx.dialect.name == "sqlite":
        return func.julianday(after) - func.julianday(before)
    return func.extract("epoch", after - before) / A_DAY.total_seconds()


def list_known(tx: Tx, customer_ids: Collection[int]) -> Mapping[int, list[KnownLoss]]:
    """The losses on record that are over, by customer."""
    statement = select(loss).where(loss.c.customer_id.in_(customer_ids), loss.c.recovered_at.is_not(None))
    found: dict[int, list[KnownLoss]] = defaultdict(list)
    for row in tx.execute(statement.order_by(loss.c.id)):
        silence = Silence(row.lost_at, row.recovered_at)
        found[row.customer_id].append(KnownLoss(loss_id=row.id, silence=silence, inferred=row.source == losses.SILENCE))
    return found


def save(tx: Tx, restatements: Mapping[int, Restatement]) -> None:
    """Bring the record of each customer into agreement. A loss that is added is over, so that nobody is asked why."""
    missing = [
        {"customer_id": customer_id, "lost_at": each.lost_at, "recovered_at": each.ended_at}
        for customer_id, restatement in restatements.items()
        for each in restatement.missing
    ]
    if missing:
        tx.execute(insert(loss).values(source=losses.SILENCE, reason=""), missing)
    for restatement in restatements.values():
        for loss_id, silence in restatement.moved:
            values = {"lost_at": silence.lost_at, "recovered_at": silence.ended_at}
            tx.execute(update(loss).where(loss.c.id == loss_id).values(values))
        for loss_id in restatement.false:
            losses.forget(tx, loss_id)
