"""Erasing a person and keeping the numbers: scores, dates, plans, ages and sums stay, and belong to nobody."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, Table, and_, case, cast, delete, func, literal, or_, select, update

from bot.domain import privacy
from bot.domain.cases import Reason
from bot.domain.health_messages import FALLS
from bot.domain.touchpoints import Kind
from storage import phones, segments, themes
from storage.database import Tx, insert_for
from storage.tables import (
    answer,
    cancellation,
    contract,
    customer,
    forgotten,
    health,
    health_snapshot,
    inbox,
    interaction,
    link,
    loss,
    milestone,
    outbox,
    ownership,
    purchase,
    standing,
    success_plan,
    support_case,
    survey_run,
    ticket,
    usage_event,
    wave_member,
    win_back,
)

REASON = "forgotten"
GIVEN = ""
"""Left of a text that was erased: that there was one is a figure of the reports, what it said is nobody's business."""


def load_identity(tx: Tx, customer_id: int) -> tuple[str | None, str | None]:
    """The external id and the phone number of a customer."""
    row = tx.execute(select(customer.c.external_id, customer.c.phone).where(customer.c.id == customer_id)).one()
    return row.external_id, row.phone


def keep_digests(tx: Tx, digests: Collection[str], *, now: datetime) -> None:
    """Remember who must not be brought back."""
    for digest in digests:
        statement = insert_for(tx)(forgotten).values(digest=digest, forgotten_at=now)
        tx.execute(statement.on_conflict_do_nothing(index_elements=["digest"]))


def any_forgotten(tx: Tx) -> bool:
    """Whether anybody ever was."""
    return tx.execute(select(forgotten.c.digest).limit(1)).first() is not None


def list_forgotten(tx: Tx, digests: Collection[str]) -> set[str]:
    """Which of these belong to people who were forgotten."""
    return set(tx.execute(select(forgotten.c.digest).where(forgotten.c.digest.in_(digests))).scalars())


def erase(tx: Tx, customer_id: int, *, timezone: str, now: datetime) -> None:
    """Take out of every table what tells who somebody was or what they said, and end all that is open.

    The row of the customer stays for the numbers, without a name, a chat or anything else to know them by.
    Health scores and standings go altogether: they are opinions about one person, made anew of those who are left.
    """
    _forget_updates(tx, customer_id)
    _take_out(tx, customer_id)
    _cancel_messages(tx, customer_id)
    themes.forget(tx, select(answer.c.run_id).where(answer.c.customer_id == customer_id))
    for table, values in _erasures(now).items():
        tx.execute(update(table).where(table.c.customer_id == customer_id).values(values))
    plans = select(success_plan.c.id).where(success_plan.c.customer_id == customer_id)
    tx.execute(
        update(milestone)
        .where(milestone.c.plan_id.in_(plans))
        .values(csat_planned_at=func.coalesce(milestone.c.csat_planned_at, now))
    )
    segments.forget(tx, customer_id)
    for table in (link, health, health_snapshot, cancellation, ownership, standing):
        tx.execute(delete(table).where(table.c.customer_id == customer_id))
    tx.execute(update(customer).where(customer.c.id == customer_id).values(_nobody(timezone, now)))


