"""Speed limits that every replica shares."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update

from storage.database import Tx, insert_for
from storage.tables import rate


@dataclass(frozen=True)
class Rate:
    """A limit as it stands: GCRA's theoretical arrival time, and until when the messenger asked for silence."""

    arrival_at: datetime
    paused_until: datetime | None


def load(tx: Tx, name: str, *, now: datetime) -> Rate:
    """A limit, made at its first use and locked for this transaction."""
    tx.execute(insert_for(tx)(rate).values(name=name, arrival_at=now).on_conflict_do_nothing(index_elements=["name"]))
    statement = select(rate.c.arrival_at, rate.c.paused_until).where(rate.c.name == name).with_for_update()
    row = tx.execute(statement).one()
    return Rate(row.arrival_at, row.paused_until)


def save(tx: Tx, name: str, *, arrival_at: datetime) -> None:
    """Keep what was taken."""
    tx.execute(update(rate).where(rate.c.name == name).values(arrival_at=arrival_at))


def pause(tx: Tx, name: str, *, until: datetime, now: datetime) -> None:
    """Keep everybody silent until an instant; a shorter demand does not shorten a longer one."""
    current = load(tx, name, now=now)
    if current.paused_until is None or current.paused_until < until:
        tx.execute(update(rate).where(rate.c.name == name).values(paused_until=until))
