"""The customer's own doings: arriving, leaving, choosing a language, sharing a number."""

from collections.abc import Iterable
from datetime import datetime

import storage.consent
import storage.customers
import storage.links
import storage.outbox
import storage.reachability
import storage.staff
from bot.domain.cells import UnreadableError, read_phone
from bot.domain.command_names import nearest_command
from bot.domain.customers import Customer
from bot.domain.messages import Button, Language, Message, Reply
from bot.domain.names import cut
from bot.domain.privacy import Act
from bot.domain.rules import Rules
from bot.domain.taps import ChooseLanguage
from storage.database import Tx

COMMAND = 33
"""So long is the longest command that Telegram knows, its slash included."""


def greet(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, name: str, language: Language) -> Reply:
    """`/start` without a link: greet who is known, sign up who is new (where that is allowed), ask for the number."""
    known = storage.customers.load_by_chat(tx, chat_id)
    storage.customers.set_reachable(tx, chat_id)
    if known is not None:
        return Reply(send=(_to(known, "customers/welcome_back", stopped=known.stopped),))
    if (staff := storage.staff.identify(tx, chat_id, rules)) is not None:
        return Reply(send=(Message("staff/help", staff.language),))
    if rules.sign_up.open:
        customer_id = storage.customers.sign_up(
            tx,
            name=name,
            chat_id=chat_id,
            language=language,
            timezone=rules.timezone,
            next_nps_at=now + rules.surveys.nps_first_after,
            now=now,
        )
        storage.consent.add(tx, customer_id, Act.SIGN_UP, now=now)
    facts = {"name": name, "salutation": "", "open": rules.sign_up.open}
    return Reply(send=(Message("customers/welcome", language, facts, ask_contact=True),))


def share_contact(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    chat_id: int,
    user_id: int,
    contact_user_id: int | None,
    phone: str,
    language: Language,
) -> Reply:
    """Tie the chat to the record with this number, if the contact is the person's own."""
    me = storage.customers.load_by_chat(tx, chat_id)
    speaks, said = me.language if me else language, {"salutation": me.salutation if me else ""}
    number = _e164(phone, rules.phone_region)
    if contact_user_id != user_id or number is None:
        return Reply(send=(Message("customers/contact_refused", speaks, said, ask_contact=True),))
    owner = storage.customers.load_by_phone(tx, number)
    if owner is None:
        return _keep_number(tx, me, number, speaks, now=now)
    if owner.chat_id == chat_id:
        return Reply(send=(_to(owner, "customers/linked", again=True),))
    if owner.chat_id is not None or (me and not storage.customers.is_self_made(tx, me.customer_id)):
        return Reply(send=(Message("customers/link_refused", speaks, {**said, "outcome": "customer_taken"}),))
    storage.links.tie_chat(
        tx,
        customer_id=owner.customer_id,
        chat_id=chat_id,
        nps_first_after=rules.surveys.nps_first_after,
        nps_not_before=now + rules.contact.floor,
        now=now,
    )
    storage.consent.add(tx, owner.customer_id, Act.LINK, now=now)
    return Reply(send=(_to(owner, "customers/linked", again=False),))


def _keep_number(tx: Tx, me: Customer | None, number: str, language: Language, *, now: datetime) -> Reply:
    if me is None:
        return Reply(send=(Message("customers/number_unknown", language),))
    storage.customers.keep_phone(tx, me.customer_id, number)
    storage.consent.add(tx, me.customer_id, Act.NUMBER, now=now)
    return Reply(send=(_to(me, "customers/number_kept"),))


def choose_language(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: ChooseLanguage
) -> Reply:
    """Speak this language to the customer from now on."""
    chosen = Language(tap.language) if tap.language in set(Language) else language
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is not None:
        storage.customers.change(tx, me.customer_id, language=chosen)
    works_here = storage.staff.choose_language(tx, chat_id, chosen)
    facts = {"kept": works_here or me is not None, "staff": works_here}
    return Reply(edit=Message("customers/language_chosen", chosen, facts))


def ask_language(tx: Tx, *, now: datetime, chat_id: int, language: Language) -> Reply:
    """`/language`: the choice, each language in its own name."""
    buttons = tuple(Button(str(choice), ChooseLanguage(str(choice))) for choice in Language)
    staff = storage.staff.load(tx, chat_id)
    speaks = _language(tx, chat_id, language) if staff is None else staff.language
    return Reply(send=(Message("customers/language", speaks, {"staff": staff is not None}, (buttons,)),))


def stop(tx: Tx, *, now: datetime, chat_id: int, language: Language) -> Reply:
    """`/stop`: nothing more is sent from here on, and what was due is cancelled."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None:
        return Reply(send=(Message("customers/stopped", language),))
    storage.customers.change(tx, me.customer_id, stopped_at=now, feedback_until=None)
    storage.outbox.cancel_pending(tx, me.customer_id, reason="stopped")
    storage.consent.add(tx, me.customer_id, Act.STOP, now=now)
    return Reply(send=(_to(me, "customers/stopped"),))


def resume(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language) -> Reply:
    """`/resume`: the customer wants to hear from the business again."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None:
        return Reply(send=(storage.staff.answer_to_unknown(tx, chat_id, language, rules),))
    storage.customers.change(tx, me.customer_id, stopped_at=None, unreachable_at=None)
    storage.consent.add(tx, me.customer_id, Act.RESUME, now=now)
    return Reply(send=(_to(me, "customers/resumed"),))


def show_help(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language) -> Reply:
    """`/help`: who works here is shown the commands of staff, everybody else those of customers."""
    staff = storage.staff.identify(tx, chat_id, rules)
    if staff is not None:
        return Reply(send=(Message("staff/help", staff.language),))
    me = storage.customers.load_by_chat(tx, chat_id)
    return Reply(send=(Message("customers/help", language) if me is None else _to(me, "customers/help"),))


def explain_unknown(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    chat_id: int,
    language: Language,
    command: str,
    of_staff: Iterable[str],
    of_customers: Iterable[str],
) -> Reply:
    """A command that there is not: say so, and which of this person's commands is the most like it."""
    staff = storage.staff.identify(tx, chat_id, rules)
    facts = {
        "command": cut(command, COMMAND),
        "nearest": nearest_command(command, of_customers if staff is None else of_staff),
    }
    speaks = _language(tx, chat_id, language) if staff is None else staff.language
    return Reply(send=(Message("customers/unknown_command", speaks, facts),))


def note_blocked(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, blocked: bool) -> None:
    """The person blocked the bot, or unblocked it: stop everything and tell staff, or begin again."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is not None and blocked:
        storage.reachability.lose(tx, me.customer_id, rules=rules, now=now)
    elif not blocked:
        storage.customers.set_reachable(tx, chat_id)


def _language(tx: Tx, chat_id: int, default: Language) -> Language:
    me = storage.customers.load_by_chat(tx, chat_id)
    return me.language if me else default


def _to(customer: Customer, template: str, **facts: object) -> Message:
    return Message(template, customer.language, {"name": customer.name, "salutation": customer.salutation, **facts})


def _e164(phone: str, region: str) -> str | None:
    """A number as Telegram gives it (international, the plus sign optional), or None when it is none."""
    try:
        return read_phone(phone if phone.startswith(("+", "0")) else f"+{phone}", region=region)
    except UnreadableError:
        return None
