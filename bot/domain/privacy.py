"""What is kept of a person, shown to that person; and what must be left of those who asked to be forgotten."""

import hashlib
import hmac
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from operator import methodcaller
from typing import Any

from bot.domain.customers import Customer
from bot.domain.messages import Button, Language, Message
from bot.domain.names import cut
from bot.domain.roles import Staff
from bot.domain.rules import Rules
from bot.domain.surveys import SCALES
from bot.domain.taps import AnswerForget
from bot.domain.touchpoints import Kind

TEXT_VERSION = "privacy-3"
"""Of the words that people agree to: templates/*/customers/welcome.j2 and privacy.j2. Changed words, a new version."""

FILE_NAME = "my-data.json"
ANSWERS_SHOWN = 5
CONSENTS_SHOWN = 6
QUOTE = 120
WRITTEN = ("message", "feedback")

Rows = Sequence[Mapping[str, object]]


class Act(StrEnum):
    """What a customer does about being looked after."""

    SIGN_UP = "sign_up"
    LINK = "link"
    NUMBER = "number"  # shared the phone number
    STOP = "stop"
    RESUME = "resume"
    SETTINGS = "settings"
    FORGET = "forget"


class Identity(StrEnum):
    """What the business's books know a person by."""

    EXTERNAL_ID = "external_id"
    PHONE = "phone"


def digest(identity: Identity, value: str, *, pepper: str) -> str:
    """What is kept of an identity that was erased: enough to know it again, too little to read it.

    HMAC-SHA256 (RFC 2104). Whoever holds the database but not the pepper cannot try all phone numbers.
    """
    return hmac.new(pepper.encode(), f"{identity}:{value}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, kw_only=True)
class Document:
    """Everything that is kept about one person, section by section, each row a mapping of plain values."""

    profile: Mapping[str, object]
    consent: Rows
    surveys: Rows
    interactions: Rows
    cases: Rows
    messages: Rows
    purchases: Rows
    events: Rows
    tickets: Rows
    contracts: Rows
    plans: Rows
    losses: Rows
    standing: Rows
    health: Rows
    cancellations: Rows
    looks: Rows

    def to_json(self) -> bytes:
        """The whole of it, for people and for programs: instants in ISO 8601, money in minor units."""
        return json.dumps(vars(self), ensure_ascii=False, indent=2, default=methodcaller("isoformat")).encode()


def notice_facts(rules: Rules) -> dict[str, object]:
    """What `/privacy` says of this business; `kept_days` is None when what people wrote is kept for ever."""
    kept = rules.retention.texts
    return {**vars(rules.privacy), "kept_days": kept.days if kept is not None else None}


def my_data(document: Document, language: Language) -> Message:
    """The readable page: the person's profile in full, of the rest the latest and how many there are."""
    answers = [row for row in document.surveys if row["score"] is not None]
    facts = {
        **document.profile,
        "consents": document.consent[:CONSENTS_SHOWN],
        "answers": [_answer(row) for row in answers[:ANSWERS_SHOWN]],
        "answer_count": len(answers),
        "written": _count_written(document, answers),
        "received": sum(row["sent_at"] is not None for row in document.messages),
        "purchases": len(document.purchases),
        "events": len(document.events),
        "tickets": len(document.tickets),
        "contracts": len(document.contracts),
        "looks": len(document.looks),
        "success_plan": next((row["name"] for row in document.plans if row["status"] == "active"), ""),
    }
    return Message("privacy/my_data", language, facts)


def staff_data(staff: Staff, kept: Mapping[str, object], *, contact: str) -> Message:
    """What is kept of somebody who works here: who they are to the bot, and how much the audit log holds of them."""
    who = {"user_id": staff.user_id, "name": staff.name, "role": staff.role, "speaks": staff.language}
    return Message("staff/my_data", staff.language, {**who, **kept, "contact": contact})


def _count_written(document: Document, answers: Sequence[Mapping[str, object]]) -> int:
    """What the person wrote: messages, feedback and the reasons of scores."""
    messages = sum(row["kind"] in WRITTEN for row in document.interactions)
    return messages + sum(bool(row["reason"]) for row in answers)


def _answer(row: Mapping[str, object]) -> dict[str, object]:
    kind = Kind(str(row["kind"]))
    return {**row, "highest": SCALES[kind][-1], "reason": cut(str(row["reason"] or ""), QUOTE)}


def ask(customer: Customer) -> Message:
    """Whether the customer means it."""
    buttons = tuple((Button(choice, AnswerForget(customer.customer_id, choice)),) for choice in ("yes", "no"))
    facts = {"name": customer.name, "salutation": customer.salutation}
    return Message("privacy/forget", customer.language, facts, buttons)


def without_person(facts: Any, customer_id: int, name: str) -> Any:  # noqa: ANN401  facts within facts
    """Facts of many people without the items about one of them.

    Where an item says whose it is only by a name, namesakes go too: rather too little is said than too much.
    """
    if isinstance(facts, dict):
        return {key: without_person(one, customer_id, name) for key, one in facts.items()}
    if isinstance(facts, list):
        return [without_person(one, customer_id, name) for one in facts if not _is_about(one, customer_id, name)]
    return facts


def _is_about(item: object, customer_id: int, name: str) -> bool:
    if not isinstance(item, dict):
        return False
    whose = item.get("customer_id", item.get("health_of"))
    return bool(whose == customer_id if whose is not None else item.get("name") == name)
