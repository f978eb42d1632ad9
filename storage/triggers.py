"""What has just happened to whom, and whom it has asked lately."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import ColumnElement, Table, case, literal, or_, select

from bot.domain.messages import Language
from bot.domain.rules import TriggerRules
from bot.domain.triggers import trigger_name
from storage.database import Tx
from storage.due import REACHABLE, Agenda, Due, Window, select_due
from storage.tables import customer, outbox, survey_run, ticket, usage_event


def list_events(tx: Tx, trigger: TriggerRules, external_ids: Collection[str]) -> list[Due]:
    """Which of these usage events may still ask their customer, the earliest first."""
    return _list(tx, usage_event, usage_event.c.happened_at, trigger, external_ids)


def list_solved(tx: Tx, trigger: TriggerRules, external_ids: Collection[str]) -> list[Due]:
    """Which of these tickets may still ask their customer, the one that was solved first before the others."""
    return _list(tx, ticket, ticket.c.solved_at, trigger, external_ids)


def _list(
    tx: Tx, table: Table, at: ColumnElement[datetime], trigger: TriggerRules, external_ids: Collection[str]
) -> list[Due]:
    statement = select_due(table.c.id, at, _subject(trigger)).join(table, table.c.customer_id == customer.c.id)
    these = statement.where(REACHABLE, table.c.external_id.in_(external_ids))
    found = Agenda(these, at).list(tx, Window(limit=len(external_ids)))
    asked = _list_queued(tx, [dedupe_key(trigger, due) for due in found])
    return [due for due in found if dedupe_key(trigger, due) not in asked]


def _subject(trigger: TriggerRules) -> ColumnElement[str]:
    spoken = {language: trigger.subject.get(language, "") for language in Language}
    return case(spoken, value=customer.c.language, else_=literal(""))


def dedupe_key(trigger: TriggerRules, due: Due) -> str:
    """One thing that happened asks once, however often and in however many versions it is told."""
    return f"{trigger_name(trigger)}:{trigger.survey}:{due.row_id}"


def _list_queued(tx: Tx, keys: Collection[str]) -> set[str]:
    return set(tx.execute(select(outbox.c.dedupe_key).where(outbox.c.dedupe_key.in_(keys))).scalars())


def list_asked(tx: Tx, trigger: TriggerRules, customer_ids: Collection[int], *, since: datetime) -> set[int]:
    """Whom of these a trigger has asked since an instant, or is about to; what never went out does not count."""
    counts = or_(survey_run.c.sent_at.is_not(None), survey_run.c.closed_at.is_(None))
    statement = select(survey_run.c.customer_id).where(
        survey_run.c.customer_id.in_(customer_ids),
        survey_run.c.kind == trigger.survey,
        survey_run.c.trigger == trigger_name(trigger),
        survey_run.c.planned_at > since,
        counts,
    )
    return set(tx.execute(statement).scalars())
