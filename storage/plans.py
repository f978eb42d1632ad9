"""Success plans and their milestones."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from bot.domain.messages import Language
from bot.domain.plans import CheckInChoice, Measure, Milestone, Plan, PlanStatus, Round
from bot.domain.rules import Owner, PlanTemplate
from storage.database import Tx, insert_for
from storage.tables import customer, milestone, outbox, success_plan

MEASURE = ("name", "unit", "start", "target", "value")
_ACTIVE = select(success_plan.c.id).where(success_plan.c.status == PlanStatus.ACTIVE)


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
        tx.execute(insert(milestone).values(plan_id=plan_id, **_columns(one)))
    return int(plan_id)


def _columns(one: Milestone) -> dict[str, Any]:
    measure = one.measure
    measured = {f"measure_{name}": getattr(measure, name) for name in MEASURE} if measure else {}
    return {
        "position": one.position,
        "title": one.title,
        "due_at": one.due_at,
        "owner": one.owner,
        "proof": one.proof,
        "tip": one.tip,
        "tip_at": one.tip_at,
        **measured,
    }


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
    found = _list(tx, success_plan.c.id.in_(plan_ids)) if plan_ids else []
    return {plan.plan_id: plan for plan in found}


def _list(tx: Tx, *where: ColumnElement[bool]) -> list[Plan]:
    """Plans with their milestones."""
    rows = tx.execute(_PLANS.where(*where)).all()
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
            goal_said_at=row.goal_said_at,
            stuck_at=row.stuck_at,
        )
        for row in rows
    ]


_PLANS = select(
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
    success_plan.c.goal_said_at,
    success_plan.c.stuck_at,
).order_by(success_plan.c.id)


def _milestones(tx: Tx, plan_ids: Sequence[int]) -> dict[int, list[Milestone]]:
    found: dict[int, list[Milestone]] = {}
    if not plan_ids:
        return found
    statement = select(milestone).where(milestone.c.plan_id.in_(plan_ids)).order_by(milestone.c.position)
    for row in tx.execute(statement):
        found.setdefault(row.plan_id, []).append(_milestone(row))
    return found


def _milestone(row: Any) -> Milestone:  # noqa: ANN401  a database row
    return Milestone(
        milestone_id=row.id,
        position=row.position,
        title=row.title,
        due_at=row.due_at,
        done_at=row.done_at,
        owner=Owner(row.owner),
        proof=row.proof,
        claimed_at=row.claimed_at,
        measure=Measure(**{name: getattr(row, f"measure_{name}") for name in MEASURE}) if row.measure_name else None,
        tip=row.tip or "",
        tip_at=row.tip_at,
    )


def mark_done(tx: Tx, milestone_id: int, *, done_by: int | None, now: datetime) -> bool:
    """Mark a milestone of an active plan as done, by staff or (None) the customer; False when somebody was first."""
    is_open = (milestone.c.done_at.is_(None), milestone.c.plan_id.in_(_ACTIVE))
    return _change_milestone(tx, milestone_id, *is_open, done_at=now, done_by=done_by)


def complete_if_done(tx: Tx, plan_id: int, *, now: datetime) -> bool:
    """Complete an active plan whose milestones are all done: its regular messages stop. False when it goes on."""
    undone = select(milestone.c.id).where(milestone.c.plan_id == plan_id, milestone.c.done_at.is_(None))
    over = {"next_check_in_at": None, "next_progress_at": None, "goal_until": None, "stuck_at": None}
    statement = (
        update(success_plan)
        .where(success_plan.c.id == plan_id, success_plan.c.status == PlanStatus.ACTIVE, ~undone.exists())
        .values(status=PlanStatus.COMPLETED, completed_at=now, **over)
    )
    return tx.execute(statement.returning(success_plan.c.id)).first() is not None


def save_check_in(tx: Tx, plan_id: int, choice: CheckInChoice, *, now: datetime) -> None:
    """Keep the customer's last word on how the plan goes."""
    tx.execute(
        update(success_plan)
        .where(success_plan.c.id == plan_id)
        .values(check_in_answer=choice, check_in_answered_at=now)
    )


def claim(tx: Tx, milestone_id: int, *, now: datetime) -> bool:
    """Note that the customer says a milestone is reached; False when it is done or was claimed before."""
    is_open = (milestone.c.done_at.is_(None), milestone.c.claimed_at.is_(None), milestone.c.plan_id.in_(_ACTIVE))
    return _change_milestone(tx, milestone_id, *is_open, claimed_at=now)


def reject_claim(tx: Tx, milestone_id: int) -> bool:
    """Note that a milestone is not reached yet after all; False when nothing waited to be confirmed."""
    waiting = (milestone.c.done_at.is_(None), milestone.c.claimed_at.is_not(None))
    return _change_milestone(tx, milestone_id, *waiting, claimed_at=None)


