"""What becomes due in success plans, and how the planners note that it was."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, case, cast, func, or_, select, update

from bot.domain.plans import PlanStatus, Round, read_round_key
from bot.domain.touchpoints import Kind
from storage.audiences import COLUMNS
from storage.database import Tx
from storage.due import REACHABLE, Agenda, Due, Window, select_due
from storage.tables import customer, interaction, milestone, outbox, success_plan

ROUNDS = {
    Kind.CHECK_IN: (success_plan.c.next_check_in_at, success_plan.c.check_ins),
    Kind.PROGRESS: (success_plan.c.next_progress_at, success_plan.c.progress_messages),
}


def list_milestones(tx: Tx, window: Window) -> list[Due]:
    """Milestones of active plans that are neither done, ticked nor announced; the subject is the plan's id."""
    return _MILESTONES.list(tx, window)


def mark_announced(tx: Tx, milestone_id: int, *, now: datetime) -> bool:
    """Note that a milestone's day has come; False when another planner was first."""
    statement = update(milestone).where(milestone.c.id == milestone_id, milestone.c.announced_at.is_(None))
    return tx.execute(statement.values(announced_at=now).returning(milestone.c.id)).first() is not None


def list_rounds(tx: Tx, window: Window, *, kind: Kind) -> list[Due]:
    """Active plans (the row) whose next check-in or progress message comes."""
    return _ROUNDS[kind].list(tx, window)


def list_unanswered(tx: Tx, plan_ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """The numbers of each plan's check-ins that were sent since the customer was last heard, in order.

    Heard is who answered a check-in, said their goal or ticked a milestone, and who wrote, was called or met since.
    """
    if not plan_ids:
        return {}
    heard = (success_plan.c.check_in_answered_at, success_plan.c.goal_said_at, _ticked_at, _spoke_at)
    statement = (
        select(outbox.c.dedupe_key, outbox.c.sent_at, *heard)
        .join(success_plan, success_plan.c.customer_id == outbox.c.customer_id)
        .where(success_plan.c.id.in_(plan_ids), outbox.c.kind == Kind.CHECK_IN, outbox.c.sent_at.is_not(None))
        .order_by(outbox.c.sent_at)
    )
    found: dict[int, tuple[int, ...]] = {}
    for key, sent_at, *instants in tx.execute(statement):
        plan_id, number = read_round_key(key)
        if plan_id in plan_ids and all(at is None or at < sent_at for at in instants):
            found[plan_id] = (*found.get(plan_id, ()), number)
    return found


_ticked_by_customer = or_(milestone.c.claimed_at.is_not(None), milestone.c.done_by.is_(None))
_ticked_at = (
    select(func.max(func.coalesce(milestone.c.claimed_at, milestone.c.done_at)))
    .where(milestone.c.plan_id == success_plan.c.id, _ticked_by_customer)
    .scalar_subquery()
)
_spoke_at = (
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


def list_tips(tx: Tx, window: Window) -> list[Due]:
    """Tips of open milestones of active plans whose time comes; the subject is the plan's id."""
    return _TIPS.list(tx, window)


def mark_tipped(tx: Tx, due: Due) -> bool:
    """Note that a tip is planned; False when another planner was first."""
    statement = update(milestone).where(milestone.c.id == due.row_id, milestone.c.tip_at == due.at)
    return tx.execute(statement.values(tip_at=None).returning(milestone.c.id)).first() is not None


def list_waiting(tx: Tx, window: Window) -> list[Due]:
    """Open milestones of active plans of whose being stuck nobody was told, by when they began to be late."""
    return _WAITING.list(tx, window)


def _of_plans(at: ColumnElement[Any]) -> Agenda:
    statement = select_due(success_plan.c.id, at).join(success_plan, success_plan.c.customer_id == customer.c.id)
    return Agenda(statement.where(success_plan.c.status == PlanStatus.ACTIVE), at)


def _of_milestones(at: ColumnElement[Any], *where: ColumnElement[bool]) -> Agenda:
    statement = select_due(milestone.c.id, at, cast(success_plan.c.id, String))
    statement = statement.join(success_plan, success_plan.c.customer_id == customer.c.id)
    statement = statement.join(milestone, milestone.c.plan_id == success_plan.c.id)
    here = (success_plan.c.status == PlanStatus.ACTIVE, milestone.c.done_at.is_(None), *where)
    return Agenda(statement.where(*here), at)


_unclaimed = milestone.c.claimed_at.is_(None)
_late_since = case((milestone.c.claimed_at > milestone.c.due_at, milestone.c.claimed_at), else_=milestone.c.due_at)
_MILESTONES = _of_milestones(milestone.c.due_at, milestone.c.announced_at.is_(None), _unclaimed)
_TIPS = _of_milestones(milestone.c.tip_at, _unclaimed)
_WAITING = _of_milestones(_late_since, success_plan.c.stuck_at.is_(None))
_ROUNDS = {kind: _of_plans(at) for kind, (at, _) in ROUNDS.items()}


def list_new_customers(
    tx: Tx, segments: Mapping[str, Sequence[str | int]], *, since: datetime, limit: int
) -> list[int]:
    """Customers with one of the values in each field who linked their chat since an instant and never had a plan."""
    any_plan = select(success_plan.c.id).where(success_plan.c.customer_id == customer.c.id).exists()
    where: list[ColumnElement[bool]] = [COLUMNS[field].in_(values) for field, values in segments.items()]
    statement = select(customer.c.id).where(customer.c.linked_at >= since, REACHABLE, ~any_plan, *where)
    return list(tx.execute(statement.order_by(customer.c.id).limit(limit)).scalars())
