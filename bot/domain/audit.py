"""The audit log: who of the staff did what, to whom, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.messages import Language, Message

SHOWN = 20
COMMAND_LINE = 0
"""Stands where a member of staff does, for whoever has the command line: no Telegram id is 0."""


@dataclass(frozen=True, kw_only=True)
class Deed:
    """Something that a member of staff does; a button may name a part of the customer's record in their place."""

    staff_id: int
    command: str
    customer_id: int | None = None
    milestone_id: int | None = None
    interaction_id: int | None = None
    case_id: int | None = None
    colleague_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A deed as it was logged, with the names of today: none for staff who left and for people who were forgotten."""

    happened_at: datetime
    staff_id: int
    staff_name: str
    command: str
    customer_id: int | None
    customer_name: str
    colleague_id: int | None = None
    colleague_name: str = ""


def log_message(entries: Sequence[Entry], *, query: str, language: Language) -> Message:
    """The latest entries, for an administrator to read."""
    return Message("staff/audit", language, {"entries": [vars(one) for one in entries], "query": query})
