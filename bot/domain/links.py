"""One-time deep links that tie a chat to a customer record."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

CODE = re.compile(r"[A-Za-z0-9_-]{16,64}")
"""What Telegram lets a deep link carry (at most 64 of these), and long enough not to be guessed."""


class LinkOutcome(StrEnum):
    """What comes of using a link."""

    LINKED = "linked"
    ALREADY_LINKED = "already_linked"  # this chat and this customer belong together already
    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    CHAT_TAKEN = "chat_taken"  # the chat belongs to another customer
    CUSTOMER_TAKEN = "customer_taken"  # the customer belongs to another chat


@dataclass(frozen=True, kw_only=True)
class Redemption:
    """The outcome, and whose link it was when that is the customer's own business."""

    outcome: LinkOutcome
    customer_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class LinkFacts:
    """A link that exists, seen from a chat.

    `customer_chat_id` is the chat that its customer has; `chat_customer_id` the customer that the chat has, unless that
    is a person who signed up alone, whose record gives way.
    """

    customer_id: int
    expires_at: datetime
    used_at: datetime | None
    customer_chat_id: int | None
    chat_customer_id: int | None


def judge(link: LinkFacts | None, *, chat_id: int, now: datetime) -> LinkOutcome:
    """What comes of using this link in this chat. Nothing but `LINKED` uses the link up."""
    if link is None:
        return LinkOutcome.UNKNOWN
    if link.customer_chat_id == chat_id:
        return LinkOutcome.ALREADY_LINKED
    if link.used_at is not None:
        return LinkOutcome.USED
    if link.expires_at <= now:
        return LinkOutcome.EXPIRED
    if link.customer_chat_id is not None:
        return LinkOutcome.CUSTOMER_TAKEN
    return LinkOutcome.LINKED if link.chat_customer_id is None else LinkOutcome.CHAT_TAKEN
