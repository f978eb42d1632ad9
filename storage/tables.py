"""The tables. Rows stay in this package: queries return domain values.

Rows with `table=True` do not validate, so what must hold is said to the database: CHECK, UNIQUE, NOT NULL.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    Computed,
    Index,
    Integer,
    MetaData,
    UniqueConstraint,
    event,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from storage import rollup_marks
from storage.columns import NAMING, BlindIndex, Id, SecretJson, SecretText, UtcDateTime


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Where the tables below are registered."""


metadata = Table.metadata

# A query must say these in the same words to be given the index that is of them alone.
IN_TURN = f"run_id * {HASH_FACTOR} % {HASH_RANGE}"
"""A stable order of answers that has nothing to do with who gave them, or when."""
DRAWN = {part: text(f"reason <> '' and {IN_TURN} < {HASH_RANGE // part}") for part in (128, 8)}
"""One in so many reasons: the first ones of that order."""
UNSCORED = text("kind in ('message', 'feedback') and body <> ''")
"""What a customer wrote without a score."""

APART = 61
"""One customer in so many, by number, has indexes of their own: a sample of them is read from a few pages.

It is a prime, so that it meets as many customers of each member of staff where they are dealt out in turn.
"""

_BY_KEY = {"sqlite_with_rowid": False}
"""A table whose rows lie in the order of its key, so that neighbours are read together."""


