"""Everything that is kept about one person, and what is kept of staff."""

from typing import Any

from sqlalchemy import Select, Table, func, select

from bot.domain.privacy import Document
from storage import themes
from storage.database import Tx
from storage.tables import (
    answer,
    audit,
    cancellation,
    consent,
    contract,
    customer,
    health_snapshot,
    interaction,
    loss,
    milestone,
    outbox,
    purchase,
    segmentation,
    staff,
    standing,
    success_plan,
    support_case,
    survey_run,
    ticket,
    usage_event,
    win_back,
)

PROFILE = (
    customer.c.name,
    customer.c.salutation,
    customer.c.external_id,
    customer.c.phone,
    customer.c.birth_day,
    customer.c.birth_month,
    customer.c.birth_year,
    customer.c.language.label("speaks"),
    customer.c.timezone,
    customer.c.plan,
    customer.c.location,
    customer.c.title,
    customer.c.channel,
    customer.c.tags,
    customer.c.chat_id,
    customer.c.joined_at,
    customer.c.linked_at,
    customer.c.stopped_at,
    customer.c.unreachable_at,
    customer.c.lost_at,
    customer.c.last_purchase_at,
    customer.c.topics_off,
    customer.c.hours,
)

SEGMENTS = ("plan", "value", "age", "location", "title", "channel", "rfm", "tags")
PURCHASE = ("external_id", "amount_minor", "currency")
TICKET = ("external_id", "solved_at", "category", "cost_minor", "currency")
CONTRACT = ("external_id", "ends_on", "price_minor", "currency", "renewals")


def load_document(tx: Tx, customer_id: int) -> Document:
    """What is kept about a customer; of staff's own notes nothing, and of staff no names. The latest comes first."""
    (profile,) = _rows(tx, select(*PROFILE).where(customer.c.id == customer_id))
    return Document(
        profile=profile,
        consent=_rows(tx, _consents(customer_id)),
        surveys=_surveys(tx, customer_id),
        interactions=_rows(tx, _interactions(customer_id)),
        cases=_rows(tx, _cases(customer_id)),
        messages=_rows(tx, _messages(customer_id)),
        purchases=_rows(tx, _owned(purchase, customer_id, "purchased_at", *PURCHASE)),
        events=_rows(tx, _owned(usage_event, customer_id, "happened_at", "external_id", "name", "quantity")),
        tickets=_rows(tx, _owned(ticket, customer_id, "opened_at", *TICKET)),
        contracts=_rows(tx, _owned(contract, customer_id, "starts_on", *CONTRACT)),
        plans=_plans(tx, customer_id),
        losses=_rows(tx, _losses(customer_id)),
        standing=_rows(tx, _standing(customer_id)),
        health=_rows(tx, _health(customer_id)),
        cancellations=_rows(tx, _cancellations(customer_id)),
        looks=_rows(tx, _looks(customer_id)),
    )


def load_of_staff(tx: Tx, user_id: int) -> dict[str, object]:
    """Since when somebody is on the list of staff, how much the audit log holds of them, and since when."""
    logged = select(func.count(), func.min(audit.c.happened_at)).where(audit.c.staff_id == user_id)
    deeds, first_at = tx.execute(logged).one()
    added = select(staff.c.added_at).where(staff.c.user_id == user_id)
    return {"added_at": tx.execute(added).scalar(), "deeds": deeds, "first_at": first_at}


def _rows(tx: Tx, statement: Select[Any]) -> list[dict[str, Any]]:
    return [dict(row) for row in tx.execute(statement).mappings()]


def _consents(customer_id: int) -> Select[Any]:
    columns = (consent.c.act, consent.c.detail, consent.c.text_version, consent.c.happened_at)
    return select(*columns).where(consent.c.customer_id == customer_id).order_by(consent.c.id.desc())


def _surveys(tx: Tx, customer_id: int) -> list[dict[str, Any]]:
    columns = (survey_run.c.kind, survey_run.c.subject, survey_run.c.wording, survey_run.c.sent_at)
    given = (
        answer.c.score,
        answer.c.reason,
        answer.c.answered_at,
        answer.c.changed_at,
        answer.c.external_id,
    )
    then = (segmentation.c[name] for name in SEGMENTS)
    statement = select(survey_run.c.id, *columns, *given, *then).outerjoin(answer, answer.c.run_id == survey_run.c.id)
    statement = statement.outerjoin(segmentation, segmentation.c.id == survey_run.c.segmentation_id)
    surveys = _rows(tx, statement.where(survey_run.c.customer_id == customer_id).order_by(survey_run.c.id.desc()))
    return [{**one, "themes": sorted(themes.list_of(tx, one.pop("id")))} for one in surveys]


