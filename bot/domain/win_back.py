"""Win-back: asking a lost customer why, then one offer, then silence."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from bot.domain.messages import Button, Language, Message
from bot.domain.portfolio import read_note
from bot.domain.rules import WinBackRules
from bot.domain.taps import LeavingReason, OfferAnswer

REASONS_A_ROW = 2
WORDS_WITHIN = timedelta(days=1)  # of the tap, for who wants to say more about it
MAX_WORDS = 1000
LOOK_AGAIN = timedelta(hours=1)  # at least so long until the next look at a question that waits to be sent


class Status(StrEnum):
    """Asking for the reason; reason known; offer made; over."""

    ASKING = "asking"
    REASON = "reason"
    OFFERED = "offered"
    ENDED = "ended"


class OfferChoice(StrEnum):
    TALK = "talk"
    DECLINE = "decline"


@dataclass(frozen=True, kw_only=True)
class WinBack:
    """One loss's win-back as it stands, with the chat and language of the customer whom it belongs to."""

    win_back_id: int
    customer_id: int
    customer_name: str
    chat_id: int | None
    language: Language
    status: Status
    reason: str | None
    reason_at: datetime | None
    answer: OfferChoice | None
    salutation: str = ""


@dataclass(frozen=True, kw_only=True)
class Lot:
    """Whether a lost customer is left alone, and the share of whom that was to be so when it was drawn."""

    holdout: float
    held_out: bool


def draw(customer_id: int, holdout: float) -> Lot:
    """The lot of a customer: the same at every loss and in every process, and unlike the order samples are taken in."""
    place = int.from_bytes(sha256(f"win_back:{customer_id}".encode()).digest()[:8]) / 2**64
    return Lot(holdout=holdout, held_out=place < holdout)


@dataclass(frozen=True, kw_only=True)
class OfferFacts:
    """What decides about the offer: when the reason was given, and what became of the question.

    `asked_at` is when the question was sent; `asking_at` when it is due, as long as it still waits to be sent.
    """

    reason_at: datetime | None
    asked_at: datetime | None
    asking_at: datetime | None


@dataclass(frozen=True)
class MakeOffer:
    """The offer's time has come."""


@dataclass(frozen=True)
class Wait:
    """Decide again at `until`."""

    until: datetime


@dataclass(frozen=True)
class End:
    """The question never went out, so there is nothing to follow up."""


def decide(facts: OfferFacts, rules: WinBackRules, *, now: datetime) -> MakeOffer | Wait | End:
    """Whether the one offer follows now: so long after the reason, or after a question that nobody answered."""
    if facts.reason_at is not None:
        offer_at = facts.reason_at + rules.offer_after_reason
    elif facts.asked_at is not None:
        offer_at = facts.asked_at + rules.offer_after_silence
    elif facts.asking_at is not None:
        return Wait(max(now, facts.asking_at) + max(rules.offer_after_silence, LOOK_AGAIN))
    else:
        return End()
    return MakeOffer() if offer_at <= now else Wait(offer_at)


class TapMeaning(StrEnum):
    """What a tap on a reason or on an answer to the offer is."""

    FOREIGN = "foreign"  # not this person's
    INVALID = "invalid"  # no button of ours says that
    LATE = "late"
    REPEATED = "repeated"
    GIVEN = "given"


def classify_reason(win_back: WinBack | None, reason: str, rules: WinBackRules, *, chat_id: int) -> TapMeaning:
    """What a tap on `reason` from `chat_id` means; the reason may be changed until the win-back is over."""
    if win_back is None or win_back.chat_id != chat_id:
        return TapMeaning.FOREIGN
    if reason not in rules.reasons:
        return TapMeaning.INVALID
    if win_back.reason == reason:
        return TapMeaning.REPEATED
    return TapMeaning.LATE if win_back.status is Status.ENDED else TapMeaning.GIVEN


