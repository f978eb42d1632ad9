"""What moves the playground: the only one here who plans and sends.

On Telegram a scheduler and a sender run side by side. Here both wait for the clock that is moved, so one engine calls
them in turn, and nothing happens twice or out of order.
"""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta

from bot import scheduler
from bot.domain.rules import Rules
from bot.playground.clock import MovableClock
from bot.playground.crowd import Crowd
from bot.playground.messenger import Messenger
from bot.playground.shop import Shop
from bot.services import delivery, planning, rollups
from handlers.context import App
from handlers.sender import Sender
from handlers.updates import Intake
from storage.database import Tx

logger = logging.getLogger(__name__)

BEAT = timedelta(milliseconds=300)
BEATS_PER_PLANNING = 20


COUNT = rollups.plan_rollups
"""Counts ahead of reports, which are right without it: so it waits until nobody moves the clock."""

PLANNERS = tuple(duty.planner for duty in scheduler.DUTIES if duty.planner is not COUNT)


def plan(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Run the planners in turn, each until it finds nothing; returns how much there was.

    In one transaction: nobody else writes here who would have to wait, and in a month thousands of them find nothing.
    """
    found = 0
    for planner in PLANNERS:
        while done := planner(tx, now=now, rules=rules):
            found += done
    return found


class Engine:
    """Does what is due, by a clock that somebody else moves."""

    def __init__(
        self, app: App, intake: Intake, messenger: Messenger, shop: Shop, crowd: Crowd, *, clock: MovableClock
    ) -> None:
        self._house = app.bot_data
        self._clock = clock
        self._intake = intake
        self._messenger = messenger
        self._shop = shop
        self._crowd = crowd
        self._sender = Sender(app.bot, app.bot_data, owner="playground")
        self._turn = asyncio.Lock()

    async def settle(self) -> None:
        """Return when everything that is due at the clock's present time has been done."""
        async with self._turn:
            self._crowd.act(now=self._messenger.now())
            await self._shop.keep_books(now=self._messenger.now())
            await self._hear()
            moved = True
            while moved:
                planned = await self._house.db.write(plan, rules=self._house.rules)
                moved = planned + await self._sender.drain() > 0
                await self._hear()

    async def next_due(self, after: datetime) -> datetime | None:
        """The first instant after the clock's present time, which is `after`, at which something is due."""
        mine = await self._house.db.read(planning.next_due, rules=self._house.rules)
        dates = (mine, self._shop.next_due(), self._crowd.next_due())
        return min((due for due in dates if due is not None and due > after), default=None)

    async def run(self, stop: asyncio.Event) -> None:
        """Keep up with the clock while nobody moves it: send at once, plan now and then."""
        beat = 0
        while not stop.is_set():
            try:
                await self._beat(planning_too=beat % BEATS_PER_PLANNING == 0)
            except Exception:
                logger.exception("the playground missed a beat; going on")
            beat += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), BEAT.total_seconds())

    async def _beat(self, *, planning_too: bool) -> None:
        if planning_too:
            await self.settle()
            if not self._clock.held:
                await scheduler.run_planner(self._house.db, self._house.rules, COUNT)
        elif not self._turn.locked() and await self._house.db.read(delivery.anything_due):
            async with self._turn:
                await self._sender.drain()

    async def _hear(self) -> None:
        """Let the bot finish with every update, those that its own messages caused among them."""
        await self._messenger.updates.drained()
        await self._intake.finish()
