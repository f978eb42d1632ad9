"""What shows whether the database is in order and the bot keeps up."""

from datetime import datetime

from sqlalchemy import func, insert, select

from storage.database import Tx
from storage.tables import customer, outbox, rate


def try_to_write(tx: Tx) -> None:
    """Write, and undo it."""
    savepoint = tx.begin_nested()
    tx.execute(insert(rate).values(name="doctor", arrival_at=datetime.fromisoformat("2000-01-01T00:00:00Z")))
    savepoint.rollback()


def count_late(tx: Tx, *, before: datetime) -> int:
    """Messages that were due before then, and that nobody has sent or held."""
    late = (outbox.c.status == "pending") & (outbox.c.due_at < before)
    return int(tx.execute(select(func.count()).select_from(outbox).where(late)).scalar_one())


def list_timezones(tx: Tx) -> set[str]:
    """Every time zone that a customer has."""
    return set(tx.execute(select(customer.c.timezone).distinct()).scalars())
