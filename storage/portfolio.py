"""Customers as staff look for them and look at them."""

from typing import Any

from sqlalchemy import ColumnElement, case, false, or_, select

from bot.domain.portfolio import CustomerMatch, Sought
from storage.database import Tx
from storage.tables import customer


def list_by_identity(tx: Tx, sought: Sought, *, limit: int) -> list[CustomerMatch]:
    """Customers whose own id, external id or phone number this is."""
    phone = sought.phone_ending
    found = or_(
        customer.c.external_id == sought.external_id,
        false() if sought.customer_id is None else customer.c.id == sought.customer_id,
        false() if not phone else customer.c.phone.endswith(phone, autoescape=True),
    )
    return _matches(tx, found, customer.c.id, limit=limit)


def list_by_name(tx: Tx, name_key: str, *, limit: int) -> list[CustomerMatch]:
    """Customers with this in their name: the very name first, then whole or begun words, then any part of it."""
    name = customer.c.search_name
    rank = case(
        (name == name_key, 0),
        (name.endswith(f" {name_key}", autoescape=True), 1),
        (or_(name.startswith(name_key, autoescape=True), name.contains(f" {name_key}", autoescape=True)), 2),
        else_=3,
    )
    return _matches(tx, name.contains(name_key, autoescape=True), rank, name, customer.c.id, limit=limit)


def _matches(tx: Tx, found: ColumnElement[bool], *order: ColumnElement[Any], limit: int) -> list[CustomerMatch]:
    columns = (customer.c.id, customer.c.name, customer.c.external_id, customer.c.plan)
    statement = select(*columns).where(found).order_by(*order).limit(limit)
    return [
        CustomerMatch(customer_id=row.id, name=row.name, external_id=row.external_id, plan=row.plan)
        for row in tx.execute(statement)
    ]