def _erasures(now: datetime) -> dict[Table, dict[str, Any]]:
    return {
        answer: {
            "reason": case((answer.c.reason.is_not(None), GIVEN)),
            "reason_message_id": None,
            "reason_until": None,
            "prompt_message_id": None,
            "external_id": case((answer.c.external_id.is_not(None), _unknown_id(answer.c.run_id))),
        },
        contract: {"external_id": _unknown_id(contract.c.id)},
        interaction: {
            "body": GIVEN,
            "chat_id": None,
            "message_id": None,
            "ces_planned_at": func.coalesce(interaction.c.ces_planned_at, now),
        },
        loss: {"reason": GIVEN},
        purchase: {"external_id": _unknown_id(purchase.c.id)},
        success_plan: {
            "goal": GIVEN,
            "status": case((success_plan.c.status == "active", "cancelled"), else_=success_plan.c.status),
            **dict.fromkeys(("next_check_in_at", "next_progress_at", "goal_until", "goal_message_id", "stuck_at")),
        },
        support_case: {
            "words": GIVEN,
            "resolved_at": func.coalesce(support_case.c.resolved_at, now),
            "reason": case((support_case.c.resolved_at.is_(None), Reason.OTHER), else_=support_case.c.reason),
            "outcome": case((support_case.c.resolved_at.is_(None), REASON), else_=support_case.c.outcome),
            "snoozed_until": None,
            "looks_at": None,
            "ces_planned_at": func.coalesce(support_case.c.ces_planned_at, now),
            "nps_planned_at": func.coalesce(support_case.c.nps_planned_at, now),
        },
        survey_run: {
            "subject": GIVEN,
            "closed_at": func.coalesce(survey_run.c.closed_at, now),
            "remind_at": None,
        },
        ticket: {"external_id": _unknown_id(ticket.c.id)},
        usage_event: {"external_id": _unknown_id(usage_event.c.id)},
        win_back: {"status": "ended", "next_at": None},
        wave_member: {
            "state": case((wave_member.c.state == "planned", "skipped"), else_=wave_member.c.state),
            "rule": case((wave_member.c.state == "planned", REASON), else_=wave_member.c.rule),
        },
    }


def _unknown_id(key: ColumnElement[int]) -> ColumnElement[str]:
    """In place of an id in the business's books, so that the row stays unique and leads nowhere."""
    return literal(f"{REASON}:") + cast(key, String)


def _cancel_messages(tx: Tx, customer_id: int) -> None:
    """Messages to the person and notices about them: what waits goes no more, and what went keeps no words.

    The result of one that is being sent at this moment still comes; with no chat left, it is not tried again.
    """
    waiting = outbox.c.status == "pending"
    values: dict[str, Any] = {
        "facts": {},
        "message_id": None,
        "status": case((waiting, "cancelled"), else_=outbox.c.status),
        "error": case((waiting, REASON), else_=None),
    }
    names_them = and_(_NAMES_MANY, ~waiting)
    theirs = or_(outbox.c.customer_id == customer_id, outbox.c.about_id == customer_id, names_them)
    tx.execute(update(outbox).where(theirs).values(values))


_NAMES_MANY = or_(
    outbox.c.kind.in_((Kind.DIGEST, Kind.REVIEW)), and_(outbox.c.kind == Kind.NOTICE, outbox.c.template == FALLS)
)


def _take_out(tx: Tx, customer_id: int) -> None:
    """What names many and waits to be sent no longer names the person; everything else is said as it was counted."""
    name = tx.execute(select(customer.c.name).where(customer.c.id == customer_id)).scalar_one()
    waiting = (_NAMES_MANY, outbox.c.status == "pending")
    for row in tx.execute(select(outbox.c.id, outbox.c.facts).where(*waiting)).all():
        facts = privacy.without_person(row.facts, customer_id, name)
        if facts != row.facts:
            tx.execute(update(outbox).where(outbox.c.id == row.id).values(facts=facts))


def _forget_updates(tx: Tx, customer_id: int) -> None:
    """Updates that wait in the inbox hold what the person wrote, under the id of their chat."""
    chat_id = tx.execute(select(customer.c.chat_id).where(customer.c.id == customer_id)).scalar()
    kept = tx.execute(select(inbox.c.update_id, inbox.c.payload)).all()
    theirs = [row.update_id for row in kept if any(_sender(part) == chat_id for part in row.payload.values())]
    tx.execute(delete(inbox).where(inbox.c.update_id.in_(theirs)))


def _sender(part: object) -> object:
    return part.get("from", {}).get("id") if isinstance(part, dict) else None


def _nobody(timezone: str, now: datetime) -> dict[str, Any]:
    erased = ("external_id", "birth_day", "birth_month", "birth_year", "chat_id", "linked_at")
    wishes = ("next_nps_at", "topics_off", "hours", "health_on")
    return {
        **dict.fromkeys((*erased, *wishes)),
        **phones.columns(None),
        "feedback_until": None,
        "unreachable_at": None,
        "name": "",
        "search_name": "",
        "salutation": "",
        **dict.fromkeys(("location", "title", "channel"), ""),
        "tags": None,
        "timezone": timezone,
        "stopped_at": now,
        "forgotten_at": now,
    }