def _instant(**options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(sa_type=UtcDateTime, **options)


def _id(**options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(default=None, primary_key=True, sa_type=Id, **options)


def _ref(column: str, **options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(foreign_key=column, sa_type=Id, **options)


def _apart(table: str, *columns: str, owner: str = "customer_id") -> Index:
    """An index of these customers alone."""
    only = text(f"{owner} % {APART} = 0")
    return Index(f"ix_{table}_apart", *columns, sqlite_where=only, postgresql_where=only)


def _secret(place: str, **options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(sa_type=SecretText(place), **options)


def _secret_facts(place: str, **options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(sa_column=Column(SecretJson(place), nullable=False), **options)


class CustomerRow(Table, table=True):
    __tablename__ = "customer"
    __table_args__ = (
        CheckConstraint("language in ('vi', 'en')", name="language"),
        CheckConstraint("salutation in ('', 'anh', 'chị')", name="salutation"),
        CheckConstraint("(birth_month is null) = (birth_day is null)", name="birthday"),
        CheckConstraint("birth_month between 1 and 12 and birth_day between 1 and 31", name="birthday_range"),
        CheckConstraint("(phone is null) = (phone_index is null)", name="phone_index"),
        CheckConstraint("(phone is null) = (phone_ending is null)", name="phone_ending"),
        Index("ix_customer_birth_month_birth_day", "birth_month", "birth_day"),
        Index("ix_customer_linked_at", "linked_at"),
        _apart("customer", "joined_at", "id", owner="id"),
        # Not of those who are no loss: SQLite would look there for them, and sort all of them, for every chunk.
        Index(
            "ix_customer_lost_at",
            "lost_at",
            sqlite_where=text("lost_at is not null"),
            postgresql_where=text("lost_at is not null"),
        ),
        Index(
            "ix_customer_due_nps",
            "next_nps_at",
            sqlite_where=text("chat_id is not null"),
            postgresql_where=text("chat_id is not null"),
        ),
        Index(
            "ix_customer_silent",
            "last_purchase_at",
            sqlite_where=text("lost_at is null"),
            postgresql_where=text("lost_at is null"),
        ),
        Index(
            "ix_customer_unscored",
            "health_on",
            "id",
            sqlite_where=text("lost_at is null"),
            postgresql_where=text("lost_at is null"),
        ),
        Index(
            "ix_customer_purchases_came_at",
            "purchases_came_at",
            sqlite_where=text("purchases_came_at is not null"),
            postgresql_where=text("purchases_came_at is not null"),
        ),
    )

    id: int | None = _id()
    external_id: str | None = Field(default=None, unique=True)
    name: str
    search_name: str = Field(index=True)
    salutation: str = ""
    language: str
    timezone: str
    phone: str | None = _secret("customer.phone", default=None)
    phone_index: str | None = Field(default=None, unique=True, sa_type=BlindIndex("customer.phone"))
    phone_ending: str | None = Field(default=None, index=True, sa_type=BlindIndex("customer.phone_ending"))
    birth_day: int | None = None
    birth_month: int | None = None
    birth_year: int | None = None
    plan: str = ""
    location: str = ""
    title: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    channel: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    tags: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    csm_id: int | None = Field(default=None, sa_type=Id, index=True)
    joined_at: datetime = _instant(index=True)
    created_at: datetime = _instant()
    chat_id: int | None = Field(default=None, sa_type=Id, unique=True)
    linked_at: datetime | None = _instant(default=None)
    stopped_at: datetime | None = _instant(default=None)
    unreachable_at: datetime | None = _instant(default=None)
    lost_at: datetime | None = _instant(default=None)
    last_purchase_at: datetime | None = _instant(default=None)
    purchases_came_at: datetime | None = _instant(default=None)
    next_nps_at: datetime | None = _instant(default=None)
    feedback_until: datetime | None = _instant(default=None)
    forgotten_at: datetime | None = _instant(default=None)
    topics_off: str | None = None
    hours: str | None = None
    health_on: date | None = None


class LossRow(Table, table=True):
    """A time that a customer was lost, kept after the customer came back: churn is counted from here."""

    __tablename__ = "loss"
    __table_args__ = (
        Index(
            "uq_loss_open",
            "customer_id",
            unique=True,
            sqlite_where=text("recovered_at is null"),
            postgresql_where=text("recovered_at is null"),
        ),
        _apart("loss", "lost_at", "recovered_at", "customer_id"),
    )

    id: int | None = _id()
    customer_id: int = _ref("customer.id", index=True)
    lost_at: datetime = _instant(index=True)
    source: str
    reason: str = _secret("loss.reason", default="")
    recovered_at: datetime | None = _instant(default=None, index=True)


class LinkRow(Table, table=True):
    """A one-time deep link; only the code's digest is kept."""

    __tablename__ = "link"

    digest: str = Field(primary_key=True)
    customer_id: int = _ref("customer.id", index=True)
    created_at: datetime = _instant()
    expires_at: datetime = _instant()
    used_at: datetime | None = _instant(default=None)


class StaffRow(Table, table=True):
    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role in ('csm', 'manager', 'admin')", name="role"),)

    user_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    name: str
    role: str
    language: str
    added_at: datetime = _instant()


class PurchaseRow(Table, table=True):
    """One invoice. A cancellation is an invoice of its own with a negative amount."""

    __tablename__ = "purchase"
    __table_args__ = (
        Index("ix_purchase_owned", "customer_id", "purchased_at", "currency", "amount_minor"),
        Index("ix_purchase_money", "purchased_at", "currency", "customer_id", "amount_minor"),
        _apart("purchase", "customer_id", "currency", "purchased_at", "amount_minor"),
    )

    id: int | None = _id()
    external_id: str = Field(unique=True)
    customer_id: int = _ref("customer.id")
    purchased_at: datetime = _instant()
    amount_minor: int = Field(sa_type=Id)
    currency: str = Field(max_length=3)


class UsageEventRow(Table, table=True):
    """Something that a customer did with the product, as the business's own systems tell it."""

    __tablename__ = "usage_event"
    __table_args__ = (
        CheckConstraint("quantity > 0", name="quantity"),
        Index("ix_usage_event_customer_id_happened_at", "customer_id", "happened_at"),
        Index("ix_usage_event_name_happened_at", "name", "happened_at"),
    )

    id: int | None = _id()
    external_id: str = Field(unique=True)
    customer_id: int = _ref("customer.id")
    name: str
    happened_at: datetime = _instant(index=True)
    quantity: int = 1


class TicketRow(Table, table=True):
    """A request for help in the business's own help desk, and what solving it cost."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("solved_at >= opened_at", name="solved_at"),
        CheckConstraint("(cost_minor is null) = (currency is null)", name="cost"),
        Index("ix_ticket_customer_id_opened_at", "customer_id", "opened_at"),
        Index("ix_ticket_solved", "solved_at", "currency", "customer_id", "cost_minor"),
        _apart("ticket", "customer_id", "solved_at", "currency", "cost_minor"),
    )

    id: int | None = _id()
    external_id: str = Field(unique=True)
    customer_id: int = _ref("customer.id")
    opened_at: datetime = _instant(index=True)
    solved_at: datetime | None = _instant(default=None)
    category: str = ""
    cost_minor: int | None = Field(default=None, sa_type=Id)
    currency: str | None = Field(default=None, max_length=3)


class ContractRow(Table, table=True):
    """A contract, from its first to its last day; one without a last day goes on. The price is for all of its time."""

    __tablename__ = "contract"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
        Index("ix_contract_customer_id_starts_on", "customer_id", "starts_on"),
    )

    id: int | None = _id()
    external_id: str = Field(unique=True)
    customer_id: int = _ref("customer.id")
    starts_on: date = Field(index=True)
    ends_on: date | None = Field(default=None, index=True)
    price_minor: int = Field(sa_type=Id)
    currency: str = Field(max_length=3)
    renewals: int = 0


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

    id: int | None = _id()
    customer_id: int = _ref("customer.id")
    kind: str
    body: str = _secret("interaction.body")
    happened_at: datetime = _instant()
    staff_id: int | None = Field(default=None, sa_type=Id)
    chat_id: int | None = Field(default=None, sa_type=Id)
    message_id: int | None = Field(default=None, sa_type=Id)
    closed_at: datetime | None = _instant(default=None)
    closed_by: int | None = Field(default=None, sa_type=Id)
    ces_planned_at: datetime | None = _instant(default=None)
    case_id: int | None = _ref("support_case.id", default=None)


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

    id: int | None = _id()
    customer_id: int = _ref("customer.id")
    source: str
    survey_kind: str | None = None
    score: int | None = None
    words: str = _secret("support_case.words", default="")
    opened_at: datetime = _instant()
    opened_by: int | None = Field(default=None, sa_type=Id)
    csm_id: int | None = Field(default=None, sa_type=Id)
    chat_id: int | None = Field(default=None, sa_type=Id)
    thread_id: int | None = Field(default=None, sa_type=Id)
    card_message_id: int | None = Field(default=None, sa_type=Id)
    claimed_by: int | None = Field(default=None, sa_type=Id)
    claimed_at: datetime | None = _instant(default=None)
    snoozed_until: datetime | None = _instant(default=None)
    first_answer_at: datetime | None = _instant(default=None)
    answer_due_at: datetime = _instant()
    solve_due_at: datetime = _instant()
    answer_escalated_at: datetime | None = _instant(default=None)
    solve_escalated_at: datetime | None = _instant(default=None)
    looks_at: datetime | None = _instant(default=None)
    answered_at: datetime | None = _instant(default=None)
    resolved_at: datetime | None = _instant(default=None)
    first_resolved_at: datetime | None = _instant(default=None)
    resolved_by: int | None = Field(default=None, sa_type=Id)
    reason: str = ""
    outcome: str = ""
    reopened: int = 0
    acknowledged_at: datetime | None = _instant(default=None)
    ces_planned_at: datetime | None = _instant(default=None)
    nps_before: int | None = None
    nps_planned_at: datetime | None = _instant(default=None)
    nps_run_id: int | None = _ref("survey_run.id", default=None)


class SegmentationRow(Table, table=True):
    """The segments that customers were in at one moment, shared by all who were in the same ones; "" is unknown."""

    __tablename__ = "segmentation"

    id: int | None = _id()
    digest: str = Field(unique=True)
    plan: str = ""
    value: str = ""
    csm_id: str = ""
    age: str = ""
    location: str = ""
    title: str = ""
    channel: str = ""
    rfm: str = ""
    tags: list[str] = Field(default_factory=list, sa_column=Column(JSON, nullable=False))


class SurveyRunRow(Table, table=True):
    """One survey to one customer, from planning to closing."""

    __tablename__ = "survey_run"
    __table_args__ = (
        CheckConstraint("kind in ('nps', 'ces', 'csat')", name="kind"),
        Index("ix_survey_run_customer_id_kind", "customer_id", "kind"),
        Index(
            "ix_survey_run_remind",
            "remind_at",
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
        Index(
            "ix_survey_run_close",
            "closes_at",
            sqlite_where=text("closed_at is null"),
            postgresql_where=text("closed_at is null"),
        ),
        Index(
            "ix_survey_run_over",
            "closes_at",
            sqlite_where=text("sent_at is not null"),
            postgresql_where=text("sent_at is not null"),
        ),
        # Of those sent alone: SQLite would otherwise look through all that were not for the few of a day.
        Index(
            "ix_survey_run_sent",
            "sent_at",
            "kind",
            sqlite_where=text("sent_at is not null"),
            postgresql_where=text("sent_at is not null"),
        ),
        Index(
            "ix_survey_run_unsent",
            "planned_at",
            sqlite_where=text("sent_at is null"),
            postgresql_where=text("sent_at is null"),
        ),
    )

    id: int | None = _id()
    customer_id: int = _ref("customer.id")
    kind: str
    trigger: str
    subject: str = _secret("survey_run.subject", default="")
    wording: str
    segmentation_id: int | None = _ref("segmentation.id", default=None)
    planned_at: datetime = _instant(index=True)
    sent_at: datetime | None = _instant(default=None)
    remind_at: datetime | None = _instant(default=None)
    closes_at: datetime | None = _instant(default=None)
    closed_at: datetime | None = _instant(default=None)


class AnswerRow(Table, table=True):
    """The answer to one run, with its segments, so that history stays true when a customer moves.

    One that another tool collected has an `external_id`, and a run of its own that was never sent.
    """

    __tablename__ = "answer"
    __table_args__ = (
        CheckConstraint(
            "(kind = 'nps' and score between 0 and 10) or (kind = 'ces' and score between 1 and 7)"
            " or (kind = 'csat' and score between 1 and 5)",
            name="score",
        ),
        Index("ix_answer_kind_answered_at", "kind", "answered_at"),
        Index("ix_answer_customer_id_answered_at", "customer_id", "answered_at"),
        Index("uq_answer_external_id", "external_id", unique=True),
        Index(
            "ix_answer_themed",
            "themed",
            sqlite_where=text("reason is not null"),
            postgresql_where=text("reason is not null"),
        ),
        *(
            Index(f"ix_answer_drawn_{part}", "answered_at", "kind", sqlite_where=drawn, postgresql_where=drawn)
            for part, drawn in DRAWN.items()
        ),
    )

    run_id: int = Field(
        foreign_key="survey_run.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    customer_id: int = _ref("customer.id")
    kind: str
    score: int
    scale: str
    segmentation_id: int | None = _ref("segmentation.id", default=None)
    answered_at: datetime = _instant()
    changed_at: datetime | None = _instant(default=None)
    reason: str | None = _secret("answer.reason", default=None)
    reason_at: datetime | None = _instant(default=None)
    reason_message_id: int | None = Field(default=None, sa_type=Id)
    reason_until: datetime | None = _instant(default=None)
    skipped_at: datetime | None = _instant(default=None)
    prompt_message_id: int | None = Field(default=None, sa_type=Id)
    external_id: str | None = None
    themed: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})


class ThemeRow(Table, table=True):
    """What staff made of a theme of reasons; the themes that the rules bring have a row only once they are changed."""

    __tablename__ = "theme"

    key: str = Field(primary_key=True)
    name: str = ""
    hidden: bool = False
    merged_into: str = ""
    changed_by: int = Field(sa_type=Id)
    changed_at: datetime = _instant()


class ThemeSeedRow(Table, table=True):
    """A seed that staff gave to a theme, or took from it."""

    __tablename__ = "theme_seed"

    theme: str = Field(primary_key=True)
    seed: str = Field(primary_key=True)
    added: bool
    changed_by: int = Field(sa_type=Id)
    changed_at: datetime = _instant()


class ThemeDictionaryRow(Table, table=True):
    """A state of the dictionary of themes; its number is kept with every answer whose reason was read by it."""

    __tablename__ = "theme_dictionary"

    id: int | None = _id()
    digest: str
    since: datetime = _instant()


class ReasonThemeRow(Table, table=True):
    """A reason is about a theme, as the dictionary finds; or is or is not, as staff say, whatever the dictionary does.

    No word of the reason is here: that is encrypted.
    """

    __tablename__ = "reason_theme"
    __table_args__ = (Index("ix_reason_theme_theme", "theme"),)

    run_id: int = Field(
        foreign_key="answer.run_id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    theme: str = Field(primary_key=True)
    about: bool = True
    corrected_by: int | None = Field(default=None, sa_type=Id)
    corrected_at: datetime | None = _instant(default=None)


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

    id: int | None = _id()
    customer_id: int = _ref("customer.id", index=True)
    template: str
    name: str
    goal: str = _secret("success_plan.goal")
    status: str = "active"
    started_at: datetime = _instant()
    started_by: int | None = Field(default=None, sa_type=Id)
    check_in_months: int
    progress_months: int
    check_ins: int = 0
    progress_messages: int = 0
    next_check_in_at: datetime | None = _instant(default=None)
    next_progress_at: datetime | None = _instant(default=None)
    check_in_answer: str | None = None
    check_in_answered_at: datetime | None = _instant(default=None)
    goal_said_at: datetime | None = _instant(default=None)
    goal_until: datetime | None = _instant(default=None)
    goal_message_id: int | None = Field(default=None, sa_type=Id)
    stuck_at: datetime | None = _instant(default=None)
    completed_at: datetime | None = _instant(default=None)


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

    id: int | None = _id()
    plan_id: int = _ref("success_plan.id")
    position: int
    title: str
    due_at: datetime = _instant()
    announced_at: datetime | None = _instant(default=None)
    done_at: datetime | None = _instant(default=None)
    done_by: int | None = Field(default=None, sa_type=Id)
    csat_planned_at: datetime | None = _instant(default=None)
    owner: str = Field(default="customer", sa_column_kwargs={"server_default": "customer"})
    proof: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    claimed_at: datetime | None = _instant(default=None)
    measure_name: str | None = None
    measure_unit: str | None = None
    measure_start: float | None = None
    measure_target: float | None = None
    measure_value: float | None = None
    tip: str | None = None
    tip_at: datetime | None = _instant(default=None)


class WinBackRow(Table, table=True):
    """Asking one lost customer why, then one offer; or, of the `holdout` share drawn by lot, neither (`held_out`)."""

    __tablename__ = "win_back"
    __table_args__ = (
        CheckConstraint("status in ('asking', 'reason', 'offered', 'ended')", name="status"),
        Index("ix_win_back_next", "next_at"),
    )

    id: int | None = _id()
    customer_id: int = _ref("customer.id", index=True)
    loss_id: int = _ref("loss.id", unique=True)
    status: str
    started_at: datetime = _instant()
    next_at: datetime | None = _instant(default=None)
    reason: str | None = None
    reason_at: datetime | None = _instant(default=None)
    answer: str | None = None
    answered_at: datetime | None = _instant(default=None)
    holdout: float = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    held_out: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class OwnershipRow(Table, table=True):
    """Whose customer somebody is since when; a row for each change, as far back as it is known."""

    __tablename__ = "ownership"

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    since: datetime = _instant(primary_key=True)
    csm_id: int = Field(sa_type=Id)


class OutboxRow(Table, table=True):
    """What is due to be sent. `due_at` moves when the contact policy holds it; `planned_at` does not.

    Rows of one `lane` go one after the other, in the order of their ids.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "status in ('pending', 'sending', 'sent', 'failed', 'unknown', 'expired', 'cancelled')", name="status"
        ),
        Index(
            "ix_outbox_due",
            "priority",
            "due_at",
            sqlite_where=text("status = 'pending'"),
            postgresql_where=text("status = 'pending'"),
        ),
        Index(
            "ix_outbox_lease",
            "lease_until",
            sqlite_where=text("status = 'sending'"),
            postgresql_where=text("status = 'sending'"),
        ),
        Index("ix_outbox_customer_id_sent_at", "customer_id", "sent_at"),
        Index("ix_outbox_run_id", "run_id"),
        Index(
            "ix_outbox_lane",
            "lane",
            "id",
            sqlite_where=text("status in ('pending', 'sending')"),
            postgresql_where=text("status in ('pending', 'sending')"),
        ),
        Index("ix_outbox_case_id", "case_id"),
    )

    id: int | None = _id()
    dedupe_key: str = Field(unique=True)
    kind: str
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=Id)
    chat_id: int | None = Field(default=None, sa_type=Id)
    language: str | None = None
    template: str = ""
    facts: dict[str, Any] = _secret_facts("outbox.facts", default_factory=dict)
    run_id: int | None = Field(default=None, foreign_key="survey_run.id", sa_type=Id)
    edit_message_id: int | None = Field(default=None, sa_type=Id)
    about_id: int | None = Field(default=None, sa_type=Id, index=True)
    status: str = "pending"
    priority: int
    planned_at: datetime = _instant()
    due_at: datetime = _instant()
    expires_at: datetime = _instant()
    hold_rule: str | None = None
    owner: str | None = None
    lease_until: datetime | None = _instant(default=None)
    attempt: int = 0
    possible_duplicate: bool = False
    message_id: int | None = Field(default=None, sa_type=Id)
    sent_at: datetime | None = _instant(default=None)
    error: str | None = None
    lane: str | None = None
    case_id: int | None = _ref("support_case.id", default=None)


class HoldRow(Table, table=True):
    """Each time the contact policy held a message: by which rule, and until when."""

    __tablename__ = "hold"

    id: int | None = _id()
    outbox_id: int = _ref("outbox.id", index=True)
    rule: str
    held_at: datetime = _instant()
    held_until: datetime | None = _instant(default=None)


class RateRow(Table, table=True):
    """A speed limit that every replica shares: GCRA's theoretical arrival time, and a pause that a 429 asked for."""

    __tablename__ = "rate"

    name: str = Field(primary_key=True)
    arrival_at: datetime = _instant()
    paused_until: datetime | None = _instant(default=None)


class InboxRow(Table, table=True):
    """An update that was confirmed to Telegram before it was handled, or whose handling failed."""

    __tablename__ = "inbox"

    update_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    payload: dict[str, Any] = _secret_facts("inbox.payload")
    received_at: datetime = _instant()
    attempts: int = 0
    next_at: datetime | None = _instant(default=None, index=True)
    error: str | None = None


class IngestRow(Table, table=True):
    """What was answered to a request that brought data in, so that the same request again gets the same answer."""

    __tablename__ = "ingest"

    key: str = Field(primary_key=True)
    digest: str
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    received_at: datetime = _instant(index=True)


class CommandTextRow(Table, table=True):
    """The words of a staff command that still has to learn its customer by a button, which carries only 64 bytes."""

    __tablename__ = "command_text"

    chat_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    message_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    body: str = _secret("command_text.body")
    kept_at: datetime = _instant(index=True)


class EncryptionKeyRow(Table, table=True):
    """A key, by its id, with which a text in this database may be encrypted: without it the program does not start."""

    __tablename__ = "encryption_key"

    key_id: str = Field(primary_key=True)
    added_at: datetime = _instant()


class ForgottenRow(Table, table=True):
    """A digest of what a forgotten person was known by in the business's books; nothing else is kept of it."""

    __tablename__ = "forgotten"

    digest: str = Field(primary_key=True)
    forgotten_at: datetime = _instant()


class ConsentRow(Table, table=True):
    """What a customer agreed to or took back, and when; rows are only ever added."""

    __tablename__ = "consent"
    __table_args__ = (
        CheckConstraint(
            "act in ('sign_up', 'link', 'number', 'stop', 'resume', 'settings', 'forget')",
            name="act",
        ),
        Index("ix_consent_customer_id_happened_at", "customer_id", "happened_at"),
    )

    id: int | None = _id()
    customer_id: int = _ref("customer.id")
    act: str
    detail: str = ""
    text_version: str
    happened_at: datetime = _instant()


class AuditRow(Table, table=True):
    """What a member of staff (0: whoever has the command line) did or looked at, to a customer or to a colleague.

    Rows are only ever added.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_customer_id_id", "customer_id", "id"),
        Index("ix_audit_staff_id_id", "staff_id", "id"),
    )

    id: int | None = _id()
    happened_at: datetime = _instant()
    staff_id: int = Field(sa_type=Id)
    command: str
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=Id)
    colleague_id: int | None = Field(default=None, sa_type=Id)


class WaveRow(Table, table=True):
    """Many customers asked the same, so many a business-local day. `shown` is what staff were last shown of it."""

    __tablename__ = "wave"
    __table_args__ = (
        CheckConstraint("status in ('draft', 'running', 'paused', 'stopped', 'done', 'cancelled')", name="status"),
        CheckConstraint("kind in ('nps', 'ces', 'csat')", name="kind"),
        CheckConstraint("variants in ('a', 'b', 'ab')", name="variants"),
        CheckConstraint("ends_on >= starts_on", name="ends_on"),
    )

    id: int | None = _id()
    kind: str
    subject: str
    variants: str
    status: str
    words: str
    per_day: int
    starts_on: date
    ends_on: date | None = None
    weekdays: list[int] = Field(sa_column=Column(JSON, nullable=False))
    language: str
    created_by: int = Field(sa_type=Id)
    created_at: datetime = _instant()
    changed_at: datetime = _instant()
    chat_id: int | None = Field(default=None, sa_type=Id)
    message_id: int | None = Field(default=None, sa_type=Id)
    shown: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSON, nullable=False))
    shown_at: datetime | None = _instant(default=None)


class WaveMemberRow(Table, table=True):
    """A customer in a wave, at a position of its own; the invitation is the run's."""

    __tablename__ = "wave_member"
    __table_args__ = (
        CheckConstraint("state in ('planned', 'queued', 'skipped', 'recalled')", name="state"),
        CheckConstraint("variant in ('a', 'b')", name="variant"),
        Index("ix_wave_member_turn", "wave_id", "state", "position"),
        Index("ix_wave_member_customer_id", "customer_id"),
    )

    wave_id: int = Field(foreign_key="wave.id", primary_key=True, sa_type=Id)
    customer_id: int = Field(foreign_key="customer.id", primary_key=True, sa_type=Id)
    variant: str
    position: int
    state: str
    rule: str | None = None
    run_id: int | None = Field(default=None, foreign_key="survey_run.id", sa_type=Id)
    queued_on: date | None = None
    attempts: int = 0


class HealthRow(Table, table=True):
    """A customer's health as it is now, beside the score of 30 days ago; `since` is the first day of its colour.

    By how much the score `moved` in that time the database reckons itself. Who `is_lost` stays as they stood then; that
    they are is said here too, so that lists of those who are not need only look into an index.
    """

    __tablename__ = "health"
    __table_args__ = (
        CheckConstraint("colour in ('red', 'yellow', 'green', 'grey')", name="colour"),
        CheckConstraint("score between 0 and 100", name="score"),
        Index("ix_health_risk", "colour", "currency", "value_minor"),
        Index(
            "ix_health_moved",
            "moved",
            "customer_id",
            sqlite_where=text("is_lost = 0"),
            postgresql_where=text("not is_lost"),
        ),
        Index(
            "ix_health_red",
            "colour",
            "currency",
            "value_minor",
            "since",
            "is_lost",
            sqlite_where=text("colour = 'red' and is_lost = 0"),
            postgresql_where=text("colour = 'red' and not is_lost"),
        ),
        Index(
            "ix_health_lost",
            "day",
            "colour",
            "currency",
            "value_minor",
            "is_lost",
            sqlite_where=text("is_lost = 1"),
            postgresql_where=text("is_lost"),
        ),
        Index(
            "ix_health_alert",
            "alert",
            sqlite_where=text("alert is not null"),
            postgresql_where=text("alert is not null"),
        ),
    )

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    day: date
    score: int | None = None
    colour: str
    since: date
    scorecard: str
    version: str
    override: str | None = None
    nps: int | None = None
    parts: list[Any] = Field(sa_column=Column(JSON, nullable=False))
    score_before: int | None = None
    colour_before: str | None = None
    moved: int | None = Field(
        default=None, sa_column=Column(Integer, Computed("score - score_before", persisted=True), nullable=True)
    )
    is_lost: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    value_minor: int = Field(default=0, sa_type=Id)
    currency: str = Field(default="", max_length=3)
    alert: str | None = None
    alerted_on: date | None = None


class HealthSnapshotRow(Table, table=True):
    """A customer's health from a day on, until the next one; a day that changed nothing has none."""

    __tablename__ = "health_snapshot"
    __table_args__ = (
        CheckConstraint("colour in ('red', 'yellow', 'green', 'grey')", name="colour"),
        CheckConstraint("score between 0 and 100", name="score"),
    )

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    day: date = Field(primary_key=True)
    score: int | None = None
    colour: str
    scorecard: str
    version: str
    override: str | None = None
    nps: int | None = None
    parts: list[Any] = Field(sa_column=Column(JSON, nullable=False))


class HealthDayRow(Table, table=True):
    """A business day whose scores are counted, and how far that is: see `storage.health_days`."""

    __tablename__ = "health_day"
    __table_args__ = (CheckConstraint("state in ('open', 'past', 'complete', 'left_out')", name="state"),)

    day: date = Field(primary_key=True)
    state: str


class HealthCountRow(Table, table=True):
    """How many customers had this score and colour on a business day, and that colour 30 days before.

    '' is no colour, -1 no score.
    """

    __tablename__ = "health_count"

    day: date = Field(primary_key=True)
    colour: str = Field(primary_key=True)
    colour_before: str = Field(primary_key=True)
    score: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    n: int


class RevenueAtRiskRow(Table, table=True):
    """What customers spent in a year who were red on a business day: see `storage.revenue_at_risk`."""

    __tablename__ = "revenue_at_risk"

    day: date = Field(primary_key=True)
    currency: str = Field(primary_key=True, max_length=3)
    customers: int = Field(sa_type=Id)
    minor: int = Field(sa_type=Id)
    squares: float


class StandingRow(Table, table=True):
    """What a customer who ever bought spent in a year, and where that puts them among the others, as of a day.

    `value_band` is their quarter by value, 4 the best, and `rfm` their segment; neither is known of who pays in another
    currency than the business's, nor where there are too few customers to compare.
    """

    __tablename__ = "standing"
    __table_args__ = (
        CheckConstraint("value_band between 1 and 4", name="value_band"),
        Index("ix_standing_rfm", "rfm"),
    )

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    day: date
    last_on: date
    sales: int
    value_minor: int = Field(sa_type=Id)
    currency: str = Field(max_length=3)
    value_band: int | None = None
    rfm: str = ""


class StandingRoundRow(Table, table=True):
    """How far the standings of a day have come: up to which customer they are counted, and then ranked by `cuts`.

    `sums` add up by currency and segment those who are ranked: how many, minor units and the squares of these.
    """

    __tablename__ = "standing_round"

    day: date = Field(primary_key=True)
    counted_to: int | None = Field(default=0, sa_type=Id)
    ranked_to: int | None = Field(default=0, sa_type=Id)
    cuts: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))
    sums: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON))


