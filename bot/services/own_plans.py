"""Success plans as their customers see them, tick them and answer to them."""

from datetime import datetime

import storage.case_threads
import storage.customers
import storage.notices
import storage.outbox
import storage.plan_course
import storage.plans
import storage.surveys
from bot.domain import plan_messages
from bot.domain.cases import Source
from bot.domain.customers import Customer
from bot.domain.messages import Language, Message, Reply
from bot.domain.plan_messages import OWN_WORDS
from bot.domain.plans import CheckInChoice, CompletionChoice, Plan, PlanStatus
from bot.domain.rules import PlanTemplate, Rules
from bot.domain.taps import AnswerCompletion, AskGoal, CheckInAnswer, ChooseGoal, TickMilestone
from storage.database import Tx


def show_own(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language) -> Message:
    """`/plan` of a customer: their plan, or that there is none yet."""
    customer = storage.customers.load_by_chat(tx, chat_id)
    if customer is None:
        return Message("customers/stranger", language)
    plan = storage.plans.load_latest(tx, customer.customer_id)
    if plan is None or plan.status is PlanStatus.CANCELLED:
        return Message("plans/none", customer.language, {"salutation": customer.salutation})
    return plan_messages.own_view(plan, rules.success, customer.language, now=now)


def is_customer(tx: Tx, *, now: datetime, chat_id: int) -> bool:
    """Whether this chat is a customer's, who may work here too."""
    return storage.customers.load_by_chat(tx, chat_id) is not None


def tick_milestone(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: TickMilestone
) -> Reply:
    """The customer has reached a milestone of theirs; one that needs proof waits until staff confirm it."""
    plan = storage.plans.load_by_milestone(tx, tap.milestone_id)
    customer = _owner(tx, plan, chat_id)
    if plan is None or customer is None:
        return _stale(language)
    one = plan.milestone(tap.milestone_id)
    if one.is_theirs and one.proof:
        if storage.plans.claim(tx, one.milestone_id, now=now):
            _ask_staff(tx, plan, customer, one.milestone_id, rules=rules, now=now)
        plan = storage.plan_course.settle(tx, plan, rules=rules, now=now)
    elif one.is_theirs:
        plan = storage.plan_course.reach(tx, plan, one, done_by=None, rules=rules, now=now)
    return Reply(edit=plan_messages.own_view(plan, rules.success, customer.language, now=now))


def _ask_staff(tx: Tx, plan: Plan, customer: Customer, milestone_id: int, *, rules: Rules, now: datetime) -> None:
    storage.notices.notify(
        tx,
        key=f"claimed:{milestone_id}:{now.isoformat()}",
        template="plans/claimed",
        facts=plan_messages.milestone_facts(plan, milestone_id) | {"customer": customer.name},
        customer_id=customer.customer_id,
        rules=rules,
        now=now,
    )


def ask_goal(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: AskGoal
) -> Reply:
    """Ask the customer what to change their goal to, below the plan: they choose, or write it at once."""
    plan = storage.plans.load(tx, tap.plan_id)
    customer = _owner(tx, plan, chat_id)
    if plan is None or customer is None or plan.status is not PlanStatus.ACTIVE:
        return _stale(language)
    template = storage.plan_course.template_of(rules, plan.template)
    if template is None or not template.goals:
        return Reply(send=(_want_words(tx, plan, customer, rules=rules, now=now),))
    _await_goal(tx, plan, rules=rules, now=now)
    facts = plan_messages.goal_facts(plan, template, customer.language)
    asked = {**facts, "name": customer.name, "salutation": customer.salutation, "changing": True}
    return Reply(send=(plan_messages.goal(asked, outbox_id=0, language=customer.language),))


def choose_goal(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: ChooseGoal
) -> Reply:
    """Why the customer bought: one of the template's reasons, or their own words, which are the next text."""
    plan = storage.plans.load(tx, tap.plan_id)
    customer = _owner(tx, plan, chat_id)
    if plan is None or customer is None or plan.status is not PlanStatus.ACTIVE:
        return _stale(language)
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=customer.customer_id, now=now)
    if tap.number == OWN_WORDS:
        return Reply(edit=_want_words(tx, plan, customer, rules=rules, now=now))
    goal = _goal(storage.plan_course.template_of(rules, plan.template), tap.number, customer.language)
    if goal is None:
        return _stale(customer.language)
    storage.plans.save_goal(tx, plan.plan_id, goal, now=now)
    return Reply(edit=plan_messages.goal_kept(storage.plans.load(tx, plan.plan_id) or plan, customer.language))


