"""The simulated shop goes on selling: what is bought on a day is in the books when the day has ended."""

from collections import deque
from collections.abc import Iterable
from datetime import datetime

import storage.history
from bot.domain.local_time import next_day_start
from storage.database import Database
from storage.history import PurchaseRecord


class Shop:
    """Sales that are still to come, the earliest first, for a shop in one time zone."""

    def __init__(self, database: Database, sales: Iterable[PurchaseRecord], *, time_zone: str) -> None:
        self._database = database
        self._sales = deque(sales)
        self._time_zone = time_zone

    def next_due(self) -> datetime | None:
        """When the books are next brought up to date."""
        return next_day_start(self._sales[0].purchased_at, self._time_zone) if self._sales else None

    async def keep_books(self, *, now: datetime) -> None:
        """Write down what was sold on the days that have ended."""
        sold: list[PurchaseRecord] = []
        while (due := self.next_due()) is not None and due <= now:
            sold.append(self._sales.popleft())
        if sold:
            await self._database.write(storage.history.add_purchases, purchases=sold)
