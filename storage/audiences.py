"""Audiences: which customers have what in common."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, String, cast, false, or_, select

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE, Value
from storage.database import Tx
from storage.tables import customer, staff

COLUMNS: Mapping[str, ColumnElement[str | int]] = {
    "plan": customer.c.plan,
    "location": customer.c.location,
    "csm": customer.c.csm_id,
    "title": customer.c.title,
    "channel": customer.c.channel,
}
TAGS = cast(customer.c.tags, String)


def list_values(tx: Tx, field: str) -> list[Value]:
    """The values that customers have in a field, by name; a CSM without a row in staff is called by number."""
    if field == "tag":
        return _list_tags(tx)
    column = COLUMNS[field]
    statement = select(column, staff.c.name).outerjoin(staff, (staff.c.user_id == customer.c.csm_id) & (field == "csm"))
    found = tx.execute(statement.where(column.is_not(None)).distinct().order_by(column))
    return [Value(value, name or str(value)) for value, name in found if value != ""]


def _list_tags(tx: Tx) -> list[Value]:
    found = tx.execute(select(TAGS).where(customer.c.tags.is_not(None)).distinct()).scalars()
    return [Value(tag, tag) for tag in sorted({tag for tags in found for tag in json.loads(tags)})]


def among(field: str, values: Sequence[str | int]) -> ColumnElement[bool]:
    """Whether a customer has one of the values in a field."""
    if field == "tag":
        # As JSON writes it, between quotation marks: so no part of another tag is taken for it.
        return or_(false(), *(TAGS.contains(json.dumps(value), autoescape=True) for value in values))
    return COLUMNS[field].in_(values)


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
    where: list[ColumnElement[bool]] = [among(field, values) for field, values in chosen.items()]
    where += [order < HASH_RANGE * share // 100, customer.c.id.not_in(excluded)]
    if linked:
        where.append(customer.c.chat_id.is_not(None))
    statement = select(customer.c.id).where(*where).order_by(order).limit(limit)
    return list(tx.execute(statement).scalars())
