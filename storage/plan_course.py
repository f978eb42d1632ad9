"""The steps of a success plan that several use cases take: it starts, a milestone is reached, it is complete."""

from collections.abc import Mapping
from datetime import datetime

import storage.customers
import storage.due
import storage.plans
from bot.domain import plan_messages, plans
from bot.domain.customers import Customer
from bot.domain.planning import outgoing
from bot.domain.plans import Milestone, Pace, Plan
from bot.domain.rules import PlanTemplate, Rules
from bot.domain.touchpoints import Kind
from storage.database import Tx


def template_of(rules: Rules, key: str) -> PlanTemplate | None:
    """The rules' template with this key, if they still have it."""
    return next((template for template in rules.plans if template.key == key), None)


def start(tx: Tx, customer: Customer, template: PlanTemplate, *, started_by: int | None, now: datetime) -> bool:
    """Start a plan and ask the customer why they bought; False when there is an active plan already."""
    zone, language = customer.timezone, customer.language
    plan_id = storage.plans.add(
        tx,
        customer_id=customer.customer_id,
        template=template,
        language=language,
        milestones=plans.milestones_of(template, language=language, timezone=zone, start=now),
        check_in=plans.next_round(0, months=template.check_in_months, timezone=zone, start=now),
        progress=plans.next_round(0, months=template.progress_months, timezone=zone, start=now),
        started_by=started_by,
        now=now,
    )
    plan = storage.plans.load(tx, plan_id) if plan_id is not None else None
    if plan is not None and template.goals:
        facts = plan_messages.goal_facts(plan, template, language)
        _queue(tx, plan, Kind.GOAL, f"{Kind.GOAL}:{plan.plan_id}", facts, now=now)
    return plan is not None


def reach(tx: Tx, plan: Plan, one: Milestone, *, done_by: int | None, rules: Rules, now: datetime) -> Plan:
    """Mark a milestone as done, once, and all that follows from it; the plan is complete with its last one."""
    if not storage.plans.mark_done(tx, one.milestone_id, done_by=done_by, now=now):
        return storage.plans.load(tx, plan.plan_id) or plan
    storage.plans.cancel_messages(tx, [plans.milestone_key(one), plans.tip_key(one)])
    if one.claimed_at is not None:
        confirm(tx, plan, one, reached=True, now=now)
    if storage.plans.complete_if_done(tx, plan.plan_id, now=now):
        following = template_of(rules, plan.template)
        then = template_of(rules, following.then) if following else None
        customer = storage.customers.load(tx, plan.customer_id)
        name = then.name[customer.language] if then and customer else ""
        facts = plan_messages.completion_facts(plan, rules.success, name)
        _queue(tx, plan, Kind.COMPLETION, f"{Kind.COMPLETION}:{plan.plan_id}", facts, now=now)
    return settle(tx, plan, rules=rules, now=now)


def settle(tx: Tx, plan: Plan, *, rules: Rules, now: datetime) -> Plan:
    """The plan as it is now; one that is stuck no more may fall again, and staff are told again."""
    found = storage.plans.load(tx, plan.plan_id) or plan
    if found.stuck_at is not None and plans.pace_of(found, rules.success, now=now) is not Pace.STUCK:
        storage.plans.set_stuck(tx, found.plan_id, at=None)
    return found


def confirm(tx: Tx, plan: Plan, one: Milestone, *, reached: bool, now: datetime) -> None:
    """Tell the customer what staff say to the milestone that they ticked."""
    assert one.claimed_at is not None  # noqa: S101  nothing else is confirmed
    facts = plan_messages.milestone_facts(plan, one.milestone_id) | {"reached": reached}
    key = f"{Kind.CONFIRMATION}:{one.milestone_id}:{one.claimed_at.isoformat()}"
    _queue(tx, plan, Kind.CONFIRMATION, key, facts, now=now)


def _queue(tx: Tx, plan: Plan, kind: Kind, key: str, facts: Mapping[str, object], *, now: datetime) -> None:
    storage.due.queue(tx, outgoing(kind, key, customer_id=plan.customer_id, due_at=now, facts=facts), now=now)
