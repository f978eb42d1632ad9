"""Where staff talk about a case: what is told there, and what goes to and fro between them and the customer.

Everything is queued in the outbox, so that it survives a kill, and in one lane for each side, so that it keeps its
order. With topics a case gets a forum topic; where there are none, its card starts a thread of replies.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import storage.cases
import storage.health
import storage.interactions
import storage.notices
import storage.outbox
import storage.plans
import storage.profiles
import storage.staff
import storage.webhooks
from bot.domain import case_messages, cases
from bot.domain.cases import Case, Signal, Source
from bot.domain.delivery import Place, at_once
from bot.domain.messages import Language
from bot.domain.profiles import Profile, profile_facts
from bot.domain.roles import Role
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.domain.webhooks import Event, case_data
from storage.database import Tx

SUPERGROUPS_BELOW = -1_000_000_000_000
ANSWERS = 3
CARDS = 10
"""So many places of a case's card are kept up to date; what nobody has scrolled to for long is not."""


def signal(tx: Tx, one: Signal, *, rules: Rules, now: datetime) -> Case | None:
    """Open a case for what went wrong, or tell it in the customer's open case."""
    answer_due_at, solve_due_at = cases.deadlines(now, rules)
    chat_id = next(iter(storage.notices.recipients(tx, one.customer_id, rules)), None)
    due = {"answer_due_at": answer_due_at, "solve_due_at": solve_due_at}
    opened = storage.cases.add(tx, one, chat_id=chat_id, **due, now=now)
    found = storage.cases.load_latest(tx, one.customer_id)
    if found is None:
        return None
    if opened is not None:
        storage.webhooks.emit(
            tx, Event.CASE_OPENED, found.customer_id, case_data(found), key=str(found.case_id), rules=rules, now=now
        )
        _open_thread(tx, found, rules=rules, now=now)
        if one.source is Source.REQUEST:  # the card does not know what was asked for
            tell(tx, found, one.key, one.template, one.facts, rules=rules, now=now)
    else:
        if one.words:
            storage.cases.change(tx, found.case_id, words=cases.words_with(found, one))
        renew_cards(tx, replace(found, score_now=None), rules=rules, now=now)  # it is loaded with the score it brings
        tell(tx, found, one.key, one.template, one.facts, rules=rules, now=now)
    return found


def signal_interaction(
    tx: Tx,
    *,
    customer_id: int,
    kind: str,
    body: str,
    chat_id: int | None,
    message_id: int,
    source: Source,
    template: str,
    facts: dict[str, object],
    words: str = "",
    rules: Rules,
    now: datetime,
) -> None:
    """Keep what a customer said or asked for in a case that it opens or joins; the same message again does nothing."""
    interaction_id = storage.interactions.add(
        tx, customer_id=customer_id, kind=kind, body=body, now=now, chat_id=chat_id, message_id=message_id
    )
    if interaction_id is None:
        return
    one = Signal(
        key=f"interaction:{interaction_id}",
        customer_id=customer_id,
        source=source,
        template=template,
        facts=facts,
        words=words,
    )
    found = signal(tx, one, rules=rules, now=now)
    storage.interactions.join_case(tx, interaction_id, found.case_id if found else None)


def _open_thread(tx: Tx, one: Case, *, rules: Rules, now: datetime) -> None:
    if one.chat_id is None:
        return
    if one.chat_id < SUPERGROUPS_BELOW:
        facts = {"act": "create", **case_messages.case_facts(one)}
        _queue(tx, one, Kind.TOPIC, f"case:{one.case_id}:topic", facts, rules=rules, now=now)
    facts = card_facts(tx, one, now=now)
    _queue(tx, one, Kind.CARD, f"case:{one.case_id}:card", facts, rules=rules, now=now)


def card_facts(tx: Tx, one: Case, *, now: datetime) -> dict[str, object]:
    """The case with its customer: who they are, what they are worth, what they answered and how their plan goes."""
    record = storage.profiles.load_record(tx, one.customer_id)
    if record is None:
        return case_messages.case_facts(one)
    profile = Profile(
        record=record,
        value=storage.profiles.load_value(tx, one.customer_id),
        plan=storage.plans.load_latest(tx, one.customer_id),
        answers=storage.profiles.list_answers(tx, one.customer_id, limit=ANSWERS),
        waiting=(),
        past=(),
        said=(),
        notes=(),
        standing=storage.health.load_standings(tx, [one.customer_id]).get(one.customer_id),
    )
    return {**profile_facts(profile, Role.CSM, now=now), **case_messages.case_facts(one)}


