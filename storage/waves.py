"""Survey waves and the customers in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, insert, literal, or_, select, update

from bot.domain.messages import Language
from bot.domain.touchpoints import Kind
from bot.domain.wave_requests import WaveRequest
from bot.domain.waves import DELETABLE_FOR, FOLLOWED_FOR, SENT, Move, State, Status, Tally, Wave
from storage.database import Tx
from storage.tables import answer, customer, outbox, survey_run, wave, wave_member

LIVE = (Status.RUNNING, Status.PAUSED)
_WAVES = select(
    wave.c.id,
    wave.c.kind,
    wave.c.status,
    wave.c.words,
    wave.c.per_day,
    wave.c.starts_on,
    wave.c.weekdays,
    wave.c.language,
    wave.c.chat_id,
    wave.c.message_id,
)


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


def add(
    tx: Tx, request: WaveRequest, customer_ids: Sequence[int], *, words: str, by: int, language: Language, now: datetime
) -> Wave:
    """Draft a wave of these customers, in their order."""
    statement = insert(wave).values(
        kind=request.kind,
        status=Status.DRAFT,
        words=words,
        per_day=request.per_day,
        starts_on=request.starts_on,
        weekdays=sorted(request.weekdays),
        language=language,
        created_by=by,
        created_at=now,
        changed_at=now,
        shown={},
    )
    wave_id = tx.execute(statement.returning(wave.c.id)).scalar_one()
    members = [
        {"wave_id": wave_id, "customer_id": one, "position": place, "state": State.PLANNED, "attempts": 0}
        for place, one in enumerate(customer_ids)
    ]
    if members:
        tx.execute(insert(wave_member), members)
    return _wave(tx.execute(_WAVES.where(wave.c.id == wave_id)).one())


def load(tx: Tx, wave_id: int) -> Wave | None:
    row = tx.execute(_WAVES.where(wave.c.id == wave_id)).first()
    return _wave(row) if row else None


def load_latest(tx: Tx, kind: Kind) -> Wave | None:
    """The wave of a kind that was begun last."""
    begun = wave.c.status.not_in((Status.DRAFT, Status.CANCELLED))
    row = tx.execute(_WAVES.where(wave.c.kind == kind, begun).order_by(wave.c.id.desc()).limit(1)).first()
    return _wave(row) if row else None


def list_running(tx: Tx) -> list[Wave]:
    """Waves that ask today, each locked on PostgreSQL; one that another replica plans is skipped."""
    statement = _WAVES.where(wave.c.status == Status.RUNNING).order_by(wave.c.id).with_for_update(skip_locked=True)
    return [_wave(row) for row in tx.execute(statement)]


def _wave(row: Any) -> Wave:  # noqa: ANN401  a database row
    return Wave(
        wave_id=row.id,
        kind=Kind(row.kind),
        status=Status(row.status),
        words=row.words,
        per_day=row.per_day,
        starts_on=row.starts_on,
        weekdays=frozenset(row.weekdays),
        language=Language(row.language),
        chat_id=row.chat_id,
        message_id=row.message_id,
    )


def switch(tx: Tx, wave_id: int, move: Move, *, now: datetime) -> bool:
    """Move a wave from one of the states to another; False when somebody was first."""
    statement = update(wave).where(wave.c.id == wave_id, wave.c.status.in_(move.before))
    return tx.execute(statement.values(status=move.after, changed_at=now).returning(wave.c.id)).first() is not None


def follow_in(tx: Tx, wave_id: int, *, chat_id: int, message_id: int, language: Language) -> None:
    """Staff follow a wave in this message from now on."""
    values = {"chat_id": chat_id, "message_id": message_id, "language": language}
    tx.execute(update(wave).where(wave.c.id == wave_id).values(**values))


def cancel_progress(tx: Tx, wave_id: int) -> None:
    """What waits to be shown of a wave is older than what staff see once they have pressed."""
    of_wave = select(wave.c.chat_id, wave.c.message_id).where(wave.c.id == wave_id)
    chat_id, message_id = tx.execute(of_wave).one()
    tx.execute(
        update(outbox)
        .where(outbox.c.chat_id == chat_id, outbox.c.edit_message_id == message_id, outbox.c.status == "pending")
        .values(status="cancelled", error="done")
    )


def discard_members(tx: Tx, wave_id: int) -> None:
    """Who was drafted for a wave that never begins is not kept."""
    tx.execute(delete(wave_member).where(wave_member.c.wave_id == wave_id))


def list_members(tx: Tx, wave_id: int) -> list[int]:
    """A wave's customers in their order."""
    statement = select(wave_member.c.customer_id).where(wave_member.c.wave_id == wave_id)
    return list(tx.execute(statement.order_by(wave_member.c.position)).scalars())


def list_planned(tx: Tx, wave_id: int, *, limit: int) -> list[int]:
    """The next customers whose turn has not come."""
    planned = (wave_member.c.wave_id == wave_id, wave_member.c.state == State.PLANNED)
    statement = select(wave_member.c.customer_id).where(*planned).order_by(wave_member.c.position).limit(limit)
    return list(tx.execute(statement).scalars())


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