def save_measure(tx: Tx, milestone_id: int, value: float) -> bool:
    """Keep how far an open milestone has come; False when it has no measure."""
    is_open = (milestone.c.done_at.is_(None), milestone.c.measure_target.is_not(None), milestone.c.plan_id.in_(_ACTIVE))
    return _change_milestone(tx, milestone_id, *is_open, measure_value=value)


def reschedule(tx: Tx, moved: Milestone) -> bool:
    """Keep the new day of an open milestone, on which it is announced again."""
    is_open = (milestone.c.done_at.is_(None), milestone.c.plan_id.in_(_ACTIVE))
    dates = {"due_at": moved.due_at, "tip_at": moved.tip_at, "announced_at": None}
    return _change_milestone(tx, moved.milestone_id, *is_open, **dates)


def _change_milestone(tx: Tx, milestone_id: int, *where: ColumnElement[bool], **values: Any) -> bool:  # noqa: ANN401  columns of the row
    statement = update(milestone).where(milestone.c.id == milestone_id, *where).values(**values)
    return tx.execute(statement.returning(milestone.c.id)).first() is not None


def await_goal(tx: Tx, plan_id: int, *, until: datetime | None) -> None:
    """Take the customer's next text as the plan's goal until an instant; None no longer."""
    tx.execute(update(success_plan).where(success_plan.c.id == plan_id).values(goal_until=until))


def load_awaiting_goal(tx: Tx, customer_id: int, *, now: datetime) -> Plan | None:
    """The active plan whose goal the customer is about to say in their own words."""
    where = (success_plan.c.customer_id == customer_id, success_plan.c.goal_until > now)
    return next(iter(_list(tx, *where, success_plan.c.status == PlanStatus.ACTIVE)), None)


def stop_awaiting_goal(tx: Tx, customer_id: int) -> None:
    """The customer is about to write something else: what comes next is no goal."""
    standing = (success_plan.c.customer_id == customer_id, success_plan.c.goal_until.is_not(None))
    tx.execute(update(success_plan).where(*standing).values(goal_until=None))


def edit_goal(tx: Tx, *, chat_id: int, message_id: int, goal: str) -> None:
    """The customer edited the message in which they said their goal."""
    theirs = select(customer.c.id).where(customer.c.chat_id == chat_id)
    said = (success_plan.c.customer_id.in_(theirs), success_plan.c.goal_message_id == message_id)
    tx.execute(update(success_plan).where(*said).values(goal=goal))


def save_goal(tx: Tx, plan_id: int, goal: str, *, message_id: int | None = None, now: datetime) -> None:
    """Keep why the customer bought, in their words; `message_id` is where they said it, if they wrote it."""
    values = {"goal": goal, "goal_said_at": now, "goal_until": None, "goal_message_id": message_id}
    tx.execute(update(success_plan).where(success_plan.c.id == plan_id).values(values))


def set_stuck(tx: Tx, plan_id: int, *, at: datetime | None) -> bool:
    """Note that staff know of a plan that is stuck, or (None) that it is so no more; False when it was noted before."""
    is_new = success_plan.c.stuck_at.is_(None) if at else success_plan.c.stuck_at.is_not(None)
    statement = update(success_plan).where(success_plan.c.id == plan_id, is_new).values(stuck_at=at)
    return tx.execute(statement.returning(success_plan.c.id)).first() is not None


def list_late(tx: Tx, *, before: datetime, limit: int) -> list[tuple[str, int | None, Plan]]:
    """Active plans with an open milestone that was due before an instant or is measured: customer, CSM and plan."""
    needs_a_look = or_(milestone.c.due_at <= before, milestone.c.measure_value.is_not(None))
    statement = (
        select(success_plan.c.id, customer.c.name, customer.c.csm_id, func.min(milestone.c.due_at).label("first"))
        .join(customer, customer.c.id == success_plan.c.customer_id)
        .join(milestone, milestone.c.plan_id == success_plan.c.id)
        .where(success_plan.c.status == PlanStatus.ACTIVE, milestone.c.done_at.is_(None), needs_a_look)
        .group_by(success_plan.c.id, customer.c.name, customer.c.csm_id)
        .order_by("first", success_plan.c.id)
        .limit(limit)
    )
    rows = tx.execute(statement).all()
    found = load_many(tx, [row.id for row in rows])
    return [(row.name, row.csm_id, found[row.id]) for row in rows]


def cancel_messages(tx: Tx, dedupe_keys: Sequence[str]) -> None:
    """What was done, or put off, need not be announced any more."""
    tx.execute(
        update(outbox)
        .where(outbox.c.dedupe_key.in_(dedupe_keys), outbox.c.status == "pending")
        .values(status="cancelled", error="done")
    )
