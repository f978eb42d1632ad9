"""`/settings`: what a customer wants to hear of, and when."""

from datetime import datetime

import storage.consent
import storage.customers
import storage.preferences
import storage.staff
from bot.domain import preferences
from bot.domain.customers import Customer
from bot.domain.messages import Language, Message, Reply
from bot.domain.preferences import Hours, Preferences, Topic
from bot.domain.privacy import Act
from bot.domain.rules import Rules
from bot.domain.taps import ChooseHours, SwitchTopic
from storage.database import Tx


def show_settings(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language) -> Reply:
    """The settings as they stand."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None:
        return Reply(send=(storage.staff.answer_to_unknown(tx, chat_id, language, rules),))
    return Reply(send=(_page(tx, me, storage.preferences.load(tx, me.customer_id)),))


def switch_topic(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: SwitchTopic
) -> Reply:
    """Turn a topic on or off. The button says which, so a second tap on it changes nothing."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None or tap.topic not in set(Topic):
        return Reply(send=(Message("customers/stale_button", language),))
    wanted = storage.preferences.load(tx, me.customer_id).switched(Topic(tap.topic), on=bool(tap.on))
    return _keep(tx, me, wanted, f"{tap.topic}:{'on' if tap.on else 'off'}", now=now)


def choose_hours(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: ChooseHours
) -> Reply:
    """Keep the time of day at which the customer wants to be written to."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None or tap.hours not in set(Hours):
        return Reply(send=(Message("customers/stale_button", language),))
    before = storage.preferences.load(tx, me.customer_id)
    return _keep(tx, me, Preferences(off=before.off, hours=Hours(tap.hours)), f"hours:{tap.hours}", now=now)


def _keep(tx: Tx, me: Customer, wanted: Preferences, detail: str, *, now: datetime) -> Reply:
    if wanted != storage.preferences.load(tx, me.customer_id):
        storage.preferences.save(tx, me.customer_id, wanted)
        storage.consent.add(tx, me.customer_id, Act.SETTINGS, detail=detail, now=now)
    return Reply(edit=_page(tx, me, wanted))


def _page(tx: Tx, me: Customer, chosen: Preferences) -> Message:
    stopped_at = storage.preferences.load_stopped_at(tx, me.customer_id)
    return preferences.page(chosen, me.language, me.salutation, stopped_at=stopped_at)
