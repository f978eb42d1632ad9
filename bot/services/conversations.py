"""What customers write: a reason, feedback, or anything else. Nothing is met with silence, nothing is lost."""

from datetime import datetime, timedelta

import storage.customers
import storage.interactions
import storage.notices
import storage.surveys
from bot.domain import surveys
from bot.domain.customers import Customer
from bot.domain.messages import Language, Message, Reply
from bot.domain.rules import Rules
from bot.domain.surveys import Band, SurveyRun
from storage.database import Tx

FEEDBACK_WITHIN = timedelta(hours=1)


def receive_text(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, text: str
) -> Reply:
    """Take a customer's message as the reason or the feedback that was asked for, or keep it on the profile."""
    customer = storage.customers.load_by_chat(tx, chat_id)
    if customer is None:
        return Reply(send=(Message("customers/stranger", language),))
    run = storage.surveys.load_run_of_reason(tx, chat_id=chat_id, message_id=message_id)
    run = run or storage.surveys.load_awaiting_reason(tx, chat_id=chat_id, now=now)
    if run is not None and run.score is not None:
        return _record_reason(tx, run, run.score, text, message_id=message_id, rules=rules, now=now)
    if customer.feedback_until is not None and customer.feedback_until > now:
        storage.customers.change(tx, customer.customer_id, feedback_until=None)
        return _keep(tx, customer, "feedback", text, message_id=message_id, rules=rules, now=now)
    return _keep(tx, customer, "message", text, message_id=message_id, rules=rules, now=now)


def give_feedback(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, text: str
) -> Reply:
    """`/feedback TEXT`; without a text, the next message is taken as the feedback."""
    customer = storage.customers.load_by_chat(tx, chat_id)
    if customer is None:
        return Reply(send=(Message("customers/stranger", language),))
    storage.customers.change(tx, customer.customer_id, feedback_until=None if text else now + FEEDBACK_WITHIN)
    if text:
        return _keep(tx, customer, "feedback", text, message_id=message_id, rules=rules, now=now)
    return Reply(send=(Message("customers/feedback_prompt", customer.language),))


def edit_text(tx: Tx, *, now: datetime, chat_id: int, message_id: int, text: str) -> Reply:
    """A customer edited a message: what was kept of it changes too, without a word."""
    run = storage.surveys.load_run_of_reason(tx, chat_id=chat_id, message_id=message_id)
    if run is not None:
        storage.surveys.save_reason(tx, run.run_id, text[: surveys.MAX_REASON], message_id=message_id, now=now)
    storage.interactions.edit(tx, chat_id=chat_id, message_id=message_id, body=text)
    return Reply()


def close_interaction(tx: Tx, *, now: datetime, staff_id: int, language: Language, interaction_id: int) -> Reply:
    """A member of staff has dealt with a message; the customer will be asked how easy that was (CES)."""
    closed = storage.interactions.close(tx, interaction_id, staff_id=staff_id, now=now)
    facts = storage.interactions.load(tx, interaction_id)
    if facts is None:
        return Reply(send=(Message("staff/not_found", language),))
    return Reply(edit=Message("staff/interaction_closed", language, {**facts, "first": closed is not None}))


def _record_reason(
    tx: Tx, run: SurveyRun, score: int, text: str, *, message_id: int, rules: Rules, now: datetime
) -> Reply:
    storage.surveys.save_reason(tx, run.run_id, text[: surveys.MAX_REASON], message_id=message_id, now=now)
    if surveys.band(run.kind, score) is Band.DETRACTOR:
        storage.notices.notify(
            tx,
            key=f"reason:{run.run_id}:{message_id}",
            template="staff/reason",
            facts={**surveys.notice_facts(run, score), "reason": text[: surveys.QUOTE]},
            customer_id=run.customer_id,
            rules=rules,
            now=now,
        )
    return Reply(
        edit=surveys.thanks(run, score, 0),
        edit_message_id=run.prompt_message_id,
        send=(Message("surveys/reason_kept", run.language, surveys.notice_facts(run, score)),),
    )


def _keep(tx: Tx, customer: Customer, kind: str, text: str, *, message_id: int, rules: Rules, now: datetime) -> Reply:
    storage.notices.tell_of_interaction(
        tx,
        customer_id=customer.customer_id,
        kind=kind,
        body=text,
        chat_id=customer.chat_id,
        message_id=message_id,
        template="staff/interaction",
        facts={"customer": customer.name, "kind": kind, "text": text[: surveys.QUOTE]},
        rules=rules,
        now=now,
    )
    return Reply(send=(Message(f"customers/{kind}_kept", customer.language),))
