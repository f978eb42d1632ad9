"""What staff say to the customer of a case, and what they take back."""

from collections.abc import Mapping
from datetime import datetime

import storage.audit
import storage.case_threads
import storage.cases
import storage.command_texts
import storage.customers
import storage.interactions
import storage.outbox
from bot.domain import case_messages, cases
from bot.domain.audit import Deed
from bot.domain.cases import Case, Said
from bot.domain.delivery import Place, at_once
from bot.domain.messages import Language, Message, Reply
from bot.domain.names import cut
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.taps import CannedReply
from bot.domain.touchpoints import Kind
from storage.database import Tx


def offer_replies(
    tx: Tx, *, now: datetime, by: Staff, chat_id: int, thread_id: int | None, message_id: int, case_id: int
) -> Reply:
    """How to write to the customer, with canned replies to start from.

    It goes by the outbox, so that a reply to it finds the case. In a private chat the next words need be no reply.
    """
    found = storage.cases.look(tx, case_id)
    if found is None or not found.is_open:
        return case_messages.gone(by.language)
    alone = chat_id == by.user_id
    if alone:
        storage.command_texts.await_words(tx, chat_id=chat_id, purpose=str(case_id), now=now)
    in_topic = thread_id is not None and (chat_id, thread_id) == (found.chat_id, found.thread_id)
    facts = {**case_messages.case_facts(found), "alone": alone, "in_topic": in_topic, "shown_in": thread_id or 0}
    outgoing = at_once(
        Kind.CASE,
        f"case:{case_id}:replies:{chat_id}:{message_id}:{now.isoformat()}",
        now=now,
        chat_id=chat_id,
        language=by.language,
        template="cases/replies",
        facts=facts if alone or in_topic else {**facts, "in_answer_to": message_id},
        case_id=case_id,
        about_id=found.customer_id,
    )
    storage.outbox.add(tx, outgoing, now=now)
    return Reply()


def use_canned_reply(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    by: Staff,
    chat_id: int,
    message_id: int,
    tap: CannedReply,
) -> Reply:
    """Show a canned reply as the customer would read it; the second tap sends it, once."""
    found = storage.cases.load(tx, tap.case_id)
    customer = storage.customers.load(tx, found.customer_id) if found else None
    if found is None or customer is None or not found.is_open or tap.key not in case_messages.CANNED:
        return case_messages.gone(by.language)
    facts = {
        **case_messages.case_facts(found),
        **case_messages.reply_facts(found, by.name, canned=tap.key),
        **case_messages.reader_facts(customer),
    }
    if not tap.sends:
        return Reply(edit=case_messages.canned_preview(facts, tap.key, by.language))
    storage.command_texts.take_awaited(tx, chat_id=chat_id, since=now)
    said = Said(by=by, chat_id=chat_id, message_id=message_id, canned=tap.key)
    problem = _answer(tx, found, said, rules=rules, now=now)
    return Reply(edit=problem or Message("cases/canned_sent", by.language, {**facts, "canned": tap.key}))


def answer_in_chat(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    by: Staff | None,
    chat_id: int,
    thread_id: int | None,
    reply_to: int | None,
    message_id: int,
    text: str,
    media: bool,
    language: Language,
) -> Reply | None:
    """What somebody writes in a case's topic, or in reply to one of its messages, goes to the customer.

    So do the next words of a colleague who tapped "Reply" in their private chat, and they are told so, since nothing
    there says whom words are for. None when it belongs to no case. What begins with // stays among staff.
    """
    found = storage.cases.load_by_thread(tx, chat_id=chat_id, thread_id=thread_id) if thread_id is not None else None
    if found is None and reply_to is not None:
        found = storage.cases.load_by_message(tx, chat_id=chat_id, message_id=reply_to)
    awaited = _awaited(tx, by, chat_id, now=now)
    meant = found or awaited
    if meant is None:
        return None
    if by is None:
        return Reply(send=(Message("cases/staff_only", language),))
    said = Said(by=by, chat_id=chat_id, message_id=message_id, text=text, media=media)
    problem = _take_words(tx, meant, said, rules=rules, now=now)
    if problem is None and found is None and not cases.is_internal(text):
        return Reply(send=(Message("cases/sent", by.language, case_messages.case_facts(meant)),))
    return Reply(send=(problem,) if problem else ())


