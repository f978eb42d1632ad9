"""What customers write: a reason, feedback, or anything else. Nothing is met with silence, nothing is lost."""

from dataclasses import replace
from datetime import datetime, timedelta

import storage.case_threads
import storage.cases
import storage.customers
import storage.interactions
import storage.losses
import storage.notices
import storage.outbox
import storage.plans
import storage.staff
import storage.surveys
import storage.webhooks
import storage.win_back
from bot.domain import cases, plan_messages, plans, surveys, win_back
from bot.domain.cases import Case, Source
from bot.domain.customers import Customer
from bot.domain.delivery import Place
from bot.domain.messages import Language, Message, Reply
from bot.domain.plans import Plan
from bot.domain.rules import Rules
from bot.domain.surveys import Band, SurveyRun
from bot.domain.thanks import is_greeting, is_small_talk, is_thanks
from bot.domain.touchpoints import Kind
from bot.domain.webhooks import Event, answer_data, case_data
from storage.database import Tx

FEEDBACK_WITHIN = timedelta(hours=1)


def receive_text(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    chat_id: int,
    message_id: int,
    language: Language,
    text: str,
    caption: str | None = None,
) -> Reply:
    """Take a customer's message as the reason, the goal or the feedback that was asked for, or keep it on the profile.

    A photo, a file and the like have a `caption`, which may be empty.
    """
    customer = storage.customers.load_by_chat(tx, chat_id)
    if customer is None:
        return Reply(send=(storage.staff.answer_to_unknown(tx, chat_id, language, rules),))
    run = storage.surveys.load_run_of_reason(tx, chat_id=chat_id, message_id=message_id)
    run = run or storage.surveys.load_awaiting_reason(tx, chat_id=chat_id, now=now)
    if run is not None and run.score is not None and not is_greeting(text):
        say = _thank if caption is None and is_thanks(text) else _record_reason
        return say(tx, run, run.score, text, message_id=message_id, rules=rules, now=now)
    plan = storage.plans.load_awaiting_goal(tx, customer.customer_id, now=now) if caption is None else None
    if plan is not None and not is_small_talk(text):
        return _keep_goal(tx, plan, customer, text, message_id=message_id, now=now)
    if customer.feedback_until is not None and customer.feedback_until > now:
        storage.customers.change(tx, customer.customer_id, feedback_until=None)
        return _complain(tx, customer, text, message_id=message_id, rules=rules, now=now)
    more = _tell_more(tx, customer, text, message_id=message_id, rules=rules, now=now) if caption is None else None
    return more or _converse(tx, customer, text, message_id=message_id, caption=caption, rules=rules, now=now)


def give_feedback(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, text: str
) -> Reply:
    """`/feedback TEXT`; without a text, the next message is taken as the feedback."""
    customer = storage.customers.load_by_chat(tx, chat_id)
    if customer is None:
        return Reply(send=(storage.staff.answer_to_unknown(tx, chat_id, language, rules),))
    storage.customers.change(tx, customer.customer_id, feedback_until=None if text else now + FEEDBACK_WITHIN)
    storage.plans.stop_awaiting_goal(tx, customer.customer_id)
    if text:
        return _complain(tx, customer, text, message_id=message_id, rules=rules, now=now)
    storage.surveys.stop_awaiting_reasons(tx, customer.customer_id, now=now)
    return Reply(send=(Message("customers/feedback_prompt", customer.language, {"salutation": customer.salutation}),))


def edit_text(tx: Tx, *, now: datetime, chat_id: int, message_id: int, text: str, words: str, version: str) -> Reply:
    """A customer edited a message: what was kept of it changes too, without a word; `version` tells edits apart.

    `words` are those of the message or its caption; `text` is what is kept of it.
    """
    run = storage.surveys.load_run_of_reason(tx, chat_id=chat_id, message_id=message_id)
    if run is not None:
        storage.surveys.save_reason(tx, run.run_id, text[: surveys.MAX_REASON], message_id=message_id, now=now)
    storage.plans.edit_goal(tx, chat_id=chat_id, message_id=message_id, goal=text[: plans.MAX_GOAL])
    said = storage.interactions.load_said(tx, chat_id=chat_id, message_id=message_id)
    if said is not None:
        customer_id, before = said
        storage.losses.edit_words(
            tx, customer_id, before=before[: win_back.MAX_WORDS], words=text[: win_back.MAX_WORDS]
        )
    interaction_id = storage.interactions.edit(tx, chat_id=chat_id, message_id=message_id, body=text)
    if interaction_id is not None:
        storage.case_threads.follow_edit(tx, interaction_id, text=words, version=version, now=now)
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
    reason = text[: surveys.MAX_REASON]
    storage.surveys.save_reason(tx, run.run_id, reason, message_id=message_id, now=now)
    _tell_reason(tx, run, score, reason, said=text, message_id=message_id, rules=rules, now=now)
    return Reply(
        edit=surveys.thanks(run, score, 0),
        edit_message_id=run.prompt_message_id,
        send=(surveys.reason_kept(run, score),),
    )


