"""Messages: what is to be sent and what holds it, what has come, and how fast both may be."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field

from storage.columns import Id
from storage.tables.base import Table, instant, reference, row_id, secret, secret_facts


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

    id: int | None = row_id()
    dedupe_key: str = Field(unique=True)
    kind: str
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=Id)
    chat_id: int | None = Field(default=None, sa_type=Id)
    language: str | None = None
    template: str = ""
    facts: dict[str, Any] = secret_facts("outbox.facts", default_factory=dict)
    run_id: int | None = Field(default=None, foreign_key="survey_run.id", sa_type=Id)
    edit_message_id: int | None = Field(default=None, sa_type=Id)
    about_id: int | None = Field(default=None, sa_type=Id, index=True)
    status: str = "pending"
    priority: int
    planned_at: datetime = instant()
    due_at: datetime = instant()
    expires_at: datetime = instant()
    hold_rule: str | None = None
    owner: str | None = None
    lease_until: datetime | None = instant(default=None)
    attempt: int = 0
    possible_duplicate: bool = False
    message_id: int | None = Field(default=None, sa_type=Id)
    sent_at: datetime | None = instant(default=None)
    error: str | None = None
    lane: str | None = None
    case_id: int | None = reference("support_case.id", default=None)


class HoldRow(Table, table=True):
    """Each time the contact policy held a message: by which rule, and until when."""

    __tablename__ = "hold"

    id: int | None = row_id()
    outbox_id: int = reference("outbox.id", index=True)
    rule: str
    held_at: datetime = instant()
    held_until: datetime | None = instant(default=None)


class RateRow(Table, table=True):
    """A speed limit that every replica shares: GCRA's theoretical arrival time, and a pause that a 429 asked for."""

    __tablename__ = "rate"

    name: str = Field(primary_key=True)
    arrival_at: datetime = instant()
    paused_until: datetime | None = instant(default=None)


class InboxRow(Table, table=True):
    """An update that was confirmed to Telegram before it was handled, or whose handling failed."""

    __tablename__ = "inbox"

    update_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    payload: dict[str, Any] = secret_facts("inbox.payload")
    received_at: datetime = instant()
    attempts: int = 0
    next_at: datetime | None = instant(default=None, index=True)
    error: str | None = None


class IngestRow(Table, table=True):
    """What was answered to a request that brought data in, so that the same request again gets the same answer."""

    __tablename__ = "ingest"

    key: str = Field(primary_key=True)
    digest: str
    result: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True)))
    received_at: datetime = instant(index=True)


class CommandTextRow(Table, table=True):
    """The words of a staff command that still has to learn its customer by a button, which carries only 64 bytes."""

    __tablename__ = "command_text"

    chat_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    message_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    body: str = secret("command_text.body")
    kept_at: datetime = instant(index=True)
