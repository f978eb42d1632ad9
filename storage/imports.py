"""Bulk writing of imported customers and purchases: what is new is added, what differs is changed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, insert, or_, select, update

from bot.domain.imports import CustomerRecord, PurchaseRecord
from bot.domain.names import search_key
from storage import phones
from storage.database import Tx
from storage.tables import customer, purchase

CUSTOMER_COLUMNS = (
    "external_id",
    "name",
    "search_name",
    "phone",
    "birth_day",
    "birth_month",
    "birth_year",
    "language",
    "timezone",
    "plan",
    "location",
    "salutation",
    "csm_id",
    "joined_at",
)
PURCHASE_COLUMNS = ("external_id", "customer_id", "purchased_at", "amount_minor", "currency")


@dataclass
class Saved:
    """How many rows were written, and which records the database had a reason to refuse."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: list[int] = field(default_factory=list)


@dataclass
class _Writes:
    """Rows to insert, and changes to rows by the columns that change."""

    table: Table
    new: list[dict[str, Any]] = field(default_factory=list)
    changes: dict[frozenset[str], list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))
    saved: Saved = field(default_factory=Saved)

    def put(self, current: Row[Any] | None, values: dict[str, Any], defaults: dict[str, Any]) -> None:
        if current is None:
            self.new.append(_with_indexes(defaults | values))
            self.saved.created += 1
            return
        changed = {column: value for column, value in values.items() if getattr(current, column) != value}
        if changed:
            changed = _with_indexes(changed)
            self.changes[frozenset(changed)].append(changed | {"row_id": current.id})
            self.saved.changed += 1
        else:
            self.saved.unchanged += 1

    def execute(self, tx: Tx) -> Saved:
        for columns, rows in self.changes.items():
            statement = update(self.table).where(self.table.c.id == bindparam("row_id"))
            tx.execute(statement.values({column: bindparam(column) for column in columns}), rows)
        if self.new:
            tx.execute(insert(self.table), self.new)
        return self.saved


def _with_indexes(values: dict[str, Any]) -> dict[str, Any]:
    return values | phones.columns(values["phone"]) if "phone" in values else values


def save_customers(tx: Tx, records: Sequence[CustomerRecord], *, language: str, timezone: str, now: datetime) -> Saved:
    """Add new customers and change those that differ, by their external id.

    A person without one who signed up with the same phone number becomes this customer. A record whose phone number
    is another customer's is refused, by its row.
    """
    known = _customers(tx, records)
    by_id = {row.external_id: row for row in known if row.external_id is not None}
    by_phone = {row.phone: row for row in known if row.phone is not None}
    defaults = dict.fromkeys(CUSTOMER_COLUMNS) | {"language": language, "timezone": timezone, "created_at": now}
    defaults |= {"plan": "", "location": "", "salutation": "", "joined_at": now}
    writes = _Writes(customer)
    for record in records:
        current, owner = by_id.get(record.external_id), by_phone.get(record.phone)
        if current is None and owner is not None and owner.external_id is None:
            current = owner
        if owner is not None and owner is not current:
            writes.saved.refused.append(record.row)
        else:
            writes.put(current, _customer_values(record), defaults)
    return writes.execute(tx)


def _customers(tx: Tx, records: Sequence[CustomerRecord]) -> Sequence[Row[Any]]:
    ids = [record.external_id for record in records]
    numbers = [record.phone for record in records if record.phone is not None]
    columns = (customer.c.id, *(customer.c[column] for column in CUSTOMER_COLUMNS))
    return tx.execute(select(*columns).where(or_(customer.c.external_id.in_(ids), phones.is_any(tx, numbers)))).all()


def _customer_values(record: CustomerRecord) -> dict[str, Any]:
    born = record.birthday
    said = {
        "external_id": record.external_id,
        "name": record.name,
        "search_name": search_key(record.name),
        "phone": record.phone,
        "birth_day": born and born.day,
        "birth_month": born and born.month,
        "birth_year": born and born.year,
        "language": record.language,
        "timezone": record.timezone,
        "plan": record.plan,
        "location": record.location,
        "salutation": record.salutation,
        "csm_id": record.csm_id,
        "joined_at": record.joined_at,
    }
    return {column: value for column, value in said.items() if value is not None}


def save_purchases(tx: Tx, records: Sequence[PurchaseRecord], *, now: datetime) -> Saved:
    """Add new invoices and change those that differ, by their external id, and keep each customer's last purchase.

    The customers are marked, since their losses of the past may lie otherwise now (`storage.silences`). A record of an
    unknown customer is refused, by its row.
    """
    buyers = _ids_by_external_id(tx, {record.customer_external_id for record in records})
    known = _purchases(tx, [record.external_id for record in records])
    writes = _Writes(purchase)
    for record in records:
        buyer = buyers.get(record.customer_external_id)
        if buyer is None:
            writes.saved.refused.append(record.row)
            continue
        values = {
            "external_id": record.external_id,
            "customer_id": buyer,
            "purchased_at": record.purchased_at,
            "amount_minor": record.amount_minor,
            "currency": record.currency,
        }
        writes.put(known.get(record.external_id), values, {})
    saved = writes.execute(tx)
    _keep_last_purchase(tx, {row.customer_id for row in known.values()} | set(buyers.values()), now=now)
    return saved


def _ids_by_external_id(tx: Tx, external_ids: Iterable[str]) -> dict[str, int]:
    columns = (customer.c.external_id, customer.c.id)
    rows = tx.execute(select(*columns).where(customer.c.external_id.in_(external_ids)))
    return {row.external_id: row.id for row in rows}


def _purchases(tx: Tx, external_ids: Iterable[str]) -> dict[str, Row[Any]]:
    columns = (purchase.c.id, *(purchase.c[column] for column in PURCHASE_COLUMNS))
    rows = tx.execute(select(*columns).where(purchase.c.external_id.in_(external_ids)))
    return {row.external_id: row for row in rows}


def _keep_last_purchase(tx: Tx, customer_ids: Iterable[int], *, now: datetime) -> None:
    """A cancellation is no purchase, and neither is a gift."""
    bought = (purchase.c.customer_id == customer.c.id) & (purchase.c.amount_minor > 0)
    latest = select(func.max(purchase.c.purchased_at)).where(bought).scalar_subquery()
    values = {"last_purchase_at": latest, "purchases_came_at": now}
    tx.execute(update(customer).where(customer.c.id.in_(customer_ids)).values(values))
