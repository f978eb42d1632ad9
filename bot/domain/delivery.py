"""Delivery arithmetic: the shared speed limit, what an outcome proves, and when to try again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.domain.messages import Language, Message
from bot.domain.touchpoints import POLICIES, Kind, Unknown


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """A message to queue. `dedupe_key` is unique for ever: queueing the same thing twice sends it once.

    A message to a customer names `customer_id`, and the chat and language are read when it is sent; a message to staff
    names `chat_id` and `language`, and in `about_id` the customer whom it tells of, so that it can be erased with them.
    With `edit_message_id` it changes a message that was sent. Messages of one `lane` arrive in the order in which they
    were queued. What belongs to a case goes into its thread in the staff's chat.
    """

    dedupe_key: str
    kind: Kind
    due_at: datetime
    expires_at: datetime
    customer_id: int | None = None
    chat_id: int | None = None
    language: Language | None = None
    template: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    run_id: int | None = None
    edit_message_id: int | None = None
    lane: str | None = None
    case_id: int | None = None
    about_id: int | None = None


def at_once(kind: Kind, key: str, *, now: datetime, **what: Any) -> Outgoing:  # noqa: ANN401  the fields of Outgoing
    """A message that is due now and lives as long as its kind does."""
    return Outgoing(dedupe_key=key, kind=kind, due_at=now, expires_at=now + POLICIES[kind].lifetime, **what)


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """One sender's attempt at one row of the outbox. `owner` and `attempt` fence it: only they may write its result."""

    outbox_id: int
    owner: str
    attempt: int
    kind: Kind
    chat_id: int | None
    customer_id: int | None
    run_id: int | None
    possible_duplicate: bool
    case_id: int | None = None


class Act(StrEnum):
    """What a delivery does in the chat."""

    SEND = "send"
    SEND_PICTURE = "send_picture"  # drawn from the facts, with the words as its caption
    EDIT = "edit"
    EDIT_CAPTION = "edit_caption"
    COPY = "copy"  # a photo, a file or a voice message goes on as it is
    CREATE_TOPIC = "create_topic"
    CLOSE_TOPIC = "close_topic"
    REOPEN_TOPIC = "reopen_topic"
    DELETE_TOPIC = "delete_topic"
    DELETE = "delete"


@dataclass(frozen=True)
class Place:
    """A message, by its chat and its id there."""

    chat_id: int
    message_id: int


@dataclass(frozen=True, kw_only=True)
class Delivery(Attempt):
    """An attempt with its message, composed and ready to go.

    `thread_id` is the forum topic it goes into, `reply_to` the message it answers, `copied` what is copied.
    """

    chat_id: int
    message: Message
    edit_message_id: int | None
    act: Act = Act.SEND
    thread_id: int | None = None
    reply_to: int | None = None
    copied: Place | None = None


NAMED_ACTS = {
    "create": Act.CREATE_TOPIC,
    "close": Act.CLOSE_TOPIC,
    "reopen": Act.REOPEN_TOPIC,
    "delete": Act.DELETE_TOPIC,
    "unsend": Act.DELETE,
}


def act_of(facts: Mapping[str, object], *, edits: bool) -> Act:
    """What a queued message does in its chat; `edits` when it changes one that is there."""
    if "act" in facts:
        return NAMED_ACTS[str(facts["act"])]
    if "picture" in facts:
        return Act.SEND_PICTURE
    if "copied" in facts:
        return Act.EDIT_CAPTION if edits else Act.COPY
    return Act.EDIT if edits else Act.SEND


def copied_place(facts: Mapping[str, object]) -> Place | None:
    """The message that is copied, if any."""
    found = facts.get("copied")
    return Place(int(found[0]), int(found[1])) if isinstance(found, list | tuple) else None


class Proof(StrEnum):
    """What the messenger's answer proves."""

    SENT = "sent"
    NOT_SENT = "not_sent"  # try again
    REFUSED = "refused"  # never try again
    UNREACHABLE = "unreachable"  # never try anything for this person
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of one attempt. `retry_after` is the messenger's own demand; `new_chat_id` a group's move."""

    proof: Proof
    message_id: int | None = None
    retry_after: timedelta | None = None
    new_chat_id: int | None = None
    error: str | None = None


class Step(StrEnum):
    """What to do with a row after an attempt."""

    DONE = "done"
    RETRY = "retry"
    FAIL = "fail"
    LEAVE_UNKNOWN = "leave_unknown"
    RESEND_FLAGGED = "resend_flagged"


def decide(kind: Kind, outcome: Outcome, *, attempt: int, most: int, already_resent: bool) -> Step:
    """The next step for a row of this kind after `attempt` of at `most` attempts."""
    repeats = POLICIES[kind].unknown is Unknown.REPEAT
    if repeats and outcome.proof in (Proof.NOT_SENT, Proof.UNKNOWN):
        return Step.RETRY
    match outcome.proof:
        case Proof.SENT:
            return Step.DONE
        case Proof.REFUSED | Proof.UNREACHABLE:
            return Step.FAIL
        case Proof.NOT_SENT:
            return Step.RETRY if outcome.retry_after or outcome.new_chat_id or attempt < most else Step.FAIL
    may_resend = POLICIES[kind].unknown is Unknown.RESEND and not already_resent
    return Step.RESEND_FLAGGED if may_resend else Step.LEAVE_UNKNOWN


def backoff(attempt: int) -> timedelta:
    """How long to wait after the given attempt failed: 2, 4, 8 … seconds, at most ten minutes."""
    return timedelta(seconds=min(2 ** min(attempt, 10), 600))


GRAIN_SECONDS = 2e-6
"""What rounding the instants to microseconds may have taken off."""


@dataclass(frozen=True)
class Grant:
    """How many messages may go now, and the limit's new theoretical arrival time."""

    count: int
    arrival_at: datetime


def take(arrival_at: datetime, wanted: int, *, per_second: float, burst: float, now: datetime) -> Grant:
    """Take up to `wanted` tokens from a GCRA limit (ITU-T I.371; Turner's leaky bucket as virtual scheduling).

    `burst` is how many may go at once after a rest.
    """
    interval = 1 / per_second
    start = max(arrival_at, now)
    room = burst * interval - (start - now).total_seconds()
    count = max(0, min(wanted, int((room + GRAIN_SECONDS) / interval)))
    return Grant(count, start + timedelta(seconds=count * interval))
