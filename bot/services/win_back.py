"""Losing customers and talking to those who left."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

import storage.case_threads
import storage.customers
import storage.losses
import storage.outbox
import storage.planning
import storage.silences
import storage.win_back
from bot.domain import win_back
from bot.domain.cases import Source
from bot.domain.messages import Language, Message, Reply
from bot.domain.planning import CHUNK, outgoing
from bot.domain.rules import Rules
from bot.domain.silences import restate
from bot.domain.survey_requests import forecast
from bot.domain.taps import LeavingReason, OfferAnswer
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.win_back import End, MakeOffer, OfferChoice, Status, TapMeaning, Wait, WinBack
from storage.database import Tx
from storage.due import Due, Window

SETTLED = timedelta(minutes=10)
"""An import draws the losses itself at its end; so long after its last row it was interrupted."""
IMPORTED = 1000


def mark_lost(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, reason: str, language: Language) -> Message:
    """Mark a customer as lost: care stops, win-back starts. A second time changes nothing and says since when."""
    customer = storage.customers.load(tx, customer_id)
    if customer is None:
        return Message("win_back/unknown", language)
    new = storage.losses.mark_lost(tx, customer_id, lost_at=now, source="staff", reason=reason, now=now)
    kind = Kind.OFFER if reason else Kind.WIN_BACK
    writes_at = now + rules.win_back.ask_after + (rules.win_back.offer_after_reason if reason else timedelta())
    contact = storage.planning.load_contacts(tx, [customer_id], rules=rules, now=now)[customer_id]
    first = contact.facts(kind, expires_at=writes_at + POLICIES[kind].lifetime)
    found = forecast(first, rules.contact, now=writes_at)
    held_out = found.goes and win_back.draw(customer_id, rules.win_back.holdout).held_out
    chosen, words = storage.losses.load_told(tx, customer_id)
    facts = {
        "customer": customer.name,
        "new": new,
        "reason": chosen,
        "words": words,
        "since": storage.losses.lost_since(tx, customer_id),
        "told": bool(reason),
        "will_write": rules.win_back.enabled and found.goes and not held_out,
        "writes_at": found.until or writes_at,
        "rule": ("held_out" if held_out else found.rule) if rules.win_back.enabled else "win_back_off",
    }
    return Message("win_back/marked", language, facts)


def record_reason(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: LeavingReason
) -> Reply:
    """The customer says why they left; the answer may be changed until the win-back is over."""
    found = storage.win_back.load(tx, tap.win_back_id)
    meaning = win_back.classify_reason(found, tap.reason, rules.win_back, chat_id=chat_id)
    if found is None or meaning in (TapMeaning.FOREIGN, TapMeaning.INVALID):
        return Reply(send=(Message("customers/stale_button", language),))
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=found.customer_id, now=now)
    if meaning is TapMeaning.LATE:
        return Reply(edit=Message("win_back/late", found.language, {"salutation": found.salutation}))
    if meaning is TapMeaning.GIVEN:
        _keep_reason(tx, found, tap.reason, rules=rules, now=now)
    return Reply(edit=win_back.reason_kept(found, tap.reason))


def _keep_reason(tx: Tx, found: WinBack, reason: str, *, rules: Rules, now: datetime) -> None:
    values: dict[str, object] = {"reason": reason, "reason_at": now}
    if found.status is Status.ASKING:
        values |= {"status": Status.REASON, "next_at": now + rules.win_back.offer_after_reason}
    storage.win_back.change(tx, found.win_back_id, **values)


def answer_offer(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: OfferAnswer
) -> Reply:
    """The customer declines the offer, or wants to talk, which staff are told at once. Either ends the win-back."""
    found = storage.win_back.load(tx, tap.win_back_id)
    meaning = win_back.classify_answer(found, tap.choice, chat_id=chat_id)
    if found is None or meaning in (TapMeaning.FOREIGN, TapMeaning.INVALID):
        return Reply(send=(Message("customers/stale_button", language),))
    storage.outbox.confirm(tx, tap.outbox_id, message_id, customer_id=found.customer_id, now=now)
    if meaning is TapMeaning.LATE and found.answer is None:
        return Reply(edit=Message("win_back/late", found.language, {"salutation": found.salutation}))
    choice = found.answer if meaning is TapMeaning.LATE and found.answer else OfferChoice(tap.choice)
    if meaning is TapMeaning.GIVEN:
        _keep_answer(tx, found, choice, message_id=message_id, rules=rules, now=now)
    return Reply(edit=win_back.offer_answered(found, choice, tap.outbox_id))


def _keep_answer(tx: Tx, found: WinBack, choice: OfferChoice, *, message_id: int, rules: Rules, now: datetime) -> None:
    storage.win_back.change(tx, found.win_back_id, answer=choice, answered_at=now, status=Status.ENDED, next_at=None)
    if choice is OfferChoice.DECLINE:
        return
    storage.case_threads.signal_interaction(
        tx,
        customer_id=found.customer_id,
        kind="request",
        body=found.reason or "",
        chat_id=found.chat_id,
        message_id=message_id,
        source=Source.REQUEST,
        template="win_back/wants_to_talk",
        facts={"customer": found.customer_name, "reason": found.reason or ""},
        rules=rules,
        now=now,
    )


def plan_returns(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Who was lost and bought again is back: the loss is closed and win-back stops."""
    returned = storage.losses.list_returned(tx, limit=CHUNK)
    for customer_id, bought_at in returned:
        storage.losses.recover(tx, customer_id, recovered_at=bought_at)
    return len(returned)


