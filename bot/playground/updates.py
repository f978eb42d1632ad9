"""What waits for the bot: updates, kept until the bot confirms them by asking for a later one."""

import asyncio
from collections import deque
from collections.abc import Sequence
from contextlib import suppress
from itertools import count, islice

from bot.playground.refusals import JsonObject, conflict

UNASKED = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
LONGEST_POLL_SECONDS = 50


class UpdateQueue:
    """getUpdates as https://core.telegram.org/bots/api#getupdates defines it."""

    def __init__(self) -> None:
        self._ids = count(700_000_001)
        self._waiting: deque[JsonObject] = deque()
        self._wanted: frozenset[str] = frozenset()
        self._changed = asyncio.Event()
        self._drained = asyncio.Event()
        self._drained.set()
        self._poll = 0

    @property
    def unconfirmed(self) -> int:
        """How many updates the bot has not confirmed yet."""
        return len(self._waiting)

    async def drained(self) -> None:
        """Return when the bot has confirmed everything."""
        await self._drained.wait()

    def add(self, kind: str, body: JsonObject) -> None:
        """Queue one update, unless it is of a kind that the bot does not ask for."""
        if (kind not in self._wanted) if self._wanted else (kind in UNASKED):
            return
        self._waiting.append({"update_id": next(self._ids), kind: body})
        self._drained.clear()
        self._changed.set()

    async def poll(
        self,
        *,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109  the API's own parameter: running out of time is an answer, not an error
        allowed: Sequence[str] | None = None,
    ) -> list[JsonObject]:
        """Confirm everything below `offset`, then answer with what waits, at the latest after `timeout` seconds.

        Raises:
            Refusal: 409 when another call of getUpdates takes this one's place.
        """
        self._poll += 1
        poll = self._poll
        self._changed.set()
        if allowed is not None:
            self._wanted = frozenset(allowed)
        self._confirm(offset)
        with suppress(TimeoutError):
            async with asyncio.timeout(min(timeout, LONGEST_POLL_SECONDS)):
                await self._arrival(poll)
        return list(islice(self._waiting, min(max(limit, 1), 100)))

    def clear(self) -> None:
        """Forget everything that waits, as deleteWebhook does with drop_pending_updates."""
        self._waiting.clear()
        self._drained.set()

    def _confirm(self, offset: int) -> None:
        while self._waiting and (
            self._waiting[0]["update_id"] < offset if offset >= 0 else len(self._waiting) > -offset
        ):
            self._waiting.popleft()
        if not self._waiting:
            self._drained.set()

    async def _arrival(self, poll: int) -> None:
        while not self._waiting:
            self._changed.clear()
            await self._changed.wait()
            if poll != self._poll:
                raise conflict(
                    "terminated by other getUpdates request; make sure that only one bot instance is running"
                )
