"""Keeping updates safe: what cannot be handled before it is confirmed, or fails, waits in the inbox."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import storage.inbox
from bot.domain.delivery import backoff
from storage.database import Tx

IN_HAND = timedelta(minutes=10)
ATTEMPTS = 8
BATCH = 100


def keep(tx: Tx, *, now: datetime, payloads: Sequence[Mapping[str, Any]]) -> None:
    """Store updates that somebody in this process is still handling; they come up again only if that takes too long."""
    for payload in payloads:
        storage.inbox.add(tx, payload, next_at=now + IN_HAND, now=now)


def keep_failure(tx: Tx, *, now: datetime, payload: Mapping[str, Any], error: str) -> bool:
    """Store an update whose handling failed, to be tried again; False when that was the last try."""
    storage.inbox.add(tx, payload, next_at=now, now=now)
    attempts = storage.inbox.load_attempts(tx, payload["update_id"]) + 1
    next_at = now + backoff(attempts) if attempts < ATTEMPTS else None
    storage.inbox.fail(tx, payload["update_id"], attempts=attempts, next_at=next_at, error=error)
    return next_at is not None


def remove(tx: Tx, *, now: datetime, update_ids: Sequence[int]) -> None:
    """The updates are handled."""
    storage.inbox.remove(tx, update_ids)


def list_waiting(tx: Tx, *, now: datetime) -> list[dict[str, Any]]:
    """Updates to handle now."""
    return storage.inbox.list_due(tx, now=now, limit=BATCH)


def hasten(tx: Tx, *, now: datetime) -> None:
    """A process has just started, and it is the only one: nothing is in anybody's hands."""
    storage.inbox.hasten(tx, now=now)
