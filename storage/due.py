"""What is due for whom: the one shape in which every planner finds its work, and everything asks what comes next."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, literal, select

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


@dataclass(frozen=True, eq=False)
class Agenda:
    """A statement of `select_due` and when its rows are due; the earliest come first, or those first by `order`.

    Planners look often and find little, so an agenda belongs at the top of a module: to build its statement takes
    longer than to run it.
    """

    statement: Select[Any]
    at: ColumnElement[Any]
    order: ColumnElement[Any] | None = None
    _built: dict[frozenset[str], Select[Any]] = field(default_factory=dict, init=False, repr=False)

    def list(self, tx: Tx, window: Window) -> list[Due]:
        """What is in the window."""
        asked = {name: value for name, value in vars(window).items() if value is not None}
        by = frozenset(asked)
        if by not in self._built:
            self._built[by] = self._build(by)
        return [
            Due(
                row_id=row.row_id,
                customer_id=row.customer_id,
                timezone=row.timezone,
                reachable=bool(row.reachable),
                at=row.at,
                subject=row.subject,
            )
            for row in tx.execute(self._built[by], asked)
        ]

    def _build(self, by: Collection[str]) -> Select[Any]:
        """The statement with a parameter for each of these fields of a window."""
        narrowed = {
            "after": self.at > bindparam("after"),
            "before": self.at <= bindparam("before"),
            "customer_id": customer.c.id == bindparam("customer_id"),
        }
        within = [condition for name, condition in narrowed.items() if name in by]
        first = self.at if self.order is None else self.order
        ordered = self.statement.where(self.at.is_not(None), *within).order_by(first, "row_id")
        return ordered.limit(bindparam("limit"))


def queue(tx: Tx, message: Outgoing, *, now: datetime) -> None:
    """Queue a message, unless it is too late for it or it was queued before."""
    if message.expires_at > now:
        outbox.add(tx, message, now=now)
