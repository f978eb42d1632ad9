"""Speed limits that every replica shares."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from storage.database import Tx, for_each_dialect
from storage.tables import rate


@dataclass(frozen=True)
class Rate:
    """A limit as it stands: GCRA's theoretical arrival time, and until when the messenger asked for silence."""

    arrival_at: datetime
    paused_until: datetime | None


def load(tx: Tx, name: str, *, now: datetime) -> Rate:
    """A limit, made at its first use and locked for this transaction."""
    row = tx.execute(_LOAD, {"limit": name}).first()
    if row is None:
        tx.execute(_ADD[tx.dialect.name], {"name": name, "arrival_at": now})
        row = tx.execute(_LOAD, {"limit": name}).one()
    return Rate(row.arrival_at, row.paused_until)


_LOAD = select(rate.c.arrival_at, rate.c.paused_until).where(rate.c.name == bindparam("limit")).with_for_update()
_ADD = for_each_dialect(lambda insert: insert(rate).on_conflict_do_nothing(index_elements=["name"]))


def save(tx: Tx, name: str, *, arrival_at: datetime) -> None:
    """Keep what was taken."""
    tx.execute(update(rate).where(rate.c.name == name).values(arrival_at=arrival_at))


def pause(tx: Tx, name: str, *, until: datetime, now: datetime) -> None:
    """Keep everybody silent until an instant; a shorter demand does not shorten a longer one."""
    current = load(tx, name, now=now)
    if current.paused_until is None or current.paused_until < until:
        tx.execute(update(rate).where(rate.c.name == name).values(paused_until=until))
