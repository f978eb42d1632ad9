"""Cases: opening, claiming, resting, resolving, and the talk with the customer in between."""

from datetime import datetime

import storage.audit
import storage.case_threads
import storage.cases
import storage.customers
import storage.health
import storage.health_scoring
import storage.interactions
import storage.notices
import storage.outbox
import storage.webhooks
from bot.domain import case_messages, cases
from bot.domain.cases import WORDS, Alarm, Case, CaseOutcome, Reason, Signal, Snooze, Source
from bot.domain.delivery import Place, at_once
from bot.domain.local_time import local_date
from bot.domain.messages import Language, Message, Reply
from bot.domain.planning import CHUNK
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.taps import ResolveCase, SnoozeCase
from bot.domain.touchpoints import Kind
from bot.domain.webhooks import Event, case_data
from storage.database import Tx
from storage.due import Window
from storage.health_scoring import Occasion


def open_by_staff(
    tx: Tx, *, now: datetime, rules: Rules, by: Staff, chat_id: int, message_id: int, customer_id: int, words: str
) -> Message:
    """`/case CUSTOMER: text`: open a case, or add to the open one."""
    customer = storage.customers.load(tx, customer_id)
    if customer is None or not words:
        return Message("portfolio/usage", by.language, {"command": "case"})
    signal = Signal(
        key=f"staff:{chat_id}:{message_id}",
        customer_id=customer_id,
        source=Source.STAFF,
        template="cases/noted",
        facts={"customer": customer.name, "by": by.name, "text": words[:WORDS]},
        words=words[:WORDS],
        opened_by=by.user_id,
    )
    before = storage.cases.load_latest(tx, customer_id)
    opened = storage.case_threads.signal(tx, signal, rules=rules, now=now)
    assert opened is not None  # noqa: S101  it was opened or joined in this very transaction
    joined = before is not None and before.case_id == opened.case_id
    return Message("cases/opened", by.language, {**case_messages.case_facts(opened), "joined": joined})


def list_cases(tx: Tx, *, now: datetime, language: Language) -> Message:
    """`/cases`: what is open, the most urgent first."""
    found = storage.cases.list_open(tx, limit=case_messages.LISTED)
    return case_messages.case_list(found, storage.cases.count_open(tx), language, now=now)


def show_case(
    tx: Tx,
    *,
    now: datetime,
    by: Staff,
    chat_id: int,
    thread_id: int | None,
    message_id: int,
    case_id: int,
) -> Reply:
    """The card: the one that was tapped is renewed; from a list it is put into the chat that asked."""
    found = storage.cases.look(tx, case_id)
    if found is None:
        return case_messages.gone(by.language)
    tapped = storage.cases.load_by_message(tx, chat_id=chat_id, message_id=message_id)
    if tapped is not None:
        storage.cases.turn_into_card(tx, chat_id=chat_id, message_id=message_id)
        return Reply(edit=_card(tx, found, by.language, now=now))
    key = f"case:{case_id}:shown:{chat_id}:{message_id}:{now.isoformat()}"
    facts = {**storage.case_threads.card_facts(tx, found, now=now), "shown_in": thread_id or 0}
    outgoing = at_once(
        Kind.CASE,
        key,
        now=now,
        chat_id=chat_id,
        language=by.language,
        template=storage.cases.CARD,
        facts=facts,
        case_id=case_id,
        about_id=found.customer_id,
    )
    storage.outbox.add(tx, outgoing, now=now)
    return Reply()


def claim_case(tx: Tx, *, now: datetime, rules: Rules, by: Staff, case_id: int, tapped: Place | None = None) -> Reply:
    """Take a case on. The first wins, and the second is told who was first."""
    found = storage.cases.load(tx, case_id)
    if found is None:
        return case_messages.gone(by.language)
    taken = cases.claim(found, by.user_id, now=now)
    if taken is not None:
        storage.case_threads.keep(tx, found, taken, tapped=tapped, rules=rules, now=now)
    seen = storage.cases.look(tx, case_id) or found
    told = taken is None and found.is_open and found.claimed_by != by.user_id
    late = Message("cases/claimed_before", by.language, {**case_messages.case_facts(seen), "by": by.name})
    return Reply(edit=_card(tx, seen, by.language, now=now), send=(late,) if told else ())


def snooze_case(
    tx: Tx, *, now: datetime, rules: Rules, by: Staff, tap: SnoozeCase, tapped: Place | None = None
) -> Reply:
    """Let a case rest; without a choice yet, ask for how long."""
    found = storage.cases.load(tx, tap.case_id)
    if found is None:
        return case_messages.gone(by.language)
    if tap.choice not in set(Snooze):
        facts = storage.case_threads.card_facts(tx, found, now=now)
        return Reply(edit=case_messages.snooze_choice(facts, by.language) if found.is_open else None)
    rested = cases.snooze(found, Snooze(tap.choice), rules, now=now)
    if rested is not None:
        storage.case_threads.keep(tx, found, rested, tapped=tapped, rules=rules, now=now)
    return Reply(edit=_card(tx, rested or found, by.language, now=now))


