"""What a reply does when Telegram asks it to wait."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import RetryAfter

from handlers.limiter import PACED, ReplyLimiter
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import row, rows


class Calls:
    """A call that is asked to wait a number of times before it goes through."""

    def __init__(self, *waits: float) -> None:
        self.waits = list(waits)
        self.made = 0

    async def __call__(self, *_args: object, **_facts: object) -> str:
        self.made += 1
        if self.waits:
            raise RetryAfter(timedelta(seconds=self.waits.pop(0)))
        return "sent"


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the limiter slept; it does not really."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return slept


async def go(database: Database, calls: Calls, rate_limit_args: str | None = None) -> Any:
    return await ReplyLimiter(database).process_request(calls, (), {}, "sendMessage", {}, rate_limit_args)


async def test_a_reply_goes_at_once(database: Database, naps: list[float]) -> None:
    calls = Calls()
    assert await go(database, calls) == "sent"
    assert (calls.made, naps, rows(database, "rate")) == (1, [], [])


async def test_a_reply_waits_as_asked_and_every_campaign_with_it(
    database: Database, naps: list[float], clock: HandClock
) -> None:
    assert await go(database, Calls(3)) == "sent"
    assert naps == [3]
    assert row(database, "rate", name="bulk")["paused_until"] == clock.now() + timedelta(seconds=3)


async def test_a_reply_does_not_wait_for_ever(database: Database, naps: list[float]) -> None:
    with pytest.raises(RetryAfter):
        await go(database, Calls(3600))
    assert naps == []


async def test_a_reply_that_is_asked_twice_is_given_up(database: Database, naps: list[float]) -> None:
    calls = Calls(1, 1)
    with pytest.raises(RetryAfter):
        await go(database, calls)
    assert calls.made == 2


async def test_what_the_outbox_paces_hears_of_its_429_itself(database: Database, naps: list[float]) -> None:
    with pytest.raises(RetryAfter):
        await go(database, Calls(1), PACED)
    assert (naps, rows(database, "rate")) == ([], [])
