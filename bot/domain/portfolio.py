"""The customers that staff look after: how they are found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.messages import Button, Language, Message
from bot.domain.names import search_key
from bot.domain.taps import PickCustomer

LEAST_PHONE_DIGITS = 8
ID_DIGITS = 18  # surely within 64 bits
MOST_MATCHES = 8
ELLIPSIS = "…"


@dataclass(frozen=True, kw_only=True)
class CustomerMatch:
    """A customer that a search found, with what tells namesakes apart."""

    customer_id: int
    name: str
    external_id: str | None
    plan: str


class Sought(NamedTuple):
    """What a search may mean: the company's own id, our id, the end of a phone number, a part of a name."""

    external_id: str
    customer_id: int | None
    phone_ending: str | None
    name_key: str


def read_query(query: str) -> Sought:
    """Every reading of what a member of staff typed; `#12` is our own id, and a number may be in national form."""
    words = query.strip()
    digits = "".join(character for character in words if character.isdecimal())
    is_phone = len(digits) >= LEAST_PHONE_DIGITS and not words.strip("+0123456789 .-()")
    own = words.removeprefix("#")
    return Sought(
        external_id=words,
        customer_id=read_id(own) if own != words else None,
        phone_ending=digits.lstrip("0") if is_phone else None,
        name_key=search_key(words),
    )


def read_id(text: str) -> int | None:
    """A whole number that an id can be, or None."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= ID_DIGITS else None


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """The customer whom a command is about, with the rest of its words, and the message that gave it."""

    customer_id: int
    words: str
    message_id: int


def cut(text: str, most: int) -> str:
    """The text on one line in at most `most` characters, the last of them an ellipsis where something is left out."""
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1].rstrip() + ELLIPSIS


def offer(matches: Sequence[CustomerMatch], *, command: str, argument: str, language: Language) -> Message:
    """Buttons with those whom a command may mean; one more match than is shown says that there are more."""
    shown = matches[:MOST_MATCHES]
    keyboard = tuple(
        (Button("pick", PickCustomer(command, match.customer_id, argument), _label(match)),) for match in shown
    )
    facts = {"command": command, "shown": len(shown), "more": len(matches) > len(shown)}
    return Message("portfolio/several", language, facts, keyboard)


def _label(match: CustomerMatch) -> dict[str, object]:
    return {
        "name": cut(match.name, 40),
        "plan": cut(match.plan, 20),
        "external_id": cut(match.external_id or f"#{match.customer_id}", 20),
    }
