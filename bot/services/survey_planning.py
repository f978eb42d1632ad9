"""The planners of surveys: each finds what has become due, queues it once and notes that it did.

A planner may be run twice, late or by several replicas at once: the row that it moves says who was first, and the
outbox refuses a second message with one dedupe key. It takes a chunk of rows in one transaction and returns how many it
dealt with, so the caller repeats it until that is 0. What is too late to be sent is noted and not queued.
"""

from dataclasses import replace
from datetime import datetime

import storage.cases
import storage.customers
import storage.outbox
import storage.planning
import storage.surveys
from bot.domain import case_messages, surveys
from bot.domain.delivery import Outgoing
from bot.domain.local_time import day_start, local_date
from bot.domain.planning import CHUNK, free_at, outgoing
from bot.domain.rules import Rules
from bot.domain.surveys import SurveyRun
from bot.domain.touchpoints import POLICIES, Kind
from storage.database import Tx
from storage.due import Due, Window
from storage.invitations import invite


def plan_closings(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Close surveys whose time is over, and take the buttons off their messages."""
    runs = storage.planning.list_closings(tx, Window(limit=CHUNK, before=now))
    for due in runs:
        storage.surveys.close_run(tx, due.row_id, now=now)
        _queue_edits(tx, due, now=now)
    return len(runs)


def _queue_edits(tx: Tx, due: Due, *, now: datetime) -> None:
    run = storage.surveys.load_run(tx, due.row_id)
    kind = Kind(due.subject)
    facts = {"kind": kind, "score": run.score if run else None, "highest": surveys.SCALES[kind][-1], "late": False}
    for message_id in storage.outbox.list_messages_of_run(tx, due.row_id):
        outgoing = Outgoing(
            dedupe_key=f"closing:{due.row_id}:{message_id}",
            kind=Kind.CLOSING,
            due_at=due.at,
            expires_at=now + POLICIES[Kind.CLOSING].lifetime,
            customer_id=due.customer_id,
            facts=facts,
            run_id=due.row_id,
            edit_message_id=message_id,
        )
        storage.outbox.add(tx, outgoing, now=now)


def plan_reminders(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Remind, once, those who have not answered."""
    runs = storage.planning.list_reminders(tx, Window(limit=CHUNK, before=now))
    for due in runs:
        storage.planning.mark_reminded(tx, due.row_id)
        run = storage.surveys.load_run(tx, due.row_id)
        if run is not None:
            _queue_reminder(tx, run, due.at, now=now)
    return len(runs)


def _queue_reminder(tx: Tx, run: SurveyRun, due_at: datetime, *, now: datetime) -> None:
    """A reminder that its survey outlives would remind of nothing, so it expires with the survey at the latest."""
    facts = surveys.question_facts(run.kind, run.run_id, run.subject, run.wording, trigger=run.trigger)
    message = outgoing(
        Kind.REMINDER,
        f"reminder:{run.run_id}",
        customer_id=run.customer_id,
        due_at=due_at,
        facts=facts,
        run_id=run.run_id,
    )
    closes_at = run.closes_at or message.expires_at
    storage.outbox.add(tx, replace(message, expires_at=min(message.expires_at, closes_at)), now=now)


def plan_ces(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask how easy it was, so long after an interaction was closed."""
    delay = rules.surveys.ces_after
    closed = storage.planning.list_closed_interactions(tx, Window(limit=CHUNK, before=now).earlier(delay))
    for due in closed:
        if storage.planning.mark_interaction_asked(tx, due.row_id, now=now) and due.reachable:
            invite(tx, due, Kind.CES, f"ces:{due.row_id}", due.at + delay, trigger="interaction", rules=rules, now=now)
    return len(closed)


def plan_case_ces(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask how easy it was, so long after a case was resolved."""
    delay = rules.surveys.ces_after
    resolved = storage.cases.list_resolved(tx, Window(limit=CHUNK, before=now).earlier(delay))
    for due in resolved:
        if storage.cases.mark_asked(tx, due.row_id, "ces_planned_at", now=now) and due.reachable:
            key = f"ces:case:{due.row_id}:{due.at.isoformat()}"
            about = storage.cases.look(tx, due.row_id)
            assert about is not None  # noqa: S101  it was marked in this very transaction
            invite(
                tx,
                replace(due, subject=case_messages.matter(about, due.timezone)),
                Kind.CASE_CES,
                key,
                due.at + delay,
                trigger=surveys.OF_CASE,
                case_id=due.row_id,
                rules=rules,
                now=now,
            )
    return len(resolved)


def plan_follow_ups(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask for NPS again so long after a case was resolved: it shows whether the case helped.

    It takes the place of the next NPS by calendar.
    """
    delay = rules.cases.nps_again_after
    resolved = storage.cases.list_to_follow_up(tx, Window(limit=CHUNK, before=now).earlier(delay))
    for due in resolved:
        if storage.cases.mark_asked(tx, due.row_id, "nps_planned_at", now=now) and due.reachable:
            key = f"follow_up:case:{due.row_id}"
            run_id = invite(tx, due, Kind.FOLLOW_UP, key, due.at + delay, trigger=surveys.OF_CASE, rules=rules, now=now)
            storage.cases.change(tx, due.row_id, nps_run_id=run_id)
            storage.customers.change(tx, due.customer_id, next_nps_at=now + rules.surveys.nps_every)
    return len(resolved)


def plan_csat(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask about a milestone, so long after it was reached."""
    delay = rules.surveys.csat_after
    done = storage.planning.list_done_milestones(tx, Window(limit=CHUNK, before=now).earlier(delay))
    for due in done:
        if storage.planning.mark_milestone_asked(tx, due.row_id, now=now) and due.reachable:
            invite(
                tx,
                due,
                Kind.CSAT,
                f"csat:milestone:{due.row_id}",
                due.at + delay,
                trigger=surveys.OF_MILESTONE,
                rules=rules,
                now=now,
            )
    return len(done)


def plan_nps(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask for NPS by calendar, at most so many a business-local day.

    Who must not be asked in time is not lost to the cycle but asked when the contact policy lets them be; and who has a
    severe case open is asked when it is settled, of which nobody knows when that is.
    """
    since = day_start(local_date(now, rules.timezone), rules.timezone)
    left = rules.surveys.nps_per_day - storage.planning.count_by_calendar(tx, Kind.NPS, since=since)
    customers = storage.planning.list_nps(tx, Window(limit=min(CHUNK, left), before=now)) if left > 0 else []
    contacts = storage.planning.load_contacts(tx, [due.customer_id for due in customers], rules=rules, now=now)
    for due in customers:
        contact = contacts[due.customer_id]
        possible_at = free_at(Kind.NPS, contact, rules.contact, now=now)
        in_time = possible_at < now + POLICIES[Kind.NPS].lifetime and contact.unsettled_until is None
        until = now + rules.surveys.nps_every if in_time else possible_at
        if storage.planning.move_nps(tx, due, until=until) and in_time:
            key = f"nps:{due.customer_id}:{local_date(now, due.timezone).isoformat()}"
            invite(tx, due, Kind.NPS, key, now, trigger=storage.planning.BY_CALENDAR, rules=rules, now=now)
    return len(customers)
