"""The win-back of each loss."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update

from bot.domain.messages import Language
from bot.domain.win_back import OfferChoice, OfferFacts, Status, WinBack, question_key
from storage.database import Tx, insert_for
from storage.tables import customer, loss, outbox, win_back


@dataclass(frozen=True)
class DueOffer:
    """A win-back whose next step has come."""

    win_back: WinBack
    facts: OfferFacts


def load(tx: Tx, win_back_id: int) -> WinBack | None:
    """A win-back, locked against a second tap on PostgreSQL (SQLite has one writer)."""
    row = tx.execute(_win_backs().where(win_back.c.id == win_back_id).with_for_update(of=win_back)).first()
    return _win_back(row) if row else None


def _win_backs(*more: Any) -> Select[Any]:  # noqa: ANN401  SQL columns
    return select(
        win_back.c.id,
        win_back.c.customer_id,
        win_back.c.loss_id,
        win_back.c.status,
        win_back.c.reason,
        win_back.c.reason_at,
        win_back.c.answer,
        customer.c.name,
        customer.c.chat_id,
        customer.c.language,
        *more,
    ).join(customer, win_back.c.customer_id == customer.c.id)


def _win_back(row: Any) -> WinBack:  # noqa: ANN401  a database row
    return WinBack(
        win_back_id=row.id,
        customer_id=row.customer_id,
        customer_name=row.name,
        chat_id=row.chat_id,
        language=Language(row.language),
        status=Status(row.status),
        reason=row.reason,
        reason_at=row.reason_at,
        answer=OfferChoice(row.answer) if row.answer else None,
    )


def list_to_ask(tx: Tx, *, ask_after: timedelta, limit: int, now: datetime) -> list[tuple[int, int]]:
    """(customer id, loss id) of losses not asked about, whose customers can be reached."""
    statement = (
        select(customer.c.id, loss.c.id)
        .join(loss, (loss.c.customer_id == customer.c.id) & loss.c.recovered_at.is_(None))
        .outerjoin(win_back, win_back.c.loss_id == loss.c.id)
        .where(
            customer.c.lost_at <= now - ask_after,
            customer.c.linked_at <= now - ask_after,
            customer.c.chat_id.is_not(None),
            customer.c.stopped_at.is_(None),
            customer.c.unreachable_at.is_(None),
            win_back.c.id.is_(None),
        )
        .order_by(loss.c.id)
        .limit(limit)
    )
    return [(customer_id, loss_id) for customer_id, loss_id in tx.execute(statement)]


def start(tx: Tx, *, customer_id: int, loss_id: int, next_at: datetime, now: datetime) -> int | None:
    """Open the win-back of a loss; None when it has one."""
    statement = insert_for(tx)(win_back).values(
        customer_id=customer_id, loss_id=loss_id, status=Status.ASKING, started_at=now, next_at=next_at
    )
    statement = statement.on_conflict_do_nothing(index_elements=["loss_id"]).returning(win_back.c.id)
    return tx.execute(statement).scalar_one_or_none()


def list_due(tx: Tx, *, limit: int, now: datetime) -> list[DueOffer]:
    """Win-backs whose next step has come, with what became of their question."""
    statement = _win_backs().where(win_back.c.next_at <= now).order_by(win_back.c.next_at, win_back.c.id).limit(limit)
    return [DueOffer(_win_back(row), _offer_facts(tx, row)) for row in tx.execute(statement).all()]


def _offer_facts(tx: Tx, row: Any) -> OfferFacts:  # noqa: ANN401  a database row
    statement = select(outbox.c.status, outbox.c.sent_at, outbox.c.due_at)
    question = tx.execute(statement.where(outbox.c.dedupe_key == question_key(row.loss_id))).first()
    went_out = question is not None and question.status in {"sending", "sent", "unknown"}
    waits = question is not None and question.status == "pending"
    return OfferFacts(
        reason_at=row.reason_at,
        asked_at=question.sent_at if question and went_out else None,
        asking_at=question.due_at if question and waits else None,
    )


def change(tx: Tx, win_back_id: int, **values: Any) -> None:  # noqa: ANN401  columns of the row
    """Set columns of one win-back."""
    tx.execute(update(win_back).where(win_back.c.id == win_back_id).values(**values))
