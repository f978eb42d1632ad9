"""getUpdates: nothing is forgotten before it is confirmed."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.playground.messenger import Messenger
from bot.playground.persons import Person
from bot.playground.refusals import Refusal
from bot.playground.updates import UpdateQueue


@pytest.fixture
def queue() -> UpdateQueue:
    return UpdateQueue()


def ids(updates: list[dict[str, Any]]) -> list[int]:
    return [update["update_id"] for update in updates]


async def test_an_update_comes_again_until_a_later_one_is_asked_for(queue: UpdateQueue) -> None:
    queue.add("message", {"text": "a"})
    queue.add("message", {"text": "b"})
    first = ids(await queue.poll())
    assert ids(await queue.poll()) == first
    assert ids(await queue.poll(offset=first[0] + 1)) == first[1:]
    assert queue.unconfirmed == 1


async def test_confirmed_updates_do_not_come_back_with_a_lower_offset(queue: UpdateQueue) -> None:
    queue.add("message", {})
    (only,) = ids(await queue.poll())
    await queue.poll(offset=only + 1)
    assert await queue.poll(offset=only) == []


async def test_a_limit_gives_the_earliest_updates(queue: UpdateQueue) -> None:
    for _ in range(120):
        queue.add("message", {})
    assert len(await queue.poll()) == 100
    assert len(await queue.poll(limit=7)) == 7


async def test_a_negative_offset_keeps_the_last_updates_only(queue: UpdateQueue) -> None:
    for text in "abc":
        queue.add("message", {"text": text})
    assert [update["message"]["text"] for update in await queue.poll(offset=-1)] == ["c"]
    assert queue.unconfirmed == 1


async def test_a_long_poll_returns_when_something_arrives(queue: UpdateQueue) -> None:
    poll = asyncio.create_task(queue.poll(timeout=50))
    await asyncio.sleep(0)
    queue.add("message", {"text": "a"})
    assert [update["message"]["text"] for update in await poll] == ["a"]


async def test_a_poll_without_a_timeout_returns_at_once(queue: UpdateQueue) -> None:
    assert await queue.poll() == []


async def test_a_second_poll_ends_the_first_with_a_conflict(queue: UpdateQueue) -> None:
    first = asyncio.create_task(queue.poll(timeout=50))
    await asyncio.sleep(0)
    second = asyncio.create_task(queue.poll(timeout=50))
    with pytest.raises(Refusal, match="Conflict: terminated by other getUpdates request"):
        await first
    queue.add("message", {})
    assert len(await second) == 1


async def test_only_the_kinds_that_are_asked_for_are_queued(queue: UpdateQueue) -> None:
    await queue.poll(allowed=["callback_query"])
    queue.add("message", {})
    queue.add("callback_query", {})
    await queue.poll()
    queue.add("message", {})
    assert [list(update)[1] for update in await queue.poll()] == ["callback_query"]


async def test_an_empty_list_asks_for_everything_but_the_kinds_that_must_be_named(queue: UpdateQueue) -> None:
    await queue.poll(allowed=[])
    for kind in ("message", "my_chat_member", "chat_member", "message_reaction"):
        queue.add(kind, {})
    assert [list(update)[1] for update in await queue.poll()] == ["message", "my_chat_member"]


async def test_drained_waits_for_the_confirmation_and_not_for_the_delivery(queue: UpdateQueue) -> None:
    queue.add("message", {})
    drained = asyncio.create_task(queue.drained())
    (only,) = ids(await queue.poll())
    await asyncio.sleep(0)
    assert not drained.done()
    await queue.poll(offset=only + 1)
    await drained


async def test_a_bot_may_drop_what_waits_when_it_gives_up_its_webhook(
    call: Callable[..., Awaitable[Any]], messenger: Messenger, an: Person
) -> None:
    assert an.chat.messages
    assert await call("deleteWebhook")
    assert messenger.updates.unconfirmed == 1
    assert await call("deleteWebhook", drop_pending_updates=True)
    assert messenger.updates.unconfirmed == 0


async def test_clearing_forgets_what_waits(queue: UpdateQueue) -> None:
    queue.add("message", {})
    queue.clear()
    assert await queue.poll() == []
    await queue.drained()
