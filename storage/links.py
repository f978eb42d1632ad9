"""Deep links, and tying a chat to a customer."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Update, delete, insert, or_, select, update

from bot.domain.cases import Reason
from bot.domain.links import LinkFacts
from storage.database import Tx
from storage.tables import customer, interaction, link, loss, metadata, outbox, success_plan, support_case, win_back

WISHES = ("stopped_at", "topics_off", "hours")
"""What a person who signed up alone wanted counts for the record too."""

JOINED = "joined"
"""How a case ended that goes on in another."""


def add(tx: Tx, *, code: str, external_id: str, expires_at: datetime, now: datetime) -> bool:
    """Store a link to the customer with this external id; False when there is no such customer."""
    customer_id = tx.execute(select(customer.c.id).where(customer.c.external_id == external_id)).scalar_one_or_none()
    if customer_id is None:
        return False
    row = {"digest": digest(code), "customer_id": customer_id, "created_at": now, "expires_at": expires_at}
    tx.execute(insert(link).values(row))
    return True


def digest(code: str) -> str:
    """What is stored of a code: who reads the database cannot use the links in it."""
    return hashlib.sha256(code.encode()).hexdigest()


def load(tx: Tx, *, code: str, chat_id: int) -> LinkFacts | None:
    """What is known of a link, seen from a chat."""
    columns = (link.c.customer_id, link.c.expires_at, link.c.used_at, customer.c.chat_id)
    found = tx.execute(select(*columns).join(customer).where(link.c.digest == digest(code))).one_or_none()
    if found is None:
        return None
    known = (customer.c.chat_id == chat_id) & ~_signed_up_alone()
    return LinkFacts(
        customer_id=found.customer_id,
        expires_at=found.expires_at,
        used_at=found.used_at,
        customer_chat_id=found.chat_id,
        chat_customer_id=tx.execute(select(customer.c.id).where(known)).scalar_one_or_none(),
    )


def use(tx: Tx, *, code: str, now: datetime) -> bool:
    """Use a link up; False when somebody was first, or it has expired."""
    unused = (link.c.digest == digest(code)) & link.c.used_at.is_(None) & (link.c.expires_at > now)
    used = tx.execute(update(link).where(unused).values(used_at=now).returning(link.c.customer_id))
    return used.scalar_one_or_none() is not None


def tie_chat(
    tx: Tx, *, customer_id: int, chat_id: int, nps_first_after: timedelta, nps_not_before: datetime, now: datetime
) -> bool:
    """Give a customer this chat; False when the customer has another one.

    A person who had signed up alone in this chat becomes this customer, with all that was said. The first NPS is due
    `nps_first_after` joining, and not before `nps_not_before`.
    """
    row = tx.execute(_claim_chat(customer_id, chat_id, now)).one_or_none()
    if row is None:
        return False
    merge_sign_up(tx, chat_id=chat_id, into=customer_id, now=now)
    due_at = max(row.joined_at + nps_first_after, nps_not_before, row.next_nps_at or nps_not_before)
    tx.execute(update(customer).where(customer.c.id == customer_id).values(chat_id=chat_id, next_nps_at=due_at))
    return True


def _claim_chat(customer_id: int, chat_id: int, now: datetime) -> Update:
    free = (customer.c.id == customer_id) & or_(customer.c.chat_id.is_(None), customer.c.chat_id == chat_id)
    claimed = update(customer).where(free).values(linked_at=now, unreachable_at=None)
    return claimed.returning(customer.c.joined_at, customer.c.next_nps_at)


def merge_sign_up(tx: Tx, *, chat_id: int, into: int, now: datetime) -> None:
    """Move all that belongs to the person who signed up alone in this chat to a customer, and remove that person."""
    alone = (customer.c.chat_id == chat_id) & (customer.c.id != into) & _signed_up_alone()
    found = tx.execute(select(customer.c.id, *(customer.c[column] for column in WISHES)).where(alone)).one_or_none()
    if found is None:
        return
    _settle(tx, found.id, now=now)
    _join_cases(tx, found.id, into, now=now)
    for table in metadata.tables.values():
        if table is not customer and "customer_id" in table.c:
            tx.execute(update(table).where(table.c.customer_id == found.id).values(customer_id=into))
    tx.execute(update(outbox).where(outbox.c.about_id == found.id).values(about_id=into))
    tx.execute(delete(customer).where(customer.c.id == found.id))
    wishes = {column: wish for column in WISHES if (wish := getattr(found, column)) is not None}
    if wishes:
        tx.execute(update(customer).where(customer.c.id == into).values(wishes))


def _settle(tx: Tx, customer_id: int, *, now: datetime) -> None:
    """End what a customer has one of at a time, so that it cannot meet another's."""
    plan = update(success_plan).where(success_plan.c.customer_id == customer_id, success_plan.c.status == "active")
    tx.execute(plan.values(status="cancelled", next_check_in_at=None, next_progress_at=None, goal_until=None))
    open_loss = update(loss).where(loss.c.customer_id == customer_id, loss.c.recovered_at.is_(None))
    tx.execute(open_loss.values(recovered_at=now))
    asking = update(win_back).where(win_back.c.customer_id == customer_id, win_back.c.status != "ended")
    tx.execute(asking.values(status="ended", next_at=None))


def _join_cases(tx: Tx, alone: int, into: int, *, now: datetime) -> None:
    """Where both have an open case, the one that signed up alone goes on in the record's."""
    is_open = support_case.c.resolved_at.is_(None)
    both = tx.execute(select(support_case).where(support_case.c.customer_id.in_((alone, into)), is_open)).all()
    ids = {row.customer_id: row.id for row in both}
    if alone not in ids or into not in ids:
        return
    for table in (interaction, outbox):
        tx.execute(update(table).where(table.c.case_id == ids[alone]).values(case_id=ids[into]))
    ended = {"resolved_at": now, "looks_at": None, "ces_planned_at": now, "nps_planned_at": now}
    joined = update(support_case).where(support_case.c.id == ids[alone])
    tx.execute(joined.values(**ended, snoozed_until=None, reason=Reason.OTHER, outcome=JOINED))


def _signed_up_alone() -> ColumnElement[bool]:
    return customer.c.external_id.is_(None)
