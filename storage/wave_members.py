"""The customers in survey waves: whose turn it is, who was asked, whose message can be taken back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, or_, select, update

from bot.domain.touchpoints import Kind
from bot.domain.waves import DELETABLE_FOR, State, Status
from bot.domain.wordings import Variant
from storage.database import Tx
from storage.tables import answer, customer, outbox, survey_run, wave, wave_member

LIVE = (Status.RUNNING, Status.PAUSED)


def add(tx: Tx, wave_id: int, customers: Sequence[tuple[int, Variant]]) -> None:
    """Put customers into a wave in their order, each with the wording that is theirs."""
    members = [
        {
            "wave_id": wave_id,
            "customer_id": customer_id,
            "variant": variant,
            "position": place,
            "state": State.PLANNED,
            "attempts": 0,
        }
        for place, (customer_id, variant) in enumerate(customers)
    ]
    if members:
        tx.execute(insert(wave_member), members)


def asked_by_wave(kind: Kind) -> ColumnElement[bool]:
    """Whether a wave that has not ended is still to ask a customer, or its invitation waits in the outbox."""
    mine = (wave_member.c.customer_id == customer.c.id, wave_member.c.wave_id == wave.c.id, wave.c.kind == kind)
    planned = exists().where(*mine, wave_member.c.state == State.PLANNED, wave.c.status.in_(LIVE))
    queued = exists().where(
        *mine,
        wave_member.c.state == State.QUEUED,
        outbox.c.run_id == wave_member.c.run_id,
        outbox.c.kind == kind,
        outbox.c.status.in_(("pending", "sending")),
    )
    return or_(planned, queued)


def list_pending(tx: Tx, kind: Kind, customer_ids: Sequence[int]) -> set[int]:
    """Which of these customers have a message of a kind in the outbox that is not sent yet."""
    statement = select(outbox.c.customer_id).where(
        outbox.c.customer_id.in_(customer_ids), outbox.c.kind == kind, outbox.c.status.in_(("pending", "sending"))
    )
    return set(tx.execute(statement).scalars())


def discard(tx: Tx, wave_id: int) -> None:
    """Who was drafted for a wave that never begins is not kept."""
    tx.execute(delete(wave_member).where(wave_member.c.wave_id == wave_id))


def list_all(tx: Tx, wave_id: int) -> list[int]:
    """A wave's customers in their order."""
    statement = select(wave_member.c.customer_id).where(wave_member.c.wave_id == wave_id)
    return list(tx.execute(statement.order_by(wave_member.c.position)).scalars())


def list_planned(tx: Tx, wave_id: int, *, limit: int) -> dict[int, Variant]:
    """The next customers whose turn has not come, in their order, with their wording."""
    planned = (wave_member.c.wave_id == wave_id, wave_member.c.state == State.PLANNED)
    statement = select(wave_member.c.customer_id, wave_member.c.variant).where(*planned)
    ordered = statement.order_by(wave_member.c.position).limit(limit)
    return {row.customer_id: Variant(row.variant) for row in tx.execute(ordered)}


def any_unsent(tx: Tx, wave_id: int) -> bool:
    """Whether an invitation of a wave waits in the outbox, where a pause can still take it back."""
    statement = select(literal(1)).where(
        wave_member.c.wave_id == wave_id,
        wave_member.c.state == State.QUEUED,
        outbox.c.run_id == wave_member.c.run_id,
        outbox.c.kind == wave.c.kind,
        wave.c.id == wave_id,
        outbox.c.status.in_(("pending", "sending")),
    )
    return tx.execute(statement.limit(1)).first() is not None


def count_queued(tx: Tx, wave_id: int, day: date) -> int:
    """How many were asked on a day."""
    statement = select(func.count()).where(wave_member.c.wave_id == wave_id, wave_member.c.queued_on == day)
    return int(tx.execute(statement).scalar_one())


def next_attempt(tx: Tx, wave_id: int, customer_id: int) -> int:
    """Count that a customer is queued, once more."""
    statement = _member(wave_id, customer_id).values(attempts=wave_member.c.attempts + 1)
    return int(tx.execute(statement.returning(wave_member.c.attempts)).scalar_one())


def mark_queued(tx: Tx, wave_id: int, customer_id: int, *, run_id: int, day: date) -> None:
    tx.execute(_member(wave_id, customer_id).values(state=State.QUEUED, run_id=run_id, queued_on=day))


def mark_skipped(tx: Tx, wave_id: int, customer_id: int, *, rule: str) -> None:
    """A rule keeps the wave from a customer for longer than its invitation lives."""
    tx.execute(_member(wave_id, customer_id).values(state=State.SKIPPED, rule=rule))


def end(tx: Tx, wave_id: int, *, rule: str) -> None:
    """Whose turn has not come is passed over for good."""
    planned = (wave_member.c.wave_id == wave_id, wave_member.c.state == State.PLANNED)
    tx.execute(update(wave_member).where(*planned).values(state=State.SKIPPED, rule=rule))


def mark_recalled(tx: Tx, wave_id: int, customer_id: int) -> None:
    tx.execute(_member(wave_id, customer_id).values(state=State.RECALLED))


def _member(wave_id: int, customer_id: int) -> Any:  # noqa: ANN401  an UPDATE without its values
    return update(wave_member).where(wave_member.c.wave_id == wave_id, wave_member.c.customer_id == customer_id)


def take_back(tx: Tx, wave_id: int, *, now: datetime) -> None:
    """What a wave has in the outbox and is not being sent is cancelled, and its customers are as if not asked yet."""
    runs = select(wave_member.c.run_id).where(wave_member.c.wave_id == wave_id, wave_member.c.state == State.QUEUED)
    cancelled = (
        update(outbox)
        .where(outbox.c.run_id.in_(runs), outbox.c.status == "pending", outbox.c.edit_message_id.is_(None))
        .where(outbox.c.kind == select(wave.c.kind).where(wave.c.id == wave_id).scalar_subquery())
        .values(status="cancelled", error="wave_paused")
        .returning(outbox.c.run_id)
    )
    taken = [run_id for run_id in tx.execute(cancelled).scalars() if run_id is not None]
    tx.execute(update(survey_run).where(survey_run.c.id.in_(taken)).values(closed_at=now))
    tx.execute(
        update(wave_member)
        .where(wave_member.c.wave_id == wave_id, wave_member.c.run_id.in_(taken))
        .values(state=State.PLANNED, run_id=None, queued_on=None)
    )


@dataclass(frozen=True, kw_only=True)
class Recallable:
    """A message that is young enough to be deleted and was not answered."""

    customer_id: int
    run_id: int
    message_id: int
    sent_at: datetime


def list_recallable(tx: Tx, wave_id: int, *, now: datetime) -> list[Recallable]:
    statement = (
        select(wave_member.c.customer_id, outbox.c.run_id, outbox.c.message_id, outbox.c.sent_at)
        .join(wave, wave.c.id == wave_member.c.wave_id)
        .join(outbox, (outbox.c.run_id == wave_member.c.run_id) & (outbox.c.kind == wave.c.kind))
        .outerjoin(answer, answer.c.run_id == wave_member.c.run_id)
        .where(wave_member.c.wave_id == wave_id, wave_member.c.state == State.QUEUED, answer.c.run_id.is_(None))
        .where(outbox.c.message_id.is_not(None), outbox.c.sent_at > now - DELETABLE_FOR)
        .order_by(wave_member.c.position)
    )
    return [
        Recallable(customer_id=row.customer_id, run_id=row.run_id, message_id=row.message_id, sent_at=row.sent_at)
        for row in tx.execute(statement)
    ]
