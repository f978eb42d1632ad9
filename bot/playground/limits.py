"""Telegram's speed limits, on the playground's clock.

The Bots FAQ: one message a second to one chat with short bursts tolerated, twenty a minute to one group, about thirty
a second over all chats (https://core.telegram.org/bots/faq#my-bot-is-hitting-limits-how-do-i-avoid-this).
"""

from collections import defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.playground.refusals import too_many_requests


@dataclass(frozen=True)
class Allowance:
    """At most `count` messages in any stretch of `period`."""

    count: int
    period: timedelta


PRIVATE_CHAT = Allowance(5, timedelta(seconds=5))
GROUP = Allowance(20, timedelta(minutes=1))
ALL_CHATS = Allowance(30, timedelta(seconds=1))


class SpeedLimits:
    """Counts what was sent and refuses with 429 what comes too fast; `enforced` switches it off and on."""

    def __init__(self, *, now: Callable[[], datetime], enforced: bool = True) -> None:
        self._now = now
        self.enforced = enforced
        self._overall: deque[datetime] = deque()
        self._by_chat: defaultdict[int, deque[datetime]] = defaultdict(deque)

    def take(self, chat_id: int, *, group: bool) -> None:
        """Count one message to a chat, or raise the 429 that Telegram would answer with."""
        if not self.enforced:
            return
        now = self._now()
        in_chat = self._by_chat[chat_id]
        wait = max(_wait(self._overall, ALL_CHATS, now), _wait(in_chat, GROUP if group else PRIVATE_CHAT, now))
        if wait:
            raise too_many_requests(wait)
        self._overall.append(now)
        in_chat.append(now)


def _wait(sent: deque[datetime], allowance: Allowance, now: datetime) -> timedelta:
    while sent and sent[0] <= now - allowance.period:
        sent.popleft()
    return sent[0] + allowance.period - now if len(sent) >= allowance.count else timedelta()