def _awaited(tx: Tx, by: Staff | None, chat_id: int, *, now: datetime) -> Case | None:
    """The case to which a member of staff said in this private chat that they answer next, which they then do."""
    if by is None or chat_id != by.user_id:
        return None
    case_id = storage.command_texts.take_awaited(tx, chat_id=chat_id, since=now - cases.ANSWERS_WITHIN)
    return storage.cases.load(tx, int(case_id)) if case_id is not None else None


def _take_words(tx: Tx, found: Case, said: Said, *, rules: Rules, now: datetime) -> Message | None:
    """Carry words to the customer, or keep them among staff; what to say when they cannot be carried."""
    storage.audit.add(tx, Deed(staff_id=said.by.user_id, command="reply", case_id=found.case_id), now=now)
    if cases.is_internal(said.text):
        _note(tx, found, said, rules=rules, now=now)
        return None
    return _answer(tx, found, said, rules=rules, now=now)


def _note(tx: Tx, found: Case, said: Said, *, rules: Rules, now: datetime) -> None:
    """Keep what stays among staff, and show it in the case's thread when it was written elsewhere."""
    body = said.text.removeprefix(cases.INTERNAL).strip()
    interaction_id = _keep(tx, found, said, "note", body, now=now)
    if interaction_id is not None and said.chat_id != found.chat_id:
        facts: dict[str, object] = {"by": said.by.name, "text": body}
        if said.media:
            facts["copied"] = [said.chat_id, said.message_id]
        storage.case_threads.tell(tx, found, f"note:{interaction_id}", "cases/note", facts, rules=rules, now=now)


def _answer(tx: Tx, found: Case, said: Said, *, rules: Rules, now: datetime) -> Message | None:
    """Queue what staff say for the customer, once for a message; what to say when that cannot be."""
    customer = storage.customers.load(tx, found.customer_id)
    facts = case_messages.case_facts(found)
    if not found.is_open:
        return Message("cases/not_open", said.by.language, facts)
    if customer is None or customer.chat_id is None or storage.customers.is_unreachable(tx, found.customer_id):
        return Message("cases/not_delivered", said.by.language, facts)
    interaction_id = _keep(tx, found, said, "reply", said.text or case_messages.canned_body(said.canned), now=now)
    if interaction_id is not None:
        carried = case_messages.reply_facts(found, said.by.name, text=said.text, canned=said.canned)
        place = Place(said.chat_id, said.message_id) if said.media else None
        storage.case_threads.answer(tx, found, interaction_id, carried, media=place, now=now)
        if said.chat_id != found.chat_id:
            shown = {**carried, **case_messages.reader_facts(customer)}
            storage.case_threads.copy_answer(tx, found, interaction_id, shown, media=place, rules=rules, now=now)
        after = cases.answered(found, said.by.user_id, now=now)
        storage.case_threads.keep(tx, found, after, rules=rules, now=now)
    return None


def _keep(tx: Tx, found: Case, said: Said, kind: str, body: str, *, now: datetime) -> int | None:
    return storage.interactions.add(
        tx,
        customer_id=found.customer_id,
        kind=kind,
        body=body,
        now=now,
        staff_id=said.by.user_id,
        chat_id=said.chat_id,
        message_id=said.message_id,
        case_id=found.case_id,
    )


