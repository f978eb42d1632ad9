"""Telling staff at once."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.domain.delivery import at_once
from bot.domain.messages import Language
from bot.domain.roles import Role
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from storage import interactions, outbox
from storage.database import Tx
from storage.tables import customer, staff


def notify(
    tx: Tx,
    *,
    key: str,
    template: str,
    facts: Mapping[str, object],
    customer_id: int | None,
    rules: Rules,
    now: datetime,
) -> None:
    """Queue a notice to the staff chat; without one, to the customer's CSM; without one, to every admin."""
    for chat_id in recipients(tx, customer_id, rules):
        notice = at_once(
            Kind.NOTICE,
            f"notice:{key}:{chat_id}",
            now=now,
            chat_id=chat_id,
            language=language_of(tx, chat_id, rules),
            template=template,
            facts=facts,
            about_id=customer_id,
        )
        outbox.add(tx, notice, now=now)


def tell_of_interaction(
    tx: Tx,
    *,
    customer_id: int,
    kind: str,
    body: str,
    chat_id: int | None,
    message_id: int,
    template: str,
    facts: Mapping[str, object],
    rules: Rules,
    now: datetime,
) -> None:
    """Keep what a customer said or asked for, and tell staff, who can close it; the same message again is not told."""
    interaction_id = interactions.add(
        tx, customer_id=customer_id, kind=kind, body=body, now=now, chat_id=chat_id, message_id=message_id
    )
    if interaction_id is not None:
        notify(
            tx,
            key=f"interaction:{interaction_id}",
            template=template,
            facts={**facts, "interaction_id": interaction_id},
            customer_id=customer_id,
            rules=rules,
            now=now,
        )


def recipients(tx: Tx, customer_id: int | None, rules: Rules) -> list[int]:
    """The staff chat; without one, the customer's CSM; without one, every admin."""
    if rules.staff_chat_id is not None:
        return [rules.staff_chat_id]
    csm_id = tx.execute(_CSM, {"customer": customer_id}).scalar()
    return [csm_id] if csm_id is not None else sorted(rules.admin_ids)


def list_reviewers(tx: Tx, rules: Rules) -> list[int]:
    """Who is told how it went: the staff chat; without one, every manager and admin."""
    if rules.staff_chat_id is not None:
        return [rules.staff_chat_id]
    leading = select(staff.c.user_id).where(staff.c.role.in_((Role.MANAGER, Role.ADMIN)))
    return sorted({*tx.execute(leading).scalars(), *rules.admin_ids})


_CSM = (
    select(customer.c.csm_id)
    .join(staff, staff.c.user_id == customer.c.csm_id)
    .where(customer.c.id == bindparam("customer"))
)


def language_of(tx: Tx, chat_id: int, rules: Rules) -> Language:
    """What a member of staff reads; in a group, what the business speaks."""
    found = tx.execute(_LANGUAGE, {"reader": chat_id}).scalar()
    return Language(found) if found else rules.language


_LANGUAGE = select(staff.c.language).where(staff.c.user_id == bindparam("reader"))