def tell(
    tx: Tx, one: Case, key: str, template: str, facts: Mapping[str, object], *, rules: Rules, now: datetime
) -> None:
    """Say in a case's thread what happened, once for a key."""
    if one.chat_id is not None:
        _queue(tx, one, Kind.CASE, f"case:{one.case_id}:{key}", facts, template=template, rules=rules, now=now)


def keep(
    tx: Tx,
    before: Case,
    after: Case,
    *,
    resolved_by: int | None = None,
    tapped: Place | None = None,
    rules: Rules,
    now: datetime,
) -> None:
    """Keep what a case has become, and say so on each of its cards; the one that was `tapped` is answered anyway."""
    storage.cases.save(tx, after, resolved_by=resolved_by)
    renew_cards(tx, before, tapped=tapped, rules=rules, now=now)


def renew_cards(tx: Tx, before: Case, *, tapped: Place | None = None, rules: Rules, now: datetime) -> None:
    """Bring the cards of a case up to date, whoever changed it and from wherever, unless they say so already."""
    after = storage.cases.look(tx, before.case_id)
    if after is None or case_messages.case_facts(after) == case_messages.case_facts(before):
        return
    for row_id, place, language in storage.cases.list_cards(tx, after.case_id, limit=CARDS):
        if place == tapped or not _is_staffs(tx, place.chat_id, rules):
            continue
        renewal = at_once(
            Kind.CARD_EDIT,
            f"case:{after.case_id}:renewed:{row_id}",
            now=now,
            chat_id=place.chat_id,
            language=language,
            edit_message_id=place.message_id,
            lane=f"card:{place.chat_id}:{place.message_id}",
            case_id=after.case_id,
            about_id=after.customer_id,
        )
        storage.outbox.add(tx, renewal, now=now)


def _is_staffs(tx: Tx, chat_id: int, rules: Rules) -> bool:
    """Whether a chat is a group of staff, or of somebody who still works here."""
    return chat_id < 0 or storage.staff.identify(tx, chat_id, rules) is not None


def show(tx: Tx, one: Case, *, key: str, rules: Rules, now: datetime) -> None:
    """Put the card into the thread again, as it is now."""
    tell(tx, one, key, storage.cases.CARD, card_facts(tx, one, now=now), rules=rules, now=now)


def set_topic(tx: Tx, one: Case, *, is_open: bool, rules: Rules, now: datetime) -> None:
    """Close the topic of a case that is resolved, or open it again."""
    if one.thread_id is not None:
        key = f"case:{one.case_id}:topic:{'open' if is_open else 'closed'}:{one.reopened}"
        facts = {"act": "reopen" if is_open else "close", "customer": one.customer_name, "case_id": one.case_id}
        _queue(tx, one, Kind.TOPIC_STATE, key, facts, rules=rules, now=now)


def move_out(tx: Tx, chat_id: int, *, rules: Rules, now: datetime) -> None:
    """Go on elsewhere with what was talked about in a chat whose owner works here no more."""
    for one in storage.cases.list_in_chat(tx, chat_id):
        heir = next(iter(storage.notices.recipients(tx, one.customer_id, rules)), None)
        storage.cases.change(tx, one.case_id, chat_id=heir, card_message_id=None)
        if one.is_open:
            show(tx, replace(one, chat_id=heir), key=f"moved:{chat_id}:{now.isoformat()}", rules=rules, now=now)


def delete_topics(tx: Tx, customer_id: int, *, rules: Rules, now: datetime) -> None:
    """Delete the topics of a person who was forgotten, with all that was said in them."""
    for one in storage.cases.list_with_topics(tx, customer_id):
        facts = {"act": "delete", "customer": "", "case_id": one.case_id}
        _queue(tx, one, Kind.TOPIC_STATE, f"case:{one.case_id}:topic:deleted", facts, rules=rules, now=now)


def pass_on(
    tx: Tx,
    one: Case,
    interaction_id: int,
    *,
    text: str,
    media: Place | None,
    thanks: bool = False,
    rules: Rules,
    now: datetime,
) -> None:
    """Carry what the customer says into the case's thread; `thanks` is all that it says after the case was resolved.

    Whoever answered them last from a private chat reads it there too.
    """
    facts: dict[str, object] = {"customer": one.customer_name, "text": text}
    if thanks:
        facts["thanks"] = True
    if media is not None:
        facts["copied"] = [media.chat_id, media.message_id]
    if one.chat_id is not None:
        key = storage.cases.relay_key(interaction_id)
        _queue(tx, one, Kind.CASE, key, facts, template="cases/said", rules=rules, now=now)
    answered_from = storage.interactions.load_reply_chat(tx, one.case_id)
    if answered_from is not None and answered_from != one.chat_id and _is_staffs(tx, answered_from, rules):
        aside = replace(one, chat_id=answered_from)
        told = {**facts, "case_id": one.case_id}
        key = storage.cases.copy_key(interaction_id)
        _queue(
            tx,
            aside,
            Kind.CASE,
            key,
            told,
            template="cases/said",
            lane=f"case:{one.case_id}:{answered_from}",
            rules=rules,
            now=now,
        )


