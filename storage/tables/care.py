"""What staff do for customers: what they talked about, cases, success plans, win-back and greetings."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from storage.columns import Id
from storage.tables.base import (
    UNSCORED,
    Table,
    instant,
    reference,
    row_id,
    secret,
)


class InteractionRow(Table, table=True):
    """Anything said or noted about a customer: their messages, feedback, and staff's notes."""

    __tablename__ = "interaction"
    __table_args__ = (
        UniqueConstraint("chat_id", "message_id"),
        CheckConstraint(
            "kind in ('message', 'feedback', 'note', 'request', 'reply', 'unsent', 'call', 'meeting')", name="kind"
        ),
        Index("ix_interaction_customer_id_happened_at", "customer_id", "happened_at"),
        Index("ix_interaction_case_id", "case_id"),
        Index("ix_interaction_happened_at", "happened_at"),
        Index(
            "ix_interaction_due_ces",
            "closed_at",
            sqlite_where=text("closed_at is not null and ces_planned_at is null"),
            postgresql_where=text("closed_at is not null and ces_planned_at is null"),
        ),
        Index("ix_interaction_unscored", "happened_at", sqlite_where=UNSCORED, postgresql_where=UNSCORED),
    )

    id: int | None = row_id()
    customer_id: int = reference("customer.id")
    kind: str
    body: str = secret("interaction.body")
    happened_at: datetime = instant()
    staff_id: int | None = Field(default=None, sa_type=Id)
    chat_id: int | None = Field(default=None, sa_type=Id)
    message_id: int | None = Field(default=None, sa_type=Id)
    closed_at: datetime | None = instant(default=None)
    closed_by: int | None = Field(default=None, sa_type=Id)
    ces_planned_at: datetime | None = instant(default=None)
    case_id: int | None = reference("support_case.id", default=None)


class CaseRow(Table, table=True):
    """Something wrong for a customer, from the signal that opened it to its outcome and to whether it helped."""

    __tablename__ = "support_case"
    __table_args__ = (
        CheckConstraint("source in ('survey', 'feedback', 'request', 'staff')", name="source"),
        Index(
            "uq_support_case_open",
            "customer_id",
            unique=True,
            sqlite_where=text("resolved_at is null"),
            postgresql_where=text("resolved_at is null"),
        ),
        Index("ix_support_case_customer_id", "customer_id"),
        Index("ix_support_case_thread", "chat_id", "thread_id"),
        Index("ix_support_case_looks_at", "looks_at"),
        Index("ix_support_case_resolved", "resolved_at", "resolved_by"),
        Index("ix_support_case_opened", "opened_at", "resolved_at", "resolved_by", "source"),
        Index(
            "ix_support_case_asked",
            "nps_run_id",
            "nps_before",
            sqlite_where=text("nps_before is not null"),
            postgresql_where=text("nps_before is not null"),
        ),
    )

    id: int | None = row_id()
    customer_id: int = reference("customer.id")
    source: str
    survey_kind: str | None = None
    score: int | None = None
    words: str = secret("support_case.words", default="")
    opened_at: datetime = instant()
    opened_by: int | None = Field(default=None, sa_type=Id)
    csm_id: int | None = Field(default=None, sa_type=Id)
    chat_id: int | None = Field(default=None, sa_type=Id)
    thread_id: int | None = Field(default=None, sa_type=Id)
    card_message_id: int | None = Field(default=None, sa_type=Id)
    claimed_by: int | None = Field(default=None, sa_type=Id)
    claimed_at: datetime | None = instant(default=None)
    snoozed_until: datetime | None = instant(default=None)
    first_answer_at: datetime | None = instant(default=None)
    answer_due_at: datetime = instant()
    solve_due_at: datetime = instant()
    answer_escalated_at: datetime | None = instant(default=None)
    solve_escalated_at: datetime | None = instant(default=None)
    looks_at: datetime | None = instant(default=None)
    answered_at: datetime | None = instant(default=None)
    resolved_at: datetime | None = instant(default=None)
    first_resolved_at: datetime | None = instant(default=None)
    resolved_by: int | None = Field(default=None, sa_type=Id)
    reason: str = ""
    outcome: str = ""
    reopened: int = 0
    acknowledged_at: datetime | None = instant(default=None)
    ces_planned_at: datetime | None = instant(default=None)
    nps_before: int | None = None
    nps_planned_at: datetime | None = instant(default=None)
    nps_run_id: int | None = reference("survey_run.id", default=None)


