"""What is kept only for so long."""

from datetime import datetime

import storage.retention
from bot.domain.planning import CHUNK
from bot.domain.rules import Rules
from storage.database import Tx


def erase_old_texts(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Erase what people wrote longer ago than the rules allow, a chunk at a time; scores and dates stay."""
    if rules.retention.texts is None:
        return 0
    return storage.retention.erase_texts(tx, before=now - rules.retention.texts, limit=CHUNK)
