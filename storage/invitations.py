"""Asking a customer: a survey run with its invitation in the outbox, which the contact policy judges when it goes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from bot.domain.planning import is_late, outgoing
from bot.domain.rules import Rules
from bot.domain.surveys import question_facts
from bot.domain.touchpoints import Kind
from storage import outbox, surveys
from storage.database import Tx
from storage.due import Due

ABOUT_A_CASE: Mapping[Kind, Kind] = {Kind.CASE_CES: Kind.CES, Kind.FOLLOW_UP: Kind.NPS}
"""Which survey is asked by the kinds that ask about a case."""


def invite(
    tx: Tx,
    due: Due,
    kind: Kind,
    key: str,
    due_at: datetime,
    *,
    trigger: str,
    case_id: int | None = None,
    rules: Rules,
    now: datetime,
) -> int | None:
    """Start a survey run with its invitation; returns the run, or None when it is too late for it."""
    if is_late(kind, due_at, now=now):
        return None
    asks = ABOUT_A_CASE.get(kind, kind)
    run_id = surveys.add_run(
        tx, kind=asks, customer_id=due.customer_id, trigger=trigger, subject=due.subject, rules=rules, now=now
    )
    facts = question_facts(asks, run_id, due.subject, trigger=trigger)
    message = outgoing(kind, key, customer_id=due.customer_id, due_at=due_at, facts=facts, run_id=run_id)
    if outbox.add(tx, replace(message, case_id=case_id), now=now) is None:
        surveys.close_run(tx, run_id, now=now)
    return run_id