class SuccessPlanRow(Table, table=True):
    __tablename__ = "success_plan"
    __table_args__ = (
        CheckConstraint("status in ('active', 'completed', 'cancelled')", name="status"),
        Index(
            "uq_success_plan_active",
            "customer_id",
            unique=True,
            sqlite_where=text("status = 'active'"),
            postgresql_where=text("status = 'active'"),
        ),
        Index("ix_success_plan_check_in", "next_check_in_at"),
        Index("ix_success_plan_progress", "next_progress_at"),
    )

    id: int | None = row_id()
    customer_id: int = reference("customer.id", index=True)
    template: str
    name: str
    goal: str = secret("success_plan.goal")
    status: str = "active"
    started_at: datetime = instant()
    started_by: int | None = Field(default=None, sa_type=Id)
    check_in_months: int
    progress_months: int
    check_ins: int = 0
    progress_messages: int = 0
    next_check_in_at: datetime | None = instant(default=None)
    next_progress_at: datetime | None = instant(default=None)
    check_in_answer: str | None = None
    check_in_answered_at: datetime | None = instant(default=None)
    goal_said_at: datetime | None = instant(default=None)
    goal_until: datetime | None = instant(default=None)
    goal_message_id: int | None = Field(default=None, sa_type=Id)
    stuck_at: datetime | None = instant(default=None)
    completed_at: datetime | None = instant(default=None)


class MilestoneRow(Table, table=True):
    __tablename__ = "milestone"
    __table_args__ = (
        UniqueConstraint("plan_id", "position"),
        CheckConstraint("owner in ('customer', 'company')", name="owner"),
        Index(
            "ix_milestone_tip",
            "tip_at",
            sqlite_where=text("tip_at is not null"),
            postgresql_where=text("tip_at is not null"),
        ),
        Index(
            "ix_milestone_open",
            "due_at",
            sqlite_where=text("done_at is null"),
            postgresql_where=text("done_at is null"),
        ),
        Index(
            "ix_milestone_due",
            "due_at",
            sqlite_where=text("announced_at is null and done_at is null"),
            postgresql_where=text("announced_at is null and done_at is null"),
        ),
        Index(
            "ix_milestone_due_csat",
            "done_at",
            sqlite_where=text("done_at is not null and csat_planned_at is null"),
            postgresql_where=text("done_at is not null and csat_planned_at is null"),
        ),
    )

    id: int | None = row_id()
    plan_id: int = reference("success_plan.id")
    position: int
    title: str
    due_at: datetime = instant()
    announced_at: datetime | None = instant(default=None)
    done_at: datetime | None = instant(default=None)
    done_by: int | None = Field(default=None, sa_type=Id)
    csat_planned_at: datetime | None = instant(default=None)
    owner: str = Field(default="customer", sa_column_kwargs={"server_default": "customer"})
    proof: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    claimed_at: datetime | None = instant(default=None)
    measure_name: str | None = None
    measure_unit: str | None = None
    measure_start: float | None = None
    measure_target: float | None = None
    measure_value: float | None = None
    tip: str | None = None
    tip_at: datetime | None = instant(default=None)


class WinBackRow(Table, table=True):
    """Asking one lost customer why, then one offer; or, of the `holdout` share drawn by lot, neither (`held_out`)."""

    __tablename__ = "win_back"
    __table_args__ = (
        CheckConstraint("status in ('asking', 'reason', 'offered', 'ended')", name="status"),
        Index("ix_win_back_next", "next_at"),
    )

    id: int | None = row_id()
    customer_id: int = reference("customer.id", index=True)
    loss_id: int = reference("loss.id", unique=True)
    status: str
    started_at: datetime = instant()
    next_at: datetime | None = instant(default=None)
    reason: str | None = None
    reason_at: datetime | None = instant(default=None)
    answer: str | None = None
    answered_at: datetime | None = instant(default=None)
    holdout: float = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    held_out: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class GreetingProgressRow(Table, table=True):
    """How far the greetings of a holiday have come in a time zone: customers are greeted in the order of their ids."""

    __tablename__ = "greeting_progress"

    greeting: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    timezone: str = Field(primary_key=True)
    last_customer_id: int = Field(sa_type=Id)
