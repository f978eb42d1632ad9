"""Updates that were confirmed to the messenger before they were handled, and those whose handling failed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update

from storage.database import Tx, insert_for
from storage.keyring import TamperedError
from storage.secrets import find_row
from storage.tables import inbox


def add(tx: Tx, payload: Mapping[str, Any], *, next_at: datetime, now: datetime) -> None:
    """Keep an update; one that is kept already stays as it is."""
    row = {"update_id": payload["update_id"], "payload": dict(payload), "received_at": now, "attempts": 0}
    tx.execute(
        insert_for(tx)(inbox).values(**row, next_at=next_at).on_conflict_do_nothing(index_elements=["update_id"])
    )


def load_attempts(tx: Tx, update_id: int) -> int:
    """How often an update that is kept here has failed."""
    return int(tx.execute(select(inbox.c.attempts).where(inbox.c.update_id == update_id)).scalar_one())


def fail(tx: Tx, update_id: int, *, attempts: int, next_at: datetime | None, error: str) -> None:
    """Keep that handling failed, and when to try again; None gives up and leaves the row for people to see."""
    tx.execute(
        update(inbox).where(inbox.c.update_id == update_id).values(attempts=attempts, next_at=next_at, error=error)
    )


def remove(tx: Tx, update_ids: Sequence[int]) -> None:
    """The updates are handled."""
    tx.execute(delete(inbox).where(inbox.c.update_id.in_(update_ids)))


def list_due(tx: Tx, *, now: datetime, limit: int) -> list[dict[str, Any]]:
    """Updates to handle again, in the order in which they came.

    One that somebody changed is left out, or it would hold up all others.
    """
    statement = select(inbox.c.payload).where(inbox.c.next_at <= now).order_by(inbox.c.update_id).limit(limit)
    while True:
        try:
            return [row.payload for row in tx.execute(statement)]
        except TamperedError as error:
            (update_id,) = find_row(tx, error)
            statement = statement.where(inbox.c.update_id != update_id)


def hasten(tx: Tx, *, now: datetime) -> None:
    """After a start nobody is handling anything: whatever waits may be handled at once."""
    tx.execute(update(inbox).where(inbox.c.next_at > now).values(next_at=now))


def count_dead(tx: Tx) -> int:
    """Updates that were given up."""
    return int(tx.execute(select(func.count()).select_from(inbox).where(inbox.c.next_at.is_(None))).scalar_one())