def _goal(template: PlanTemplate | None, number: int, language: Language) -> str | None:
    goals = template.goals if template else ()
    return goals[number][language] if 0 <= number < len(goals) else None


def _want_words(tx: Tx, plan: Plan, customer: Customer, *, rules: Rules, now: datetime) -> Message:
    _await_goal(tx, plan, rules=rules, now=now)
    facts = plan_messages.plan_facts(plan) | {"salutation": customer.salutation}
    return Message("plans/goal_wanted", customer.language, facts)


def _await_goal(tx: Tx, plan: Plan, *, rules: Rules, now: datetime) -> None:
    """From now on the next text is the goal: whatever else was asked for before is not waited for any more."""
    storage.plans.await_goal(tx, plan.plan_id, until=now + rules.success.goal_within)
    storage.surveys.stop_awaiting_reasons(tx, plan.customer_id, now=now)
    storage.customers.change(tx, plan.customer_id, feedback_until=None)


def answer_check_in(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: CheckInAnswer
) -> Reply:
    """The customer says how the plan goes; whoever needs help gets a case at once, once for a message."""
    plan = storage.plans.load(tx, tap.plan_id)
    customer = _owner(tx, plan, chat_id)
    if plan is None or customer is None or tap.choice not in set(CheckInChoice):
        return _stale(language)
    choice = CheckInChoice(tap.choice)
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=customer.customer_id, now=now)
    storage.plans.save_check_in(tx, plan.plan_id, choice, now=now)
    if choice is CheckInChoice.HELP:
        _ask_for_help(tx, plan, customer, message_id=message_id, rules=rules, now=now)
    salutation = customer.salutation
    return Reply(
        edit=plan_messages.check_in_answered(plan, choice, tap.outbox_id, customer.language, salutation=salutation)
    )


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


def answer_completion(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: AnswerCompletion
) -> Reply:
    """What a customer with a completed plan is ready for: a review, a recommendation, or the next goal."""
    plan = storage.plans.load(tx, tap.plan_id)
    customer = _owner(tx, plan, chat_id)
    if plan is None or customer is None or tap.choice not in set(CompletionChoice):
        return _stale(language)
    choice = CompletionChoice(tap.choice)
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=customer.customer_id, now=now)
    following = _following(rules, plan)
    facts = plan_messages.completion_facts(plan, rules.success, following.name[customer.language] if following else "")
    if choice is CompletionChoice.NEXT:
        if following is not None:
            storage.plan_course.start(tx, customer, following, started_by=None, now=now)
        _tell_of_next(tx, plan, customer, facts, rules=rules, now=now)
    said = {**facts, "salutation": customer.salutation}
    return Reply(edit=plan_messages.completion_answered(said, choice, tap.outbox_id, customer.language))


def _following(rules: Rules, plan: Plan) -> PlanTemplate | None:
    template = storage.plan_course.template_of(rules, plan.template)
    return storage.plan_course.template_of(rules, template.then) if template else None


def _tell_of_next(
    tx: Tx, plan: Plan, customer: Customer, facts: dict[str, object], *, rules: Rules, now: datetime
) -> None:
    storage.notices.notify(
        tx,
        key=f"next_goal:{plan.plan_id}",
        template="plans/next_goal",
        facts={**facts, "customer": customer.name, "customer_id": customer.customer_id},
        customer_id=customer.customer_id,
        rules=rules,
        now=now,
    )


def _owner(tx: Tx, plan: Plan | None, chat_id: int) -> Customer | None:
    """The customer of a plan, if this is their chat."""
    customer = storage.customers.load(tx, plan.customer_id) if plan else None
    return customer if customer is not None and customer.chat_id == chat_id else None


def _stale(language: Language) -> Reply:
    return Reply(send=(Message("customers/stale_button", language),))
