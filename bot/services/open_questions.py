"""Questions that wait for somebody's next words: what they are may be taken back at any time."""

from datetime import datetime

import storage.command_texts
import storage.customers
import storage.plans
import storage.staff
import storage.surveys
from bot.domain import cases, surveys
from bot.domain.customers import Customer
from bot.domain.messages import Language, Message, Reply
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from storage.database import Tx


def cancel(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language) -> Reply:
    """`/cancel`: nobody waits any more for what this person was about to write, and they are told what that was."""
    customer = storage.customers.load_by_chat(tx, chat_id)
    colleague = storage.staff.identify(tx, chat_id, rules)
    if colleague is not None and (said := _cancel_answer(tx, colleague, is_customer=customer is not None, now=now)):
        return Reply(send=(said,))
    if customer is None:
        return Reply(send=(Message("customers/stranger", language),))
    return _cancel_questions(tx, customer, now=now)


def _cancel_answer(tx: Tx, colleague: Staff, *, is_customer: bool, now: datetime) -> Message | None:
    """The next words of a colleague go to no customer; None where nothing waits of who may mean it as a customer."""
    since = now - cases.ANSWERS_WITHIN
    waited = storage.command_texts.take_awaited(tx, chat_id=colleague.user_id, since=since) is not None
    if is_customer and not waited:
        return None
    return Message("staff/cancelled", colleague.language, {"waited": waited})


def _cancel_questions(tx: Tx, customer: Customer, *, now: datetime) -> Reply:
    """The score, the old goal and the like stay as they are."""
    asks_feedback = customer.feedback_until is not None and customer.feedback_until > now
    run = storage.surveys.load_awaiting_reason(tx, chat_id=customer.chat_id or 0, now=now)
    goal = storage.plans.load_awaiting_goal(tx, customer.customer_id, now=now)
    storage.customers.change(tx, customer.customer_id, feedback_until=None)
    storage.surveys.stop_awaiting_reasons(tx, customer.customer_id, now=now)
    storage.plans.stop_awaiting_goal(tx, customer.customer_id)
    ended = {"feedback": asks_feedback, "reason": run is not None, "goal": goal is not None}
    facts = {"salutation": customer.salutation, "ended": [name for name, was_open in ended.items() if was_open]}
    said = (Message("customers/cancelled", customer.language, facts),)
    if run is None or run.score is None:
        return Reply(send=said)
    return Reply(edit=surveys.thanks(run, run.score, 0), edit_message_id=run.prompt_message_id, send=said)