def _thank(tx: Tx, run: SurveyRun, score: int, text: str, *, message_id: int, rules: Rules, now: datetime) -> Reply:
    """Who is asked why and only says thanks has given no reason yet: nobody need answer, and the question stands."""
    _note(tx, run, text, message_id=message_id, now=now)
    return Reply(send=(surveys.reason_kept(run, score, only_thanks=True),))


def _tell_more(tx: Tx, customer: Customer, text: str, *, message_id: int, rules: Rules, now: datetime) -> Reply | None:
    """Take what goes on with an answer that the customer has just given; None when it does not."""
    if not is_small_talk(text):
        loss_id = storage.win_back.load_awaiting_words(tx, customer.customer_id, since=now - win_back.WORDS_WITHIN)
        if loss_id is not None:
            return _say_why_lost(tx, customer, loss_id, text, message_id=message_id, rules=rules, now=now)
    if surveys.adds_to_reason(text):
        run = storage.surveys.load_just_explained(tx, customer.customer_id, since=now - surveys.MORE_WITHIN)
        if run is not None and run.score is not None:
            return _add_to_reason(tx, run, run.score, text, message_id=message_id, rules=rules, now=now)
    return None


def _add_to_reason(
    tx: Tx, run: SurveyRun, score: int, text: str, *, message_id: int, rules: Rules, now: datetime
) -> Reply:
    """What goes on with a reason belongs to it; the message is kept too, so that its second coming adds nothing."""
    if not _note(tx, run, text, message_id=message_id, now=now):
        return Reply()
    reason = surveys.with_more(run, text)
    storage.surveys.add_to_reason(tx, run.run_id, reason)
    _tell_reason(tx, run, score, reason, said=text, message_id=message_id, rules=rules, now=now)
    return Reply(send=(surveys.reason_kept(run, score),))


def _note(tx: Tx, run: SurveyRun, text: str, *, message_id: int, now: datetime) -> bool:
    """Keep on the profile what nobody need answer; False when this very message is kept already."""
    kept = storage.interactions.add(
        tx,
        customer_id=run.customer_id,
        kind="message",
        body=text,
        chat_id=run.chat_id,
        message_id=message_id,
        now=now,
        is_settled=True,
    )
    return kept is not None


def _tell_reason(
    tx: Tx, run: SurveyRun, score: int, reason: str, *, said: str, message_id: int, rules: Rules, now: datetime
) -> None:
    """Tell other systems the whole reason, and staff what was just said of it.

    Why a score is low belongs to a case; why it is better now is read by who still works on one.
    """
    data, message = answer_data(run, score, reason=reason), f"{run.run_id}:{message_id}"
    storage.webhooks.emit(tx, Event.ANSWER_EXPLAINED, run.customer_id, data, key=message, rules=rules, now=now)
    key = f"reason:{message}"
    signal = surveys.signal(run, score, key=key, reason=said[: surveys.QUOTE])
    if surveys.band(run.kind, score) is Band.DETRACTOR:
        storage.case_threads.signal(tx, signal, rules=rules, now=now)
        return
    found = storage.cases.load_latest(tx, run.customer_id)
    if found is not None and found.is_open and cases.is_of_survey(found, run.kind):
        storage.case_threads.tell(tx, found, key, signal.template, signal.facts, rules=rules, now=now)


def _keep_goal(tx: Tx, plan: Plan, customer: Customer, text: str, *, message_id: int, now: datetime) -> Reply:
    """Why the customer bought, in their own words, becomes the goal of their plan."""
    storage.plans.save_goal(tx, plan.plan_id, text[: plans.MAX_GOAL], message_id=message_id, now=now)
    said = replace(plan, goal=text[: plans.MAX_GOAL])
    return Reply(send=(plan_messages.goal_kept(said, customer.language),))