def plan_past_losses(tx: Tx, *, now: datetime, rules: Rules, settled: timedelta = SETTLED) -> int:
    """Draw the losses of the past from purchases that came in `settled` ago, when no more of them are coming.

    Books come late and all at once: who seemed silent may have bought, and silences of years ago become known. What
    is over is only counted; nobody is written to because of it.
    """
    marked = storage.silences.list_marked(tx, before=now - settled, limit=IMPORTED)
    if marked and rules.win_back.silent_after is not None:
        _restate_losses(tx, marked, silent_after=rules.win_back.silent_after, now=now)
    storage.silences.unmark(tx, marked)
    return len(marked)


def _restate_losses(tx: Tx, customer_ids: Collection[int], *, silent_after: timedelta, now: datetime) -> None:
    for customer_id, loss_id in storage.losses.list_never_silent(tx, customer_ids, silent_after=silent_after):
        storage.losses.withdraw(tx, customer_id, loss_id, now=now)
    silences = storage.silences.list_silences(tx, customer_ids, silent_after=silent_after)
    known = storage.silences.list_known(tx, customer_ids)
    both = silences.keys() | known.keys()
    storage.silences.save(tx, {each: restate(silences.get(each, ()), known.get(each, ())) for each in both})


def plan_silence(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Who bought once and then nothing for so long is lost since the instant at which that came true."""
    silent_after = rules.win_back.silent_after
    if silent_after is None:
        return 0
    silent = storage.losses.list_silent(tx, Window(limit=CHUNK, before=now).earlier(silent_after))
    for due in silent:
        storage.losses.mark_lost(
            tx, due.customer_id, lost_at=due.at + silent_after, source=storage.losses.SILENCE, now=now
        )
    return len(silent)


def plan_win_back(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Ask those who left why, so long after the loss, or after they linked their chat if that was later.

    Who is held out by lot is not asked, and not asked about again. Who told staff is not asked either: the offer is
    what they get next.
    """
    if not rules.win_back.enabled:
        return 0
    losses = storage.win_back.list_new(tx, Window(limit=CHUNK, before=now).earlier(rules.win_back.ask_after))
    for due in losses:
        source, reason = storage.losses.load_cause(tx, due.row_id)
        told_at = due.at + rules.win_back.ask_after if reason else None
        lot = win_back.draw(due.customer_id, rules.win_back.holdout)
        started = storage.win_back.start(
            tx,
            customer_id=due.customer_id,
            loss_id=due.row_id,
            lot=lot,
            next_at=win_back.first_step(rules.win_back, now=now, told_at=told_at),
            now=now,
            told_at=told_at,
        )
        if started is not None and not lot.held_out and not reason:
            silent = source == storage.losses.SILENCE
            facts = win_back.question_facts(started, rules.win_back.reasons, silent=silent)
            _queue(tx, due, Kind.WIN_BACK, win_back.question_key(due.row_id), facts, now=now)
    return len(losses)


def plan_offers(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Make the one offer, or look again later, or end what was never asked."""
    steps = storage.win_back.list_steps(tx, Window(limit=CHUNK, before=now)) if rules.win_back.enabled else []
    for due in steps:
        match win_back.decide(storage.win_back.load_offer_facts(tx, due.row_id), rules.win_back, now=now):
            case MakeOffer():
                _make_offer(tx, due, rules=rules, now=now)
            case Wait(until):
                storage.win_back.change(tx, due.row_id, next_at=until)
            case End():
                storage.win_back.change(tx, due.row_id, next_at=None, status=Status.ENDED)
    return len(steps)


def _make_offer(tx: Tx, due: Due, *, rules: Rules, now: datetime) -> None:
    found = storage.win_back.load(tx, due.row_id)
    if found is None:
        return
    facts = win_back.offer_facts(found, rules.win_back)
    _queue(tx, due, Kind.OFFER, win_back.offer_key(due.row_id), facts, now=now)
    storage.win_back.change(tx, due.row_id, next_at=None, status=Status.OFFERED)


def _queue(tx: Tx, due: Due, kind: Kind, key: str, facts: Mapping[str, object], *, now: datetime) -> None:
    storage.outbox.add(tx, outgoing(kind, key, customer_id=due.customer_id, due_at=now, facts=facts), now=now)
