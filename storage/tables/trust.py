"""What a customer agreed to, who was forgotten, what staff did, and which keys encrypt it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index
from sqlmodel import Field

from storage.columns import Id
from storage.tables.base import Table, instant, reference, row_id


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

    id: int | None = row_id()
    customer_id: int = reference("customer.id")
    act: str
    detail: str = ""
    text_version: str
    happened_at: datetime = instant()


class ForgottenRow(Table, table=True):
    """A digest of what a forgotten person was known by in the business's books; nothing else is kept of it."""

    __tablename__ = "forgotten"

    digest: str = Field(primary_key=True)
    forgotten_at: datetime = instant()


class AuditRow(Table, table=True):
    """What a member of staff (0: whoever has the command line) did or looked at, to a customer or to a colleague.

    Rows are only ever added.
    """

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_customer_id_id", "customer_id", "id"),
        Index("ix_audit_staff_id_id", "staff_id", "id"),
    )

    id: int | None = row_id()
    happened_at: datetime = instant()
    staff_id: int = Field(sa_type=Id)
    command: str
    customer_id: int | None = Field(default=None, foreign_key="customer.id", sa_type=Id)
    colleague_id: int | None = Field(default=None, sa_type=Id)


class EncryptionKeyRow(Table, table=True):
    """A key, by its id, with which a text in this database may be encrypted: without it the program does not start."""

    __tablename__ = "encryption_key"

    key_id: str = Field(primary_key=True)
    added_at: datetime = instant()
