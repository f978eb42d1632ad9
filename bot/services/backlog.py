"""Whether the bot keeps up with its work."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import storage.backlog
import storage.inbox
from storage.database import Tx

LATE_AFTER = timedelta(minutes=15)


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """What should be nothing: updates given up, and messages overdue; and the time zones that customers have."""

    dead_updates: int
    late_messages: int
    timezones: frozenset[str]


def try_to_write(tx: Tx, *, now: datetime) -> None:
    """Prove that the database can be written to; nothing is left behind."""
    storage.backlog.try_to_write(tx)


def read_backlog(tx: Tx, *, now: datetime) -> Backlog:
    return Backlog(
        dead_updates=storage.inbox.count_dead(tx),
        late_messages=storage.backlog.count_late(tx, before=now - LATE_AFTER),
        timezones=frozenset(storage.backlog.list_timezones(tx)),
    )
