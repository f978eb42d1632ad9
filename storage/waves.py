"""Survey waves, and the message in which staff follow each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, literal, select, update

from bot.domain.messages import Language
from bot.domain.touchpoints import Kind
from bot.domain.wave_requests import WaveRequest
from bot.domain.waves import FOLLOWED_FOR, Move, State, Status, Wave
from bot.domain.wordings import Variant
from storage.database import Tx
from storage.tables import outbox, wave, wave_member

NOT_BEGUN = (Status.DRAFT, Status.CANCELLED)
_WAVES = select(
    wave.c.id,
    wave.c.kind,
    wave.c.subject,
    wave.c.variants,
    wave.c.status,
    wave.c.words,
    wave.c.per_day,
    wave.c.starts_on,
    wave.c.ends_on,
    wave.c.weekdays,
    wave.c.language,
    wave.c.chat_id,
    wave.c.message_id,
)


def add(tx: Tx, request: WaveRequest, *, words: str, by: int, language: Language, now: datetime) -> Wave:
    """Draft a wave, without its customers."""
    statement = insert(wave).values(
        kind=request.kind,
        subject=request.subject,
        variants="".join(request.variants),
        status=Status.DRAFT,
        words=words,
        per_day=request.per_day,
        starts_on=request.starts_on,
        ends_on=request.ends_on,
        weekdays=sorted(request.weekdays),
        language=language,
        created_by=by,
        created_at=now,
        changed_at=now,
        shown={},
    )
    wave_id = tx.execute(statement.returning(wave.c.id)).scalar_one()
    return _wave(tx.execute(_WAVES.where(wave.c.id == wave_id)).one())


def load(tx: Tx, wave_id: int) -> Wave | None:
    row = tx.execute(_WAVES.where(wave.c.id == wave_id)).first()
    return _wave(row) if row else None


def list_begun(tx: Tx, *, limit: int) -> list[Wave]:
    """The waves that were begun last, the latest first."""
    begun = _WAVES.where(wave.c.status.not_in(NOT_BEGUN)).order_by(wave.c.id.desc()).limit(limit)
    return [_wave(row) for row in tx.execute(begun)]


def list_running(tx: Tx) -> list[Wave]:
    """Waves that ask today, each locked on PostgreSQL; one that another replica plans is skipped."""
    statement = _WAVES.where(wave.c.status == Status.RUNNING).order_by(wave.c.id).with_for_update(skip_locked=True)
    return [_wave(row) for row in tx.execute(statement)]


def _wave(row: Any) -> Wave:  # noqa: ANN401  a database row
    return Wave(
        wave_id=row.id,
        kind=Kind(row.kind),
        subject=row.subject,
        variants=tuple(Variant(letter) for letter in row.variants),
        status=Status(row.status),
        words=row.words,
        per_day=row.per_day,
        starts_on=row.starts_on,
        ends_on=row.ends_on,
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
    begun = statement.where(wave.c.status.not_in(NOT_BEGUN)).order_by(wave.c.id)
    return [Shown(wave=_wave(row), facts=dict(row.shown), at=row.shown_at) for row in tx.execute(begun)]


def mark_shown(tx: Tx, wave_id: int, facts: dict[str, object], *, now: datetime) -> None:
    tx.execute(update(wave).where(wave.c.id == wave_id).values(shown=facts, shown_at=now))


def any_waiting(tx: Tx) -> bool:
    """Whether a running wave has customers whose turn has not come."""
    statement = select(literal(1)).where(
        wave.c.status == Status.RUNNING, wave_member.c.wave_id == wave.c.id, wave_member.c.state == State.PLANNED
    )
    return tx.execute(statement.limit(1)).first() is not None
