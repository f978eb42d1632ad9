"""Telling other systems: claim the calls that may go, and keep what came of each. The calling happens in between."""

import json
from datetime import datetime

import storage.outbox
import storage.webhooks
from bot.domain.delivery import Attempt, Outcome, Step, backoff, decide
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.domain.webhooks import Call
from storage.database import Tx
from storage.webhooks import DueCall


def anything_due(tx: Tx, *, now: datetime) -> bool:
    """Whether `claim` would find work."""
    return storage.webhooks.any_due(tx, now=now)


def claim(tx: Tx, *, now: datetime, rules: Rules, owner: str, limit: int) -> list[Call]:
    """Claim up to `limit` calls; what is too old, or about somebody who was forgotten, is given up.

    What a process that died had claimed comes back by the sender of messages, as its own rows do.
    """
    due = storage.webhooks.list_due(tx, now=now, limit=limit)
    calls = [_call(one, owner, now=now) for one in due if not _given_up(tx, one, now=now)]
    ids = [call.outbox_id for call in calls]
    storage.outbox.mark_sending(tx, ids, owner=owner, lease_until=now + rules.delivery.lease, now=now)
    return calls


def _given_up(tx: Tx, one: DueCall, *, now: datetime) -> bool:
    if not one.facts:
        storage.outbox.fail(tx, one.outbox_id, error="forgotten")
    elif one.expires_at <= now:
        storage.outbox.drop(tx, one.outbox_id, rule="expired", held_by=None, now=now)
    else:
        return False
    return True


def _call(one: DueCall, owner: str, *, now: datetime) -> Call:
    return Call(
        outbox_id=one.outbox_id,
        owner=owner,
        attempt=one.attempt + 1,
        kind=Kind.WEBHOOK,
        chat_id=None,
        customer_id=None,
        run_id=None,
        possible_duplicate=False,
        body=json.dumps(one.facts, ensure_ascii=False).encode(),
        called_at=now,
    )


def record(tx: Tx, *, now: datetime, rules: Rules, call: Attempt, outcome: Outcome) -> None:
    """Keep what came of a call, unless somebody else has moved its row on since."""
    step = decide(call.kind, outcome, attempt=call.attempt, most=rules.delivery.attempts, already_resent=False)
    if step is Step.RETRY:
        due_at = now + backoff(call.attempt)
        storage.outbox.finish(tx, call, "pending", error=outcome.error, due_at=due_at)
    else:
        storage.outbox.finish(tx, call, "sent" if step is Step.DONE else "failed", error=outcome.error)
