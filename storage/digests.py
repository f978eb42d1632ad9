"""What waits for a CSM, section by section: of their own customers alone."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, or_, select

from bot.domain.digests import LISTED, DigestItem, Morning, Section
from storage.database import Tx
from storage.tables import customer, interaction, milestone, success_plan, support_case

BODY = 60
SAID = ("message", "feedback", "request")


def list_cases(tx: Tx, csm_id: int, morning: Morning) -> Section:
    """Open cases that this CSM has claimed, or that nobody has, those that rest left out.

    The new and those due today come first, then the next deadline: that of the first answer until there is one.
    """
    unclaimed = and_(support_case.c.claimed_by.is_(None), customer.c.csm_id == csm_id)
    waits = support_case.c.first_answer_at.is_(None)
    due_at = case((waits, support_case.c.answer_due_at), else_=support_case.c.solve_due_at)
    statement = (
        _items(due_at, support_case.c.words, came_at=support_case.c.opened_at, answers=waits)
        .join(support_case, support_case.c.customer_id == customer.c.id)
        .where(support_case.c.resolved_at.is_(None), support_case.c.snoozed_until.is_(None))
        .where(or_(support_case.c.claimed_by == csm_id, unclaimed))
    )
    return _section(tx, "cases", statement, morning, due=True)


def list_messages(tx: Tx, csm_id: int, morning: Morning) -> Section:
    """What customers wrote that nobody has dealt with and that belongs to no case: the new, then the oldest."""
    statement = (
        _items(interaction.c.happened_at, interaction.c.body)
        .join(interaction, interaction.c.customer_id == customer.c.id)
        .where(customer.c.csm_id == csm_id, interaction.c.kind.in_(SAID))
        .where(interaction.c.closed_at.is_(None), interaction.c.case_id.is_(None))
    )
    return _section(tx, "messages", statement, morning)


def list_milestones(tx: Tx, csm_id: int, morning: Morning) -> Section:
    """Milestones of active plans that are due before the day is over and not reached: the newly due first."""
    statement = (
        _items(milestone.c.due_at, milestone.c.title)
        .join(success_plan, success_plan.c.customer_id == customer.c.id)
        .join(milestone, milestone.c.plan_id == success_plan.c.id)
        .where(customer.c.csm_id == csm_id, success_plan.c.status == "active")
        .where(milestone.c.done_at.is_(None), milestone.c.due_at < morning.before)
    )
    return _section(tx, "milestones", statement, morning, due=True)


def list_silent(tx: Tx, csm_id: int, *, since: datetime) -> Section:
    """Customers who have bought nothing since an instant and are not lost yet, the most silent first."""
    silent = (customer.c.csm_id == csm_id, customer.c.lost_at.is_(None), customer.c.last_purchase_at < since)
    return _section(tx, "silent", _items(customer.c.last_purchase_at, literal("")).where(*silent))


def list_birthdays(tx: Tx, csm_id: int, *, born: Collection[tuple[int, int]]) -> Section:
    """Customers with one of these (month, day) of birth."""
    today = (and_(customer.c.birth_month == month, customer.c.birth_day == day) for month, day in sorted(born))
    living = (customer.c.csm_id == csm_id, customer.c.lost_at.is_(None), or_(*today))
    return _section(tx, "birthdays", _items(customer.c.joined_at, literal("")).where(*living))


def _items(at: Any, detail: Any, *, came_at: Any = None, answers: Any = None) -> Select[Any]:  # noqa: ANN401  columns
    """Items with their instant and words, when they came (with that instant), and whether a first answer is awaited."""
    came = (at if came_at is None else came_at).label("came_at")
    waits = (false() if answers is None else answers).label("answers")
    columns = (customer.c.id, customer.c.name, at.label("at"), detail.label("detail"), came, waits)
    return select(*columns).select_from(customer)


def _section(
    tx: Tx, kind: str, statement: Select[Any], morning: Morning | None = None, *, due: bool = False
) -> Section:
    """The first of a section, and how many there are; with a `morning` what is new, of what is `due` what is late."""
    found = statement.where(customer.c.forgotten_at.is_(None)).subquery()
    never = false()
    is_new = found.c.came_at >= morning.since if morning else never
    is_late = found.c.at < morning.now if morning and due else never
    is_today = and_(found.c.at >= morning.now, found.c.at < morning.before) if morning and due else never
    counted = (func.count(), func.count().filter(is_late), func.count().filter(is_new))
    total, late, new = tx.execute(select(*counted).select_from(found)).one()
    listed = select(found, is_new.label("new"), is_late.label("late"), is_today.label("today"))
    order = (case((or_(is_new, is_today), 0), else_=1), found.c.at, found.c.id)
    rows = tx.execute(listed.order_by(*order).limit(LISTED)).all() if total else ()
    items = [
        DigestItem(
            customer_id=row.id,
            name=row.name,
            at=row.at,
            detail=row.detail[:BODY],
            late=bool(row.late),
            new=bool(row.new),
            today=bool(row.today),
            answers=bool(row.answers),
        )
        for row in rows
    ]
    return Section(kind=kind, total=total, items=items, late=late, new=new)
