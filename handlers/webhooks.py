"""Calls the business's other system, at the one address that is set, until it says that it has heard."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus

import aiohttp

from bot.domain.delivery import Outcome, Proof
from bot.domain.webhooks import Call, headers
from bot.services import webhooks
from handlers.context import House

logger = logging.getLogger(__name__)

POLL_SECONDS = 1.0
AT_ONCE = 8


class WebhookSender:
    """One replica's caller. `owner` names it in the rows that it claims.

    It follows no redirect and takes no proxy from the environment, so that it calls none but the address it was given.
    """

    def __init__(self, house: House, *, url: str, secret: bytes, owner: str) -> None:
        self._house = house
        self._url = url
        self._secret = secret
        self._owner = owner

    async def run(self, stop: asyncio.Event) -> None:
        """Call until told to stop; what is under way is finished first."""
        async with self._session() as session:
            while not stop.is_set():
                try:
                    called = await self._round(session)
                except Exception:
                    logger.exception("the calls could not be read; trying again")
                    called = 0
                if not called:
                    with suppress(TimeoutError):
                        await asyncio.wait_for(stop.wait(), POLL_SECONDS)

    async def drain(self) -> int:
        """Make all calls that are due; returns how many."""
        total = 0
        async with self._session() as session:
            while called := await self._round(session):
                total += called
        return total

    @asynccontextmanager
    async def _session(self) -> AsyncIterator[aiohttp.ClientSession]:
        timeout = aiohttp.ClientTimeout(total=self._house.rules.delivery.timeout.total_seconds())
        async with aiohttp.ClientSession(timeout=timeout, cookie_jar=aiohttp.DummyCookieJar()) as session:
            yield session

    async def _round(self, session: aiohttp.ClientSession) -> int:
        house = self._house
        if not await house.db.read(webhooks.anything_due):
            return 0
        calls = await house.db.write(webhooks.claim, rules=house.rules, owner=self._owner, limit=AT_ONCE)
        await asyncio.gather(*(self._tell(session, call) for call in calls))
        return len(calls)

    async def _tell(self, session: aiohttp.ClientSession, call: Call) -> None:
        outcome = await self._attempt(session, call)
        if outcome.error is not None:
            logger.warning("webhook %s, attempt %d: %s", call.message_id, call.attempt, outcome.error)
        await self._house.db.write(webhooks.record, rules=self._house.rules, call=call, outcome=outcome)

    async def _attempt(self, session: aiohttp.ClientSession, call: Call) -> Outcome:
        try:
            async with session.post(
                self._url, data=call.body, headers=headers(call, self._secret), allow_redirects=False
            ) as answer:
                return outcome_of(answer.status)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Outcome(proof=Proof.UNKNOWN, error=type(error).__name__)


def outcome_of(status: int) -> Outcome:
    """What the receiver's status proves: 2xx that it has heard, 410 that it wants to hear no more, others nothing."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(proof=Proof.SENT)
    return Outcome(proof=Proof.REFUSED if status == HTTPStatus.GONE else Proof.NOT_SENT, error=f"HTTP {status}")
