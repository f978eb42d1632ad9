"""Success plans as staff start them, look at them, tick them, measure them and put them off."""

from collections.abc import Callable
from datetime import date, datetime

import storage.customers
import storage.plan_course
import storage.plans
from bot.domain import plan_messages, plans
from bot.domain.customers import Customer
from bot.domain.local_time import local_date
from bot.domain.messages import Button, Language, Message, Reply
from bot.domain.plan_requests import MeasureRequest, MoveRequest, read_plan_request
from bot.domain.plans import Milestone, Pace, Plan, PlanStatus
from bot.domain.rules import Rules
from bot.domain.taps import CompleteMilestone, MoveMilestone, PickCustomer, RejectMilestone, StartPlan
from storage.database import Tx

MOST_LATE = 200
LATE_SHOWN = 12

Found = tuple[Plan, Milestone, Customer]


def show_plan(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, language: Language) -> Message:
    """A customer's plan with buttons for each open milestone, or the templates to start one from."""
    customer = storage.customers.load(tx, customer_id)
    if customer is None:
        return Message("plans/unknown", language)
    plan = storage.plans.load_latest(tx, customer_id)
    if plan is not None and plan.status is PlanStatus.ACTIVE:
        return plan_messages.staff_view(plan, customer.name, rules.success, language, now=now)
    completed = plan.name if plan is not None and plan.status is PlanStatus.COMPLETED else ""
    return _choice(customer, completed, rules, language)


def _choice(customer: Customer, completed: str, rules: Rules, language: Language) -> Message:
    meant = [one for one in rules.plans if plans.is_for(one, plan=customer.plan, location=customer.location)]
    facts = {"customer": customer.name, "completed": completed, "templates": len(meant)}
    keyboard = tuple(
        (Button("start", StartPlan(customer.customer_id, template.key), {"name": template.name[language]}),)
        for template in meant
    )
    return Message("plans/choose", language, facts, keyboard)


def start_plan(tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language, tap: StartPlan) -> Reply:
    """Start a plan from a template; a second tap, or one after somebody else's, shows the plan that there is."""
    customer = storage.customers.load(tx, tap.customer_id)
    template = storage.plan_course.template_of(rules, tap.template)
    if customer is not None and template is not None:
        storage.plan_course.start(tx, customer, template, started_by=staff_id, now=now)
    return Reply(edit=show_plan(tx, now=now, rules=rules, customer_id=tap.customer_id, language=language))


def complete_milestone(
    tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language, tap: CompleteMilestone
) -> Reply:
    """Mark a milestone as done, or confirm the customer's own tick, once; the plan is complete with its last one."""

    def complete(plan: Plan, one: Milestone) -> Plan:
        return storage.plan_course.reach(tx, plan, one, done_by=staff_id, rules=rules, now=now)

    return _change(tx, tap.milestone_id, complete, rules=rules, language=language, now=now)


def reject_milestone(
    tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language, tap: RejectMilestone
) -> Reply:
    """Say that a milestone the customer ticked is not reached yet; the customer is told, and may tick it again."""

    def reject(plan: Plan, one: Milestone) -> Plan:
        if storage.plans.reject_claim(tx, one.milestone_id):
            storage.plan_course.confirm(tx, plan, one, reached=False, now=now)
        return storage.plan_course.settle(tx, plan, rules=rules, now=now)

    return _change(tx, tap.milestone_id, reject, rules=rules, language=language, now=now)


def move_milestone(
    tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language, tap: MoveMilestone
) -> Reply:
    """Offer days to put a milestone off to, or put it off to the day chosen."""
    day = _read_day(tap.day)
    found = _find(tx, tap.milestone_id)
    if found is not None and day is None:
        plan, one, customer = found
        offer = plan_messages.offer_moves(plan, one, customer.name, customer.timezone, language, now=now)
        return Reply(edit=offer)

    def move(plan: Plan, one: Milestone) -> Plan:
        return _move(tx, plan, one, day or now.date(), rules=rules, now=now)

    return _change(tx, tap.milestone_id, move, rules=rules, language=language, now=now)