def _interactions(customer_id: int) -> Select[Any]:
    columns = (interaction.c.kind, interaction.c.body, interaction.c.happened_at, interaction.c.closed_at)
    # What staff took back was not meant for this person, and may be about another.
    theirs = (interaction.c.customer_id == customer_id, interaction.c.kind.not_in(("note", "unsent")))
    return select(*columns).where(*theirs).order_by(interaction.c.id.desc())


def _cases(customer_id: int) -> Select[Any]:
    said = (support_case.c.source, support_case.c.survey_kind, support_case.c.score, support_case.c.words)
    course = (support_case.c.opened_at, support_case.c.first_answer_at, support_case.c.resolved_at)
    statement = select(*said, *course, support_case.c.reason, support_case.c.outcome, support_case.c.reopened)
    return statement.where(support_case.c.customer_id == customer_id).order_by(support_case.c.id.desc())


def _messages(customer_id: int) -> Select[Any]:
    columns = (outbox.c.kind, outbox.c.status, outbox.c.planned_at, outbox.c.sent_at)
    sent = (outbox.c.customer_id == customer_id, outbox.c.edit_message_id.is_(None))
    return select(*columns).where(*sent).order_by(outbox.c.id.desc())


def _owned(table: Table, customer_id: int, at: str, *columns: str) -> Select[Any]:
    shown = (table.c[name] for name in (at, *columns))
    return select(*shown).where(table.c.customer_id == customer_id).order_by(table.c[at].desc(), table.c.id.desc())


def _plans(tx: Tx, customer_id: int) -> list[dict[str, Any]]:
    columns = ("name", "goal", "status", "started_at", "check_in_answer", "check_in_answered_at", "completed_at")
    statement = select(success_plan.c.id, success_plan.c.goal_said_at, *(success_plan.c[column] for column in columns))
    plans = _rows(tx, statement.where(success_plan.c.customer_id == customer_id).order_by(success_plan.c.id.desc()))
    return [{**plan, "milestones": _milestones(tx, plan.pop("id"))} for plan in plans]


def _milestones(tx: Tx, plan_id: int) -> list[dict[str, Any]]:
    columns = ("title", "due_at", "owner", "claimed_at", "done_at", "measure_name", "measure_value", "measure_target")
    statement = select(*(milestone.c[column] for column in columns))
    return _rows(tx, statement.where(milestone.c.plan_id == plan_id).order_by(milestone.c.position))


def _losses(customer_id: int) -> Select[Any]:
    columns = (loss.c.lost_at, loss.c.source, loss.c.recovered_at)
    said = (win_back.c.reason, win_back.c.answer, win_back.c.answered_at)
    statement = select(*columns, *said).outerjoin(win_back, win_back.c.loss_id == loss.c.id)
    return statement.where(loss.c.customer_id == customer_id).order_by(loss.c.id.desc())


def _health(customer_id: int) -> Select[Any]:
    columns = (health_snapshot.c.day, health_snapshot.c.score, health_snapshot.c.colour, health_snapshot.c.parts)
    return select(*columns).where(health_snapshot.c.customer_id == customer_id).order_by(health_snapshot.c.day.desc())


def _standing(customer_id: int) -> Select[Any]:
    names = ("day", "last_on", "sales", "value_minor", "currency", "value_band", "rfm")
    return select(*(standing.c[name] for name in names)).where(standing.c.customer_id == customer_id)


def _cancellations(customer_id: int) -> Select[Any]:
    statement = select(cancellation.c.asked_at, cancellation.c.withdrawn_at)
    return statement.where(cancellation.c.customer_id == customer_id).order_by(cancellation.c.id.desc())


def _looks(customer_id: int) -> Select[Any]:
    statement = select(audit.c.happened_at, audit.c.command)
    return statement.where(audit.c.customer_id == customer_id).order_by(audit.c.id.desc())