def edit_answer(
    tx: Tx, *, now: datetime, by: Staff | None, chat_id: int, message_id: int, text: str, version: str
) -> None:
    """A member of staff edited a message that went to a customer: what the customer has follows.

    It is logged, since it changes what the customer was told; who works here no more changes nothing.
    """
    if by is None:
        return
    interaction_id = storage.interactions.edit_reply(tx, chat_id=chat_id, message_id=message_id, body=text)
    carrier = storage.cases.relayed(tx, interaction_id) if interaction_id is not None else None
    if interaction_id is not None and carrier is not None:
        case_id = int(str(carrier["case_id"]))
        storage.audit.add(tx, Deed(staff_id=by.user_id, command="edit_reply", case_id=case_id), now=now)
        storage.case_threads.follow_edit(tx, interaction_id, text=text, version=version, now=now)


def unsend_answer(tx: Tx, *, now: datetime, rules: Rules, by: Staff, chat_id: int, reply_to: int | None) -> Reply:
    """`/unsend` in reply to one's own answer: take it back from the customer, for as long as Telegram lets a bot.

    An answer that still waits never leaves. Of the others staff are told when they are gone, or that they are not.
    """
    carrier = _carrier_of(tx, chat_id, reply_to, by) if reply_to is not None else None
    case_id = int(str(carrier["case_id"])) if carrier is not None else None
    storage.audit.add(tx, Deed(staff_id=by.user_id, command="unsend", case_id=case_id), now=now)
    if reply_to is None or carrier is None:
        return Reply(send=(Message("cases/unsend_usage", by.language),))
    if not cases.may_unsend(carrier["sent_at"], now=now):
        return Reply(send=(Message("cases/unsent", by.language, {"gone": False}),))
    storage.interactions.mark_unsent(tx, chat_id=chat_id, message_id=reply_to)
    if storage.outbox.cancel(tx, int(str(carrier["id"])), reason="unsent"):
        _tell_taken_back(tx, carrier, chat_id, rules=rules, now=now)
        return Reply(send=(Message("cases/unsent", by.language, {"gone": True}),))
    storage.case_threads.unsend(tx, carrier, now=now)
    return Reply()


def _tell_taken_back(tx: Tx, carrier: Mapping[str, object], chat_id: int, *, rules: Rules, now: datetime) -> None:
    """Who read in the case's thread what was written from elsewhere reads there too that it never left."""
    found = storage.cases.look(tx, int(str(carrier["case_id"])))
    if found is not None and found.chat_id != chat_id:
        key = f"cancelled:{carrier['id']}"
        storage.case_threads.tell(tx, found, key, "cases/unsent", {"gone": True}, rules=rules, now=now)


def _carrier_of(tx: Tx, chat_id: int, message_id: int, by: Staff) -> Mapping[str, object] | None:
    interaction_id = storage.interactions.find_reply(tx, chat_id=chat_id, message_id=message_id, staff_id=by.user_id)
    return storage.cases.relayed(tx, interaction_id) if interaction_id is not None else None


def log_contact(
    tx: Tx, *, now: datetime, rules: Rules, by: Staff, chat_id: int, message_id: int, customer_id: int, words: str
) -> Message:
    """`/log CUSTOMER: call …`: keep a call or a meeting on the customer's profile; it answers the open case."""
    kind, body = case_messages.read_log(words)
    customer = storage.customers.load(tx, customer_id)
    if customer is None or not kind or not body:
        return Message("portfolio/usage", by.language, {"command": "log"})
    found = storage.cases.load_latest(tx, customer_id)
    kept = storage.interactions.add(
        tx,
        customer_id=customer_id,
        kind=kind,
        body=body,
        now=now,
        staff_id=by.user_id,
        chat_id=chat_id,
        message_id=message_id,
        case_id=found.case_id if found is not None and found.is_open else None,
    )
    if kept is not None and found is not None and found.is_open:
        storage.case_threads.keep(tx, found, cases.answered(found, by.user_id, now=now), rules=rules, now=now)
    return Message("cases/logged", by.language, {"customer": customer.name, "kind": kind, "body": cut(body, 120)})