def _read_day(text: str) -> date | None:
    try:
        return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        return None


def change_plan(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, words: str, language: Language) -> Message:
    """`/plan CUSTOMER: 2 = 45` keeps what a milestone measures, `/plan CUSTOMER: 2 30/6` puts it off."""
    customer = storage.customers.load(tx, customer_id)
    plan = storage.plans.load_latest(tx, customer_id)
    if customer is None or plan is None or plan.status is not PlanStatus.ACTIVE:
        return show_plan(tx, now=now, rules=rules, customer_id=customer_id, language=language)
    request = read_plan_request(words, today=local_date(now, customer.timezone))
    one = next((one for one in plan.milestones if request and one.position == request.position), None)
    if one is None or not _apply(tx, plan, one, request, rules=rules, now=now):
        return Message("plans/misunderstood", language, {"customer": customer.name})
    return show_plan(tx, now=now, rules=rules, customer_id=customer_id, language=language)


def _apply(
    tx: Tx, plan: Plan, one: Milestone, request: MeasureRequest | MoveRequest | None, *, rules: Rules, now: datetime
) -> bool:
    if isinstance(request, MoveRequest):
        _move(tx, plan, one, request.day, rules=rules, now=now)
        return one.done_at is None
    return request is not None and storage.plans.save_measure(tx, one.milestone_id, request.value)


def _move(tx: Tx, plan: Plan, one: Milestone, day: date, *, rules: Rules, now: datetime) -> Plan:
    customer = storage.customers.load(tx, plan.customer_id)
    moved = plans.rescheduled(one, day, timezone=customer.timezone if customer else rules.timezone)
    if moved.due_at != one.due_at and storage.plans.reschedule(tx, moved):
        storage.plans.cancel_messages(tx, [plans.milestone_key(one)])
    return storage.plan_course.settle(tx, plan, rules=rules, now=now)


def _find(tx: Tx, milestone_id: int) -> Found | None:
    plan = storage.plans.load_by_milestone(tx, milestone_id)
    customer = storage.customers.load(tx, plan.customer_id) if plan else None
    if plan is None or customer is None:
        return None
    return plan, plan.milestone(milestone_id), customer


def _change(
    tx: Tx,
    milestone_id: int,
    change: Callable[[Plan, Milestone], Plan],
    *,
    rules: Rules,
    language: Language,
    now: datetime,
) -> Reply:
    found = _find(tx, milestone_id)
    if found is None:
        return Reply(edit=Message("plans/unknown", language))
    plan, one, customer = found
    changed = change(plan, one)
    return Reply(edit=plan_messages.staff_view(changed, customer.name, rules.success, language, now=now))


def list_late(tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language) -> Message:
    """`/plans`: the plans that are stuck or behind, one's own customers' and the worst first."""
    success = rules.success
    found = storage.plans.list_late(tx, before=now - success.behind_after, limit=MOST_LATE)
    judged = [(name, csm_id, plan, plans.pace_of(plan, success, now=now)) for name, csm_id, plan in found]
    late = [one for one in judged if one[3] is not Pace.ON_TRACK]
    late.sort(key=lambda one: (one[1] != staff_id, one[3] is not Pace.STUCK))
    facts = {
        "total": len(late),
        "plans": [
            plan_messages.progress_facts(plan, success, now=now) | {"customer": name, "own": csm_id == staff_id}
            for name, csm_id, plan, _ in late[:LATE_SHOWN]
        ],
    }
    buttons = [
        Button("number", PickCustomer("plan", plan.customer_id, ""), {"number": number})
        for number, (_, _, plan, _) in enumerate(late[:LATE_SHOWN], start=1)
    ]
    rows = tuple(tuple(buttons[start : start + 4]) for start in range(0, len(buttons), 4))
    return Message("plans/late", language, facts, rows)
