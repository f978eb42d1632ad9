"""What waits for a CSM, section by section: of their own customers alone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, false, func, literal, or_, select

from bot.domain.digests import LISTED, DigestItem, Section
from storage.database import Tx
from storage.tables import customer, interaction, milestone, success_plan, support_case

BODY = 60
SAID = ("message", "feedback", "request")


def list_cases(tx: Tx, csm_id: int, *, now: datetime) -> Section:
    """Open cases that this CSM has claimed, or that nobody has: the next deadline first, those that rest left out."""
    unclaimed = and_(support_case.c.claimed_by.is_(None), customer.c.csm_id == csm_id)
    statement = (
        _items(support_case.c.solve_due_at, support_case.c.words)
        .join(support_case, support_case.c.customer_id == customer.c.id)
        .where(support_case.c.resolved_at.is_(None), support_case.c.snoozed_until.is_(None))
        .where(or_(support_case.c.claimed_by == csm_id, unclaimed))
    )
    return _section(tx, "cases", statement, now=now)


def list_messages(tx: Tx, csm_id: int, *, now: datetime) -> Section:
    """What customers wrote that nobody has dealt with and that belongs to no case, the oldest first."""
    statement = (
        _items(interaction.c.happened_at, interaction.c.body)
        .join(interaction, interaction.c.customer_id == customer.c.id)
        .where(customer.c.csm_id == csm_id, interaction.c.kind.in_(SAID))
        .where(interaction.c.closed_at.is_(None), interaction.c.case_id.is_(None))
    )
    return _section(tx, "messages", statement)


def list_milestones(tx: Tx, csm_id: int, *, before: datetime, now: datetime) -> Section:
    """Milestones of active plans that are due before an instant and not reached."""
    statement = (
        _items(milestone.c.due_at, milestone.c.title)
        .join(success_plan, success_plan.c.customer_id == customer.c.id)
        .join(milestone, milestone.c.plan_id == success_plan.c.id)
        .where(customer.c.csm_id == csm_id, success_plan.c.status == "active")
        .where(milestone.c.done_at.is_(None), milestone.c.due_at < before)
    )
    return _section(tx, "milestones", statement, now=now)


def list_silent(tx: Tx, csm_id: int, *, since: datetime) -> Section:
    """Customers who have bought nothing since an instant and are not lost yet, the most silent first."""
    silent = (customer.c.csm_id == csm_id, customer.c.lost_at.is_(None), customer.c.last_purchase_at < since)
    return _section(tx, "silent", _items(customer.c.last_purchase_at, literal("")).where(*silent))


def list_birthdays(tx: Tx, csm_id: int, *, born: Collection[tuple[int, int]]) -> Section:
    """Customers with one of these (month, day) of birth."""
    today = (and_(customer.c.birth_month == month, customer.c.birth_day == day) for month, day in sorted(born))
    living = (customer.c.csm_id == csm_id, customer.c.lost_at.is_(None), or_(*today))
    return _section(tx, "birthdays", _items(customer.c.joined_at, literal("")).where(*living))


def _items(at: Any, detail: Any) -> Select[Any]:  # noqa: ANN401  columns
    return select(customer.c.id, customer.c.name, at.label("at"), detail.label("detail")).select_from(customer)


def _section(tx: Tx, kind: str, statement: Select[Any], *, now: datetime | None = None) -> Section:
    """The first of a section, and how many there are; with `now`, what was due before it is late."""
    found = statement.where(customer.c.forgotten_at.is_(None)).subquery()
    is_late = found.c.at < now if now is not None else false()
    total, late = tx.execute(select(func.count(), func.count().filter(is_late)).select_from(found)).one()
    rows = tx.execute(select(found).order_by(found.c.at, found.c.id).limit(LISTED)).all() if total else ()
    items = [
        DigestItem(
            customer_id=row.id,
            name=row.name,
            at=row.at,
            detail=row.detail[:BODY],
            late=now is not None and row.at < now,
        )
        for row in rows
    ]
    return Section(kind=kind, total=total, items=items, late=late)
