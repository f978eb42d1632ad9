"""Audiences: which customers have what in common."""

from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, select

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE, Value
from storage.database import Tx
from storage.tables import customer, staff

COLUMNS: Mapping[str, ColumnElement[str | int]] = {
    "plan": customer.c.plan,
    "location": customer.c.location,
    "csm": customer.c.csm_id,
}


def list_values(tx: Tx, field: str) -> list[Value]:
    """The values that customers have in a field, by name; a CSM without a row in staff is called by number."""
    column = COLUMNS[field]
    statement = select(column, staff.c.name).outerjoin(staff, (staff.c.user_id == customer.c.csm_id) & (field == "csm"))
    found = tx.execute(statement.where(column.is_not(None)).distinct().order_by(column))
    return [Value(value, name or str(value)) for value, name in found if value != ""]


def list_members(
    tx: Tx,
    chosen: Mapping[str, Sequence[str | int]],
    *,
    linked: bool,
    limit: int | None = None,
    share: int = 100,
    excluded: Sequence[int] = (),
) -> list[int]:
    """Customers with one of the chosen values in each field, in the stable order.

    A limit, or a share in percent, takes a sample that is the same every time, and a part of every larger one.
    """
    order = customer.c.id * HASH_FACTOR % HASH_RANGE
    where: list[ColumnElement[bool]] = [COLUMNS[field].in_(values) for field, values in chosen.items()]
    where += [order < HASH_RANGE * share // 100, customer.c.id.not_in(excluded)]
    if linked:
        where.append(customer.c.chat_id.is_not(None))
    statement = select(customer.c.id).where(*where).order_by(order).limit(limit)
    return list(tx.execute(statement).scalars())
