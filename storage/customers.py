"""Customers and the chats that are tied to them."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, insert, select, update

from bot.domain.customers import Customer
from bot.domain.messages import Language
from bot.domain.names import search_key
from storage import phones
from storage.database import Tx
from storage.tables import customer


def load_by_chat(tx: Tx, chat_id: int) -> Customer | None:
    """Whose chat this is."""
    return _first(tx, _customers().where(customer.c.chat_id == chat_id))


def load_by_phone(tx: Tx, phone: str) -> Customer | None:
    """Whose number this is, in E.164."""
    return _first(tx, _customers().where(phones.is_any(tx, [phone])))


def load(tx: Tx, customer_id: int) -> Customer | None:
    """A customer, unless the person was forgotten: then there is nobody to speak of."""
    return _first(tx, _customers().where(customer.c.id == customer_id, customer.c.forgotten_at.is_(None)))


def _customers() -> Select[Any]:
    return select(
        customer.c.id,
        customer.c.name,
        customer.c.salutation,
        customer.c.language,
        customer.c.timezone,
        customer.c.chat_id,
        customer.c.phone,
        customer.c.stopped_at,
        customer.c.feedback_until,
        customer.c.plan,
        customer.c.location,
    )


def _first(tx: Tx, statement: Select[Any]) -> Customer | None:
    row = tx.execute(statement).first()
    if row is None:
        return None
    return Customer(
        customer_id=row.id,
        name=row.name,
        salutation=row.salutation,
        language=Language(row.language),
        timezone=row.timezone,
        chat_id=row.chat_id,
        phone=row.phone,
        stopped=row.stopped_at is not None,
        feedback_until=row.feedback_until,
        plan=row.plan,
        location=row.location,
    )


def sign_up(
    tx: Tx, *, name: str, chat_id: int, language: Language, timezone: str, next_nps_at: datetime, now: datetime
) -> int:
    """Add a person who came by themselves; returns the id."""
    statement = insert(customer).values(
        name=name,
        search_name=search_key(name),
        salutation="",
        language=language,
        timezone=timezone,
        plan="",
        location="",
        joined_at=now,
        created_at=now,
        chat_id=chat_id,
        linked_at=now,
        next_nps_at=next_nps_at,
    )
    return int(tx.execute(statement.returning(customer.c.id)).scalar_one())


def change(tx: Tx, customer_id: int, **values: Any) -> None:  # noqa: ANN401  columns of the row
    """Set columns of one customer."""
    tx.execute(update(customer).where(customer.c.id == customer_id).values(**values))


def keep_phone(tx: Tx, customer_id: int, phone: str) -> None:
    """Keep a customer's number, in E.164."""
    change(tx, customer_id, **phones.columns(phone))


def is_self_made(tx: Tx, customer_id: int) -> bool:
    """Whether the record came from the chat alone, so that it may be joined to the company's own."""
    return tx.execute(select(customer.c.external_id).where(customer.c.id == customer_id)).scalar() is None


def is_unreachable(tx: Tx, customer_id: int) -> bool:
    """Whether the customer has blocked the bot."""
    return tx.execute(select(customer.c.unreachable_at).where(customer.c.id == customer_id)).scalar() is not None


def set_reachable(tx: Tx, chat_id: int) -> None:
    """The person behind a chat can be written to again."""
    tx.execute(update(customer).where(customer.c.chat_id == chat_id).values(unreachable_at=None))


def mark_unreachable(tx: Tx, customer_id: int, *, now: datetime) -> str | None:
    """Note that a customer cannot be written to any more; the name, or None when that was known."""
    statement = update(customer).where(customer.c.id == customer_id, customer.c.unreachable_at.is_(None))
    return tx.execute(statement.values(unreachable_at=now).returning(customer.c.name)).scalar_one_or_none()
