"""Tells everybody who watches (the page) what has just changed."""

import asyncio
from collections.abc import AsyncIterator

from bot.playground.refusals import JsonObject


class Changes:
    """A broadcast: every listener hears every change from the moment it starts to listen."""

    def __init__(self) -> None:
        self._listeners: set[asyncio.Queue[JsonObject | None]] = set()
        self._closed = False

    def publish(self, kind: str, **what: object) -> None:
        for listener in self._listeners:
            listener.put_nowait({"kind": kind, **what})

    async def listen(self) -> AsyncIterator[JsonObject]:
        """Yield changes until `close`; after it, nothing."""
        if self._closed:
            return
        queue: asyncio.Queue[JsonObject | None] = asyncio.Queue()
        self._listeners.add(queue)
        try:
            while (change := await queue.get()) is not None:
                yield change
        finally:
            self._listeners.discard(queue)

    def close(self) -> None:
        """End every listener, so that a server with open event streams can stop."""
        self._closed = True
        for listener in self._listeners:
            listener.put_nowait(None)
