"""What to do when Telegram asks a reply to wait. Campaigns are paced by the outbox; this is for everything else."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter
from typing_extensions import override

from bot.services import delivery
from handlers.context import Database

logger = logging.getLogger(__name__)

PACED = "paced"
"""`rate_limit_args` of a call that the outbox has already paced: its 429 belongs to the sender."""

LONGEST_WAIT = timedelta(seconds=30)


class ReplyLimiter(BaseRateLimiter[str]):
    """Replies never wait behind a campaign; at a 429 the reply waits as asked, and so does every replica's campaign."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def initialize(self) -> None:
        """Nothing to start."""

    async def shutdown(self) -> None:
        """Nothing to stop."""

    @override
    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: str | None,
    ) -> Any:
        if rate_limit_args == PACED:
            return await callback(*args, **kwargs)
        try:
            return await callback(*args, **kwargs)
        except RetryAfter as error:
            wait = wait_of(error)
            await self._db.write(delivery.pause, retry_after=wait)
            if wait > LONGEST_WAIT:
                raise
            logger.warning("Telegram asks %s to wait %s", endpoint, wait)
            await asyncio.sleep(wait.total_seconds())
            return await callback(*args, **kwargs)


def wait_of(error: RetryAfter) -> timedelta:
    """How long Telegram asks to wait."""
    asked = error.retry_after
    return asked if isinstance(asked, timedelta) else timedelta(seconds=asked)
