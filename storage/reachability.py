"""Losing contact: the customer blocked the bot, or is no longer on Telegram."""

from datetime import datetime

from bot.domain.rules import Rules
from storage import customers, notices, outbox
from storage.database import Tx


def lose(tx: Tx, customer_id: int, *, rules: Rules, now: datetime) -> None:
    """Stop everything that was due to a customer, and tell staff, once for each loss of contact."""
    name = customers.mark_unreachable(tx, customer_id, now=now)
    outbox.cancel_pending(tx, customer_id, reason="unreachable")
    if name is not None:
        notices.notify(
            tx,
            key=f"unreachable:{customer_id}:{now.isoformat()}",
            template="staff/unreachable",
            facts={"customer": name},
            customer_id=customer_id,
            rules=rules,
            now=now,
        )
