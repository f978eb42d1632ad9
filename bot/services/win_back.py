"""Losing customers and talking to those who left."""

from datetime import datetime

import storage.customers
import storage.interactions
import storage.losses
import storage.notices
import storage.outbox
import storage.win_back
from bot.domain import win_back
from bot.domain.messages import Language, Message, Reply
from bot.domain.rules import Rules
from bot.domain.taps import LeavingReason, OfferAnswer
from bot.domain.win_back import OfferChoice, Status, TapMeaning, WinBack
from storage.database import Tx


def mark_lost(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, reason: str, language: Language) -> Message:
    """Mark a customer as lost: care stops, win-back starts. A second time changes nothing and says since when."""
    customer = storage.customers.load(tx, customer_id)
    if customer is None:
        return Message("win_back/unknown", language)
    new = storage.losses.mark_lost(tx, customer_id, lost_at=now, source="staff", reason=reason, now=now)
    facts = {
        "customer": customer.name,
        "new": new,
        "since": storage.losses.lost_since(tx, customer_id),
        "will_ask": rules.win_back.enabled and customer.chat_id is not None and not customer.stopped,
        "asks_at": now + rules.win_back.ask_after,
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
        return Reply(edit=Message("win_back/late", found.language))
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
        return Reply(edit=Message("win_back/late", found.language))
    choice = found.answer if meaning is TapMeaning.LATE and found.answer else OfferChoice(tap.choice)
    if meaning is TapMeaning.GIVEN:
        _keep_answer(tx, found, choice, message_id=message_id, rules=rules, now=now)
    return Reply(edit=win_back.offer_answered(found, choice, tap.outbox_id))


def _keep_answer(tx: Tx, found: WinBack, choice: OfferChoice, *, message_id: int, rules: Rules, now: datetime) -> None:
    storage.win_back.change(tx, found.win_back_id, answer=choice, answered_at=now, status=Status.ENDED, next_at=None)
    if choice is OfferChoice.DECLINE:
        return
    interaction_id = storage.interactions.add(
        tx,
        customer_id=found.customer_id,
        kind="request",
        body=found.reason or "",
        now=now,
        chat_id=found.chat_id,
        message_id=message_id,
    )
    if interaction_id is None:
        return
    storage.notices.notify(
        tx,
        key=f"interaction:{interaction_id}",
        template="win_back/wants_to_talk",
        facts={"customer": found.customer_name, "reason": found.reason or "", "interaction_id": interaction_id},
        customer_id=found.customer_id,
        rules=rules,
        now=now,
    )
