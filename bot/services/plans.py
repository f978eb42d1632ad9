"""Success plans as staff start and tick them, and as customers answer to them."""

from collections.abc import Sequence
from datetime import datetime

import storage.case_threads
import storage.customers
import storage.due
import storage.outbox
import storage.plans
from bot.domain import plans
from bot.domain.cases import Source
from bot.domain.customers import Customer
from bot.domain.messages import Button, Language, Message, Reply
from bot.domain.planning import CHUNK, outgoing
from bot.domain.plans import CheckInChoice, CheckInStep, Plan, PlanStatus, Round
from bot.domain.rules import PlanTemplate, Rules
from bot.domain.taps import CheckInAnswer, CompleteMilestone, StartPlan
from bot.domain.touchpoints import Kind
from storage.database import Tx
from storage.due import Window


def show_plan(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, language: Language) -> Message:
    """A customer's plan with a button for each open milestone, or the templates to start one from."""
    customer = storage.customers.load(tx, customer_id)
    if customer is None:
        return Message("plans/unknown", language)
    plan = storage.plans.load_latest(tx, customer_id)
    if plan is not None and plan.status is PlanStatus.ACTIVE:
        return _view(plan, customer, language=language, now=now)
    completed = plan.name if plan is not None and plan.status is PlanStatus.COMPLETED else ""
    return _choice(customer, completed, rules, language)


def start_plan(tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language, tap: StartPlan) -> Reply:
    """Start a plan from a template; a second tap, or one after somebody else's, shows the plan that there is."""
    customer = storage.customers.load(tx, tap.customer_id)
    template = next((template for template in rules.plans if template.key == tap.template), None)
    if customer is not None and template is not None:
        _start(tx, customer, template, staff_id=staff_id, now=now)
    return Reply(edit=show_plan(tx, now=now, rules=rules, customer_id=tap.customer_id, language=language))


def _start(tx: Tx, customer: Customer, template: PlanTemplate, *, staff_id: int, now: datetime) -> None:
    zone = customer.timezone
    storage.plans.add(
        tx,
        customer_id=customer.customer_id,
        template=template,
        language=customer.language,
        milestones=plans.milestones_of(template, language=customer.language, timezone=zone, start=now),
        check_in=plans.next_round(0, months=template.check_in_months, timezone=zone, start=now),
        progress=plans.next_round(0, months=template.progress_months, timezone=zone, start=now),
        started_by=staff_id,
        now=now,
    )


def complete_milestone(tx: Tx, *, now: datetime, staff_id: int, language: Language, tap: CompleteMilestone) -> Reply:
    """Mark a milestone as done, once; the plan is complete with its last one."""
    plan = storage.plans.load_by_milestone(tx, tap.milestone_id)
    customer = storage.customers.load(tx, plan.customer_id) if plan else None
    if plan is None or customer is None:
        return Reply(edit=Message("plans/unknown", language))
    if storage.plans.mark_done(tx, tap.milestone_id, done_by=staff_id, now=now):
        storage.plans.cancel_announcement(tx, plans.milestone_key(tap.milestone_id))
        storage.plans.complete_if_done(tx, plan.plan_id, now=now)
    return Reply(edit=_view(storage.plans.load(tx, plan.plan_id) or plan, customer, language=language, now=now))


def answer_check_in(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: CheckInAnswer
) -> Reply:
    """The customer says how the plan goes; whoever needs help is told of to staff at once, once for a message."""
    plan = storage.plans.load(tx, tap.plan_id)
    customer = storage.customers.load(tx, plan.customer_id) if plan else None
    if plan is None or customer is None or customer.chat_id != chat_id or tap.choice not in set(CheckInChoice):
        return Reply(send=(Message("customers/stale_button", language),))
    choice = CheckInChoice(tap.choice)
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=customer.customer_id, now=now)
    storage.plans.save_check_in(tx, plan.plan_id, choice, now=now)
    if choice is CheckInChoice.HELP:
        _ask_for_help(tx, plan, customer, message_id=message_id, rules=rules, now=now)
    return Reply(edit=plans.check_in_answered(plan, choice, tap.outbox_id, customer.language))


