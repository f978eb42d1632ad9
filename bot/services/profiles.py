"""One customer, as staff look at them and note what they learn."""

from collections.abc import Sequence
from datetime import datetime

import storage.cases
import storage.customers
import storage.health
import storage.interactions
import storage.plans
import storage.preferences
import storage.profiles
from bot.domain import plans, profiles
from bot.domain.messages import Button, Language, Message
from bot.domain.names import cut
from bot.domain.planning import UpcomingTouchpoint
from bot.domain.profiles import Profile
from bot.domain.roles import Role
from bot.domain.rules import Rules
from bot.domain.taps import PickCustomer
from storage.database import Tx


def show_profile(tx: Tx, *, now: datetime, rules: Rules, customer_id: int, role: Role, language: Language) -> Message:
    """Everything that one look at a customer should tell."""
    record = storage.profiles.load_record(tx, customer_id)
    if record is None:
        return _gone("customer", language)
    plan = storage.plans.load_latest(tx, customer_id)
    profile = Profile(
        record=record,
        value=storage.profiles.load_value(tx, customer_id),
        plan=plan,
        pace=plans.pace_of(plan, rules.success, now=now) if plan else None,
        answers=storage.profiles.list_answers(tx, customer_id, limit=profiles.ANSWERS),
        waiting=storage.profiles.list_waiting(tx, customer_id, limit=profiles.TOUCHPOINTS),
        past=storage.profiles.list_past(tx, customer_id, limit=profiles.TOUCHPOINTS),
        said=storage.profiles.list_said(tx, customer_id, limit=profiles.REMARKS),
        notes=storage.profiles.list_notes(tx, customer_id, limit=profiles.REMARKS),
        standing=storage.health.load_standings(tx, [customer_id]).get(customer_id),
        case=storage.cases.look_open(tx, customer_id),
    )
    buttons = tuple(Button(command, PickCustomer(command, customer_id, "")) for command in ("why", "plan", "health"))
    return Message("portfolio/profile", language, profiles.profile_facts(profile, role, now=now), (buttons,))


def explain(
    tx: Tx,
    *,
    now: datetime,
    customer_id: int,
    upcoming: Sequence[UpcomingTouchpoint],
    days: int,
    language: Language,
) -> Message:
    """What a customer will be sent in the next days and what holds it, and what became of what went before."""
    customer = storage.customers.load(tx, customer_id)
    if customer is None:
        return _gone("why", language)
    facts = profiles.explanation_facts(
        customer.name,
        upcoming,
        storage.profiles.list_past(tx, customer_id, limit=profiles.HISTORY),
        sent_before=storage.profiles.count_past(tx, customer_id),
        days=days,
        stopped_at=storage.preferences.load_stopped_at(tx, customer_id),
        case=storage.cases.look_open(tx, customer_id),
        now=now,
    )
    back = Button("profile", PickCustomer("customer", customer_id, ""))
    return Message("portfolio/why", language, facts, ((back,),))


def take_note(
    tx: Tx,
    *,
    now: datetime,
    customer_id: int,
    staff_id: int,
    chat_id: int,
    message_id: int,
    body: str,
    language: Language,
) -> Message:
    """Keep a note on a customer's profile, once for the message that brought it, and say whose profile it is."""
    if not body:
        return Message("portfolio/usage", language, {"command": "note"})
    if storage.customers.load(tx, customer_id) is None:
        return _gone("note", language)
    storage.interactions.add(
        tx,
        customer_id=customer_id,
        kind="note",
        body=body,
        now=now,
        staff_id=staff_id,
        chat_id=chat_id,
        message_id=message_id,
    )
    noted = storage.profiles.load_noted_customer(tx, chat_id=chat_id, message_id=message_id)
    facts = {"customer": cut(noted, profiles.LINE), "body": cut(body, profiles.QUOTE)}
    return Message("portfolio/note_kept", language, facts)


def _gone(command: str, language: Language) -> Message:
    return Message("portfolio/nobody", language, {"command": command, "query": ""})
