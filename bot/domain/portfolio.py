"""The customers that staff look after: how they are found, chosen and listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from bot.domain.messages import Button, Language, Message
from bot.domain.names import cut, search_key
from bot.domain.taps import ListPage, PickCustomer, ShowCustomer

LEAST_PHONE_DIGITS = 8
ID_DIGITS = 18  # surely within 64 bits
MOST_MATCHES = 8
PAGE = 8
NUMBERS_A_ROW = 4


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


@dataclass(frozen=True, kw_only=True)
class ListedCustomer:
    """A line of the list; `own` is a customer of whoever asks."""

    customer_id: int
    name: str
    plan: str
    own: bool
    linked: bool
    lost: bool
    last_nps: int | None
    last_purchase_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the list, from 0, out of `total` customers of whom `own` are those of whoever asks."""

    customers: Sequence[ListedCustomer]
    number: int
    total: int
    own: int

    @property
    def first(self) -> int:
        """The place of the first customer shown, from 0."""
        return self.number * PAGE


def read_page(number: int, total: int) -> int:
    """The page asked for, or the last one there is: customers may have gone since the button was made."""
    return max(0, min(number, (total - 1) // PAGE))


def page_message(page: Page, *, search: str, message_id: int, language: Language) -> Message:
    """The list with a number for each customer, and buttons to the pages before and after."""
    numbers = [
        Button("number", ShowCustomer(one.customer_id), {"number": page.first + place})
        for place, one in enumerate(page.customers, start=1)
    ]
    rows = [tuple(numbers[start : start + NUMBERS_A_ROW]) for start in range(0, len(numbers), NUMBERS_A_ROW)]
    turns = _turns(page, message_id)
    facts = {
        "search": cut(search, 60),
        "total": page.total,
        "own": page.own,
        "first": page.first + 1,
        "last": page.first + len(page.customers),
        "customers": [_line(one) for one in page.customers],
    }
    return Message("portfolio/list", language, facts, (*rows, turns) if turns else tuple(rows))


def _turns(page: Page, message_id: int) -> tuple[Button, ...]:
    before = [Button("before", ListPage(page.number - 1, message_id))] if page.number else []
    more = page.first + len(page.customers) < page.total
    after = [Button("after", ListPage(page.number + 1, message_id))] if more else []
    return (*before, *after)


def _line(one: ListedCustomer) -> dict[str, object]:
    return {
        "name": cut(one.name, 60),
        "plan": cut(one.plan, 30),
        "own": one.own,
        "linked": one.linked,
        "lost": one.lost,
        "nps": one.last_nps,
        "last_purchase_at": one.last_purchase_at,
    }


def read_note(text: str) -> tuple[str, str]:
    """The customer and the words of `/note An: likes mornings`; without a colon the first line is the customer."""
    mark = ":" if ":" in text else "\n"
    query, _, body = text.partition(mark)
    return query.strip(), body.strip()
