from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.links import CODE, LinkFacts, LinkOutcome, judge

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
CHAT = 5_000_000_000_001
FRESH = LinkFacts(
    customer_id=1, expires_at=NOW + timedelta(days=30), used_at=None, customer_chat_id=None, chat_customer_id=None
)


@pytest.mark.parametrize(
    ("link", "outcome"),
    [
        (None, LinkOutcome.UNKNOWN),
        (FRESH, LinkOutcome.LINKED),
        (replace(FRESH, expires_at=NOW), LinkOutcome.EXPIRED),
        (replace(FRESH, expires_at=NOW + timedelta(microseconds=1)), LinkOutcome.LINKED),
        (replace(FRESH, used_at=NOW), LinkOutcome.USED),
        (replace(FRESH, used_at=NOW, expires_at=NOW), LinkOutcome.USED),
        (replace(FRESH, used_at=NOW, expires_at=NOW, customer_chat_id=CHAT), LinkOutcome.ALREADY_LINKED),
        (replace(FRESH, customer_chat_id=CHAT), LinkOutcome.ALREADY_LINKED),
        (replace(FRESH, customer_chat_id=CHAT + 1), LinkOutcome.CUSTOMER_TAKEN),
        (replace(FRESH, customer_chat_id=CHAT + 1, used_at=NOW), LinkOutcome.USED),
        (replace(FRESH, chat_customer_id=2), LinkOutcome.CHAT_TAKEN),
    ],
)
def test_each_link_has_one_right_answer(link: LinkFacts | None, outcome: LinkOutcome) -> None:
    assert judge(link, chat_id=CHAT, now=NOW) is outcome


@pytest.mark.parametrize("code", ["short", "a" * 65, "with space and more", "có-dấu-tiếng-việt", ""])
def test_a_code_that_telegram_would_not_carry_or_that_could_be_guessed_is_no_code(code: str) -> None:
    assert CODE.fullmatch(code) is None
