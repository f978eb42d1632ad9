"""What other systems are to be told of: rows of the outbox that go to an address instead of a chat."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from bot.domain.delivery import at_once
from bot.domain.rules import Rules
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.webhooks import Event
from storage import outbox as outboxes
from storage.database import Tx
from storage.tables import customer, outbox


@dataclass(frozen=True)
class DueCall:
    """A call whose time has come; without facts when its customer was forgotten meanwhile."""

    outbox_id: int
    attempt: int
    facts: Mapping[str, object]
    expires_at: datetime


def emit(
    tx: Tx, event: Event, customer_id: int, data: Mapping[str, object], *, key: str, rules: Rules, now: datetime
) -> None:
    """Queue a call about a customer, once for a key; nothing where the business is told of nothing.

    Of the customer it says the ids only: whoever is called has the books to look them up in.
    """
    if not rules.webhook_url:
        return
    external_id = tx.execute(select(customer.c.external_id).where(customer.c.id == customer_id)).scalar_one()
    about = {"customer": {"id": customer_id, "external_id": external_id}}
    call = at_once(
        Kind.WEBHOOK,
        f"webhook:{event}:{key}",
        now=now,
        facts={"type": event, "timestamp": now.isoformat(), "data": {**about, **data}},
        about_id=customer_id,
    )
    outboxes.add(tx, call, now=now)


def any_due(tx: Tx, *, now: datetime) -> bool:
    """Whether there is anybody to call now."""
    return tx.execute(_DUE.with_only_columns(outbox.c.id).where(outbox.c.due_at <= now).limit(1)).first() is not None


_DUE = select(outbox.c.id, outbox.c.attempt, outbox.c.facts, outbox.c.expires_at).where(
    outbox.c.priority == POLICIES[Kind.WEBHOOK].priority, outbox.c.status == "pending"
)


def list_due(tx: Tx, *, now: datetime, limit: int) -> list[DueCall]:
    """Calls that are due, the earliest first. On PostgreSQL another replica's are skipped."""
    due = _DUE.where(outbox.c.due_at <= now).order_by(outbox.c.due_at, outbox.c.id).limit(limit)
    return [
        DueCall(row.id, row.attempt, row.facts, row.expires_at)
        for row in tx.execute(due.with_for_update(skip_locked=True))
    ]
