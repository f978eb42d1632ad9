"""The sender: claims what is due, sends it outside any transaction, and keeps what came of it."""

import asyncio
import logging
from contextlib import suppress
from datetime import timedelta
from typing import Any

from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, RetryAfter, TelegramError
from telegram.ext import ExtBot

from bot.domain.delivery import Delivery, Outcome, Proof
from bot.domain.touchpoints import Kind
from bot.services import delivery
from handlers import acts, replies
from handlers.context import House
from handlers.limiter import PACED, wait_of
from handlers.transport import NotSentError

logger = logging.getLogger(__name__)

POLL = timedelta(milliseconds=500)
TOKEN_PROBLEM = timedelta(minutes=1)
PROOFS: dict[type[TelegramError], Proof] = {Forbidden: Proof.UNREACHABLE}
DELETED = "message to delete not found"
UNREACHABLE = ("chat not found", "user is deactivated", "user not found", "bot was kicked")


class Sender:
    """One replica's sender. `owner` names it in the rows that it claims."""

    def __init__(self, bot: ExtBot[Any], house: House, *, owner: str) -> None:
        self._bot = bot
        self._house = house
        self._owner = owner
        self._in_flight: set[asyncio.Task[None]] = set()

    async def run(self, stop: asyncio.Event) -> None:
        """Send until told to stop; then finish what is in flight, and leave the rest to the next start."""
        wait = timedelta(0)
        while not stop.is_set():
            try:
                wait = await self._round(idle=wait == POLL)
            except Exception:
                logger.exception("the outbox could not be read; trying again")
                wait = POLL
            if wait:
                with suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), wait.total_seconds())
        await self._finish()

    async def drain(self) -> int:
        """Send all that may go now; returns how many attempts were made. For tests and the playground's clock."""
        attempts = 0
        while await self._house.db.read(delivery.anything_due):
            claimed = await self._claim()
            await self._finish()
            attempts += len(claimed.deliveries)
            if not claimed.judged:
                break
        return attempts

    async def _round(self, *, idle: bool) -> timedelta:
        """Claim once; how long to wait for the next. Who was idle looks first, in no transaction that writes."""
        delivery_rules = self._house.rules.delivery
        if idle and not await self._house.db.read(delivery.anything_due):
            return POLL
        claimed = await self._claim()
        # Half a pool at a time: each claim costs a transaction, so it should find more than one free place.
        while len(self._in_flight) > delivery_rules.in_flight // 2:
            await asyncio.wait(self._in_flight, return_when=asyncio.FIRST_COMPLETED)
        if claimed.judged:
            return timedelta(0)
        held_by_pace = await self._house.db.read(delivery.anything_due)
        return min(POLL, timedelta(seconds=1 / delivery_rules.per_second)) if held_by_pace else POLL

    async def _claim(self) -> delivery.Claim:
        house = self._house
        free = house.rules.delivery.in_flight - len(self._in_flight)
        claimed = await house.db.write(delivery.claim, rules=house.rules, owner=self._owner, limit=free)
        for one in claimed.deliveries:
            task = asyncio.create_task(self._deliver(one))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        return claimed

    async def _finish(self) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight)

    async def _deliver(self, one: Delivery) -> None:
        outcome = await self._attempt(one)
        if outcome.error is not None:
            logger.warning("outbox row %d (%s), attempt %d: %s", one.outbox_id, one.kind, one.attempt, outcome.error)
        try:
            await self._house.db.write(delivery.record, rules=self._house.rules, delivery=one, outcome=outcome)
        except Exception:
            # The lease runs out, and the row is settled as one of which nobody knows.
            logger.exception("what came of outbox row %d could not be kept", one.outbox_id)

    async def _attempt(self, one: Delivery) -> Outcome:
        try:
            async with asyncio.timeout(self._house.rules.delivery.timeout.total_seconds()):
                return Outcome(proof=Proof.SENT, message_id=await self._send(one))
        except TimeoutError:
            return Outcome(proof=Proof.UNKNOWN, error="no answer in time")
        except TelegramError as error:
            return outcome_of(error)
        except Exception as error:
            logger.exception("outbox row %d cannot be put into words", one.outbox_id)
            return Outcome(proof=Proof.REFUSED, error=f"{type(error).__name__}: {error}")

    async def _send(self, one: Delivery) -> int | None:
        if one.kind is Kind.RECALL and one.edit_message_id is not None and await self._deleted(one):
            return one.edit_message_id
        return await acts.perform(self._bot, self._house.renderer, one)

    async def _deleted(self, one: Delivery) -> bool:
        """Whether the message is gone; one that Telegram will not delete (after 48 hours) is changed instead."""
        assert one.edit_message_id is not None
        try:
            return await self._bot.delete_message(one.chat_id, one.edit_message_id, rate_limit_args=PACED)
        except BadRequest as error:
            logger.info("message %d could not be deleted: %s", one.edit_message_id, error.message)
            return DELETED in error.message.lower()


def outcome_of(error: TelegramError) -> Outcome:
    """What an error of the Bot API proves about the message (see the design's page on Telegram)."""
    text = f"{type(error).__name__}: {error.message}"
    match error:
        case BadRequest():  # before NetworkError, of which it is a kind
            return _refusal(error.message.lower(), text)
        case RetryAfter():
            return Outcome(proof=Proof.NOT_SENT, retry_after=wait_of(error), error=text)
        case ChatMigrated():
            return Outcome(proof=Proof.NOT_SENT, new_chat_id=error.new_chat_id, error=text)
        case InvalidToken():
            return Outcome(proof=Proof.NOT_SENT, retry_after=TOKEN_PROBLEM, error="the token is refused")
        case NotSentError():
            return Outcome(proof=Proof.NOT_SENT, error=text)
    return Outcome(proof=PROOFS.get(type(error), Proof.UNKNOWN), error=text)


def _refusal(said: str, text: str) -> Outcome:
    if any(words in said for words in (replies.NOT_MODIFIED, acts.TOPIC_NOT_MODIFIED, DELETED)):
        return Outcome(proof=Proof.SENT)
    gone = any(words in said for words in UNREACHABLE)
    return Outcome(proof=Proof.UNREACHABLE if gone else Proof.REFUSED, error=text)
