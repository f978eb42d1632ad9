"""What people may do with what is kept about them: see all of it, or have it erased."""

from datetime import datetime

import storage.case_threads
import storage.consent
import storage.customers
import storage.forgetting
import storage.losses
import storage.notices
import storage.privacy
import storage.staff
from bot.domain import privacy
from bot.domain.messages import Language, Message, Reply
from bot.domain.privacy import Act, Document, Identity
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.taps import AnswerForget
from storage.database import Tx

YES = "yes"


def show_notice(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language) -> Reply:
    """`/privacy`: what is kept, for how long, and who answers for it; said to anybody, in their language."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None and (colleague := storage.staff.identify(tx, chat_id, rules)) is not None:
        return Reply(send=(_staff_data(tx, colleague, rules),))
    facts = {**privacy.notice_facts(rules), "salutation": me.salutation if me else ""}
    return Reply(send=(Message("customers/privacy", me.language if me else language, facts),))


def show_my_data(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language
) -> tuple[Message, Document | None]:
    """`/mydata`: the readable page and the whole document of the customer whose chat this is; of nobody else's.

    Who works here and is no customer reads what is kept of staff.
    """
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None:
        colleague = storage.staff.identify(tx, chat_id, rules)
        nothing = Message("privacy/nothing", language)
        return nothing if colleague is None else _staff_data(tx, colleague, rules), None
    document = storage.privacy.load_document(tx, me.customer_id)
    return privacy.my_data(document, me.language), document


def _staff_data(tx: Tx, colleague: Staff, rules: Rules) -> Message:
    kept = storage.privacy.load_of_staff(tx, colleague.user_id)
    return privacy.staff_data(colleague, kept, contact=rules.privacy.contact)


def ask_to_forget(tx: Tx, *, now: datetime, rules: Rules, chat_id: int, language: Language) -> Reply:
    """`/forget`: say what will happen, and ask once; staff who are no customers are told who can take them out."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is not None:
        return Reply(send=(privacy.ask(me),))
    colleague = storage.staff.identify(tx, chat_id, rules)
    nothing = Message("privacy/nothing", language)
    return Reply(send=(nothing if colleague is None else Message("staff/forget", colleague.language),))


def answer_forget(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: AnswerForget
) -> Reply:
    """Erase the person who means it, or leave everything as it is. Only one's own button counts, and only once."""
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None:
        return Reply(edit=Message("privacy/forgotten", language))
    if me.customer_id != tap.customer_id:
        return Reply(send=(Message("customers/stale_button", me.language),))
    if tap.choice != YES:
        return Reply(edit=Message("privacy/kept", me.language, {"salutation": me.salutation}))
    _forget(tx, me.customer_id, rules=rules, now=now)
    return Reply(edit=Message("privacy/forgotten", me.language, {"salutation": me.salutation}))


def _forget(tx: Tx, customer_id: int, *, rules: Rules, now: datetime) -> None:
    """Nobody can be kept as a customer without being kept, so whoever is forgotten counts as lost from here on."""
    known = zip((Identity.EXTERNAL_ID, Identity.PHONE), storage.forgetting.load_identity(tx, customer_id), strict=True)
    digests = [privacy.digest(identity, value, pepper=rules.pepper) for identity, value in known if value is not None]
    storage.forgetting.keep_digests(tx, digests, now=now)
    storage.forgetting.erase(tx, customer_id, timezone=rules.timezone, now=now)
    storage.case_threads.delete_topics(tx, customer_id, rules=rules, now=now)
    storage.losses.mark_lost(tx, customer_id, lost_at=now, source=storage.forgetting.REASON, now=now)
    storage.consent.add(tx, customer_id, Act.FORGET, now=now)
    storage.notices.notify(
        tx,
        key=f"forgotten:{customer_id}",
        template="staff/forgotten",
        facts={},
        customer_id=customer_id,
        rules=rules,
        now=now,
    )
