"""Whose customer somebody was: a row for each change, written where the present owner is."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, literal, select

from storage.columns import UtcDateTime
from storage.database import Tx, insert_for
from storage.tables import customer, ownership


def keep(tx: Tx, external_ids: Collection[str], *, now: datetime) -> None:
    """Note the present owner of these customers where it is not the one that was noted last."""
    _keep(tx, literal(now, UtcDateTime()), customer.c.external_id.in_(external_ids))


def keep_since_joining(tx: Tx) -> None:
    """Note that every customer's present owner has been theirs from the start: of a history that is told at once."""
    _keep(tx, customer.c.joined_at)


def _keep(tx: Tx, since: ColumnElement[Any], *whose: ColumnElement[bool]) -> None:
    noted = select(ownership.c.csm_id).where(ownership.c.customer_id == customer.c.id)
    last = noted.order_by(ownership.c.since.desc()).limit(1).scalar_subquery()
    owned = select(customer.c.id, since, customer.c.csm_id).where(
        customer.c.csm_id.is_not(None), customer.c.csm_id.is_distinct_from(last), *whose
    )
    statement = insert_for(tx)(ownership).from_select(["customer_id", "since", "csm_id"], owned)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["customer_id", "since"], set_={"csm_id": statement.excluded.csm_id}
        )
    )


def owner(at: datetime) -> ColumnElement[Any]:
    """Whose a customer was at an instant; nothing where that is not known."""
    noted = select(ownership.c.csm_id).where(ownership.c.customer_id == customer.c.id, ownership.c.since <= at)
    return noted.order_by(ownership.c.since.desc()).limit(1).scalar_subquery()
