"""Bulk writing of what is imported: by the ids of the business's books, what is new is added, what differs changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, bindparam, func, insert, or_, select, update

from bot.domain.names import search_key
from bot.domain.records import (
    ContractRecord,
    CustomerRecord,
    EventRecord,
    OwnedRecord,
    PurchaseRecord,
    ScoreRecord,
    TicketRecord,
)
from bot.domain.rules import Rules
from bot.domain.surveys import SCALE_NAMES
from bot.domain.touchpoints import Kind
from storage import phones, segments
from storage.database import Tx
from storage.tables import answer, contract, customer, purchase, survey_run, ticket, usage_event

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
    "title",
    "channel",
    "tags",
    "salutation",
    "csm_id",
    "joined_at",
)
NOT_KEPT = ("row", "customer_external_id")
"""Fields of a record that are no columns."""

IMPORTED = "import"
"""The trigger and the wording of a survey that another tool asked: what it said exactly, nobody here knows."""


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

    def put(self, current: Row[Any] | None, values: Mapping[str, Any], defaults: Mapping[str, Any]) -> None:
        if current is None:
            self.new.append(_with_indexes({**defaults, **values}))
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
            (key,) = self.table.primary_key
            statement = update(self.table).where(key == bindparam("row_id"))
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
    _one_at_a_time(tx, customer)
    known = _customers(tx, records)
    by_id = {row.external_id: row for row in known if row.external_id is not None}
    by_phone = {row.phone: row for row in known if row.phone is not None}
    defaults = dict.fromkeys(CUSTOMER_COLUMNS) | {"language": language, "timezone": timezone, "created_at": now}
    defaults |= {"plan": "", "location": "", "title": "", "channel": "", "salutation": "", "joined_at": now}
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
        "title": record.title,
        "channel": record.channel,
        "tags": record.tags and list(record.tags),
        "salutation": record.salutation,
        "csm_id": record.csm_id,
        "joined_at": record.joined_at,
    }
    return {column: value for column, value in said.items() if value is not None}


def save_purchases(tx: Tx, records: Sequence[PurchaseRecord], *, now: datetime) -> Saved:
    """Add new invoices and change those that differ, and keep each customer's last purchase.

    The customers are marked, since their losses of the past may lie otherwise now (`storage.silences`).
    """
    owned = _Owned(tx, purchase, records)
    before = {row.customer_id for row in owned.known.values()}
    saved = owned.put({}).execute(tx)
    _keep_last_purchase(tx, before | {owner.id for owner in owned.owners.values()}, now=now)
    return saved


def save_events(tx: Tx, records: Sequence[EventRecord]) -> Saved:
    """Add new usage events and change those that differ."""
    return _Owned(tx, usage_event, records).put({"quantity": 1}).execute(tx)


def save_tickets(tx: Tx, records: Sequence[TicketRecord]) -> Saved:
    """Add new tickets and change those that differ; one that was opened after it was solved is open again."""
    unsaid = {"solved_at": None, "category": "", "cost_minor": None, "currency": None}
    return _Owned(tx, ticket, records, span=("opened_at", "solved_at")).put(unsaid).execute(tx)


def save_contracts(tx: Tx, records: Sequence[ContractRecord]) -> Saved:
    """Add new contracts and change those that differ; one that starts after its last day has none any more."""
    unsaid = {"ends_on": None, "renewals": 0}
    return _Owned(tx, contract, records, span=("starts_on", "ends_on")).put(unsaid).execute(tx)


def save_scores(tx: Tx, records: Sequence[ScoreRecord], *, rules: Rules, now: datetime) -> Saved:
    """Add answers that another tool collected and change those that differ; each has a run that was never sent.

    Their segments are the customer's present ones: of that day's nobody knows.
    """
    owned = _Owned(tx, answer, records)
    writes = owned.put({"reason": None, "kind": Kind.NPS, "scale": SCALE_NAMES[Kind.NPS]})
    present = segments.present(tx, [row["customer_id"] for row in writes.new], rules=rules, now=now)
    for row in writes.new:
        row["segmentation_id"] = present[row["customer_id"]]
    for row, run_id in zip(writes.new, _add_runs(tx, writes.new), strict=True):
        row["run_id"] = run_id
    saved = writes.execute(tx)
    _follow(tx, [row["row_id"] for rows in writes.changes.values() for row in rows])
    return saved


def _add_runs(tx: Tx, answers: Sequence[Mapping[str, Any]]) -> Sequence[int]:
    rows = [
        {
            **{column: one[column] for column in ("customer_id", "kind", "segmentation_id")},
            "trigger": IMPORTED,
            "wording": IMPORTED,
            "subject": "",
            "planned_at": one["answered_at"],
            "closed_at": one["answered_at"],
        }
        for one in answers
    ]
    statement = insert(survey_run).returning(survey_run.c.id, sort_by_parameter_order=True)
    return tx.execute(statement, rows).scalars().all() if rows else []


def _follow(tx: Tx, run_ids: Sequence[int]) -> None:
    """A run belongs to the customer of its answer, and ended with it."""
    theirs = answer.c.run_id == survey_run.c.id
    customer_id, at = (
        select(answer.c[name]).where(theirs).scalar_subquery() for name in ("customer_id", "answered_at")
    )
    moved = {"customer_id": customer_id, "planned_at": at, "closed_at": at}
    tx.execute(update(survey_run).where(survey_run.c.id.in_(run_ids)).values(moved))


class _Owned:
    """Records of what belongs to customers, beside what is kept of them: their owners and the rows they may change.

    A record of an unknown customer is refused, by its row. `span` names the columns of a beginning and its end.
    """

    def __init__(
        self, tx: Tx, table: Table, records: Sequence[OwnedRecord], *, span: tuple[str, str] | None = None
    ) -> None:
        _one_at_a_time(tx, table)
        self._table = table
        self._records = records
        self._span = span
        self.owners = _owners(tx, {record.customer_external_id for record in records})
        self.known = _known(tx, table, records)

    def put(self, unsaid: Mapping[str, Any]) -> "_Writes":
        """What is to be written; `unsaid` is what a new row holds where its record says nothing."""
        writes = _Writes(self._table)
        for record in self._records:
            owner = self.owners.get(record.customer_external_id)
            if owner is None:
                writes.saved.refused.append(record.row)
                continue
            current = self.known.get(record.external_id)
            writes.put(current, self._ended(current, _said(record) | {"customer_id": owner.id}), unsaid)
        return writes

    def _ended(self, current: Row[Any] | None, values: dict[str, Any]) -> dict[str, Any]:
        """An end that is kept from before counts no more once the beginning has moved past it."""
        if current is None or self._span is None:
            return values
        beginning, end = self._span
        kept = getattr(current, end)
        return {end: None, **values} if kept is not None and kept < values[beginning] else values


def _said(record: OwnedRecord) -> dict[str, Any]:
    return {name: value for name, value in vars(record).items() if value is not None and name not in NOT_KEPT}


def _one_at_a_time(tx: Tx, table: Table) -> None:
    """Two imports of one table would both add what neither knows yet. SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(select(func.pg_advisory_xact_lock(func.hashtext(table.name))))


