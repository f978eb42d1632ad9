"""What is kept only for so long."""

from datetime import datetime, timedelta

import storage.ingest
import storage.retention
from bot.domain.planning import CHUNK
from bot.domain.rules import Rules
from storage.database import Tx

REQUESTS_KEPT = timedelta(hours=24)
"""For so long a request that is sent again gets the same answer; an hour's outage is over by then."""


def erase_old_texts(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Erase what people wrote longer ago than the rules allow, a chunk at a time; scores and dates stay."""
    if rules.retention.texts is None:
        return 0
    return storage.retention.erase_texts(tx, before=now - rules.retention.texts, limit=CHUNK)


def forget_old_requests(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Forget which requests brought data in, a chunk at a time."""
    return storage.ingest.drop_old(tx, before=now - REQUESTS_KEPT, limit=CHUNK)