def list_tallies(tx: Tx, wave_id: int) -> list[Tally]:
    """A wave's members by what became of them."""
    answered, commented = answer.c.run_id.is_not(None), answer.c.reason.is_not(None)
    fate = (
        wave_member.c.state,
        wave_member.c.rule,
        outbox.c.status,
        outbox.c.hold_rule,
        outbox.c.error,
        answered.label("answered"),
        commented.label("commented"),
    )
    statement = (
        select(*fate, func.count().label("count"))
        .join(wave, wave.c.id == wave_member.c.wave_id)
        .outerjoin(outbox, (outbox.c.run_id == wave_member.c.run_id) & (outbox.c.kind == wave.c.kind))
        .outerjoin(answer, answer.c.run_id == wave_member.c.run_id)
        .where(wave_member.c.wave_id == wave_id)
        .group_by(*fate)
    )
    return [
        Tally(
            state=State(row.state),
            rule=row.rule,
            outbox=row.status,
            hold_rule=row.hold_rule if row.status in ("pending", "expired") else None,
            error=row.error,
            answered=bool(row.answered),
            commented=bool(row.commented),
            count=row[-1],
        )
        for row in tx.execute(statement)
    ]


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A wave that staff follow in a message, and what the message says."""

    wave: Wave
    facts: dict[str, object]
    at: datetime | None


def list_followed(tx: Tx, *, now: datetime) -> list[Shown]:
    """Waves that were begun and whose message is to be kept up to date."""
    statement = _WAVES.add_columns(wave.c.shown, wave.c.shown_at).where(
        wave.c.message_id.is_not(None), wave.c.changed_at > now - FOLLOWED_FOR
    )
    begun = statement.where(wave.c.status.not_in((Status.DRAFT, Status.CANCELLED))).order_by(wave.c.id)
    return [Shown(wave=_wave(row), facts=dict(row.shown), at=row.shown_at) for row in tx.execute(begun)]


def mark_shown(tx: Tx, wave_id: int, facts: dict[str, object], *, now: datetime) -> None:
    tx.execute(update(wave).where(wave.c.id == wave_id).values(shown=facts, shown_at=now))


def any_waiting(tx: Tx) -> bool:
    """Whether a running wave has customers whose turn has not come."""
    statement = select(literal(1)).where(
        wave.c.status == Status.RUNNING, wave_member.c.wave_id == wave.c.id, wave_member.c.state == State.PLANNED
    )
    return tx.execute(statement.limit(1)).first() is not None


@dataclass(frozen=True, kw_only=True)
class Unanswered:
    """Somebody who was asked and has not answered yet."""

    customer_id: int
    name: str
    plan: str
    sent_at: datetime


def _unanswered(kind: Kind) -> list[ColumnElement[bool]]:
    return [
        survey_run.c.kind == kind,
        survey_run.c.sent_at.is_not(None),
        survey_run.c.closed_at.is_(None),
        answer.c.run_id.is_(None),
    ]


def count_unanswered(tx: Tx, kind: Kind) -> int:
    """How many have an open survey of a kind in their chat."""
    statement = select(func.count()).select_from(survey_run).outerjoin(answer, answer.c.run_id == survey_run.c.id)
    return int(tx.execute(statement.where(*_unanswered(kind))).scalar_one())


def list_unanswered(tx: Tx, kind: Kind, *, offset: int, limit: int) -> list[Unanswered]:
    """Those who have not answered an open survey of a kind, who was asked first before."""
    statement = (
        select(customer.c.id, customer.c.name, customer.c.plan, survey_run.c.sent_at)
        .select_from(survey_run)
        .join(customer, customer.c.id == survey_run.c.customer_id)
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
        .where(*_unanswered(kind))
        .order_by(survey_run.c.sent_at, survey_run.c.id)
        .offset(offset)
        .limit(limit)
    )
    return [
        Unanswered(customer_id=row.id, name=row.name, plan=row.plan, sent_at=row.sent_at)
        for row in tx.execute(statement)
    ]


def list_fates(tx: Tx, wave_id: int) -> list[dict[str, object]]:
    """Every customer of a begun wave, in their order, with what became of the invitation."""
    statement = (
        select(
            wave_member.c.customer_id,
            customer.c.name,
            wave_member.c.state,
            func.coalesce(wave_member.c.rule, outbox.c.hold_rule).label("rule"),
            wave_member.c.queued_on,
            outbox.c.status,
            outbox.c.sent_at,
            answer.c.score,
        )
        .join(wave, wave.c.id == wave_member.c.wave_id)
        .join(customer, customer.c.id == wave_member.c.customer_id)
        .outerjoin(outbox, (outbox.c.run_id == wave_member.c.run_id) & (outbox.c.kind == wave.c.kind))
        .outerjoin(answer, answer.c.run_id == wave_member.c.run_id)
        .where(wave_member.c.wave_id == wave_id)
        .order_by(wave_member.c.position)
    )
    return [
        {
            "id": row.customer_id,
            "name": row.name,
            "sent_at": row.sent_at if row.status in SENT and row.state == State.QUEUED else None,
            "score": row.score,
            "rule": None if row.status in SENT else row.rule,
            "recalled": row.state == State.RECALLED,
        }
        for row in tx.execute(statement)
    ]
