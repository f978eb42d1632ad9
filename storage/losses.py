"""Customers who left and came back: each loss is kept, since churn is counted from it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select, update

from bot.domain.touchpoints import POLICIES, Group, Kind
from storage import outbox
from storage.database import Tx
from storage.due import Agenda, Due, Window, select_due
from storage.tables import customer, health, loss, purchase, survey_run, win_back

WIN_BACK_KINDS = frozenset(kind for kind in Kind if POLICIES[kind].group is Group.WIN_BACK)
SILENCE = "silence"
CARE_KINDS = frozenset(
    kind for kind in Kind if POLICIES[kind].group not in {Group.WIN_BACK, Group.SERVICE, Group.ANSWER}
)


def mark_lost(tx: Tx, customer_id: int, *, lost_at: datetime, source: str, reason: str = "", now: datetime) -> bool:
    """Open a loss and cancel what the customer was still to get; False when the customer was lost already."""
    statement = update(customer).where(customer.c.id == customer_id, customer.c.lost_at.is_(None))
    if tx.execute(statement.values(lost_at=lost_at).returning(customer.c.id)).first() is None:
        return False
    tx.execute(insert(loss).values(customer_id=customer_id, lost_at=lost_at, source=source, reason=reason))
    tx.execute(update(health).where(health.c.customer_id == customer_id).values(is_lost=True))
    outbox.cancel_pending(tx, customer_id, reason="lost", kinds=CARE_KINDS)
    tx.execute(
        update(survey_run)
        .where(
            survey_run.c.customer_id == customer_id, survey_run.c.sent_at.is_(None), survey_run.c.closed_at.is_(None)
        )
        .values(closed_at=now)
    )
    return True


def lost_since(tx: Tx, customer_id: int) -> datetime | None:
    found: datetime | None = tx.execute(select(customer.c.lost_at).where(customer.c.id == customer_id)).scalar()
    return found


def load_cause(tx: Tx, loss_id: int) -> tuple[str, str]:
    """Who said that the customer was lost, and why, as far as that was said."""
    row = tx.execute(select(loss.c.source, loss.c.reason).where(loss.c.id == loss_id)).one()
    return row.source, row.reason


def save_words(tx: Tx, loss_id: int, words: str) -> None:
    """Keep with a loss what the customer says about it."""
    tx.execute(update(loss).where(loss.c.id == loss_id).values(reason=words))


def edit_words(tx: Tx, customer_id: int, *, before: str, words: str) -> None:
    """The customer edited a message: where it was what they said about a loss, that changes too.

    A loss keeps no more of a message than its words, which are encrypted, so that they are compared here.
    """
    kept = tx.execute(select(loss.c.id, loss.c.reason).where(loss.c.customer_id == customer_id)).all()
    for row in kept:
        if before and row.reason == before:
            save_words(tx, row.id, words)


def load_told(tx: Tx, customer_id: int) -> tuple[str, str]:
    """Why a lost customer left: what they chose, by its key, and what was written, each as far as it was said."""
    statement = select(win_back.c.reason.label("chosen"), loss.c.reason).outerjoin(
        win_back, win_back.c.loss_id == loss.c.id
    )
    row = tx.execute(statement.where(loss.c.customer_id == customer_id, loss.c.recovered_at.is_(None))).first()
    return (row.chosen or "", row.reason) if row else ("", "")


def list_silent(tx: Tx, window: Window) -> list[Due]:
    """Customers who bought once and are not lost, by their last purchase; not those of whom more may be coming in."""
    return _SILENT.list(tx, window)


_SILENT = Agenda(
    select_due(customer.c.id, customer.c.last_purchase_at).where(
        customer.c.lost_at.is_(None), customer.c.purchases_came_at.is_(None)
    ),
    customer.c.last_purchase_at,
)


def list_returned(tx: Tx, *, limit: int) -> list[tuple[int, datetime]]:
    """Lost customers who bought since, with the instant of the first such purchase."""
    bought = (purchase.c.customer_id == customer.c.id) & (purchase.c.amount_minor > 0)
    since = select(func.min(purchase.c.purchased_at)).where(bought, purchase.c.purchased_at > customer.c.lost_at)
    statement = (
        select(customer.c.id, func.coalesce(since.scalar_subquery(), customer.c.last_purchase_at).label("back_at"))
        .where(customer.c.lost_at.is_not(None), customer.c.last_purchase_at > customer.c.lost_at)
        .order_by(customer.c.id)
        .limit(limit)
    )
    return [(row.id, row.back_at) for row in tx.execute(statement)]


def list_never_silent(tx: Tx, customer_ids: Iterable[int], *, silent_after: timedelta) -> list[tuple[int, int]]:
    """Which open losses by silence of these customers a purchase imported late proves never to have been.

    As customer and loss. Who turns out to have bought nothing at all was never silent either.
    """
    statement = (
        select(loss.c.customer_id, loss.c.id, loss.c.lost_at, customer.c.last_purchase_at)
        .join(customer, customer.c.id == loss.c.customer_id)
        .where(customer.c.id.in_(customer_ids), loss.c.recovered_at.is_(None), loss.c.source == SILENCE)
        .order_by(loss.c.id)
    )
    return [
        (row.customer_id, row.id)
        for row in tx.execute(statement)
        if row.last_purchase_at is None or row.lost_at - silent_after < row.last_purchase_at <= row.lost_at
    ]


def withdraw(tx: Tx, customer_id: int, loss_id: int, *, now: datetime) -> None:
    """Take back a loss that never was: nothing counts it, and nothing more of its win-back is sent."""
    recover(tx, customer_id, recovered_at=now)
    forget(tx, loss_id)


def forget(tx: Tx, loss_id: int) -> None:
    """Take a loss and its win-back off the record."""
    tx.execute(delete(win_back).where(win_back.c.loss_id == loss_id))
    tx.execute(delete(loss).where(loss.c.id == loss_id))


def recover(tx: Tx, customer_id: int, *, recovered_at: datetime) -> None:
    """The customer is back: the loss and its win-back are over, and nothing of it is sent any more."""
    tx.execute(update(customer).where(customer.c.id == customer_id).values(lost_at=None))
    tx.execute(update(health).where(health.c.customer_id == customer_id).values(is_lost=False))
    open_loss = select(loss.c.id).where(loss.c.customer_id == customer_id, loss.c.recovered_at.is_(None))
    tx.execute(update(win_back).where(win_back.c.loss_id.in_(open_loss)).values(status="ended", next_at=None))
    tx.execute(
        update(loss)
        .where(loss.c.customer_id == customer_id, loss.c.recovered_at.is_(None))
        .values(recovered_at=recovered_at)
    )
    outbox.cancel_pending(tx, customer_id, reason="recovered", kinds=WIN_BACK_KINDS)
