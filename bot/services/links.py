"""Deep links: staff make one for a customer, and the customer's chat uses it once."""

from datetime import datetime

import storage.consent
import storage.customers
import storage.links
from bot.domain.links import CODE, LinkOutcome, Redemption, judge
from bot.domain.messages import Language, Message, Reply
from bot.domain.privacy import Act
from bot.domain.rules import Rules
from storage.database import Tx


def create_link(tx: Tx, *, now: datetime, external_id: str, rules: Rules, code: str) -> datetime | None:
    """Store a new link for a customer; returns until when it works, or None when there is no such customer.

    The code comes from the edge, where chance is: 16 to 64 of A-Za-z0-9_-, from a cryptographic generator.

    Raises:
        ValueError: the code has another shape.
    """
    if not CODE.fullmatch(code):
        raise ValueError("a link's code is 16 to 64 of A-Za-z0-9_-")
    expires_at = now + rules.sign_up.link_lasts
    added = storage.links.add(tx, code=code, external_id=external_id, expires_at=expires_at, now=now)
    return expires_at if added else None


def start(tx: Tx, *, now: datetime, code: str, chat_id: int, language: Language, rules: Rules) -> Reply:
    """`/start CODE`: tie the chat to its customer and greet them, or say why not and what to do."""
    redemption = redeem(tx, now=now, code=code, chat_id=chat_id, rules=rules)
    me = storage.customers.load_by_chat(tx, chat_id)
    if me is None or redemption.customer_id is None:
        return Reply(send=(Message("customers/link_refused", language, {"outcome": str(redemption.outcome)}),))
    facts = {"name": me.name, "salutation": me.salutation, "again": redemption.outcome is LinkOutcome.ALREADY_LINKED}
    storage.customers.set_reachable(tx, chat_id)
    return Reply(send=(Message("customers/linked", me.language, facts),))


def redeem(tx: Tx, *, now: datetime, code: str, chat_id: int, rules: Rules) -> Redemption:
    """Tie the chat to the customer whose link this is, once. A refusal leaves the link as it was."""
    link = storage.links.load(tx, code=code, chat_id=chat_id)
    outcome = judge(link, chat_id=chat_id, now=now)
    if link is not None and outcome is LinkOutcome.LINKED:
        outcome = _tie(tx, now=now, code=code, customer_id=link.customer_id, chat_id=chat_id, rules=rules)
    if link is None or outcome not in {LinkOutcome.LINKED, LinkOutcome.ALREADY_LINKED}:
        return Redemption(outcome=outcome)
    return Redemption(outcome=outcome, customer_id=link.customer_id)


def _tie(tx: Tx, *, now: datetime, code: str, customer_id: int, chat_id: int, rules: Rules) -> LinkOutcome:
    if not storage.links.use(tx, code=code, now=now):
        return LinkOutcome.USED
    tied = storage.links.tie_chat(
        tx,
        customer_id=customer_id,
        chat_id=chat_id,
        nps_first_after=rules.surveys.nps_first_after,
        nps_not_before=now + rules.contact.floor,
        now=now,
    )
    if not tied:
        return LinkOutcome.CUSTOMER_TAKEN
    storage.consent.add(tx, customer_id, Act.LINK, now=now)
    return LinkOutcome.LINKED
