"""The win-back of each loss."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, case, select, update

from bot.domain.messages import Language
from bot.domain.win_back import Lot, OfferChoice, OfferFacts, Status, WinBack, question_key
from bot.domain.win_back_trials import Drawn
from storage.database import Tx, insert_for
from storage.due import Agenda, Due, Window, select_due
from storage.tables import customer, loss, outbox, purchase, win_back

YEAR = timedelta(days=365)


def load(tx: Tx, win_back_id: int) -> WinBack | None:
    """A win-back, locked against a second tap on PostgreSQL (SQLite has one writer)."""
    row = tx.execute(_win_backs().where(win_back.c.id == win_back_id).with_for_update(of=win_back)).first()
    return _win_back(row) if row else None


def _win_backs() -> Select[Any]:
    return select(
        win_back.c.id,
        win_back.c.customer_id,
        win_back.c.status,
        win_back.c.reason,
        win_back.c.reason_at,
        win_back.c.answer,
        customer.c.name,
        customer.c.salutation,
        customer.c.chat_id,
        customer.c.language,
    ).join(customer, win_back.c.customer_id == customer.c.id)


def _win_back(row: Any) -> WinBack:  # noqa: ANN401  a database row
    return WinBack(
        win_back_id=row.id,
        customer_id=row.customer_id,
        customer_name=row.name,
        salutation=row.salutation,
        chat_id=row.chat_id,
        language=Language(row.language),
        status=Status(row.status),
        reason=row.reason,
        reason_at=row.reason_at,
        answer=OfferChoice(row.answer) if row.answer else None,
    )


def list_new(tx: Tx, window: Window) -> list[Due]:
    """Losses (the row) without a win-back, whose customers can be reached; due since the loss and the link."""
    return _NEW.list(tx, window)


def list_questions(tx: Tx, window: Window) -> list[Due]:
    """Those of them of which nobody has said why."""
    return _QUESTIONS.list(tx, window)


def list_told(tx: Tx, window: Window) -> list[Due]:
    """Those of them of which somebody has: the customer is not asked again."""
    return _TOLD.list(tx, window)


_open_at = case((customer.c.linked_at > customer.c.lost_at, customer.c.linked_at), else_=customer.c.lost_at)
_new = (
    select_due(loss.c.id, _open_at)
    .join(loss, (loss.c.customer_id == customer.c.id) & loss.c.recovered_at.is_(None))
    .outerjoin(win_back, win_back.c.loss_id == loss.c.id)
    .where(
        customer.c.lost_at.is_not(None),
        customer.c.chat_id.is_not(None),
        customer.c.stopped_at.is_(None),
        customer.c.unreachable_at.is_(None),
        win_back.c.id.is_(None),
    )
)
_NEW = Agenda(_new, _open_at)
_QUESTIONS = Agenda(_new.where(loss.c.reason == ""), _open_at)
_TOLD = Agenda(_new.where(loss.c.reason != ""), _open_at)


def start(
    tx: Tx, *, customer_id: int, loss_id: int, lot: Lot, next_at: datetime, now: datetime, told_at: datetime | None
) -> int | None:
    """Open the win-back of a loss; None when it has one. Of who is held out it is over as it begins.

    `told_at`: the reason is known from staff, in their words, so that there is no question; its time counts as the
    answer's.
    """
    statement = insert_for(tx)(win_back).values(
        customer_id=customer_id,
        loss_id=loss_id,
        status=Status.ENDED if lot.held_out else Status.REASON if told_at else Status.ASKING,
        started_at=now,
        reason_at=told_at,
        next_at=None if lot.held_out else next_at,
        holdout=lot.holdout,
        held_out=lot.held_out,
    )
    statement = statement.on_conflict_do_nothing(index_elements=["loss_id"]).returning(win_back.c.id)
    return tx.execute(statement).scalar_one_or_none()


def load_awaiting_words(tx: Tx, customer_id: int, *, since: datetime) -> int | None:
    """The loss that the customer gave a reason for after an instant, and of which nobody has said more yet."""
    asked = (win_back.c.customer_id == customer_id, win_back.c.status == Status.REASON, win_back.c.reason_at > since)
    open_loss = (loss.c.recovered_at.is_(None), loss.c.reason == "")
    statement = select(loss.c.id).join(win_back, win_back.c.loss_id == loss.c.id).where(*asked, *open_loss)
    found: int | None = tx.execute(statement).scalar()
    return found


def list_steps(tx: Tx, window: Window) -> list[Due]:
    """Win-backs (the row) whose next step comes."""
    return _STEPS.list(tx, window)


_STEPS = Agenda(
    select_due(win_back.c.id, win_back.c.next_at).join(win_back, win_back.c.customer_id == customer.c.id),
    win_back.c.next_at,
)


def load_offer_facts(tx: Tx, win_back_id: int) -> OfferFacts:
    """What decides about the offer."""
    statement = select(win_back.c.loss_id, win_back.c.reason_at).where(win_back.c.id == win_back_id)
    loss_id, reason_at = tx.execute(statement).one()
    asked = select(outbox.c.status, outbox.c.sent_at, outbox.c.due_at).where(
        outbox.c.dedupe_key == question_key(loss_id)
    )
    question = tx.execute(asked).first()
    went_out = question is not None and question.status in {"sending", "sent", "unknown"}
    waits = question is not None and question.status == "pending"
    return OfferFacts(
        reason_at=reason_at,
        asked_at=question.sent_at if question and went_out else None,
        asking_at=question.due_at if question and waits else None,
    )


def list_drawn(tx: Tx, *, holdout: float, currency: str, limit: int) -> list[Drawn]:
    """The first losses that a lot with this holdout was drawn for, in the order of the draw."""
    columns = (win_back.c.customer_id, win_back.c.held_out, win_back.c.started_at, loss.c.recovered_at)
    statement = select(*columns).join(loss, loss.c.id == win_back.c.loss_id).where(win_back.c.holdout == holdout)
    rows = tx.execute(statement.order_by(win_back.c.started_at, win_back.c.id).limit(limit)).all()
    bought = _purchases(tx, {row.customer_id for row in rows}, currency)
    return [
        Drawn(
            customer_id=row.customer_id,
            held_out=row.held_out,
            started_at=row.started_at,
            recovered_at=row.recovered_at,
            value_minor=sum(
                amount for at, amount in bought.get(row.customer_id, ()) if timedelta(0) < row.started_at - at <= YEAR
            ),
        )
        for row in rows
    ]


def _purchases(tx: Tx, customer_ids: Collection[int], currency: str) -> dict[int, list[tuple[datetime, int]]]:
    statement = select(purchase.c.customer_id, purchase.c.purchased_at, purchase.c.amount_minor).where(
        purchase.c.customer_id.in_(customer_ids), purchase.c.currency == currency
    )
    found: dict[int, list[tuple[datetime, int]]] = {}
    for row in tx.execute(statement):
        found.setdefault(row.customer_id, []).append((row.purchased_at, row.amount_minor))
    return found


def change(tx: Tx, win_back_id: int, **values: Any) -> None:  # noqa: ANN401  columns of the row
    """Set columns of one win-back."""
    tx.execute(update(win_back).where(win_back.c.id == win_back_id).values(**values))
