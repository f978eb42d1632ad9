"""Customers: who they are, whose they are, in which segments, and whether they are lost."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, Column, Index, text
from sqlmodel import Field

from storage.columns import BlindIndex, Id
from storage.tables.base import (
    Table,
    index_apart,
    instant,
    reference,
    row_id,
    secret,
)


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
        index_apart("customer", "joined_at", "id", owner="id"),
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

    id: int | None = row_id()
    external_id: str | None = Field(default=None, unique=True)
    name: str
    search_name: str = Field(index=True)
    salutation: str = ""
    language: str
    timezone: str
    phone: str | None = secret("customer.phone", default=None)
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
    joined_at: datetime = instant(index=True)
    created_at: datetime = instant()
    chat_id: int | None = Field(default=None, sa_type=Id, unique=True)
    linked_at: datetime | None = instant(default=None)
    stopped_at: datetime | None = instant(default=None)
    unreachable_at: datetime | None = instant(default=None)
    lost_at: datetime | None = instant(default=None)
    last_purchase_at: datetime | None = instant(default=None)
    purchases_came_at: datetime | None = instant(default=None)
    next_nps_at: datetime | None = instant(default=None)
    feedback_until: datetime | None = instant(default=None)
    forgotten_at: datetime | None = instant(default=None)
    topics_off: str | None = None
    hours: str | None = None
    health_on: date | None = None


class SegmentationRow(Table, table=True):
    """The segments that customers were in at one moment, shared by all who were in the same ones; "" is unknown."""

    __tablename__ = "segmentation"

    id: int | None = row_id()
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


class OwnershipRow(Table, table=True):
    """Whose customer somebody is since when; a row for each change, as far back as it is known."""

    __tablename__ = "ownership"

    customer_id: int = Field(
        foreign_key="customer.id", primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False}
    )
    since: datetime = instant(primary_key=True)
    csm_id: int = Field(sa_type=Id)


class LinkRow(Table, table=True):
    """A one-time deep link; only the code's digest is kept."""

    __tablename__ = "link"

    digest: str = Field(primary_key=True)
    customer_id: int = reference("customer.id", index=True)
    created_at: datetime = instant()
    expires_at: datetime = instant()
    used_at: datetime | None = instant(default=None)


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
        index_apart("loss", "lost_at", "recovered_at", "customer_id"),
    )

    id: int | None = row_id()
    customer_id: int = reference("customer.id", index=True)
    lost_at: datetime = instant(index=True)
    source: str
    reason: str = secret("loss.reason", default="")
    recovered_at: datetime | None = instant(default=None, index=True)


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

    id: int | None = row_id()
    customer_id: int = reference("customer.id", index=True)
    asked_at: datetime = instant()
    noted_by: int = Field(sa_type=Id)
    withdrawn_at: datetime | None = instant(default=None)


class StaffRow(Table, table=True):
    __tablename__ = "staff"
    __table_args__ = (CheckConstraint("role in ('csm', 'manager', 'admin')", name="role"),)

    user_id: int = Field(primary_key=True, sa_type=Id, sa_column_kwargs={"autoincrement": False})
    name: str
    role: str
    language: str
    added_at: datetime = instant()
