"""What the business knows of its customers: purchases, usage, tickets and contracts."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from storage.columns import Id
from storage.tables.base import (
    Table,
    index_apart,
    instant,
    reference,
    row_id,
)


class PurchaseRow(Table, table=True):
    """One invoice. A cancellation is an invoice of its own with a negative amount."""

    __tablename__ = "purchase"
    __table_args__ = (
        Index("ix_purchase_owned", "customer_id", "purchased_at", "currency", "amount_minor"),
        Index("ix_purchase_money", "purchased_at", "currency", "customer_id", "amount_minor"),
        index_apart("purchase", "customer_id", "currency", "purchased_at", "amount_minor"),
    )

    id: int | None = row_id()
    external_id: str = Field(unique=True)
    customer_id: int = reference("customer.id")
    purchased_at: datetime = instant()
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

    id: int | None = row_id()
    external_id: str = Field(unique=True)
    customer_id: int = reference("customer.id")
    name: str
    happened_at: datetime = instant(index=True)
    quantity: int = 1


class TicketRow(Table, table=True):
    """A request for help in the business's own help desk, and what solving it cost."""

    __tablename__ = "ticket"
    __table_args__ = (
        CheckConstraint("solved_at >= opened_at", name="solved_at"),
        CheckConstraint("(cost_minor is null) = (currency is null)", name="cost"),
        Index("ix_ticket_customer_id_opened_at", "customer_id", "opened_at"),
        Index("ix_ticket_solved", "solved_at", "currency", "customer_id", "cost_minor"),
        index_apart("ticket", "customer_id", "solved_at", "currency", "cost_minor"),
    )

    id: int | None = row_id()
    external_id: str = Field(unique=True)
    customer_id: int = reference("customer.id")
    opened_at: datetime = instant(index=True)
    solved_at: datetime | None = instant(default=None)
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

    id: int | None = row_id()
    external_id: str = Field(unique=True)
    customer_id: int = reference("customer.id")
    starts_on: date = Field(index=True)
    ends_on: date | None = Field(default=None, index=True)
    price_minor: int = Field(sa_type=Id)
    currency: str = Field(max_length=3)
    renewals: int = 0
