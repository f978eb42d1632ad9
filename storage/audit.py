"""The audit log: entries are added and read, never changed."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, insert, or_, select

from bot.domain.audit import Deed, Entry
from storage.database import Tx
from storage.tables import audit, customer, interaction, milestone, staff, success_plan, support_case

colleague = staff.alias("colleague")


def add(tx: Tx, deed: Deed, *, now: datetime) -> None:
    """Log a deed, with the customer whom it is about."""
    row = {
        "happened_at": now,
        "staff_id": deed.staff_id,
        "command": deed.command,
        "customer_id": _customer_of(tx, deed),
        "colleague_id": deed.colleague_id,
    }
    tx.execute(insert(audit).values(row))


def _customer_of(tx: Tx, deed: Deed) -> int | None:
    """None too for a customer who is not there: the id came with a button, and may be anything."""
    if deed.milestone_id is not None:
        plan = select(success_plan.c.customer_id).join(milestone, milestone.c.plan_id == success_plan.c.id)
        return tx.execute(plan.where(milestone.c.id == deed.milestone_id)).scalar()
    if deed.interaction_id is not None:
        return tx.execute(select(interaction.c.customer_id).where(interaction.c.id == deed.interaction_id)).scalar()
    if deed.case_id is not None:
        return tx.execute(select(support_case.c.customer_id).where(support_case.c.id == deed.case_id)).scalar()
    return tx.execute(select(customer.c.id).where(customer.c.id == deed.customer_id)).scalar()


def list_latest(tx: Tx, *, limit: int) -> list[Entry]:
    """The latest entries of all, the newest first."""
    return _list(tx, limit=limit)


def list_about(tx: Tx, *, staff_ids: Sequence[int], customer_ids: Sequence[int], limit: int) -> list[Entry]:
    """The latest entries of any of these staff or about any of these customers, the newest first."""
    by_them, to_them = audit.c.staff_id.in_(staff_ids), audit.c.colleague_id.in_(staff_ids)
    return _list(tx, or_(by_them, to_them, audit.c.customer_id.in_(customer_ids)), limit=limit)


def _list(tx: Tx, *where: ColumnElement[bool], limit: int) -> list[Entry]:
    columns = (audit.c.happened_at, audit.c.staff_id, audit.c.command, audit.c.customer_id, audit.c.colleague_id)
    names = (staff.c.name.label("staff_name"), colleague.c.name.label("colleague_name"))
    statement = (
        select(*columns, *names, customer.c.name.label("customer_name"))
        .outerjoin(staff, staff.c.user_id == audit.c.staff_id)
        .outerjoin(colleague, colleague.c.user_id == audit.c.colleague_id)
        .outerjoin(customer, customer.c.id == audit.c.customer_id)
        .where(*where)
        .order_by(audit.c.id.desc())
        .limit(limit)
    )
    return [
        Entry(
            happened_at=row.happened_at,
            staff_id=row.staff_id,
            staff_name=row.staff_name or "",
            command=row.command,
            customer_id=row.customer_id,
            customer_name=row.customer_name or "",
            colleague_id=row.colleague_id,
            colleague_name=row.colleague_name or "",
        )
        for row in tx.execute(statement)
    ]
