"""Sending: claim what may go, and keep what came of it. The sending itself happens in between, outside."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

import storage.case_threads
import storage.cases
import storage.outbox
import storage.rates
import storage.reachability
import storage.surveys
from bot.domain import (
    birthdays,
    case_messages,
    contact,
    digests,
    greetings,
    notices,
    plan_messages,
    review_messages,
    surveys,
    wave_messages,
    win_back,
)
from bot.domain.contact import ContactFacts, Drop, Hold, Send
from bot.domain.delivery import Attempt, Delivery, Outcome, Proof, Step, act_of, backoff, copied_place, decide, take
from bot.domain.messages import Message
from bot.domain.rules import Rules
from bot.domain.touchpoints import INVITATIONS, Kind
from storage.database import Tx
from storage.outbox import DueMessage

BULK = "bulk"
BURST_SHARE = 0.1  # of a second's messages may go at once: 25 a second stay under 28 in any second
CHAT_BURST = 3
RECOVER = 100

Composer = Callable[..., Message]

COMPOSERS: Mapping[Kind, Composer] = {
    Kind.NPS: surveys.invitation,
    Kind.CES: surveys.invitation,
    Kind.CSAT: surveys.invitation,
    Kind.REMINDER: surveys.reminder,
    Kind.CLOSING: surveys.closing,
    Kind.CHECK_IN: plan_messages.check_in,
    Kind.PROGRESS: plan_messages.progress,
    Kind.MILESTONE: plan_messages.milestone,
    Kind.GOAL: plan_messages.goal,
    Kind.TIP: plan_messages.tip,
    Kind.CONFIRMATION: plan_messages.confirmation,
    Kind.COMPLETION: plan_messages.completion,
    Kind.BIRTHDAY: birthdays.greeting,
    Kind.HOLIDAY_GREETING: greetings.greeting,
    Kind.WIN_BACK: win_back.question,
    Kind.OFFER: win_back.offer,
    Kind.NOTICE: notices.notice,
    Kind.CASE_CES: surveys.invitation,
    Kind.FOLLOW_UP: surveys.invitation,
    Kind.TOPIC: case_messages.topic,
    Kind.TOPIC_STATE: case_messages.topic,
    Kind.CARD: case_messages.card,
    Kind.CARD_EDIT: case_messages.card,
    Kind.CASE: case_messages.update,
    Kind.REPLY: case_messages.reply,
    Kind.UNSEND: case_messages.reply,
    Kind.RECALL: wave_messages.recalled,
    Kind.DIGEST: digests.digest,
    Kind.REVIEW: review_messages.review,
}


def anything_due(tx: Tx, *, now: datetime) -> bool:
    """Whether `claim` would find work; cheap enough to ask twice a second."""
    return storage.outbox.any_due(tx, now=now)


@dataclass(frozen=True)
class Claim:
    """What may go now, and how many rows were looked at to find it: while there are any, another look may pay."""

    deliveries: tuple[Delivery, ...] = ()
    judged: int = 0


def claim(tx: Tx, *, now: datetime, rules: Rules, owner: str, limit: int) -> Claim:
    """Settle what dead senders left, then claim up to `limit` messages that may go now, the most urgent first.

    Each candidate is judged by the contact policy here, in the transaction that claims it, so that a hold is stored
    with its rule, two messages to one person count each other, and nothing is sent on an older judgement.
    """
    recovered = _recover(tx, rules=rules, now=now)
    speed = storage.rates.load(tx, BULK, now=now)
    if speed.paused_until is not None and speed.paused_until > now:
        return Claim(judged=recovered)
    delivery = rules.delivery
    pace = partial(take, per_second=delivery.per_second, burst=max(1.0, delivery.per_second * BURST_SHARE), now=now)
    most = pace(speed.arrival_at, limit).count
    candidates = storage.outbox.list_due(tx, now=now, limit=most) if most else []
    chosen = _choose(tx, candidates, owner=owner, rules=rules, now=now)
    grant = pace(speed.arrival_at, len(chosen))
    storage.rates.save(tx, BULK, arrival_at=grant.arrival_at)
    ids = [one.outbox_id for one in chosen]
    storage.outbox.mark_sending(tx, ids, owner=owner, lease_until=now + delivery.lease, now=now)
    return Claim(tuple(chosen), recovered + len(candidates))


def _choose(tx: Tx, candidates: list[DueMessage], *, owner: str, rules: Rules, now: datetime) -> list[Delivery]:
    customers = [due.recipient.customer_id for due in candidates if due.recipient]
    sent = storage.outbox.load_sent(tx, customers, now=now)
    chosen: list[Delivery] = []
    for due in candidates:
        if not _may_go(tx, due, sent, rules=rules, now=now):
            continue
        composed = _compose(tx, due, owner, now=now)
        if composed is not None:
            chosen.append(composed)
            if composed.customer_id is not None:
                sent[composed.customer_id] = (*sent.get(composed.customer_id, ()), (due.kind, now))
    return chosen


def _compose(tx: Tx, due: DueMessage, owner: str, *, now: datetime) -> Delivery | None:
    """The message of a row; a row that cannot become one fails alone, or it would hold up all that come after it."""
    try:
        return _delivery(tx, due, owner, now=now)
    except (KeyError, ValueError, TypeError) as error:
        storage.outbox.fail(tx, due.outbox_id, error=f"{type(error).__name__}: {error}")
        return None


def _may_go(
    tx: Tx, due: DueMessage, sent: Mapping[int, tuple[tuple[Kind, datetime], ...]], *, rules: Rules, now: datetime
) -> bool:
    if due.recipient is None:
        return _staff_chat_is_free(tx, due, rules=rules, now=now)
    facts = _contact_facts(due, sent.get(due.recipient.customer_id, ()), rules=rules, now=now)
    match contact.judge(facts, rules.contact, now=now):
        case Send():
            return True
        case Hold(rule, until):
            storage.outbox.hold(tx, due.outbox_id, rule=rule, until=until, now=now)
        case Drop(rule, held_by):
            storage.outbox.drop(tx, due.outbox_id, rule=rule, held_by=held_by, now=now)
            if due.kind in INVITATIONS and due.run_id is not None:
                storage.surveys.close_run(tx, due.run_id, now=now)
            if due.kind is Kind.REPLY:
                _tell_undelivered(tx, due.outbox_id, due.case_id, rules=rules, now=now)
    return False


def _contact_facts(
    due: DueMessage, sent: tuple[tuple[Kind, datetime], ...], *, rules: Rules, now: datetime
) -> ContactFacts:
    assert due.recipient is not None  # noqa: S101  the caller has looked
    to = due.recipient
    return ContactFacts(
        kind=due.kind,
        timezone=to.timezone,
        linked=to.chat_id is not None,
        stopped=to.stopped,
        unreachable=to.unreachable,
        lost=to.lost,
        expires_at=due.expires_at,
        sent=sent,
        greetings=greetings.instants(to.birthday, to.timezone, rules, now=now),
        muted=to.preferences.muted,
        quiet=to.preferences.quiet,
        unsettled_until=now + contact.UNSETTLED_FOR if to.unsettled else None,
    )


def _staff_chat_is_free(tx: Tx, due: DueMessage, *, rules: Rules, now: datetime) -> bool:
    """A group takes 20 messages a minute and a person one a second, however urgent they are."""
    if due.expires_at <= now:
        storage.outbox.drop(tx, due.outbox_id, rule="expired", held_by=None, now=now)
        return False
    name = f"chat:{due.chat_id}"
    speed = storage.rates.load(tx, name, now=now)
    if speed.paused_until is not None and speed.paused_until > now:
        storage.outbox.postpone(tx, due.outbox_id, until=speed.paused_until)
        return False
    # Less the burst, so that no minute holds more than the limit.
    a_minute = max(1, rules.delivery.group_per_minute - CHAT_BURST)
    per_second = a_minute / 60 if (due.chat_id or 0) < 0 else 1.0
    grant = take(speed.arrival_at, 1, per_second=per_second, burst=CHAT_BURST, now=now)
    if grant.count:
        storage.rates.save(tx, name, arrival_at=grant.arrival_at)
    else:
        storage.outbox.postpone(tx, due.outbox_id, until=now + backoff(1))
    return bool(grant.count)


def _delivery(tx: Tx, due: DueMessage, owner: str, *, now: datetime) -> Delivery:
    to = due.recipient
    edits = storage.outbox.load_message_id(tx, int(str(due.facts["edits"]))) if "edits" in due.facts else None
    if "edits" in due.facts and edits is None:
        raise ValueError("what is to be edited never arrived")
    facts = dict(due.facts) | ({"name": to.name, "salutation": to.salutation} if to else {"template": due.template})
    if due.kind in (Kind.CARD, Kind.CARD_EDIT) or due.template == storage.cases.CARD:
        facts |= _card_facts(tx, due.case_id, now=now)
    if due.thread is not None:  # when the first card is queued, its topic is still to be made
        facts["topic"] = due.thread.thread_id is not None
    chat_id = due.chat_id if to is None else to.chat_id
    language = due.language if to is None else to.language
    assert chat_id is not None, "a message without a chat is dropped by the policy"  # noqa: S101
    assert language is not None, "a message to staff names its language"  # noqa: S101
    return Delivery(
        outbox_id=due.outbox_id,
        owner=owner,
        attempt=due.attempt + 1,
        kind=due.kind,
        chat_id=chat_id,
        customer_id=to.customer_id if to else None,
        message=COMPOSERS[due.kind](facts, outbox_id=due.outbox_id, language=language),
        edit_message_id=due.edit_message_id or edits,
        run_id=due.run_id,
        possible_duplicate=due.possible_duplicate,
        case_id=due.case_id,
        act=act_of(due.facts, edits=bool(due.edit_message_id or edits)),
        copied=copied_place(due.facts),
        **_thread(due, chat_id),
    )


def _card_facts(tx: Tx, case_id: int | None, *, now: datetime) -> dict[str, object]:
    """A card says how the case stands when it leaves, not when it was queued."""
    found = storage.cases.look(tx, case_id) if case_id is not None else None
    return storage.case_threads.card_facts(tx, found, now=now) if found is not None else {}


def _thread(due: DueMessage, chat_id: int) -> dict[str, int | None]:
    """A case's messages go into its topic, or answer its card; in any other chat they stand alone.

    Whoever asked to see a case reads it where they asked, in answer to the message that they tapped if it says so.
    """
    thread = due.thread
    if "shown_in" in due.facts:
        tapped = int(str(due.facts.get("in_answer_to", 0)))
        return {"thread_id": int(str(due.facts["shown_in"])) or None, "reply_to": tapped or None}
    if thread is None or thread.chat_id != chat_id or due.recipient is not None:
        return {}
    is_answer = thread.thread_id is None and due.kind is Kind.CASE
    return {"thread_id": thread.thread_id, "reply_to": thread.card_message_id if is_answer else None}


def record(tx: Tx, *, now: datetime, rules: Rules, delivery: Delivery, outcome: Outcome) -> None:
    """Keep what came of one attempt, unless somebody else has moved the row on since."""
    _settle(tx, delivery, outcome, rules=rules, now=now)


def _recover(tx: Tx, *, rules: Rules, now: datetime) -> int:
    """Nobody knows what came of the attempts of a sender that died. Returns how many there were."""
    dead = storage.outbox.list_dead(tx, now=now, limit=RECOVER)
    for attempt in dead:
        _settle(tx, attempt, Outcome(proof=Proof.UNKNOWN, error="the sender died"), rules=rules, now=now)
    return len(dead)


def _settle(tx: Tx, attempt: Attempt, outcome: Outcome, *, rules: Rules, now: datetime) -> None:
    step = decide(
        attempt.kind,
        outcome,
        attempt=attempt.attempt,
        most=rules.delivery.attempts,
        already_resent=attempt.possible_duplicate,
    )
    if _finish(tx, attempt, outcome, step, now=now):
        _follow(tx, attempt, outcome, step, rules=rules, now=now)


def _finish(tx: Tx, attempt: Attempt, outcome: Outcome, step: Step, *, now: datetime) -> bool:
    match step:
        case Step.DONE:
            return storage.outbox.finish(tx, attempt, "sent", message_id=outcome.message_id)
        case Step.LEAVE_UNKNOWN:
            return storage.outbox.finish(tx, attempt, "unknown", error=outcome.error)
        case Step.FAIL:
            return storage.outbox.finish(tx, attempt, "failed", error=outcome.error)
        case Step.RETRY | Step.RESEND_FLAGGED:
            due_at = now + (outcome.retry_after or backoff(attempt.attempt))
            doubtful = step is Step.RESEND_FLAGGED
            return storage.outbox.finish(
                tx, attempt, "pending", error=outcome.error, due_at=due_at, possible_duplicate=doubtful
            )


def _follow(tx: Tx, attempt: Attempt, outcome: Outcome, step: Step, *, rules: Rules, now: datetime) -> None:
    """What an attempt means beyond its own row."""
    if outcome.retry_after is not None:
        to_group = attempt.chat_id is not None and attempt.chat_id < 0
        name = f"chat:{attempt.chat_id}" if to_group else BULK
        storage.rates.pause(tx, name, until=now + outcome.retry_after, now=now)
    if outcome.new_chat_id is not None and attempt.chat_id is not None:
        storage.outbox.move_chat(tx, old=attempt.chat_id, new=outcome.new_chat_id)
        storage.cases.move_chat(tx, old=attempt.chat_id, new=outcome.new_chat_id)
    if attempt.case_id is not None:
        _follow_case(tx, attempt, attempt.case_id, outcome, step, rules=rules, now=now)
    if outcome.proof is Proof.UNREACHABLE and attempt.customer_id is not None:
        storage.reachability.lose(tx, attempt.customer_id, rules=rules, now=now)
    if attempt.kind in INVITATIONS and attempt.run_id is not None:
        _follow_invitation(tx, attempt.run_id, step, rules=rules, now=now)


def _follow_case(
    tx: Tx, attempt: Attempt, case_id: int, outcome: Outcome, step: Step, *, rules: Rules, now: datetime
) -> None:
    if step is Step.DONE and attempt.kind is Kind.TOPIC:
        storage.cases.change(tx, case_id, thread_id=outcome.message_id)
    if step is Step.DONE and attempt.kind is Kind.CARD:
        storage.cases.change(tx, case_id, card_message_id=outcome.message_id)
    if step is Step.FAIL and attempt.kind is Kind.REPLY:
        _tell_undelivered(tx, attempt.outbox_id, case_id, rules=rules, now=now)
    if step in (Step.DONE, Step.FAIL) and attempt.kind is Kind.UNSEND:
        facts = {"gone": step is Step.DONE}
        _tell_staff(tx, f"unsend:{attempt.outbox_id}", case_id, "cases/unsent", facts, rules=rules, now=now)


def _tell_undelivered(tx: Tx, outbox_id: int, case_id: int | None, *, rules: Rules, now: datetime) -> None:
    """Who wrote to a customer must hear that it did not arrive."""
    _tell_staff(tx, f"undelivered:{outbox_id}", case_id, "cases/not_delivered", {}, rules=rules, now=now)


def _tell_staff(
    tx: Tx, key: str, case_id: int | None, template: str, facts: Mapping[str, object], *, rules: Rules, now: datetime
) -> None:
    found = storage.cases.look(tx, case_id) if case_id is not None else None
    if found is not None:
        told = {**case_messages.case_facts(found), **facts}
        storage.case_threads.tell(tx, found, key, template, told, rules=rules, now=now)


def _follow_invitation(tx: Tx, run_id: int, step: Step, *, rules: Rules, now: datetime) -> None:
    if step in (Step.DONE, Step.LEAVE_UNKNOWN):
        storage.surveys.mark_sent(
            tx,
            run_id,
            remind_at=now + rules.surveys.reminder_after,
            closes_at=now + rules.surveys.closes_after,
            now=now,
        )
    elif step is Step.FAIL:
        storage.surveys.close_run(tx, run_id, now=now)


def pause(tx: Tx, *, now: datetime, retry_after: timedelta) -> None:
    """The messenger asked a reply to wait: every replica's campaign waits too."""
    storage.rates.pause(tx, BULK, until=now + retry_after, now=now)
