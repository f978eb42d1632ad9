"""Cases, and where staff talk about them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Select, bindparam, case, func, or_, select, update

from bot.domain.cases import Case, Signal, Source, looks_at
from bot.domain.delivery import Place
from bot.domain.messages import Language
from bot.domain.touchpoints import Kind
from storage.database import Tx, for_each_dialect
from storage.due import Agenda, Due, Window, select_due
from storage.severity import score_now
from storage.tables import answer, customer, outbox, staff, support_case

CARD = "cases/card"

claimer, resolver = staff.alias("claimer"), staff.alias("resolver")

_CASES = (
    select(
        support_case,
        customer.c.name,
        claimer.c.name.label("claimed_name"),
        resolver.c.name.label("resolved_name"),
        answer.c.score.label("nps_after"),
        score_now().label("score_now"),
    )
    .join(customer, customer.c.id == support_case.c.customer_id)
    .outerjoin(claimer, claimer.c.user_id == support_case.c.claimed_by)
    .outerjoin(resolver, resolver.c.user_id == support_case.c.resolved_by)
    .outerjoin(answer, answer.c.run_id == support_case.c.nps_run_id)
)
_LATEST = (
    _CASES.where(support_case.c.customer_id == bindparam("of_customer"))
    .order_by(support_case.c.resolved_at.is_not(None), support_case.c.resolved_at.desc(), support_case.c.id.desc())
    .limit(1)
    .with_for_update(of=support_case)
)


def load(tx: Tx, case_id: int) -> Case | None:
    """A case, locked against a second decision on PostgreSQL (SQLite has one writer)."""
    return _first(tx, _CASES.where(support_case.c.id == case_id).with_for_update(of=support_case))


def look(tx: Tx, case_id: int) -> Case | None:
    """A case as it is, for whoever changes nothing."""
    return _first(tx, _CASES.where(support_case.c.id == case_id))


def load_latest(tx: Tx, customer_id: int) -> Case | None:
    """The customer's open case, or else the one that was resolved last; locked as by `load`."""
    return _first(tx, _LATEST, of_customer=customer_id)


def look_open(tx: Tx, customer_id: int) -> Case | None:
    """The customer's open case, for whoever changes nothing."""
    is_open = (support_case.c.customer_id == customer_id, support_case.c.resolved_at.is_(None))
    return _first(tx, _CASES.where(*is_open))


def load_by_thread(tx: Tx, *, chat_id: int, thread_id: int) -> Case | None:
    """The case of a forum topic."""
    statement = _CASES.where(support_case.c.chat_id == chat_id, support_case.c.thread_id == thread_id)
    return _first(tx, statement.order_by(support_case.c.id.desc()).limit(1).with_for_update(of=support_case))


def load_by_message(tx: Tx, *, chat_id: int, message_id: int) -> Case | None:
    """The case to which a message of the bot in a staff chat belongs."""
    found = select(outbox.c.case_id).where(
        outbox.c.case_id.is_not(None), outbox.c.chat_id == chat_id, outbox.c.message_id == message_id
    )
    case_id = tx.execute(found.limit(1)).scalar()
    return load(tx, case_id) if case_id is not None else None


def list_cards(tx: Tx, case_id: int, *, limit: int) -> list[tuple[int, Place, Language]]:
    """Where the card of a case stands, the newest places first: the row that wrote it there last, and its language.

    A row that still waits to write it is not looked at: what it writes is the case as it then is.
    """
    message_id = func.coalesce(outbox.c.edit_message_id, outbox.c.message_id)
    is_card = or_(outbox.c.kind.in_((Kind.CARD, Kind.CARD_EDIT)), outbox.c.template == CARD)
    statement = (
        select(func.max(outbox.c.id).label("row_id"), outbox.c.chat_id, message_id.label("card_id"), outbox.c.language)
        .where(outbox.c.case_id == case_id, is_card, outbox.c.status != "pending", message_id.is_not(None))
        .group_by(outbox.c.chat_id, message_id, outbox.c.language)
        .order_by(message_id.desc())
        .limit(limit)
    )
    return [(row.row_id, Place(row.chat_id, row.card_id), Language(row.language)) for row in tx.execute(statement)]


def turn_into_card(tx: Tx, *, chat_id: int, message_id: int) -> None:
    """What told of a case in a staff chat is its card from now on."""
    told = (outbox.c.chat_id == chat_id, outbox.c.message_id == message_id, outbox.c.kind == Kind.CASE)
    tx.execute(update(outbox).where(*told).values(template=CARD))