class CancellationRow(Table, table=True):
    """A customer asked to cancel, as a member of staff noted it; it counts until it is withdrawn."""

    __tablename__ = "cancellation"
    __table_args__ = (
        Index(
            "uq_cancellation_open",
            "customer_id",
            unique=True,
            sqlite_where=text("withdrawn_at is null"),
            postgresql_where=text("withdrawn_at is null"),
        ),
    )

    id: int | None = _id()
    customer_id: int = _ref("customer.id", index=True)
    asked_at: datetime = _instant()
    noted_by: int = Field(sa_type=Id)
    withdrawn_at: datetime | None = _instant(default=None)


class GreetingProgressRow(Table, table=True):
    """How far the greetings of a holiday have come in a time zone: customers are greeted in the order of their ids."""

    __tablename__ = "greeting_progress"

    greeting: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    timezone: str = Field(primary_key=True)
    last_customer_id: int = Field(sa_type=Id)


class RollupRow(Table, table=True):
    """What was counted of a series on a business day, by dimension and segment; the dimension '' is everybody.

    Reasons are counted by their themes instead (`storage.reason_counts`), and money by its currency
    (`storage.takings`). `n0` to `n10` are its slots: of scores the scores themselves, of surveys the steps of
    `storage.rollup_counts`.
    """

    __tablename__ = "rollup"
    __table_args__ = (_BY_KEY,)

    series: str = Field(primary_key=True)
    dimension: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    n0: int = Field(default=0, sa_type=Id)
    n1: int = Field(default=0, sa_type=Id)
    n2: int = Field(default=0, sa_type=Id)
    n3: int = Field(default=0, sa_type=Id)
    n4: int = Field(default=0, sa_type=Id)
    n5: int = Field(default=0, sa_type=Id)
    n6: int = Field(default=0, sa_type=Id)
    n7: int = Field(default=0, sa_type=Id)
    n8: int = Field(default=0, sa_type=Id)
    n9: int = Field(default=0, sa_type=Id)
    n10: int = Field(default=0, sa_type=Id)


