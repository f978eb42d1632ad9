"""The customers that staff look after: how they are found."""

from dataclasses import dataclass
from typing import NamedTuple

from bot.domain.names import search_key

LEAST_PHONE_DIGITS = 8


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
        customer_id=int(own) if own != words and own.isascii() and own.isdecimal() and len(own) < 19 else None,
        phone_ending=digits.lstrip("0") if is_phone else None,
        name_key=search_key(words),
    )