def load_by_nps_run(tx: Tx, run_id: int) -> Case | None:
    """The case of which a survey asks whether it helped."""
    return _first(tx, _CASES.where(support_case.c.nps_run_id == run_id))


def list_with_topics(tx: Tx, customer_id: int) -> list[Case]:
    """The customer's cases that have a forum topic."""
    theirs = (support_case.c.customer_id == customer_id, support_case.c.thread_id.is_not(None))
    return [_case(row) for row in tx.execute(_CASES.where(*theirs).order_by(support_case.c.id))]


def _first(tx: Tx, statement: Select[Any], **parameters: object) -> Case | None:
    row = tx.execute(statement, parameters).first()
    return _case(row) if row else None


def _case(row: Any) -> Case:  # noqa: ANN401  a database row
    return Case(
        case_id=row.id,
        customer_id=row.customer_id,
        customer_name=row.name,
        source=Source(row.source),
        survey_kind=Kind(row.survey_kind) if row.survey_kind else None,
        score=row.score,
        score_now=row.score_now,
        words=row.words,
        opened_at=row.opened_at,
        chat_id=row.chat_id,
        thread_id=row.thread_id,
        card_message_id=row.card_message_id,
        claimed_by=row.claimed_by,
        claimed_at=row.claimed_at,
        claimed_name=row.claimed_name or "",
        snoozed_until=row.snoozed_until,
        first_answer_at=row.first_answer_at,
        answer_due_at=row.answer_due_at,
        solve_due_at=row.solve_due_at,
        answer_escalated_at=row.answer_escalated_at,
        solve_escalated_at=row.solve_escalated_at,
        answered_at=row.answered_at,
        resolved_at=row.resolved_at,
        first_resolved_at=row.first_resolved_at,
        resolved_name=row.resolved_name or "",
        reason=row.reason,
        outcome=row.outcome,
        reopened=row.reopened,
        acknowledged_at=row.acknowledged_at,
        nps_before=row.nps_before,
        nps_after=row.nps_after,
    )


def add(
    tx: Tx, signal: Signal, *, chat_id: int | None, answer_due_at: datetime, solve_due_at: datetime, now: datetime
) -> int | None:
    """Open a case for a signal; None when the customer has an open one."""
    row = {
        "of_customer": signal.customer_id,
        "customer_id": signal.customer_id,
        "source": signal.source,
        "survey_kind": signal.survey_kind,
        "score": signal.score,
        "words": signal.words,
        "opened_at": now,
        "opened_by": signal.opened_by,
        "chat_id": chat_id,
        "answer_due_at": answer_due_at,
        "solve_due_at": solve_due_at,
        "looks_at": min(answer_due_at, solve_due_at),
    }
    return tx.execute(_ADD[tx.dialect.name], row).scalar_one_or_none()


def _insert(dialect_insert: Any) -> Any:  # noqa: ANN401  each dialect's insert is a type of its own
    """A new case, with its customer's CSM and last NPS of that moment."""
    csm = select(customer.c.csm_id).where(customer.c.id == bindparam("of_customer"))
    last_nps = (
        select(answer.c.score)
        .where(answer.c.customer_id == bindparam("of_customer"), answer.c.kind == Kind.NPS)
        .order_by(answer.c.answered_at.desc())
        .limit(1)
    )
    found = {"csm_id": csm.scalar_subquery(), "nps_before": last_nps.scalar_subquery()}
    statement = dialect_insert(support_case).values(**found, reason="", outcome="", reopened=0)
    return statement.on_conflict_do_nothing().returning(support_case.c.id)


_ADD = for_each_dialect(_insert)


def save(tx: Tx, one: Case, *, resolved_by: int | None = None) -> None:
    """Keep what a case, loaded in this transaction, has become."""
    changed: dict[str, Any] = {
        "claimed_by": one.claimed_by,
        "claimed_at": one.claimed_at,
        "snoozed_until": one.snoozed_until,
        "first_answer_at": one.first_answer_at,
        "answer_due_at": one.answer_due_at,
        "solve_due_at": one.solve_due_at,
        "answer_escalated_at": one.answer_escalated_at,
        "solve_escalated_at": one.solve_escalated_at,
        "looks_at": looks_at(one),
        "answered_at": one.answered_at,
        "acknowledged_at": one.acknowledged_at,
        "resolved_at": one.resolved_at,
        "first_resolved_at": one.first_resolved_at,
        "resolved_by": resolved_by,
        "reason": one.reason,
        "outcome": one.outcome,
        "reopened": one.reopened,
    }
    tx.execute(update(support_case).where(support_case.c.id == one.case_id).values(**changed))


