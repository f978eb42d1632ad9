"""What two chats that use one link at the same instant meet, which a single transaction never does."""

from datetime import timedelta
from typing import Any

import pytest

from bot.domain.links import LinkFacts, LinkOutcome, Redemption
from bot.domain.rules import Rules
from bot.services.links import create_link, redeem
from storage import links
from storage.database import Database
from tests import factories

CODE = "one-time_code-of-24-char"


@pytest.fixture
def an(database: Database) -> int:
    customer_id = factories.add_customer(database, external_id="K1", chat_id=None)
    database.write_now(create_link, external_id="K1", rules=Rules(), code=CODE)
    return customer_id


def seen_before(monkeypatch: pytest.MonkeyPatch, facts: LinkFacts) -> None:
    """What was read before the other chat was done."""
    monkeypatch.setattr(links, "load", lambda _tx, **_facts: facts)


def test_of_two_chats_with_one_link_the_second_finds_it_used(
    database: Database, an: int, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    expires_at = clock.now() + timedelta(days=1)
    fresh = LinkFacts(customer_id=an, expires_at=expires_at, used_at=None, customer_chat_id=None, chat_customer_id=None)
    seen_before(monkeypatch, fresh)

    first, second = (database.write_now(redeem, code=CODE, chat_id=chat, rules=Rules()) for chat in (1, 2))

    assert first == Redemption(outcome=LinkOutcome.LINKED, customer_id=an)
    assert second == Redemption(outcome=LinkOutcome.USED)
    assert [row["chat_id"] for row in factories.rows(database, "customer")] == [1]


def test_of_two_links_to_one_customer_the_second_finds_the_customer_taken(
    database: Database, an: int, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = "another-" + CODE
    database.write_now(create_link, external_id="K1", rules=Rules(), code=other)
    expires_at = clock.now() + timedelta(days=1)
    fresh = LinkFacts(customer_id=an, expires_at=expires_at, used_at=None, customer_chat_id=None, chat_customer_id=None)
    seen_before(monkeypatch, fresh)

    outcomes = [
        database.write_now(redeem, code=code, chat_id=chat, rules=Rules()).outcome
        for code, chat in ((CODE, 1), (other, 2))
    ]

    assert outcomes == [LinkOutcome.LINKED, LinkOutcome.CUSTOMER_TAKEN]
    assert [row["chat_id"] for row in factories.rows(database, "customer")] == [1]


def test_who_signed_up_alone_and_never_stopped_leaves_no_stop_behind(database: Database, an: int, clock: Any) -> None:
    factories.add_customer(database, external_id=None, chat_id=3)

    database.write_now(redeem, code=CODE, chat_id=3, rules=Rules())

    (row,) = factories.rows(database, "customer")
    assert (row["id"], row["chat_id"], row["stopped_at"]) == (an, 3, None)
