"""The playground's own time: it flows like any clock and can be moved forward, never back."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta


class MovableClock:
    """Real time plus an offset.

    `base` is the clock underneath: the real one in the demo, a constant one in tests (`lambda: instant`), which
    makes this clock stand still between moves. All instants are aware UTC.
    """

    def __init__(self, base: Callable[[], datetime], *, start: datetime | None = None) -> None:
        self._base = base
        self._offset = timedelta() if start is None else start - base()
        self._held: datetime | None = None

    def now(self) -> datetime:
        return self._base() + self._offset if self._held is None else self._held

    @property
    def held(self) -> bool:
        """Whether it stands still between two jumps."""
        return self._held is not None

    def hold(self) -> None:
        """Stand still until `release`, so that all that is due now happens at this very time."""
        self._held = self.now()

    def jump(self, to: datetime) -> None:
        """Set the held clock to a later instant."""
        if self._held is None or to < self._held:
            raise ValueError(f"only a held clock jumps, and only forward: {self._held} to {to}")
        self._held = to

    def release(self) -> None:
        """Flow on from the present time."""
        self._offset = self.now() - self._base()
        self._held = None


class ClockMover:
    """Moves the clock so that everything due on the way happens at its own time and in order.

    Args:
        clock: what is moved.
        next_due: the first instant strictly after its argument at which something is due, or None.
        settle: returns when all that is due at the clock's present time has been done.
    """

    def __init__(
        self,
        clock: MovableClock,
        *,
        next_due: Callable[[datetime], Awaitable[datetime | None]],
        settle: Callable[[], Awaitable[None]],
    ) -> None:
        self.clock = clock
        self._next_due = next_due
        self._settle = settle
        self._turn = asyncio.Lock()

    @property
    def moving(self) -> bool:
        return self._turn.locked()

    async def advance(self, to: datetime, *, on_step: Callable[[datetime], None] | None = None) -> None:
        """Step from one due instant to the next until `to`; `on_step` hears of each stop."""
        async with self._turn:
            self.clock.hold()
            try:
                await self._settle()
                while (here := self.clock.now()) < to:
                    due = await self._next_due(here)
                    self.clock.jump(to if due is None else min(to, due))
                    await self._settle()
                    if on_step is not None:
                        on_step(self.clock.now())
            finally:
                self.clock.release()
