"""What is due for whom: the one shape in which every planner finds its work, and everything asks what comes next."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, select

from bot.domain.delivery import Outgoing
from storage import outbox
from storage.database import Tx
from storage.tables import customer

REACHABLE = and_(
    customer.c.chat_id.is_not(None),
    customer.c.stopped_at.is_(None),
    customer.c.unreachable_at.is_(None),
    customer.c.lost_at.is_(None),
)


@dataclass(frozen=True, kw_only=True)
class Window:
    """Which of what is due: later than `after`, not later than `before`, the first `limit` of it."""

    limit: int
    after: datetime | None = None
    before: datetime | None = None
    customer_id: int | None = None

    def earlier(self, delay: timedelta) -> "Window":
        """The same window for what becomes due so long after it happened."""
        return replace(
            self,
            after=self.after - delay if self.after else None,
            before=self.before - delay if self.before else None,
        )


@dataclass(frozen=True, kw_only=True)
class Due:
    """One row whose time comes `at`, and its customer. `reachable`: linked, not stopped, not blocked, not lost."""

    row_id: int
    customer_id: int
    timezone: str
    reachable: bool
    at: datetime
    subject: str


def select_due(
    row_id: ColumnElement[Any], at: ColumnElement[Any], subject: ColumnElement[str] | None = None
) -> Select[Any]:
    """The columns of `Due`; whoever asks joins the customer and says what is open."""
    return select(
        row_id.label("row_id"),
        customer.c.id.label("customer_id"),
        customer.c.timezone,
        REACHABLE.label("reachable"),
        at.label("at"),
        (literal("") if subject is None else subject).label("subject"),
    ).select_from(customer)


def list_due(
    tx: Tx,
    statement: Select[Any],
    at: ColumnElement[Any],
    window: Window,
    order: ColumnElement[Any] | None = None,
) -> list[Due]:
    """What a statement of `select_due` finds in the window: the earliest first, or by `order`."""
    if window.after is not None:
        statement = statement.where(at > window.after)
    if window.before is not None:
        statement = statement.where(at <= window.before)
    if window.customer_id is not None:
        statement = statement.where(customer.c.id == window.customer_id)
    ordered = statement.where(at.is_not(None)).order_by(at if order is None else order, "row_id").limit(window.limit)
    return [
        Due(
            row_id=row.row_id,
            customer_id=row.customer_id,
            timezone=row.timezone,
            reachable=bool(row.reachable),
            at=row.at,
            subject=row.subject,
        )
        for row in tx.execute(ordered)
    ]


def queue(tx: Tx, message: Outgoing, *, now: datetime) -> None:
    """Queue a message, unless it is too late for it or it was queued before."""
    if message.expires_at > now:
        outbox.add(tx, message, now=now)