def resolve_case(
    tx: Tx, *, now: datetime, rules: Rules, by: Staff, tap: ResolveCase, tapped: Place | None = None
) -> Reply:
    """Resolve a case: what it was about, then how it ended, then it is over.

    Who has told the customer nothing is asked first whether they mean that.
    """
    found = storage.cases.load(tx, tap.case_id)
    if found is None:
        return case_messages.gone(by.language)
    if found.is_open and tap.reason not in set(Reason):
        facts = storage.case_threads.card_facts(tx, found, now=now)
        doubtful = found.first_answer_at is None and tap.reason != case_messages.UNANSWERED
        ask = case_messages.unanswered_choice if doubtful else case_messages.reason_choice
        return Reply(edit=ask(facts, by.language))
    if found.is_open and tap.outcome not in set(CaseOutcome):
        facts = storage.case_threads.card_facts(tx, found, now=now)
        return Reply(edit=case_messages.outcome_choice(facts, Reason(tap.reason), by.language))
    if found.is_open:
        _resolve(tx, found, tap, by=by, tapped=tapped, rules=rules, now=now)
    seen = storage.cases.look(tx, tap.case_id) or found
    return Reply(edit=_card(tx, seen, by.language, now=now))


def _resolve(
    tx: Tx, found: Case, tap: ResolveCase, *, by: Staff, tapped: Place | None, rules: Rules, now: datetime
) -> None:
    over = cases.resolve(found, Reason(tap.reason), CaseOutcome(tap.outcome), now=now)
    assert over is not None  # noqa: S101  the caller has looked, and the row is locked
    storage.case_threads.keep(tx, found, over, resolved_by=by.user_id, tapped=tapped, rules=rules, now=now)
    data, key = case_data(over), f"{over.case_id}:{over.reopened}"
    storage.webhooks.emit(tx, Event.CASE_RESOLVED, over.customer_id, data, key=key, rules=rules, now=now)
    storage.interactions.close_case(tx, found.case_id, staff_id=by.user_id, now=now)
    storage.case_threads.set_topic(tx, over, is_open=False, rules=rules, now=now)
    _score_anew(tx, found.customer_id, rules=rules, now=now)


def _score_anew(tx: Tx, customer_id: int, *, rules: Rules, now: datetime) -> None:
    """Whoever was red because of the case is so no longer; who was never scored waits for their day's turn."""
    if rules.health.enabled and storage.health.load_standings(tx, [customer_id]):
        today = Occasion(day=local_date(now, rules.timezone), at=now, alerts=False)
        storage.health_scoring.score(tx, [customer_id], today, rules)


def plan_alarms(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Wake cases that rested long enough, and tell managers of those whose deadline has passed."""
    due = storage.cases.list_alarms(tx, Window(limit=CHUNK, before=now))
    for one in due:
        found = storage.cases.load(tx, one.row_id)
        rung = cases.ring(found, now=now) if found is not None else None
        if found is not None and rung is not None:
            alarm, after = rung
            storage.case_threads.keep(tx, found, after, rules=rules, now=now)
            _tell_alarm(tx, after, alarm, rules=rules, now=now)
    return len(due)


def _tell_alarm(tx: Tx, one: Case, alarm: Alarm, *, rules: Rules, now: datetime) -> None:
    key = f"{alarm}:{one.reopened}:{now.isoformat()}"
    facts = {**case_messages.case_facts(one), "alarm": alarm}
    storage.case_threads.tell(tx, one, key, "cases/alarm", facts, rules=rules, now=now)
    if alarm is Alarm.WAKE:
        return
    supervisors = {user_id for user_id, _ in storage.cases.list_supervisors(tx)} | rules.admin_ids
    for user_id in sorted(supervisors - {one.chat_id}):
        outgoing = at_once(
            Kind.CASE,
            f"case:{one.case_id}:{key}:{user_id}",
            now=now,
            chat_id=user_id,
            language=storage.notices.language_of(tx, user_id, rules),
            template="cases/alarm",
            facts=facts,
            case_id=one.case_id,
            about_id=one.customer_id,
        )
        storage.outbox.add(tx, outgoing, now=now)


def _card(tx: Tx, one: Case, language: Language, *, now: datetime) -> Message:
    facts = storage.case_threads.card_facts(tx, one, now=now)
    return case_messages.card(facts, outbox_id=0, language=language)