def _complain(tx: Tx, customer: Customer, text: str, *, message_id: int, rules: Rules, now: datetime) -> Reply:
    """Feedback opens a case, or joins the customer's open one."""
    storage.case_threads.signal_interaction(
        tx,
        customer_id=customer.customer_id,
        kind="feedback",
        body=text,
        chat_id=customer.chat_id,
        message_id=message_id,
        source=Source.FEEDBACK,
        template="staff/interaction",
        facts={"customer": customer.name, "kind": "feedback", "text": text[: surveys.QUOTE]},
        words=text[: surveys.QUOTE],
        rules=rules,
        now=now,
    )
    return Reply(send=(Message("customers/feedback_kept", customer.language, {"salutation": customer.salutation}),))


def _converse(
    tx: Tx, customer: Customer, text: str, *, message_id: int, caption: str | None, rules: Rules, now: datetime
) -> Reply:
    """A message joins the customer's open case, or opens again the one resolved just before; otherwise staff see it.

    Who only says thanks for what was resolved opens nothing again; staff read it in the case's thread.
    """
    found = storage.cases.load_latest(tx, customer.customer_id)
    reopened = cases.reopen(found, rules, now=now) if found else None
    if found is None or not (found.is_open or reopened):
        return _keep(tx, customer, text, message_id=message_id, rules=rules, now=now)
    interaction_id = storage.interactions.add(
        tx,
        customer_id=customer.customer_id,
        kind="message",
        body=text,
        chat_id=customer.chat_id,
        message_id=message_id,
        case_id=found.case_id,
        now=now,
    )
    if interaction_id is None:
        return Reply()
    if reopened is not None and caption is None and is_thanks(text):
        storage.interactions.close_case(tx, found.case_id, staff_id=None, now=now)
        storage.case_threads.pass_on(
            tx, found, interaction_id, text=text, media=None, thanks=True, rules=rules, now=now
        )
        return Reply()
    if reopened is not None:
        _reopen(tx, found, reopened, rules=rules, now=now)
    place = Place(chat_id=customer.chat_id or 0, message_id=message_id) if caption is not None else None
    words = text if caption is None else caption
    storage.case_threads.pass_on(tx, found, interaction_id, text=words, media=place, rules=rules, now=now)
    if not cases.acknowledges(found, rules, now=now):
        return Reply()
    storage.cases.change(tx, found.case_id, acknowledged_at=now)
    return Reply(send=(Message("customers/message_kept", customer.language, {"salutation": customer.salutation}),))


def _reopen(tx: Tx, found: Case, reopened: Case, *, rules: Rules, now: datetime) -> None:
    storage.case_threads.keep(tx, found, reopened, rules=rules, now=now)
    storage.cases.change(tx, reopened.case_id, ces_planned_at=None)
    storage.outbox.cancel_pending(tx, reopened.customer_id, reason="reopened", kinds=(Kind.CASE_CES,))
    data, key = case_data(reopened), f"{reopened.case_id}:{reopened.reopened}"
    storage.webhooks.emit(tx, Event.CASE_REOPENED, reopened.customer_id, data, key=key, rules=rules, now=now)
    storage.case_threads.set_topic(tx, reopened, is_open=True, rules=rules, now=now)
    storage.case_threads.show(tx, reopened, key=f"reopened:{reopened.reopened}", rules=rules, now=now)


def _say_why_lost(
    tx: Tx, customer: Customer, loss_id: int, text: str, *, message_id: int, rules: Rules, now: datetime
) -> Reply:
    """What a customer adds to the reason they left for stays with the loss; staff read it as any other message."""
    storage.losses.save_words(tx, loss_id, text[: win_back.MAX_WORDS])
    _converse(tx, customer, text, message_id=message_id, caption=None, rules=rules, now=now)
    return Reply(send=(Message("win_back/words_kept", customer.language, {"salutation": customer.salutation}),))


def _keep(tx: Tx, customer: Customer, text: str, *, message_id: int, rules: Rules, now: datetime) -> Reply:
    """Staff see a message; of several in a row that wait for them the customer is told once, as in a case."""
    storage.notices.tell_of_interaction(
        tx,
        customer_id=customer.customer_id,
        kind="message",
        body=text,
        chat_id=customer.chat_id,
        message_id=message_id,
        template="staff/interaction",
        facts={"customer": customer.name, "kind": "message", "text": text[: surveys.QUOTE]},
        rules=rules,
        now=now,
    )
    since = now - rules.cases.acknowledges_every
    if storage.interactions.any_waiting(tx, customer.customer_id, since=since, but=message_id):
        return Reply()
    return Reply(send=(Message("customers/message_kept", customer.language, {"salutation": customer.salutation}),))
