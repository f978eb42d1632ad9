"""What is said about a case: its card, what happens in it, and what goes to and fro between staff and customer."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bot.domain.cases import Case, CaseOutcome, Reason, Snooze
from bot.domain.customers import Customer
from bot.domain.local_time import local_date
from bot.domain.messages import Button, Keyboard, Language, Message, Reply
from bot.domain.names import ELLIPSIS, cut
from bot.domain.surveys import SCALES
from bot.domain.taps import CannedReply, ClaimCase, OfferReplies, ResolveCase, ShowCase, SnoozeCase

LISTED = 10
BUTTONS_A_ROW = 5
QUOTE = 200
UNANSWERED = "unanswered"  # in the place of a reason: the case is closed with no word to the customer
CANNED = ("sorry", "looking_into_it", "call_you", "solved")
"""Canned replies; each is a template cases/canned/<key>."""


def case_facts(one: Case) -> dict[str, object]:
    """What the words of a case are made of; the customer's own facts are added to it."""
    return {
        "case_id": one.case_id,
        "customer": cut(one.customer_name, 60),
        "source": one.source,
        "survey_kind": one.survey_kind,
        "score": one.score,
        "score_now": one.score_now if one.score_now != one.score else None,
        "highest": SCALES[one.survey_kind][-1] if one.survey_kind else None,
        "words": one.words,
        "opened_at": one.opened_at,
        "asks": "",
        "topic": one.thread_id is not None,
        "claimed_by": one.claimed_name if one.claimed_by is not None else None,
        "claimed_at": one.claimed_at,
        "snoozed_until": one.snoozed_until,
        "first_answer_at": one.first_answer_at,
        "answer_due_at": one.answer_due_at,
        "solve_due_at": one.solve_due_at,
        "answer_late": one.answer_escalated_at is not None,
        "solution_late": one.solve_escalated_at is not None,
        "resolved_at": one.resolved_at,
        "resolved_by": one.resolved_name,
        "reason": one.reason,
        "outcome": one.outcome,
        "reopened": one.reopened,
        "nps_before": one.nps_before,
        "nps_after": one.nps_after,
    }


