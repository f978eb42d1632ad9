"""The planners of success plans: each finds what has become due, queues it once and notes that it did."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import storage.audiences
import storage.customers
import storage.due
import storage.notices
import storage.plan_course
import storage.plan_dates
import storage.plans
from bot.domain import plan_messages, plans
from bot.domain.audiences import matching, parse_segment
from bot.domain.planning import CHUNK, outgoing
from bot.domain.plans import CheckInStep, Plan, Round
from bot.domain.rules import PlanTemplate, Rules
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.due import Due, Window

NEW = timedelta(days=7)
"""A plan starts by itself for who linked their chat at most so long ago, not for everybody whom the bot has known."""


def plan_starts(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Start the automatic plans for new customers."""
    started = 0
    for template in rules.plans:
        if template.automatic and (segments := _values(tx, template)) is not None:
            for customer_id in storage.plan_dates.list_new_customers(tx, segments, since=now - NEW, limit=CHUNK):
                customer = storage.customers.load(tx, customer_id)
                started += bool(
                    customer and storage.plan_course.start(tx, customer, template, started_by=None, now=now)
                )
    return started


def _values(tx: Tx, template: PlanTemplate) -> Mapping[str, Sequence[str | int]] | None:
    """The values that customers have of those which a template names, by field; None when nobody has one."""
    found: dict[str, list[str | int]] = {}
    for segment in filter(None, map(parse_segment, template.segments)):
        values = matching(storage.audiences.list_values(tx, segment.field), segment.value)
        found[segment.field] = [*found.get(segment.field, ()), *values]
    return found if all(found.values()) else None


def plan_milestones(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Announce the milestones whose day has come."""
    due = storage.plan_dates.list_milestones(tx, Window(limit=CHUNK, before=now))
    found = storage.plans.load_many(tx, [int(one.subject) for one in due])
    for one in due:
        plan = found[int(one.subject)]
        milestone = plan.milestone(one.row_id)
        if storage.plan_dates.mark_announced(tx, one.row_id, now=now) and one.reachable:
            facts = plan_messages.milestone_facts(plan, one.row_id)
            _queue(tx, one, Kind.MILESTONE, plans.milestone_key(milestone), facts, now=now)
    return len(due)


def plan_tips(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Send what helps to reach a milestone, so many days before it is due."""
    due = storage.plan_dates.list_tips(tx, Window(limit=CHUNK, before=now))
    found = storage.plans.load_many(tx, [int(one.subject) for one in due])
    for one in due:
        plan = found[int(one.subject)]
        milestone = plan.milestone(one.row_id)
        customer = storage.customers.load(tx, plan.customer_id)
        if storage.plan_dates.mark_tipped(tx, one) and one.reachable and customer and milestone.due_at > now:
            facts = plan_messages.tip_facts(plan, milestone, customer.plan)
            _queue(tx, one, Kind.TIP, plans.tip_key(milestone), facts, now=now)
    return len(due)


def plan_stuck(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Tell staff of plans that have become stuck, once each time."""
    window = Window(limit=CHUNK, before=now).earlier(rules.success.stuck_after)
    due = storage.plan_dates.list_waiting(tx, window)
    found = storage.plans.load_many(tx, [int(one.subject) for one in due])
    for one in due:
        plan = found[int(one.subject)]
        customer = storage.customers.load(tx, plan.customer_id)
        if storage.plans.set_stuck(tx, plan.plan_id, at=now) and customer is not None:
            milestone = plan.milestone(one.row_id)
            facts = plan_messages.plan_facts(plan) | {
                "customer": customer.name,
                "title": milestone.title,
                "since": one.at,
                "owner": milestone.owner,
                "waiting": milestone.claimed_at is not None,
                "customer_id": plan.customer_id,
            }
            key = f"stuck:{plan.plan_id}:{now.isoformat()}"
            storage.notices.notify(
                tx,
                key=key,
                template="plans/stuck",
                facts=facts,
                customer_id=plan.customer_id,
                rules=rules,
                now=now,
            )
    return len(due)


def plan_check_ins(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask how plans go, month by month, less often where nobody answers, and at last tell staff of the silence."""
    return _plan_rounds(tx, Kind.CHECK_IN, rules=rules, now=now)


def plan_progress(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Say how far plans have come, quarter by quarter."""
    return _plan_rounds(tx, Kind.PROGRESS, rules=rules, now=now)


def _plan_rounds(tx: Tx, kind: Kind, *, rules: Rules, now: datetime) -> int:
    """Of rounds that were missed only the last is queued."""
    due = storage.plan_dates.list_rounds(tx, Window(limit=CHUNK, before=now), kind=kind)
    found = storage.plans.load_many(tx, [one.row_id for one in due])
    unanswered = storage.plan_dates.list_unanswered(tx, list(found)) if kind is Kind.CHECK_IN else {}
    for one in due:
        plan = found[one.row_id]
        last, following = plans.rounds_around(plan, kind, one.timezone, now=now)
        until = following.at if plans.is_within(plan, following.at) else None
        moved = storage.plan_dates.move_round(tx, one, last, kind=kind, until=until)
        silence = unanswered.get(plan.plan_id, ())
        if moved and one.reachable and _is_asked(tx, plan, last, silence, rules=rules, now=now):
            key = plans.round_key(kind, plan.plan_id, last.number)
            facts = plan_messages.round_facts(plan, kind, rules.success, now=now)
            message = outgoing(kind, key, customer_id=one.customer_id, due_at=last.at, facts=facts)
            storage.due.queue(tx, message, now=now)
    return len(due)


def _is_asked(tx: Tx, plan: Plan, coming: Round, unanswered: Sequence[int], *, rules: Rules, now: datetime) -> bool:
    """Whether a round goes to a customer who left these check-ins unanswered; staff hear of a long silence once."""
    step = plans.check_in_step(coming.number, unanswered, rules.check_ins)
    customer = storage.customers.load(tx, plan.customer_id) if step is CheckInStep.STOP else None
    if customer is not None:
        about = {"customer": customer.name, "customer_id": plan.customer_id, "unanswered": len(unanswered)}
        storage.notices.notify(
            tx,
            key=plans.silence_key(plan.plan_id, unanswered),
            template="plans/silent",
            facts=plan_messages.plan_facts(plan) | about,
            customer_id=plan.customer_id,
            rules=rules,
            now=now,
        )
    return step is CheckInStep.ASK


def _queue(tx: Tx, one: Due, kind: Kind, key: str, facts: Mapping[str, object], *, now: datetime) -> None:
    storage.due.queue(tx, outgoing(kind, key, customer_id=one.customer_id, due_at=one.at, facts=facts), now=now)
