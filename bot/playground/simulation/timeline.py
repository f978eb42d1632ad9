"""One customer's past, event by event. Each message is judged by the contact policy, as the bot itself would do."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from heapq import heappop, heappush
from itertools import count

from bot.domain.contact import ContactFacts, Drop, Hold, Send, judge
from bot.domain.delivery import Outgoing
from bot.domain.greetings import LOOK_AHEAD, instants
from bot.domain.rules import Rules
from bot.domain.touchpoints import POLICIES, Kind
from bot.playground.simulation.chance import Chance
from bot.playground.simulation.people import Profile
from storage.history import History, HoldRecord, MessageRecord

Event = Callable[[datetime], None]
LAST = 99  # after everything else that happens at the same instant


def _nothing(_: datetime) -> None:
    """Nothing follows from it."""


@dataclass
class Ids:
    """The numbers that rows get, one series a table."""

    losses: Iterator[int] = field(default_factory=lambda: count(1))
    runs: Iterator[int] = field(default_factory=lambda: count(1))
    plans: Iterator[int] = field(default_factory=lambda: count(1))
    milestones: Iterator[int] = field(default_factory=lambda: count(1))
    win_backs: Iterator[int] = field(default_factory=lambda: count(1))
    messages: Iterator[int] = field(default_factory=lambda: count(1))


class Timeline:
    """What happens to one customer until `until`; what would happen later is left to the bot."""

    def __init__(
        self, profile: Profile, *, seed: int, rules: Rules, until: datetime, history: History, ids: Ids
    ) -> None:
        self.profile = profile
        self.chance = Chance(seed, "timeline", profile.id)
        self.rules = rules
        self.until = until
        self.history = history
        self.ids = ids
        self.lost_at: datetime | None = None
        self.next_nps_at: datetime | None = profile.first_nps_at if profile.linked_at else None
        self._queue: list[tuple[datetime, int, int, Event]] = []
        self._places = count()
        self._pending: list[MessageRecord] = []
        self._sent: list[tuple[Kind, datetime]] = []
        born = (profile.birthday.month, profile.birthday.day) if profile.birthday else None
        since, end = profile.linked_at or until, until + LOOK_AHEAD
        self._greetings = instants(born, profile.timezone, rules, now=since, until=end)

    def at(self, when: datetime, event: Event, *, priority: int = LAST) -> None:
        """Let something happen at an instant."""
        heappush(self._queue, (when, priority, next(self._places), event))

    def run(self) -> None:
        """Let everything happen that does before the end, in order."""
        while self._queue and self._queue[0][0] < self.until:
            when, _, _, event = heappop(self._queue)
            event(when)

    def send(
        self, outgoing: Outgoing, *, now: datetime, on_sent: Event = _nothing, on_dropped: Event = _nothing
    ) -> MessageRecord:
        """Queue a message; one of the two hears when it went out, or that it never will."""
        message = MessageRecord(
            id=next(self.ids.messages),
            dedupe_key=outgoing.dedupe_key,
            kind=outgoing.kind,
            customer_id=self.profile.id,
            facts=dict(outgoing.facts),
            run_id=outgoing.run_id,
            priority=POLICIES[outgoing.kind].priority,
            planned_at=max(now, outgoing.due_at),
            due_at=outgoing.due_at,
            expires_at=outgoing.expires_at,
        )
        self.history.messages.append(message)
        self._pending.append(message)
        self.at(max(now, outgoing.due_at), partial(self._try, message, on_sent, on_dropped), priority=message.priority)
        return message

    def free_at(self, kind: Kind, now: datetime) -> datetime:
        """When the contact policy would let a message of this kind go, however long that takes."""
        facts = self._contact_facts(kind, expires_at=now + self.rules.surveys.nps_every, now=now)
        verdict = judge(facts, self.rules.contact, now=now)
        return verdict.until if isinstance(verdict, Hold) else now

    def cancel(self, kinds: frozenset[Kind], reason: str) -> None:
        """Give up what waits of these kinds."""
        for message in self._pending:
            if message.kind in kinds and message.status == "pending":
                message.status, message.error = "cancelled", reason

    def _try(self, message: MessageRecord, on_sent: Event, on_dropped: Event, now: datetime) -> None:
        if message.status != "pending":
            return
        facts = self._contact_facts(Kind(message.kind), expires_at=message.expires_at, now=now)
        match judge(facts, self.rules.contact, now=now):
            case Send():
                message.status, message.sent_at, message.attempt = "sent", now, 1
                self._sent.append((Kind(message.kind), now))
                on_sent(now)
            case Hold(rule, until):
                message.due_at, message.hold_rule = until, rule
                self._keep_hold(message, rule, now, until)
                self.at(until, partial(self._try, message, on_sent, on_dropped), priority=message.priority)
            case Drop(rule, held_by):
                message.status, message.error = ("expired" if rule == "expired" else "cancelled"), rule
                message.hold_rule = held_by or message.hold_rule
                self._keep_hold(message, held_by or rule, now, None)
                on_dropped(now)

    def _contact_facts(self, kind: Kind, *, expires_at: datetime, now: datetime) -> ContactFacts:
        profile = self.profile
        return ContactFacts(
            kind=kind,
            timezone=profile.timezone,
            linked=profile.linked_at is not None,
            stopped=profile.stopped_at is not None and profile.stopped_at <= now,
            unreachable=profile.blocked_at is not None and profile.blocked_at <= now,
            lost=self.lost_at is not None,
            expires_at=expires_at,
            sent=tuple(self._sent),
            greetings=self._greetings,
        )

    def _keep_hold(self, message: MessageRecord, rule: str, now: datetime, until: datetime | None) -> None:
        self.history.holds.append(HoldRecord(outbox_id=message.id, rule=rule, held_at=now, held_until=until))