def change(tx: Tx, case_id: int, **values: object) -> None:
    """Set columns of one case."""
    tx.execute(update(support_case).where(support_case.c.id == case_id).values(**values))


def list_in_chat(tx: Tx, chat_id: int) -> list[Case]:
    """The cases that are talked about in a chat, open or not."""
    return [_case(row) for row in tx.execute(_CASES.where(support_case.c.chat_id == chat_id))]


def move_chat(tx: Tx, *, old: int, new: int) -> None:
    """The staff group has another id now."""
    tx.execute(update(support_case).where(support_case.c.chat_id == old).values(chat_id=new))


def list_open(tx: Tx, *, limit: int) -> list[Case]:
    """Open cases: those whose deadline passes first, and those that rest at the end."""
    first = case(
        (support_case.c.first_answer_at.is_(None), support_case.c.answer_due_at), else_=support_case.c.solve_due_at
    )
    rests = support_case.c.snoozed_until.is_not(None)
    statement = _CASES.where(support_case.c.resolved_at.is_(None)).order_by(rests, first, support_case.c.id)
    return [_case(row) for row in tx.execute(statement.limit(limit))]


def count_open(tx: Tx) -> int:
    statement = select(func.count()).select_from(support_case).where(support_case.c.resolved_at.is_(None))
    return int(tx.execute(statement).scalar_one())


def list_alarms(tx: Tx, window: Window) -> list[Due]:
    """Cases to which time does something."""
    return _ALARMS.list(tx, window)


def list_resolved(tx: Tx, window: Window) -> list[Due]:
    """Resolved cases that were not asked about yet (CES)."""
    return _RESOLVED.list(tx, window)


def list_to_follow_up(tx: Tx, window: Window) -> list[Due]:
    """Resolved cases of which nobody has asked yet whether they helped (NPS)."""
    return _TO_FOLLOW_UP.list(tx, window)


def _agenda(at: Column[Any], *where: ColumnElement[bool]) -> Agenda:
    statement = select_due(support_case.c.id, at).join(support_case, support_case.c.customer_id == customer.c.id)
    return Agenda(statement.where(*where), at)


_ALARMS = _agenda(support_case.c.looks_at)
_RESOLVED = _agenda(support_case.c.resolved_at, support_case.c.ces_planned_at.is_(None))
_TO_FOLLOW_UP = _agenda(support_case.c.resolved_at, support_case.c.nps_planned_at.is_(None))


def mark_asked(tx: Tx, case_id: int, column: str, *, now: datetime) -> bool:
    """Note that one of the two questions about a case needs no more planning; False when another was first."""
    planned = support_case.c[column]
    statement = update(support_case).where(support_case.c.id == case_id, planned.is_(None)).values({planned: now})
    return tx.execute(statement.returning(support_case.c.id)).first() is not None


def list_supervisors(tx: Tx) -> list[tuple[int, str]]:
    """Managers and admins in the table of staff, with their languages."""
    statement = select(staff.c.user_id, staff.c.language).where(staff.c.role.in_(("manager", "admin")))
    return [(row.user_id, row.language) for row in tx.execute(statement.order_by(staff.c.user_id))]


def relayed(tx: Tx, interaction_id: int) -> Mapping[str, object] | None:
    """The outbox row that carries an interaction to the other side: its id, case, chat and when it went, or None."""
    return _carrier(tx, relay_key(interaction_id))


def copied(tx: Tx, interaction_id: int) -> Mapping[str, object] | None:
    """The outbox row that carries an interaction to the other place where staff talk about its case, or None."""
    return _carrier(tx, copy_key(interaction_id))


def _carrier(tx: Tx, key: str) -> Mapping[str, object] | None:
    columns = (
        "id",
        "case_id",
        "customer_id",
        "about_id",
        "chat_id",
        "language",
        "template",
        "facts",
        "lane",
        "sent_at",
    )
    found = select(*(outbox.c[column] for column in columns)).where(outbox.c.dedupe_key == key)
    row = tx.execute(found).mappings().first()
    return dict(row) if row else None


def copy_key(interaction_id: int) -> str:
    """An interaction is read once more in the other place where staff talk about its case."""
    return f"copy:{interaction_id}"


def relay_key(interaction_id: int) -> str:
    """An interaction is carried to the other side once."""
    return f"relay:{interaction_id}"
