"""Customers as staff look for them and look at them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, false, func, literal, or_, select, true

from bot.domain.portfolio import CustomerMatch, ListedCustomer, Sought
from bot.domain.touchpoints import Kind
from storage import phones
from storage.database import Tx
from storage.tables import answer, customer


def list_by_identity(tx: Tx, sought: Sought, *, limit: int) -> list[CustomerMatch]:
    """Customers whose own id, external id or phone number this is."""
    ending = sought.phone_ending
    found = or_(
        customer.c.external_id == sought.external_id,
        false() if sought.customer_id is None else customer.c.id == sought.customer_id,
        customer.c.id.in_(_with_phone(tx, ending)) if ending else false(),
    )
    return _matches(tx, found, customer.c.id, limit=limit)


def _with_phone(tx: Tx, ending: str) -> list[int]:
    rows = tx.execute(select(customer.c.id, customer.c.phone).where(phones.ends_like(tx, ending)))
    return [row.id for row in rows if row.phone.endswith(ending)]


def list_by_name(tx: Tx, name_key: str, *, limit: int) -> list[CustomerMatch]:
    """Customers with this in their name: the very name first, then whole or begun words, then any part of it.

    Last come those whose name has the same words, whole, in another order: a family name may be written first or last.
    """
    name = customer.c.search_name
    rank = case(
        (name == name_key, 0),
        (name.endswith(f" {name_key}", autoescape=True), 1),
        (or_(name.startswith(name_key, autoescape=True), name.contains(f" {name_key}", autoescape=True)), 2),
        (name.contains(name_key, autoescape=True), 3),
        else_=4,
    )
    spaced = literal(" ").concat(name).concat(" ")
    words = (spaced.contains(f" {word} ", autoescape=True) for word in name_key.split())
    found = or_(name.contains(name_key, autoescape=True), and_(true(), *words))
    return _matches(tx, found, rank, name, customer.c.id, limit=limit)


def _matches(tx: Tx, found: ColumnElement[bool], *order: ColumnElement[Any], limit: int) -> list[CustomerMatch]:
    columns = (customer.c.id, customer.c.name, customer.c.external_id, customer.c.plan)
    statement = select(*columns).where(found, customer.c.forgotten_at.is_(None)).order_by(*order).limit(limit)
    return [
        CustomerMatch(customer_id=row.id, name=row.name, external_id=row.external_id, plan=row.plan)
        for row in tx.execute(statement)
    ]


def count(tx: Tx, name_key: str, *, csm_id: int, own: bool) -> int:
    """How many customers with this in their name are this CSM's own, or everybody else's."""
    statement = select(func.count()).select_from(customer).where(*_belonging(name_key, csm_id, own=own))
    return int(tx.execute(statement).scalar_one())


def list_page(tx: Tx, name_key: str, *, csm_id: int, own: bool, offset: int, limit: int) -> list[ListedCustomer]:
    """Customers with this in their name, by name: this CSM's own, or everybody else's."""
    statement = (
        select(
            customer.c.id,
            customer.c.name,
            customer.c.plan,
            customer.c.chat_id,
            customer.c.lost_at,
            customer.c.last_purchase_at,
        )
        .where(*_belonging(name_key, csm_id, own=own))
        .order_by(customer.c.search_name, customer.c.id)
        .offset(offset)
        .limit(limit)
    )
    rows = tx.execute(statement).all()
    scores = _last_nps(tx, [row.id for row in rows])
    return [
        ListedCustomer(
            customer_id=row.id,
            name=row.name,
            plan=row.plan,
            own=own,
            linked=row.chat_id is not None,
            lost=row.lost_at is not None,
            last_nps=scores.get(row.id),
            last_purchase_at=row.last_purchase_at,
        )
        for row in rows
    ]


def _belonging(name_key: str, csm_id: int, *, own: bool) -> list[ColumnElement[bool]]:
    mine = customer.c.csm_id == csm_id if own else customer.c.csm_id.is_distinct_from(csm_id)
    known = customer.c.forgotten_at.is_(None)
    named = [customer.c.search_name.contains(name_key, autoescape=True)] if name_key else []
    return [mine, known, *named]


def _last_nps(tx: Tx, customer_ids: Sequence[int]) -> dict[int, int]:
    statement = select(answer.c.customer_id, answer.c.score).where(
        answer.c.customer_id.in_(customer_ids), answer.c.kind == Kind.NPS
    )
    found = tx.execute(statement.order_by(answer.c.answered_at))
    return {row.customer_id: row.score for row in found}
