"""Survey runs and their answers."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, case, insert, select, update

from bot.domain.messages import Language
from bot.domain.rules import Rules
from bot.domain.surveys import SCALE_NAMES, SurveyRun
from bot.domain.touchpoints import Kind
from bot.domain.wordings import wording_of
from storage import segments, themes
from storage.database import Tx, for_each_dialect
from storage.tables import answer, customer, segmentation, survey_run


def _runs() -> Select[Any]:
    return (
        select(
            survey_run.c.id,
            survey_run.c.kind,
            survey_run.c.trigger,
            survey_run.c.customer_id,
            survey_run.c.subject,
            survey_run.c.wording,
            survey_run.c.segmentation_id,
            segmentation.c.plan,
            survey_run.c.closed_at,
            survey_run.c.closes_at,
            customer.c.name,
            customer.c.salutation,
            customer.c.chat_id,
            customer.c.language,
            answer.c.score,
            answer.c.reason,
            answer.c.reason_until,
            answer.c.skipped_at,
            answer.c.prompt_message_id,
        )
        .join(customer, survey_run.c.customer_id == customer.c.id)
        .outerjoin(segmentation, segmentation.c.id == survey_run.c.segmentation_id)
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
    )


_RUN = _runs().where(survey_run.c.id == bindparam("run_id"))
_LOCK = select(survey_run.c.id).where(survey_run.c.id == bindparam("run_id")).with_for_update()


def add_run(  # the segments of that day stay with the run
    tx: Tx,
    *,
    kind: Kind,
    customer_id: int,
    trigger: str,
    subject: str = "",
    wording: str | None = None,
    rules: Rules,
    now: datetime,
) -> int:
    """Start a survey run for a customer, in the usual words unless others are given; returns its id."""
    statement = insert(survey_run).values(
        customer_id=customer_id,
        kind=kind,
        trigger=trigger,
        subject=subject,
        wording=wording or wording_of(kind),
        segmentation_id=segments.present(tx, [customer_id], rules=rules, now=now)[customer_id],
        planned_at=now,
    )
    return int(tx.execute(statement.returning(survey_run.c.id)).scalar_one())


def load_run(tx: Tx, run_id: int) -> SurveyRun | None:
    """A run with its answer, locked against a second tap on PostgreSQL (SQLite has one writer)."""
    if tx.dialect.name != "sqlite":  # first, since a joined answer is read as it was before the wait for the lock
        tx.execute(_LOCK, {"run_id": run_id})
    row = tx.execute(_RUN, {"run_id": run_id}).first()
    return _run(row) if row else None


def load_awaiting_reason(tx: Tx, *, chat_id: int, now: datetime) -> SurveyRun | None:
    """The run whose "why" the customer of this chat was asked last, while the question stands."""
    statement = (
        _runs()
        .where(customer.c.chat_id == chat_id, answer.c.reason_until > now, survey_run.c.closed_at.is_(None))
        .order_by(answer.c.reason_until.desc())
        .limit(1)
    )
    row = tx.execute(statement).first()
    return _run(row) if row else None


def stop_awaiting_reasons(tx: Tx, customer_id: int, *, now: datetime) -> None:
    """The customer is about to write something else: what comes next is no reason."""
    standing = (answer.c.customer_id == customer_id, answer.c.reason_until > now)
    tx.execute(update(answer).where(*standing).values(reason_until=now))


def load_run_of_reason(tx: Tx, *, chat_id: int, message_id: int) -> SurveyRun | None:
    """The run whose reason this message gave, so that an edit of the message edits the reason."""
    row = tx.execute(_runs().where(customer.c.chat_id == chat_id, answer.c.reason_message_id == message_id)).first()
    return _run(row) if row else None


def _run(row: Any) -> SurveyRun:  # noqa: ANN401  a database row
    return SurveyRun(
        run_id=row.id,
        kind=Kind(row.kind),
        trigger=row.trigger,
        customer_id=row.customer_id,
        customer_name=row.name,
        salutation=row.salutation,
        chat_id=row.chat_id,
        language=Language(row.language),
        subject=row.subject,
        wording=row.wording,
        segmentation_id=row.segmentation_id,
        segment=row.plan or "",
        closed=row.closed_at is not None,
        closes_at=row.closes_at,
        score=row.score,
        reason=row.reason,
        reason_until=row.reason_until,
        skipped=row.skipped_at is not None,
        prompt_message_id=row.prompt_message_id,
    )


def save_score(
    tx: Tx, run: SurveyRun, score: int, *, prompt_message_id: int, reason_until: datetime, now: datetime
) -> None:
    """Store the score of a run, or change it; the run has one answer for ever."""
    row = {
        "run_id": run.run_id,
        "customer_id": run.customer_id,
        "kind": run.kind,
        "score": score,
        "scale": SCALE_NAMES[run.kind],
        "segmentation_id": run.segmentation_id,
        "answered_at": now,
        "reason_until": reason_until,
        "prompt_message_id": prompt_message_id,
    }
    tx.execute(_SAVE_SCORE[tx.dialect.name], row)


def _upsert_answer(dialect_insert: Any) -> Any:  # noqa: ANN401  each dialect's insert is a type of its own
    statement = dialect_insert(answer)
    new = statement.excluded
    changed = {
        "score": new.score,
        "changed_at": new.answered_at,
        "reason_until": case((answer.c.reason.is_(None), new.reason_until)),
        "skipped_at": None,
        "prompt_message_id": new.prompt_message_id,
    }
    return statement.on_conflict_do_update(index_elements=["run_id"], set_=changed)


_SAVE_SCORE = for_each_dialect(_upsert_answer)


def save_reason(tx: Tx, run_id: int, reason: str, *, message_id: int, now: datetime) -> None:
    """Store why, with the message that said it; what it is about is found soon after."""
    themes.forget(tx, [run_id])
    tx.execute(
        update(answer)
        .where(answer.c.run_id == run_id)
        .values(reason=reason, reason_at=now, reason_message_id=message_id, reason_until=None, themed=0)
    )


def forget_reason(tx: Tx, run_id: int) -> None:
    """The reason no longer fits the score."""
    themes.forget(tx, [run_id])
    tx.execute(
        update(answer).where(answer.c.run_id == run_id).values(reason=None, reason_at=None, reason_message_id=None)
    )


def skip_reason(tx: Tx, run_id: int, *, now: datetime) -> None:
    """Wait for no reason any more; a second skip changes nothing."""
    unskipped = update(answer).where(answer.c.run_id == run_id, answer.c.skipped_at.is_(None))
    tx.execute(unskipped.values(reason_until=None, skipped_at=now))


def load_just_explained(tx: Tx, customer_id: int, *, since: datetime) -> SurveyRun | None:
    """The run whose reason this customer wrote last, if that was after an instant."""
    explained = (
        answer.c.customer_id == customer_id,
        answer.c.reason_at > since,
        answer.c.reason_message_id.is_not(None),
    )
    row = tx.execute(_runs().where(*explained).order_by(answer.c.reason_at.desc()).limit(1)).first()
    return _run(row) if row else None


def add_to_reason(tx: Tx, run_id: int, reason: str) -> None:
    """Keep a reason with what was added to it; an edit is still an edit of the message that gave it first."""
    themes.forget(tx, [run_id])
    tx.execute(update(answer).where(answer.c.run_id == run_id).values(reason=reason, themed=0))


def mark_sent(tx: Tx, run_id: int, *, remind_at: datetime, closes_at: datetime, now: datetime) -> None:
    """The invitation went out (or may have): from here the reminder and the closing count."""
    tx.execute(
        update(survey_run)
        .where(survey_run.c.id == run_id, survey_run.c.sent_at.is_(None))
        .values(sent_at=now, remind_at=remind_at, closes_at=closes_at)
    )


def close_run(tx: Tx, run_id: int, *, now: datetime) -> None:
    """Close a run whose invitation will never go out."""
    tx.execute(
        update(survey_run)
        .where(survey_run.c.id == run_id, survey_run.c.closed_at.is_(None))
        .values(closed_at=now, remind_at=None)
    )