def _ask_for_help(tx: Tx, plan: Plan, customer: Customer, *, message_id: int, rules: Rules, now: datetime) -> None:
    storage.case_threads.signal_interaction(
        tx,
        customer_id=customer.customer_id,
        kind="request",
        body=plan.name,
        chat_id=customer.chat_id,
        message_id=message_id,
        source=Source.REQUEST,
        template="plans/help_wanted",
        facts={"customer": customer.name, "plan": plan.name},
        rules=rules,
        now=now,
    )


def _view(plan: Plan, customer: Customer, *, language: Language, now: datetime) -> Message:
    open_milestones = [one for one in plan.milestones if one.done_at is None and plan.status is PlanStatus.ACTIVE]
    keyboard = tuple(
        (Button("complete", CompleteMilestone(one.milestone_id), {"title": one.title}),) for one in open_milestones
    )
    return Message("plans/view", language, plans.view_facts(plan, customer.name, now=now), keyboard)


def _choice(customer: Customer, completed: str, rules: Rules, language: Language) -> Message:
    facts = {"customer": customer.name, "completed": completed, "templates": len(rules.plans)}
    keyboard = tuple(
        (Button("start", StartPlan(customer.customer_id, template.key), {"name": template.name[language]}),)
        for template in rules.plans
    )
    return Message("plans/choose", language, facts, keyboard)


def plan_milestones(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Announce the milestones whose day has come."""
    due = storage.plans.list_milestones(tx, Window(limit=CHUNK, before=now))
    found = storage.plans.load_many(tx, [int(one.subject) for one in due])
    for one in due:
        if storage.plans.mark_announced(tx, one.row_id, now=now) and one.reachable:
            facts = plans.milestone_facts(found[int(one.subject)], one.row_id)
            key = plans.milestone_key(one.row_id)
            message = outgoing(Kind.MILESTONE, key, customer_id=one.customer_id, due_at=one.at, facts=facts)
            storage.due.queue(tx, message, now=now)
    return len(due)


def plan_check_ins(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask how plans go, month by month, less often where nobody answers, and at last tell staff of the silence."""
    return _plan_rounds(tx, Kind.CHECK_IN, rules=rules, now=now)


def plan_progress(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Say how far plans have come, quarter by quarter."""
    return _plan_rounds(tx, Kind.PROGRESS, rules=rules, now=now)


def _plan_rounds(tx: Tx, kind: Kind, *, rules: Rules, now: datetime) -> int:
    """Of rounds that were missed only the last is queued."""
    due = storage.plans.list_rounds(tx, Window(limit=CHUNK, before=now), kind=kind)
    found = storage.plans.load_many(tx, [one.row_id for one in due])
    unanswered = storage.plans.list_unanswered(tx, list(found)) if kind is Kind.CHECK_IN else {}
    for one in due:
        plan = found[one.row_id]
        last, following = plans.rounds_around(plan, kind, one.timezone, now=now)
        until = following.at if plans.is_within(plan, following.at) else None
        moved = storage.plans.move_round(tx, one, last, kind=kind, until=until)
        silence = unanswered.get(plan.plan_id, ())
        if moved and one.reachable and _is_asked(tx, plan, last, silence, rules=rules, now=now):
            key = plans.round_key(kind, plan.plan_id, last.number)
            facts = plans.round_facts(plan, kind, now=now)
            message = outgoing(kind, key, customer_id=one.customer_id, due_at=last.at, facts=facts)
            storage.due.queue(tx, message, now=now)
    return len(due)


def _is_asked(tx: Tx, plan: Plan, coming: Round, unanswered: Sequence[int], *, rules: Rules, now: datetime) -> bool:
    """Whether a round goes to a customer who left these check-ins unanswered; staff hear of a long silence once."""
    step = plans.check_in_step(coming.number, unanswered, rules.check_ins)
    if step is CheckInStep.STOP:
        customer = storage.customers.load(tx, plan.customer_id)
        storage.notices.notify(
            tx,
            key=plans.silence_key(plan.plan_id, unanswered),
            template="plans/silent",
            facts={"customer": customer.name if customer else "", "plan": plan.name, "unanswered": len(unanswered)},
            customer_id=plan.customer_id,
            rules=rules,
            now=now,
        )
    return step is CheckInStep.ASK
