"""Success plans and their milestones."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, String, cast, func, insert, select, update

from bot.domain.messages import Language
from bot.domain.plans import CheckInChoice, Milestone, Plan, PlanStatus, Round, read_round_key
from bot.domain.rules import PlanTemplate
from bot.domain.touchpoints import Kind
from storage.database import Tx, insert_for
from storage.due import Due, Window, list_due, select_due
from storage.tables import customer, interaction, milestone, outbox, success_plan

ROUNDS = {
    Kind.CHECK_IN: (success_plan.c.next_check_in_at, success_plan.c.check_ins),
    Kind.PROGRESS: (success_plan.c.next_progress_at, success_plan.c.progress_messages),
}


def add(
    tx: Tx,
    *,
    customer_id: int,
    template: PlanTemplate,
    language: Language,
    milestones: Sequence[Milestone],
    check_in: Round | None,
    progress: Round | None,
    started_by: int | None,
    now: datetime,
) -> int | None:
    """Start a plan; None when the customer has an active one already."""
    statement = insert_for(tx)(success_plan).values(
        customer_id=customer_id,
        template=template.key,
        name=template.name[language],
        goal=template.goal[language],
        status=PlanStatus.ACTIVE,
        started_at=now,
        started_by=started_by,
        check_in_months=template.check_in_months,
        progress_months=template.progress_months,
        check_ins=0,
        progress_messages=0,
        next_check_in_at=check_in.at if check_in else None,
        next_progress_at=progress.at if progress else None,
    )
    plan_id = tx.execute(statement.on_conflict_do_nothing().returning(success_plan.c.id)).scalar_one_or_none()
    if plan_id is None:
        return None
    for one in milestones:
        tx.execute(insert(milestone).values(plan_id=plan_id, position=one.position, title=one.title, due_at=one.due_at))
    return int(plan_id)


def load(tx: Tx, plan_id: int) -> Plan | None:
    return next(iter(_list(tx, success_plan.c.id == plan_id)), None)


def load_latest(tx: Tx, customer_id: int) -> Plan | None:
    """The customer's active plan, or else the last one."""
    found = _list(tx, success_plan.c.customer_id == customer_id)
    return max(found, key=lambda plan: (plan.status is PlanStatus.ACTIVE, plan.started_at), default=None)


def load_by_milestone(tx: Tx, milestone_id: int) -> Plan | None:
    """The plan of a milestone, locked on PostgreSQL, so that of two last milestones one completes it."""
    of_plan = select(milestone.c.plan_id).where(milestone.c.id == milestone_id).scalar_subquery()
    statement = select(success_plan.c.id).where(success_plan.c.id == of_plan).with_for_update()
    plan_id = tx.execute(statement).scalar()
    return load(tx, plan_id) if plan_id is not None else None


def load_many(tx: Tx, plan_ids: Sequence[int]) -> dict[int, Plan]:
    return {plan.plan_id: plan for plan in _list(tx, success_plan.c.id.in_(plan_ids))}


def _list(tx: Tx, *where: ColumnElement[bool]) -> list[Plan]:
    """Plans with their milestones."""
    plans = (
        select(
            success_plan.c.id,
            success_plan.c.customer_id,
            success_plan.c.template,
            success_plan.c.name,
            success_plan.c.goal,
            success_plan.c.status,
            success_plan.c.started_at,
            success_plan.c.completed_at,
            success_plan.c.check_in_months,
            success_plan.c.progress_months,
            success_plan.c.check_in_answer,
            success_plan.c.check_in_answered_at,
        )
        .where(*where)
        .order_by(success_plan.c.id)
    )
    rows = tx.execute(plans).all()
    milestones = _milestones(tx, [row.id for row in rows])
    return [
        Plan(
            plan_id=row.id,
            customer_id=row.customer_id,
            template=row.template,
            name=row.name,
            goal=row.goal,
            status=PlanStatus(row.status),
            started_at=row.started_at,
            completed_at=row.completed_at,
            milestones=tuple(milestones.get(row.id, ())),
            check_in_months=row.check_in_months,
            progress_months=row.progress_months,
            check_in=CheckInChoice(row.check_in_answer) if row.check_in_answer else None,
            check_in_at=row.check_in_answered_at,
        )
        for row in rows
    ]


def _milestones(tx: Tx, plan_ids: Sequence[int]) -> dict[int, list[Milestone]]:
    found: dict[int, list[Milestone]] = {}
    statement = (
        select(
            milestone.c.id,
            milestone.c.plan_id,
            milestone.c.position,
            milestone.c.title,
            milestone.c.due_at,
            milestone.c.done_at,
        )
        .where(milestone.c.plan_id.in_(plan_ids))
        .order_by(milestone.c.position)
    )
    for row in tx.execute(statement):
        found.setdefault(row.plan_id, []).append(
            Milestone(
                milestone_id=row.id, position=row.position, title=row.title, due_at=row.due_at, done_at=row.done_at
            )
        )
    return found


