"""What staff see of their customers."""

from datetime import datetime

import storage.command_texts
import storage.portfolio
from bot.domain import portfolio
from bot.domain.messages import Language, Message
from bot.domain.names import cut, search_key
from bot.domain.portfolio import MOST_MATCHES, PAGE, Chosen, CustomerMatch, Page
from bot.domain.taps import ListPage, PickCustomer
from storage.database import Tx


def find_customers(tx: Tx, *, now: datetime, query: str, limit: int = MOST_MATCHES) -> list[CustomerMatch]:
    """Whom a member of staff may mean, the likeliest first.

    An external id, a phone number or our own id (`#12`) is exact; otherwise the name holds the query, whatever its
    accents and case. A given name and the beginning of a word come before the middle of one.
    """
    sought = portfolio.read_query(query)
    if not sought.name_key:
        return []
    return storage.portfolio.list_by_identity(tx, sought, limit=limit) or storage.portfolio.list_by_name(
        tx, sought.name_key, limit=limit
    )


def choose_customer(
    tx: Tx, *, now: datetime, message_id: int, language: Language, command: str, query: str, words: str
) -> Chosen | Message:
    """The customer whom a command names; otherwise what to say. Buttons need the command's other words kept.

    It only reads, since looking through a million names must not keep an answer waiting.
    """
    matches = find_customers(tx, now=now, query=query, limit=MOST_MATCHES + 1)
    if len(matches) == 1:
        return Chosen(customer_id=matches[0].customer_id, words=words, message_id=message_id)
    if not matches:
        template = "portfolio/nobody" if query.strip() else "portfolio/usage"
        return Message(template, language, {"command": command, "query": cut(query, 60)})
    argument = str(message_id) if words else ""
    return portfolio.offer(matches, command=command, argument=argument, language=language)


def keep_words(tx: Tx, *, now: datetime, chat_id: int, message_id: int, words: str) -> None:
    """Keep the words of a command until one of its buttons is tapped."""
    storage.command_texts.keep(tx, chat_id=chat_id, message_id=message_id, body=words, now=now)


def pick_customer(tx: Tx, *, now: datetime, chat_id: int, language: Language, tap: PickCustomer) -> Chosen | Message:
    """The customer who was picked, with the words of the command that offered the choice."""
    if not tap.argument:
        return Chosen(customer_id=tap.customer_id, words="", message_id=0)
    message_id = portfolio.read_id(tap.argument) or 0
    words = storage.command_texts.load(tx, chat_id=chat_id, message_id=message_id)
    if words is None:
        return Message("portfolio/choice_expired", language, {"command": tap.command})
    return Chosen(customer_id=tap.customer_id, words=words, message_id=message_id)


def list_customers(
    tx: Tx, *, now: datetime, message_id: int, staff_id: int, language: Language, search: str
) -> Message:
    """The first page of the customers with this in their name, those of whoever asks first; a search must be kept."""
    return _page(tx, search, 0, staff_id=staff_id, message_id=message_id if search else 0, language=language)


def turn_page(tx: Tx, *, now: datetime, chat_id: int, staff_id: int, language: Language, tap: ListPage) -> Message:
    """Another page of a list."""
    search = storage.command_texts.load(tx, chat_id=chat_id, message_id=tap.message_id) if tap.message_id else ""
    if search is None:
        return Message("portfolio/choice_expired", language, {"command": "customers"})
    return _page(tx, search, tap.page, staff_id=staff_id, message_id=tap.message_id, language=language)


def _page(tx: Tx, search: str, number: int, *, staff_id: int, message_id: int, language: Language) -> Message:
    key = search_key(search)
    own = storage.portfolio.count(tx, key, csm_id=staff_id, own=True)
    total = own + storage.portfolio.count(tx, key, csm_id=staff_id, own=False)
    number = portfolio.read_page(number, total)
    start = number * PAGE
    shown = storage.portfolio.list_page(tx, key, csm_id=staff_id, own=True, offset=start, limit=PAGE)
    others = {"offset": max(0, start - own), "limit": PAGE - len(shown)}
    shown += storage.portfolio.list_page(tx, key, csm_id=staff_id, own=False, **others)
    page = Page(customers=shown, number=number, total=total, own=own)
    return portfolio.page_message(page, search=search, message_id=message_id, language=language)
