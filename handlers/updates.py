"""Receiving updates: none is confirmed to Telegram before it is handled or stored.

python-telegram-bot's own updater confirms a batch while its handlers still wait in memory. Here a batch is confirmed by
the next call only when each of its updates has been handled, or lies in the inbox, from where a restart takes it up.
Updates of one chat are handled in order; chats go side by side.
"""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from contextlib import suppress
from typing import Any

from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError

from bot.services import updates
from handlers.context import App

logger = logging.getLogger(__name__)

LONG_POLL_SECONDS = 30
SIDE_BY_SIDE = 100
PATIENCE_SECONDS = 1.0
RETRY_SECONDS = 2.0
LONGEST_BACKOFF_SECONDS = 30.0
ALLOWED = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]


class Intake:
    """Feeds updates to the application, so that a kill at any moment loses none."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._db = app.bot_data.db
        self._tails: dict[int, asyncio.Task[None]] = {}
        self._stored: set[int] = set()
        self._room = asyncio.Semaphore(SIDE_BY_SIDE)

    async def poll(self, stop: asyncio.Event) -> None:
        """Ask Telegram for updates until told to stop; then finish what is in hand and confirm it.

        Raises:
            InvalidToken: Telegram does not know the token; nothing that we do will change that.
        """
        await self._db.write(updates.hasten)
        await self.replay()
        retrying = asyncio.create_task(self._replay_for_ever(stop))
        offset = failures = 0
        while not stop.is_set():
            try:
                batch = await self._ask(offset, stop)
                await self.accept(batch)
            except InvalidToken:
                raise
            except Exception as error:  # noqa: BLE001  nothing is confirmed, so whatever it was, the batch comes again
                failures += 1
                await self._wait_after(error, failures, stop)
            else:
                failures = 0
                offset = max((update.update_id + 1 for update in batch), default=offset)
        await retrying
        await self._confirm(offset)

    async def accept(self, batch: Sequence[Update]) -> None:
        """Handle a batch; returns when each update is handled or stored. What takes long goes on in the background.

        Raises:
            Exception: the database could neither take an effect nor store the update.
        """
        tasks = {self._start(update): update for update in batch}
        if not tasks:
            return
        handled, slow = await asyncio.wait(tasks, timeout=PATIENCE_SECONDS)
        for task in handled:
            task.result()
        late = [tasks[task] for task in slow]
        if late:
            self._stored.update(update.update_id for update in late)
            await self._db.write(updates.keep, payloads=[update.to_dict() for update in late])

    async def replay(self) -> None:
        """Handle what waits in the inbox."""
        payloads = await self._db.read(updates.list_waiting)
        waiting = [update for update in self._read(payloads) if update.update_id not in self._stored]
        self._stored.update(update.update_id for update in waiting)
        if waiting:
            await asyncio.wait([self._start(update) for update in waiting])

    async def finish(self) -> None:
        """Wait for what is in hand."""
        while self._tails:
            await asyncio.wait(list(self._tails.values()))

    def _read(self, payloads: Iterable[dict[str, Any]]) -> Iterable[Update]:
        return (Update.de_json(payload, self._app.bot) for payload in payloads)

    def _start(self, update: Update) -> asyncio.Task[None]:
        chat = update.effective_user or update.effective_chat
        lane = chat.id if chat else 0
        task = asyncio.create_task(self._handle_after(self._tails.get(lane), update))
        self._tails[lane] = task
        task.add_done_callback(lambda done: self._tails.pop(lane) if self._tails.get(lane) is done else None)
        return task

    async def _handle_after(self, before: asyncio.Task[None] | None, update: Update) -> None:
        if before is not None:
            await asyncio.wait([before])
        async with self._room:
            await self._app.process_update(update)
        error = self._app.bot_data.failures.pop(update.update_id, None)
        if error is not None:
            await self._keep_failure(update, error)
        elif update.update_id in self._stored:
            await self._db.write(updates.remove, update_ids=[update.update_id])
        self._stored.discard(update.update_id)

    async def _keep_failure(self, update: Update, error: Exception) -> None:
        logger.error("update %d failed and is kept", update.update_id, exc_info=error)
        again = await self._db.write(
            updates.keep_failure, payload=update.to_dict(), error=f"{type(error).__name__}: {error}"
        )
        if not again:
            logger.error("update %d has failed too often; it stays in the inbox for people to see", update.update_id)

    async def _ask(self, offset: int, stop: asyncio.Event) -> Sequence[Update]:
        asking = asyncio.create_task(
            self._app.bot.get_updates(offset=offset, timeout=LONG_POLL_SECONDS, allowed_updates=ALLOWED)
        )
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({asking, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        if asking.done():
            return asking.result()
        asking.cancel()
        with suppress(asyncio.CancelledError):
            await asking
        return ()

    async def _wait_after(self, error: Exception, failures: int, stop: asyncio.Event) -> None:
        match error:
            case Conflict():
                logger.error("another process asks for this bot's updates: stop it, there can be only one")
            case TelegramError():
                logger.warning("updates cannot be fetched (%s); trying again", type(error).__name__)
            case _:
                logger.error("a batch of updates could not be kept safe; asking for it again", exc_info=error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), min(2.0**failures, LONGEST_BACKOFF_SECONDS))

    async def _replay_for_ever(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), RETRY_SECONDS)
            try:
                await self.replay()
            except Exception:
                logger.exception("the inbox could not be read; trying again")

    async def _confirm(self, offset: int) -> None:
        await self.finish()
        if offset:
            with suppress(TelegramError):
                # An answer to this call is not handled, and so not confirmed: it comes again at the next start.
                await self._app.bot.get_updates(offset=offset, timeout=0, limit=1, allowed_updates=ALLOWED)
