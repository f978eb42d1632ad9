"""What staff see of their customers."""

from datetime import datetime

import storage.portfolio
from bot.domain import portfolio
from bot.domain.portfolio import CustomerMatch
from storage.database import Tx

MOST_MATCHES = 8


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
