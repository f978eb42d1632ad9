"""Planning: what the planners share, and what will be said to whom in the next days."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush

from bot.domain.contact import ContactFacts, Drop, Hold, Rule, judge
from bot.domain.delivery import Outgoing
from bot.domain.preferences import Preferences
from bot.domain.rules import ContactRules
from bot.domain.touchpoints import POLICIES, Kind

FAR = timedelta(days=3650)
CHUNK = 200  # rows that a planner takes in one transaction; it is repeated until there are no more


def outgoing(
    kind: Kind,
    key: str,
    *,
    customer_id: int,
    due_at: datetime,
    facts: Mapping[str, object],
    run_id: int | None = None,
) -> Outgoing:
    """A message to a customer that lives as long as its kind does."""
    return Outgoing(
        dedupe_key=key,
        kind=kind,
        due_at=due_at,
        expires_at=due_at + POLICIES[kind].lifetime,
        customer_id=customer_id,
        facts=facts,
        run_id=run_id,
    )


def is_late(kind: Kind, due_at: datetime, *, now: datetime) -> bool:
    """Whether a message of this kind would have expired by now: then it is noted and not queued."""
    return due_at + POLICIES[kind].lifetime <= now


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A customer as the contact policy sees them, with what they were sent."""

    name: str
    timezone: str
    linked: bool
    stopped: bool
    unreachable: bool
    lost: bool
    sent: tuple[tuple[Kind, datetime], ...]
    greetings: tuple[datetime, ...] = ()
    unsettled_until: datetime | None = None
    preferences: Preferences = field(default_factory=Preferences)

    def facts(self, kind: Kind, *, expires_at: datetime) -> ContactFacts:
        """What the policy is asked about a message of this kind to this customer."""
        return ContactFacts(
            kind=kind,
            timezone=self.timezone,
            linked=self.linked,
            stopped=self.stopped,
            unreachable=self.unreachable,
            lost=self.lost,
            expires_at=expires_at,
            sent=self.sent,
            greetings=self.greetings,
            unsettled_until=self.unsettled_until,
            muted=self.preferences.muted,
            quiet=self.preferences.quiet,
        )


def free_at(kind: Kind, contact: Contact, rules: ContactRules, *, now: datetime) -> datetime:
    """The first instant at which the contact policy lets a message of this kind go, if the customer can be reached."""
    reachable = replace(contact, linked=True, stopped=False, unreachable=False, lost=False)
    verdict = judge(reachable.facts(kind, expires_at=now + FAR), rules, now=now)
    return verdict.until if isinstance(verdict, Hold) else now


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A message that is queued or will be; `held_by` is the rule that holds it already.

    `cause` says what planned it where a kind has several, `subject` what it is about; `number` is a check-in's, as
    long as it is not queued.
    """

    customer_id: int
    kind: Kind
    due_at: datetime
    expires_at: datetime
    held_by: Rule | None = None
    cause: str = ""
    subject: str = ""
    number: int | None = None


@dataclass(frozen=True, kw_only=True)
class UpcomingTouchpoint:
    """One message to come: due at `when`; a `rule` holds it `until`, or for ever when `until` is None."""

    when: datetime
    customer_id: int
    customer_name: str
    kind: Kind
    rule: Rule | None
    until: datetime | None
    cause: str = ""
    subject: str = ""


def foresee(
    candidates: Iterable[Candidate], contacts: Mapping[int, Contact], rules: ContactRules, *, now: datetime
) -> list[UpcomingTouchpoint]:
    """What the contact policy will make of the candidates, each counting for those after it, the earliest first."""
    waiting: dict[int, list[Candidate]] = {}
    for candidate in candidates:
        waiting.setdefault(candidate.customer_id, []).append(candidate)
    found = [
        touchpoint
        for customer_id, mine in waiting.items()
        for touchpoint in _foresee_customer(mine, contacts[customer_id], rules, now=now)
    ]
    return sorted(found, key=lambda touchpoint: (touchpoint.until or touchpoint.when, touchpoint.customer_id))


def _foresee_customer(
    candidates: Sequence[Candidate], contact: Contact, rules: ContactRules, *, now: datetime
) -> Iterator[UpcomingTouchpoint]:
    """Lets the sender's time pass for one customer: the first due and most urgent is judged, sent or put back."""
    queue = [(max(one.due_at, now), POLICIES[one.kind].priority, place) for place, one in enumerate(candidates)]
    held_by = [one.held_by for one in candidates]
    sent = contact.sent
    heapify(queue)
    while queue:
        at, priority, place = heappop(queue)
        one = candidates[place]
        verdict = judge(replace(contact, sent=sent).facts(one.kind, expires_at=one.expires_at), rules, now=at)
        if isinstance(verdict, Hold):
            held_by[place] = held_by[place] or verdict.rule
            heappush(queue, (verdict.until, priority, place))
        elif isinstance(verdict, Drop):
            yield _touchpoint(one, contact, held_by[place] or verdict.held_by or verdict.rule, None)
        else:
            sent = (*sent, (one.kind, at))
            yield _touchpoint(one, contact, held_by[place], at if held_by[place] else None)


def _touchpoint(
    candidate: Candidate, contact: Contact, rule: Rule | None, until: datetime | None
) -> UpcomingTouchpoint:
    return UpcomingTouchpoint(
        when=candidate.due_at,
        customer_id=candidate.customer_id,
        customer_name=contact.name,
        kind=candidate.kind,
        rule=rule,
        until=until,
        cause=candidate.cause,
        subject=candidate.subject,
    )