def card(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The customer card of a case with what can be done about it."""
    return Message("cases/card", language, facts, card_keyboard(facts))


def card_keyboard(facts: Mapping[str, object]) -> Keyboard:
    """Claim, reply, snooze and resolve; a resolved case has no buttons."""
    if facts["resolved_at"] is not None:
        return ()
    case_id = int(str(facts["case_id"]))
    first = (Button("claim", ClaimCase(case_id)),) if facts["claimed_by"] is None else ()
    reply, rest = Button("reply", OfferReplies(case_id)), Button("snooze", SnoozeCase(case_id, ""))
    return ((*first, reply), (rest, Button("resolve", ResolveCase(case_id, "", ""))))


def snooze_choice(facts: Mapping[str, object], language: Language) -> Message:
    """The card, asking for how long the case rests."""
    case_id = int(str(facts["case_id"]))
    choices = tuple(Button(f"snooze_{choice}", SnoozeCase(case_id, choice)) for choice in Snooze)
    return _choice(facts, "snooze", (choices,), language)


def unanswered_choice(facts: Mapping[str, object], language: Language) -> Message:
    """The card, asking whether a case ends although nobody has answered the customer."""
    case_id = int(str(facts["case_id"]))
    buttons = (
        Button("answer_first", OfferReplies(case_id)),
        Button("close_anyway", ResolveCase(case_id, UNANSWERED, "")),
    )
    return _choice(facts, UNANSWERED, (buttons,), language)


def matter(one: Case, timezone: str) -> str:
    """What a survey about a case asks about: its day (as 2026-11-22).

    A complaint makes no part of a sentence, and what staff wrote is not for the customer to read.
    """
    return local_date(one.opened_at, timezone).isoformat()


def _first_line(words: str) -> str:
    return next(iter(words.splitlines()), "")


def reason_choice(facts: Mapping[str, object], language: Language) -> Message:
    """The card, asking what the case was about."""
    case_id = int(str(facts["case_id"]))
    buttons = [Button(f"reason_{reason}", ResolveCase(case_id, reason, "")) for reason in Reason]
    return _choice(facts, "reason", _pairs(buttons), language)


def outcome_choice(facts: Mapping[str, object], reason: Reason, language: Language) -> Message:
    """The card, asking how the case ended."""
    case_id = int(str(facts["case_id"]))
    buttons = [Button(f"outcome_{outcome}", ResolveCase(case_id, reason, outcome)) for outcome in CaseOutcome]
    return _choice(facts, "outcome", _pairs(buttons), language)


def _choice(facts: Mapping[str, object], asks: str, choices: Keyboard, language: Language) -> Message:
    back = Button("back", ShowCase(int(str(facts["case_id"]))))
    return Message("cases/card", language, {**facts, "asks": asks}, (*choices, (back,)))


def _pairs(buttons: Sequence[Button]) -> Keyboard:
    return tuple(tuple(buttons[start : start + 2]) for start in range(0, len(buttons), 2))


def replies_offered(facts: Mapping[str, object], language: Language) -> Message:
    """How to answer the customer, and the canned replies to start from."""
    case_id = int(str(facts["case_id"]))
    keyboard = tuple((Button(f"canned_{key}", CannedReply(case_id, key, "no")),) for key in CANNED)
    return Message("cases/replies", language, facts, keyboard)


def canned_preview(facts: Mapping[str, object], key: str, language: Language) -> Message:
    """A canned reply as the customer would read it, which only a tap sends."""
    case_id = int(str(facts["case_id"]))
    keyboard = ((Button("send", CannedReply(case_id, key, "yes")), Button("other", OfferReplies(case_id))),)
    return Message("cases/preview", language, {**facts, "canned": key}, keyboard)


def reply_facts(one: Case, by: str, *, text: str = "", canned: str = "") -> dict[str, object]:
    """What a reply to the customer is made of: words, or a canned reply that quotes the customer's, line by line."""
    return {"by": by, "text": text, "canned": canned, "words": _quote(one.words)}


def _quote(words: str) -> str:
    """What was said, each saying on a line of its own, so that two complaints do not read as one."""
    lines = "\n".join(line for line in (" ".join(said.split()) for said in words.splitlines()) if line)
    return lines if len(lines) <= QUOTE else lines[: QUOTE - 1].rstrip() + ELLIPSIS


def reader_facts(customer: Customer) -> dict[str, object]:
    """To whom a reply is written, for staff who read it as that customer does."""
    return {
        "customer": cut(customer.name, 60),
        "name": customer.name,
        "salutation": customer.salutation,
        "customer_language": customer.language,
    }


def canned_body(key: str) -> str:
    """How a canned reply is kept on the customer's profile, which says it in the reader's own language."""
    return f"canned:{key}" if key else ""


def update(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """Something that happened in a case, by the template that its facts name; a card keeps its buttons."""
    template = str(facts["template"])
    if template == "cases/card":
        return Message(template, language, facts, card_keyboard(facts))
    if template == "cases/replies":
        return replies_offered(facts, language)
    if template == "cases/alarm":
        return Message(template, language, facts, ((Button("look", ShowCase(int(str(facts["case_id"])))),),))
    if template == "cases/said" and "case_id" in facts:  # read apart from the case's thread
        return Message(template, language, facts, ((Button("reply", OfferReplies(int(str(facts["case_id"])))),),))
    return Message(template, language, facts)


def topic(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The name of a case's topic."""
    return Message("cases/topic", language, facts)


def reply(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """What a member of staff writes, as the customer reads it: in that person's name."""
    return Message("cases/reply", language, facts)


def case_list(cases: Sequence[Case], total: int, language: Language, *, now: datetime) -> Message:
    """Open cases, the most urgent first, with a button to each."""
    shown = cases[:LISTED]
    buttons = [Button("number", ShowCase(one.case_id), {"number": place}) for place, one in enumerate(shown, start=1)]
    rows = tuple(tuple(buttons[start : start + BUTTONS_A_ROW]) for start in range(0, len(buttons), BUTTONS_A_ROW))
    return Message("cases/list", language, {"total": total, "cases": [_line(one, now) for one in shown]}, rows)


def _line(one: Case, now: datetime) -> dict[str, object]:
    due_at = one.solve_due_at if one.first_answer_at else one.answer_due_at
    return {
        **case_facts(one),
        "words": cut(_first_line(one.words), 60),
        "due_at": due_at,
        "overdue": due_at <= now,
        "answered": one.first_answer_at is not None,
    }


def gone(language: Language) -> Reply:
    """What to say when a case is no more."""
    return Reply(send=(Message("staff/not_found", language),))


def read_log(text: str) -> tuple[str, str]:
    """The kind of contact (call or meeting; empty for another) and the words of `/log An: call about prices`."""
    first, _, rest = text.strip().partition(" ")
    kinds = {"call": "call", "gọi": "call", "goi": "call", "meeting": "meeting", "gặp": "meeting", "họp": "meeting"}
    kind = kinds.get(first.rstrip(",.:").casefold(), "")
    return (kind, rest.strip()) if kind else ("", text.strip())
