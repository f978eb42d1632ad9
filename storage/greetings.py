"""Who is still to be greeted on a holiday: everybody in a time zone, in the order of their ids."""

from datetime import date

from sqlalchemy import select

from storage.database import Tx, insert_for
from storage.due import REACHABLE
from storage.tables import customer, greeting_progress


def list_zones(tx: Tx, *, customer_id: int | None = None) -> list[str]:
    """The time zones of customers who can be reached."""
    statement = select(customer.c.timezone).where(REACHABLE).distinct().order_by(customer.c.timezone)
    if customer_id is not None:
        statement = statement.where(customer.c.id == customer_id)
    return list(tx.execute(statement).scalars())


def list_ungreeted(
    tx: Tx, greeting: str, day: date, timezone: str, *, limit: int, customer_id: int | None = None
) -> list[int]:
    """The next customers in a zone to be greeted on a holiday."""
    progress = greeting_progress.c
    reached = select(progress.last_customer_id).where(
        progress.greeting == greeting, progress.day == day, progress.timezone == timezone
    )
    statement = select(customer.c.id).where(
        REACHABLE, customer.c.timezone == timezone, customer.c.id > (tx.execute(reached).scalar() or 0)
    )
    if customer_id is not None:
        statement = statement.where(customer.c.id == customer_id)
    return list(tx.execute(statement.order_by(customer.c.id).limit(limit)).scalars())


def save_progress(tx: Tx, greeting: str, day: date, timezone: str, *, last_customer_id: int) -> None:
    """Note how far the greetings of a day have come in a zone."""
    values = {"greeting": greeting, "day": day, "timezone": timezone, "last_customer_id": last_customer_id}
    statement = insert_for(tx)(greeting_progress).values(**values)
    key = ["greeting", "day", "timezone"]
    tx.execute(statement.on_conflict_do_update(index_elements=key, set_={"last_customer_id": last_customer_id}))