def mark_done(tx: Tx, milestone_id: int, *, done_by: int, now: datetime) -> bool:
    """Mark a milestone of an active plan as done; False when somebody was first."""
    active = select(success_plan.c.id).where(success_plan.c.status == PlanStatus.ACTIVE)
    statement = (
        update(milestone)
        .where(milestone.c.id == milestone_id, milestone.c.done_at.is_(None), milestone.c.plan_id.in_(active))
        .values(done_at=now, done_by=done_by)
        .returning(milestone.c.id)
    )
    return tx.execute(statement).first() is not None


def complete_if_done(tx: Tx, plan_id: int, *, now: datetime) -> None:
    """Complete an active plan whose milestones are all done: its regular messages stop."""
    undone = select(milestone.c.id).where(milestone.c.plan_id == plan_id, milestone.c.done_at.is_(None))
    tx.execute(
        update(success_plan)
        .where(success_plan.c.id == plan_id, success_plan.c.status == PlanStatus.ACTIVE, ~undone.exists())
        .values(status=PlanStatus.COMPLETED, completed_at=now, next_check_in_at=None, next_progress_at=None)
    )


def save_check_in(tx: Tx, plan_id: int, choice: CheckInChoice, *, now: datetime) -> None:
    """Keep the customer's last word on how the plan goes."""
    tx.execute(
        update(success_plan)
        .where(success_plan.c.id == plan_id)
        .values(check_in_answer=choice, check_in_answered_at=now)
    )


def list_milestones(tx: Tx, window: Window) -> list[Due]:
    """Milestones of active plans that are neither done nor announced; the subject is the plan's id."""
    statement = select_due(milestone.c.id, milestone.c.due_at, cast(success_plan.c.id, String))
    statement = statement.join(success_plan, success_plan.c.customer_id == customer.c.id)
    statement = statement.join(milestone, milestone.c.plan_id == success_plan.c.id).where(
        success_plan.c.status == PlanStatus.ACTIVE, milestone.c.announced_at.is_(None), milestone.c.done_at.is_(None)
    )
    return list_due(tx, statement, milestone.c.due_at, window)


def mark_announced(tx: Tx, milestone_id: int, *, now: datetime) -> bool:
    """Note that a milestone's day has come; False when another planner was first."""
    statement = update(milestone).where(milestone.c.id == milestone_id, milestone.c.announced_at.is_(None))
    return tx.execute(statement.values(announced_at=now).returning(milestone.c.id)).first() is not None


def list_rounds(tx: Tx, window: Window, *, kind: Kind) -> list[Due]:
    """Active plans (the row) whose next check-in or progress message comes."""
    at = ROUNDS[kind][0]
    statement = select_due(success_plan.c.id, at)
    statement = statement.join(success_plan, success_plan.c.customer_id == customer.c.id)
    return list_due(tx, statement.where(success_plan.c.status == PlanStatus.ACTIVE), at, window)


def list_unanswered(tx: Tx, plan_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The numbers of each plan's check-ins that were sent since the customer was last heard, in order.

    Heard is who answered a check-in, and who wrote, was called or met since.
    """
    statement = (
        select(outbox.c.dedupe_key, outbox.c.sent_at, success_plan.c.check_in_answered_at, _heard_at)
        .join(success_plan, success_plan.c.customer_id == outbox.c.customer_id)
        .where(success_plan.c.id.in_(plan_ids), outbox.c.kind == Kind.CHECK_IN, outbox.c.sent_at.is_not(None))
        .order_by(outbox.c.sent_at)
    )
    found: dict[int, tuple[int, ...]] = {}
    for key, sent_at, *heard in tx.execute(statement):
        plan_id, number = read_round_key(key)
        if plan_id in plan_ids and all(at is None or at < sent_at for at in heard):
            found[plan_id] = (*found.get(plan_id, ()), number)
    return found


_heard_at = (
    select(func.max(interaction.c.happened_at))
    .where(interaction.c.customer_id == success_plan.c.customer_id, interaction.c.kind.not_in(("note", "reply")))
    .scalar_subquery()
)


def move_round(tx: Tx, due: Due, last: Round, *, kind: Kind, until: datetime | None) -> bool:
    """Note the last round and when the next one is due, if ever; False when another planner was first."""
    at, count = ROUNDS[kind]
    statement = update(success_plan).where(success_plan.c.id == due.row_id, at == due.at)
    moved = statement.values({at: until, count: last.number}).returning(success_plan.c.id)
    return tx.execute(moved).first() is not None


def cancel_announcement(tx: Tx, dedupe_key: str) -> None:
    """What was done need not be announced any more."""
    tx.execute(
        update(outbox)
        .where(outbox.c.dedupe_key == dedupe_key, outbox.c.status == "pending")
        .values(status="cancelled", error="done")
    )