class RollupPairRow(Table, table=True):
    """How often what began in one unit of the calendar was followed up on a business day, by the slots of what began.

    All of it is kept by the day that it began, and by the month; by the month also in each segment of each dimension.
    """

    __tablename__ = "rollup_pair"
    __table_args__ = (Index("ix_rollup_pair_series_last_day", "series", "last_day"), _BY_KEY)

    series: str = Field(primary_key=True)
    unit: str = Field(primary_key=True)
    dimension: str = Field(primary_key=True)
    first_day: date = Field(primary_key=True)
    last_day: date = Field(primary_key=True)
    segment: str = Field(primary_key=True)
    n0: int = Field(default=0, sa_type=Id)
    n1: int = Field(default=0, sa_type=Id)
    n2: int = Field(default=0, sa_type=Id)
    n3: int = Field(default=0, sa_type=Id)
    n4: int = Field(default=0, sa_type=Id)
    n5: int = Field(default=0, sa_type=Id)
    n6: int = Field(default=0, sa_type=Id)
    n7: int = Field(default=0, sa_type=Id)
    n8: int = Field(default=0, sa_type=Id)
    n9: int = Field(default=0, sa_type=Id)
    n10: int = Field(default=0, sa_type=Id)


class RollupStateRow(Table, table=True):
    """How far a series is counted, in which time zone, and before which instant every change must leave a mark."""

    __tablename__ = "rollup_state"

    series: str = Field(primary_key=True)
    timezone: str
    dimensions: str
    counted_before: datetime = _instant()
    marked_before: datetime = _instant()
    marked_at: datetime = _instant()