def classify_answer(win_back: WinBack | None, choice: str, *, chat_id: int) -> TapMeaning:
    """What a tap on `choice` from `chat_id` means. Who declined may still want to talk; a wish to talk stands."""
    if win_back is None or win_back.chat_id != chat_id:
        return TapMeaning.FOREIGN
    if choice not in set(OfferChoice):
        return TapMeaning.INVALID
    if win_back.answer == choice:
        return TapMeaning.REPEATED
    if win_back.answer is OfferChoice.TALK or (win_back.status is Status.ENDED and win_back.answer is None):
        return TapMeaning.LATE
    return TapMeaning.GIVEN


def question_key(loss_id: int) -> str:
    """One question for a loss, for ever."""
    return f"win_back:{loss_id}"


def offer_key(win_back_id: int) -> str:
    """One offer for a win-back, for ever."""
    return f"offer:{win_back_id}"


def first_step(rules: WinBackRules, *, now: datetime, told_at: datetime | None) -> datetime:
    """When a win-back that begins now is looked at: for its offer where the reason was told, else for an answer."""
    if told_at is not None:
        return told_at + rules.offer_after_reason
    return now + max(rules.offer_after_silence, LOOK_AGAIN)


def question_facts(win_back_id: int, reasons: Sequence[str], *, silent: bool = True) -> dict[str, object]:
    """What the question is asked with: the reasons to choose from, by key.

    `silent`: the customer just stayed away; otherwise staff know that they left.
    """
    return {"win_back_id": win_back_id, "reasons": list(reasons), "silent": silent}


def question(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """Why the customer left, with a button for each reason."""
    win_back_id = int(str(facts["win_back_id"]))
    reasons = facts["reasons"]
    buttons = [
        Button("reason", LeavingReason(win_back_id, str(reason), outbox_id), {"reason": reason})
        for reason in (reasons if isinstance(reasons, Sequence) else ())
    ]
    rows = (tuple(buttons[start : start + REASONS_A_ROW]) for start in range(0, len(buttons), REASONS_A_ROW))
    return Message("win_back/question", language, {"silent": True, **facts}, tuple(rows))


def reason_kept(win_back: WinBack, reason: str) -> Message:
    """What the question becomes: thanks, and the choice."""
    return Message("win_back/reason_kept", win_back.language, {"reason": reason, "salutation": win_back.salutation})


def offer_facts(win_back: WinBack, rules: WinBackRules) -> dict[str, object]:
    """What the offer says, in every language: the customer may change theirs before it is sent."""
    return {
        "win_back_id": win_back.win_back_id,
        "reason": win_back.reason or "",
        "offers": {str(language): text for language, text in rules.offer.items()},
    }


def offer(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """The one offer, with the choice to talk or to decline."""
    win_back_id = int(str(facts["win_back_id"]))
    offers = facts["offers"]
    text = offers.get(language, "") if isinstance(offers, Mapping) else ""
    answers = tuple(Button(choice, OfferAnswer(win_back_id, choice, outbox_id)) for choice in OfferChoice)
    return Message("win_back/offer", language, {**facts, "offer": text}, (answers,))


def offer_answered(win_back: WinBack, choice: OfferChoice, outbox_id: int) -> Message:
    """What the offer becomes; who declined may still want to talk."""
    talk = Button(OfferChoice.TALK, OfferAnswer(win_back.win_back_id, OfferChoice.TALK, outbox_id))
    keyboard = ((talk,),) if choice is OfferChoice.DECLINE else ()
    facts = {"choice": choice, "salutation": win_back.salutation}
    return Message("win_back/offer_answered", win_back.language, facts, keyboard)


def read_command(text: str) -> tuple[str, str]:
    """The customer and the reason in what follows `/lost`.

    The reason comes after a colon or a line break, or else after a first word with a digit, which is an id.
    """
    customer, reason = read_note(text)
    first, _, rest = customer.partition(" ")
    if reason or not _has(str.isdigit, first) or not _has(str.isalpha, rest):
        return customer, reason
    return first, rest.strip()


def _has(test: Callable[[str], bool], word: str) -> bool:
    return any(test(character) for character in word)
