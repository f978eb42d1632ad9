"""A whole history written at once into an empty database: what the playground starts from.

The records mirror the tables, numbered by whoever tells the history, so that they can refer to each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Table, insert, update

from bot.domain.names import search_key
from bot.domain.segments import Segmentation
from storage import ownership, phones, segments
from storage.database import Tx
from storage.tables import (
    answer,
    customer,
    hold,
    interaction,
    loss,
    milestone,
    outbox,
    purchase,
    success_plan,
    survey_run,
    win_back,
)


@dataclass(kw_only=True)
class CustomerRecord:
    id: int
    external_id: str
    name: str
    salutation: str
    language: str
    timezone: str
    phone: str
    birth_day: int | None
    birth_month: int | None
    birth_year: int | None
    plan: str
    location: str
    title: str
    channel: str
    tags: list[str]
    csm_id: int
    joined_at: datetime
    created_at: datetime
    chat_id: int | None
    linked_at: datetime | None
    stopped_at: datetime | None
    unreachable_at: datetime | None
    lost_at: datetime | None
    last_purchase_at: datetime | None
    next_nps_at: datetime | None


@dataclass(kw_only=True)
class PurchaseRecord:
    external_id: str
    customer_id: int
    purchased_at: datetime
    amount_minor: int
    currency: str


@dataclass(kw_only=True)
class LossRecord:
    id: int
    customer_id: int
    lost_at: datetime
    source: str
    reason: str = ""
    recovered_at: datetime | None = None


@dataclass(kw_only=True)
class InteractionRecord:
    customer_id: int
    kind: str
    body: str
    happened_at: datetime
    staff_id: int | None = None
    chat_id: int | None = None
    message_id: int | None = None
    closed_at: datetime | None = None
    closed_by: int | None = None
    ces_planned_at: datetime | None = None


@dataclass(kw_only=True)
class SurveyRunRecord:
    id: int
    customer_id: int
    kind: str
    trigger: str
    subject: str
    wording: str
    segmentation: Segmentation
    planned_at: datetime
    sent_at: datetime | None = None
    remind_at: datetime | None = None
    closes_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(kw_only=True)
class AnswerRecord:
    run_id: int
    customer_id: int
    kind: str
    score: int
    scale: str
    segmentation: Segmentation
    answered_at: datetime
    reason: str | None = None
    reason_at: datetime | None = None


@dataclass(kw_only=True)
class PlanRecord:
    id: int
    customer_id: int
    template: str
    name: str
    goal: str
    status: str
    started_at: datetime
    started_by: int
    check_in_months: int
    progress_months: int
    check_ins: int = 0
    progress_messages: int = 0
    next_check_in_at: datetime | None = None
    next_progress_at: datetime | None = None
    check_in_answer: str | None = None
    check_in_answered_at: datetime | None = None
    goal_said_at: datetime | None = None
    stuck_at: datetime | None = None
    completed_at: datetime | None = None


@dataclass(kw_only=True)
class MilestoneRecord:
    id: int
    plan_id: int
    position: int
    title: str
    due_at: datetime
    owner: str
    proof: bool
    announced_at: datetime | None = None
    claimed_at: datetime | None = None
    done_at: datetime | None = None
    done_by: int | None = None
    csat_planned_at: datetime | None = None
    measure_name: str | None = None
    measure_unit: str | None = None
    measure_start: float | None = None
    measure_target: float | None = None
    measure_value: float | None = None
    tip: str | None = None
    tip_at: datetime | None = None


@dataclass(kw_only=True)
class WinBackRecord:
    id: int
    customer_id: int
    loss_id: int
    status: str
    started_at: datetime
    next_at: datetime | None = None
    reason: str | None = None
    reason_at: datetime | None = None
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(kw_only=True)
class MessageRecord:
    """A row of the outbox."""

    id: int
    dedupe_key: str
    kind: str
    customer_id: int
    facts: Mapping[str, object]
    run_id: int | None
    priority: int
    planned_at: datetime
    due_at: datetime
    expires_at: datetime
    template: str = ""
    status: str = "pending"
    hold_rule: str | None = None
    attempt: int = 0
    possible_duplicate: bool = False
    message_id: int | None = None
    sent_at: datetime | None = None
    error: str | None = None


@dataclass(kw_only=True)
class HoldRecord:
    outbox_id: int
    rule: str
    held_at: datetime
    held_until: datetime | None


@dataclass
class History:
    """Everything that has happened, table by table."""

    customers: list[CustomerRecord] = field(default_factory=list)
    purchases: list[PurchaseRecord] = field(default_factory=list)
    losses: list[LossRecord] = field(default_factory=list)
    interactions: list[InteractionRecord] = field(default_factory=list)
    runs: list[SurveyRunRecord] = field(default_factory=list)
    answers: list[AnswerRecord] = field(default_factory=list)
    plans: list[PlanRecord] = field(default_factory=list)
    milestones: list[MilestoneRecord] = field(default_factory=list)
    win_backs: list[WinBackRecord] = field(default_factory=list)
    messages: list[MessageRecord] = field(default_factory=list)
    holds: list[HoldRecord] = field(default_factory=list)


def add(tx: Tx, *, now: datetime, history: History) -> None:
    """Write a history into an empty database."""
    people = [
        {**vars(one), **phones.columns(one.phone), "search_name": search_key(one.name)} for one in history.customers
    ]
    if people:
        tx.execute(insert(customer), people)
    ownership.keep_since_joining(tx)
    _insert(tx, loss, history.losses)
    _insert(tx, purchase, history.purchases)
    _insert(tx, interaction, history.interactions)
    _insert_segmented(tx, survey_run, history.runs)
    _insert_segmented(tx, answer, history.answers)
    _insert(tx, success_plan, history.plans)
    _insert(tx, milestone, history.milestones)
    _insert(tx, win_back, history.win_backs)
    _insert(tx, outbox, history.messages)
    _insert(tx, hold, history.holds)


def add_purchases(tx: Tx, *, now: datetime, purchases: Sequence[PurchaseRecord]) -> None:
    """Write what was bought since; a cancellation is no sign of life."""
    _insert(tx, purchase, purchases)
    for one in purchases:
        if one.amount_minor > 0:
            statement = update(customer).where(customer.c.id == one.customer_id)
            tx.execute(statement.values(last_purchase_at=one.purchased_at))


def _insert_segmented(tx: Tx, table: Table, records: Sequence[SurveyRunRecord] | Sequence[AnswerRecord]) -> None:
    ids = segments.keep(tx, {record.segmentation for record in records})
    rows = [{**vars(record), "segmentation_id": ids[record.segmentation]} for record in records]
    for row in rows:
        del row["segmentation"]
    if rows:
        tx.execute(insert(table), rows)


def _insert(tx: Tx, table: Table, records: Sequence[object]) -> None:
    if records:
        tx.execute(insert(table), [vars(record) for record in records])