class RollupMarkRow(Table, table=True):
    """What happened at an instant is not as it was counted.

    Or what happened until another instant will not be so, once the time has come: the first open survey closes then.
    """

    __tablename__ = "rollup_mark"
    __table_args__ = (Index("ix_rollup_mark_series_at", "series", "at"),)

    id: int | None = _id()
    series: str
    at: datetime = _instant()
    until: datetime | None = _instant(default=None)
    since: datetime | None = _instant(default=None)


class RollupChangeRow(Table, table=True):
    """One slot of what was counted of an instant has become more or less since, of one segmentation."""

    __tablename__ = "rollup_change"
    __table_args__ = (Index("ix_rollup_change_series_at", "series", "at"),)

    id: int | None = _id()
    series: str
    at: datetime = _instant()
    segmentation_id: int | None = Field(default=None, sa_type=Id)
    slot: int
    change: int


# Queries name these, so that a column is a column to the type checker, and no row object is ever built.
answer = metadata.tables["answer"]
audit = metadata.tables["audit"]
cancellation = metadata.tables["cancellation"]
command_text = metadata.tables["command_text"]
consent = metadata.tables["consent"]
contract = metadata.tables["contract"]
customer = metadata.tables["customer"]
encryption_key = metadata.tables["encryption_key"]
forgotten = metadata.tables["forgotten"]
greeting_progress = metadata.tables["greeting_progress"]
health = metadata.tables["health"]
health_count = metadata.tables["health_count"]
health_day = metadata.tables["health_day"]
health_snapshot = metadata.tables["health_snapshot"]
hold = metadata.tables["hold"]
inbox = metadata.tables["inbox"]
ingest = metadata.tables["ingest"]
interaction = metadata.tables["interaction"]
link = metadata.tables["link"]
loss = metadata.tables["loss"]
milestone = metadata.tables["milestone"]
outbox = metadata.tables["outbox"]
ownership = metadata.tables["ownership"]
purchase = metadata.tables["purchase"]
rate = metadata.tables["rate"]
revenue_at_risk = metadata.tables["revenue_at_risk"]
rollup = metadata.tables["rollup"]
rollup_change = metadata.tables["rollup_change"]
rollup_mark = metadata.tables["rollup_mark"]
rollup_pair = metadata.tables["rollup_pair"]
rollup_state = metadata.tables["rollup_state"]
segmentation = metadata.tables["segmentation"]
reason_theme = metadata.tables["reason_theme"]
staff = metadata.tables["staff"]
standing = metadata.tables["standing"]
standing_round = metadata.tables["standing_round"]
success_plan = metadata.tables["success_plan"]
support_case = metadata.tables["support_case"]
survey_run = metadata.tables["survey_run"]
theme = metadata.tables["theme"]
theme_dictionary = metadata.tables["theme_dictionary"]
theme_seed = metadata.tables["theme_seed"]
ticket = metadata.tables["ticket"]
usage_event = metadata.tables["usage_event"]
wave = metadata.tables["wave"]
wave_member = metadata.tables["wave_member"]
win_back = metadata.tables["win_back"]

event.listen(metadata, "after_create", lambda _tables, connection, **_: rollup_marks.create(connection))