def _owners(tx: Tx, external_ids: Collection[str]) -> dict[str, Row[Any]]:
    columns = (customer.c[name] for name in ("external_id", "id"))
    rows = tx.execute(select(*columns).where(customer.c.external_id.in_(external_ids)))
    return {row.external_id: row for row in rows}


def _known(tx: Tx, table: Table, records: Sequence[OwnedRecord]) -> dict[str, Row[Any]]:
    if not records:
        return {}
    (key,) = table.primary_key
    columns = (table.c[name] for name in (*vars(records[0]), "customer_id") if name not in NOT_KEPT)
    external_ids = [record.external_id for record in records]
    rows = tx.execute(select(key.label("id"), *columns).where(table.c.external_id.in_(external_ids)))
    return {row.external_id: row for row in rows}


def _keep_last_purchase(tx: Tx, customer_ids: Iterable[int], *, now: datetime) -> None:
    """A cancellation is no purchase, and neither is a gift."""
    bought = (purchase.c.customer_id == customer.c.id) & (purchase.c.amount_minor > 0)
    latest = select(func.max(purchase.c.purchased_at)).where(bought).scalar_subquery()
    values = {"last_purchase_at": latest, "purchases_came_at": now}
    tx.execute(update(customer).where(customer.c.id.in_(customer_ids)).values(values))
