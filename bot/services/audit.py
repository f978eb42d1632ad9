"""Nothing is done to a customer, and no profile is looked at, without an entry in the audit log."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import storage.audit
import storage.portfolio
import storage.staff
from bot.domain import audit
from bot.domain.audit import Deed, Entry
from bot.domain.messages import Language, Message
from bot.domain.names import search_key
from bot.domain.portfolio import MOST_MATCHES, read_id, read_query
from storage.database import Tx

T = TypeVar("T")


def perform(tx: Tx, *, now: datetime, deed: Deed, use_case: Callable[..., T], **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
    """Run a use case that writes, with its entry in the same transaction: neither is kept without the other."""
    storage.audit.add(tx, deed, now=now)
    return use_case(tx, now=now, **facts)


def note(tx: Tx, *, now: datetime, deed: Deed) -> None:
    """Log a look, before it is taken: reading is done elsewhere, so that it keeps nobody waiting."""
    storage.audit.add(tx, deed, now=now)


def show_log(tx: Tx, *, now: datetime, query: str, language: Language) -> Message:
    """`/audit`: the latest entries, of everybody or of whom the query names."""
    return audit.log_message(list_entries(tx, now=now, query=query), query=query, language=language)


def list_entries(tx: Tx, *, now: datetime, query: str, limit: int = audit.SHOWN) -> list[Entry]:
    """The latest entries; a query is a part of the name, or the id, of members of staff or of customers."""
    if not query:
        return storage.audit.list_latest(tx, limit=limit)
    sought = read_query(query)
    named = [
        one.user_id for one in storage.staff.list_all(tx) if sought.name_key and sought.name_key in search_key(one.name)
    ]
    gone = read_id(query)  # who works here no more has no name here
    staff = named if gone is None else [*named, gone]
    customers = storage.portfolio.list_by_identity(tx, sought, limit=MOST_MATCHES)
    if not customers and sought.name_key:
        customers = storage.portfolio.list_by_name(tx, sought.name_key, limit=MOST_MATCHES)
    ids = [one.customer_id for one in customers]
    return storage.audit.list_about(tx, staff_ids=staff, customer_ids=ids, limit=limit)