def copy_answer(
    tx: Tx,
    one: Case,
    interaction_id: int,
    facts: Mapping[str, object],
    *,
    media: Place | None,
    rules: Rules,
    now: datetime,
) -> None:
    """Show in the case's thread what was written to the customer from elsewhere."""
    if one.chat_id is not None:
        shown = {**facts, "copied": [media.chat_id, media.message_id]} if media else facts
        key = storage.cases.copy_key(interaction_id)
        _queue(tx, one, Kind.CASE, key, shown, template="cases/answered", rules=rules, now=now)


def answer(
    tx: Tx, one: Case, interaction_id: int, facts: Mapping[str, object], *, media: Place | None, now: datetime
) -> None:
    """Carry what a member of staff says to the customer."""
    carried = {**facts, "copied": [media.chat_id, media.message_id]} if media else dict(facts)
    key = storage.cases.relay_key(interaction_id)
    _queue_to_customer(tx, Kind.REPLY, key, carried, case_id=one.case_id, customer_id=one.customer_id, now=now)


def unsend(tx: Tx, carrier: Mapping[str, object], *, now: datetime) -> None:
    """Delete at the customer's side what was carried there, after it and its edits."""
    case_id, customer_id, outbox_id = (int(str(carrier[key])) for key in ("case_id", "customer_id", "id"))
    facts = {"act": "unsend", "edits": outbox_id}
    key = f"unsend:{outbox_id}"
    _queue_to_customer(tx, Kind.UNSEND, key, facts, case_id=case_id, customer_id=customer_id, now=now)


def follow_edit(tx: Tx, interaction_id: int, *, text: str, version: str, now: datetime) -> None:
    """Carry an edit of what was carried to the other side, and to where else it is read, after it."""
    relay, copy = storage.cases.relayed(tx, interaction_id), storage.cases.copied(tx, interaction_id)
    if relay is not None:
        _edit(tx, relay, f"{storage.cases.relay_key(interaction_id)}:{version}", text=text, now=now)
    if copy is not None:
        _edit(tx, copy, f"{storage.cases.copy_key(interaction_id)}:{version}", text=text, now=now)


def _edit(tx: Tx, carrier: Mapping[str, object], key: str, *, text: str, now: datetime) -> None:
    assert isinstance(carrier["facts"], dict)  # noqa: S101  the column holds nothing else
    facts = {**carrier["facts"], "text": text, "edits": carrier["id"]}
    case_id = int(str(carrier["case_id"]))
    if carrier["customer_id"] is not None:
        customer_id = int(str(carrier["customer_id"]))
        _queue_to_customer(tx, Kind.REPLY, key, facts, case_id=case_id, customer_id=customer_id, now=now)
        return
    edit = at_once(
        Kind.CASE,
        key,
        now=now,
        chat_id=carrier["chat_id"],
        language=Language(str(carrier["language"])),
        template=carrier["template"],
        facts=facts,
        lane=carrier["lane"],
        case_id=case_id,
        about_id=carrier["about_id"],
    )
    storage.outbox.add(tx, edit, now=now)


def _queue(
    tx: Tx,
    one: Case,
    kind: Kind,
    key: str,
    facts: Mapping[str, object],
    *,
    template: str = "",
    lane: str = "",
    rules: Rules,
    now: datetime,
) -> None:
    assert one.chat_id is not None  # noqa: S101  a case that nobody talks about has no thread
    message = at_once(
        kind,
        key,
        now=now,
        chat_id=one.chat_id,
        language=storage.notices.language_of(tx, one.chat_id, rules),
        template=template,
        facts=facts,
        lane=lane or f"case:{one.case_id}",
        case_id=one.case_id,
        about_id=one.customer_id,
    )
    storage.outbox.add(tx, message, now=now)


def _queue_to_customer(
    tx: Tx, kind: Kind, key: str, facts: Mapping[str, object], *, case_id: int, customer_id: int, now: datetime
) -> None:
    lane = f"customer:{customer_id}"
    message = at_once(kind, key, now=now, customer_id=customer_id, facts=facts, lane=lane, case_id=case_id)
    storage.outbox.add(tx, message, now=now)
