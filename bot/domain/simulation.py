"""Simulation: what the rules would send to an audience over a time to come, decided by the contact policy itself.

Each customer lives the next year as the last one: purchases and closed interactions come again a year later, milestones
are reached on their day, and no survey or win-back is ever answered, so that each is followed by all that may follow.
Planners look at the very instant at which something is due, and what may go is sent at once.
"""

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from itertools import count, pairwise
from statistics import median

from bot.domain import greetings
from bot.domain.audiences import stable_order
from bot.domain.contact import ContactFacts, Drop, Hold, judge
from bot.domain.local_time import local_date, next_day_start
from bot.domain.planning import Candidate, Contact, free_at
from bot.domain.plans import CheckInStep, Plan, check_in_step, rounds_between
from bot.domain.rules import Rules
from bot.domain.touchpoints import INVITATIONS, POLICIES, Kind

YEAR = timedelta(days=365)
WEEK = timedelta(days=7)


@dataclass(frozen=True, kw_only=True)
class Life:
    """A customer and the year behind them.

    `lost_at` is given when they are lost, `asked` when they were asked why; `unanswered` are the numbers of the
    check-ins that they have not answered.
    """

    customer_id: int
    contact: Contact
    next_nps_at: datetime | None = None
    birthday: tuple[int, int] | None = None
    plan: Plan | None = None
    purchases: tuple[datetime, ...] = ()
    closed_interactions: tuple[datetime, ...] = ()
    lost_at: datetime | None = None
    asked: bool = False
    unanswered: tuple[int, ...] = ()
    queued: tuple[Candidate, ...] = ()


@dataclass(frozen=True, kw_only=True)
class SimulatedMessage:
    """One message that would be sent."""

    customer_id: int
    kind: Kind
    at: datetime


@dataclass(frozen=True)
class Absence:
    """From the instant at which a customer is lost until they buy again, or for ever."""

    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class _CalendarNps:
    """A customer's NPS by calendar has become due."""

    customer_id: int


@dataclass(frozen=True)
class _NewDay:
    """A business-local day has begun for those whom yesterday's share of NPS left out."""


_Event = Candidate | _CalendarNps | _NewDay


@dataclass
class _Course:
    """The time that passes: what is still to come, and what happened so far."""

    rules: Rules
    until: datetime
    lives: Mapping[int, Life]
    absences: Mapping[int, Sequence[Absence]]
    queue: list[tuple[datetime, int, int, int, _Event]] = field(default_factory=list)
    waiting: list[tuple[int, int]] = field(default_factory=list)
    asked: Counter[date] = field(default_factory=Counter)
    sent: dict[int, tuple[tuple[Kind, datetime], ...]] = field(default_factory=dict)
    unanswered: dict[int, tuple[int, ...]] = field(default_factory=dict)
    log: list[SimulatedMessage] = field(default_factory=list)
    serial: Iterator[int] = field(default_factory=count)

    def expect(self, at: datetime, event: _Event) -> None:
        """Put an event into the time to come, unless it lies beyond the end; the urgent go first."""
        if at >= self.until:
            return
        urgency = POLICIES[event.kind if isinstance(event, Candidate) else Kind.NPS].priority
        order = 0 if isinstance(event, _NewDay) else stable_order(event.customer_id)
        heappush(self.queue, (at, urgency, order, next(self.serial), event))

    def absence(self, customer_id: int, at: datetime) -> Absence | None:
        """The absence in which a customer is at an instant."""
        mine = self.absences[customer_id]
        place = bisect_right(mine, at, key=lambda absence: absence.since) - 1
        found = mine[place] if place >= 0 else None
        return found if found and (found.until is None or at < found.until) else None


def simulate(lives: Iterable[Life], rules: Rules, *, now: datetime, days: int) -> list[SimulatedMessage]:
    """Every message that customers would get in the next days under the rules, in the order of sending."""
    by_id = {life.customer_id: life for life in lives}
    until = now + timedelta(days=days)
    by_id = {key: _greeted(life, rules, now=now, until=until) for key, life in by_id.items()}
    absences = {one.customer_id: absences_of(one, rules, now=now, until=until) for one in by_id.values()}
    course = _Course(rules=rules, until=until, lives=by_id, absences=absences)
    for life in by_id.values():
        course.sent[life.customer_id] = life.contact.sent
        course.unanswered[life.customer_id] = life.unanswered
        for candidate in _candidates(life, absences[life.customer_id], rules, now=now, until=until):
            course.expect(max(now, candidate.due_at), candidate)
        if life.next_nps_at is not None:
            course.expect(max(now, life.next_nps_at), _CalendarNps(life.customer_id))
    while course.queue:
        at, *_, event = heappop(course.queue)
        _happen(course, event, at)
    return course.log


def _greeted(life: Life, rules: Rules, *, now: datetime, until: datetime) -> Life:
    """The same life with every greeting of the time to come, which other messages must not keep away."""
    instants = greetings.instants(life.birthday, life.contact.timezone, rules, now=now, until=until)
    return replace(life, contact=replace(life.contact, greetings=instants))


def _happen(course: _Course, event: _Event, at: datetime) -> None:
    match event:
        case Candidate():
            _send(course, event, at)
        case _CalendarNps(customer_id):
            _ask_by_calendar(course, customer_id, at)
        case _:  # a new day
            waiting, course.waiting = course.waiting, []
            while waiting:
                _ask_by_calendar(course, heappop(waiting)[1], at)


def absences_of(life: Life, rules: Rules, *, now: datetime, until: datetime) -> list[Absence]:
    """When the customer is lost to silence and back by a purchase, if the purchases of the last year come again."""
    silent_after = rules.win_back.silent_after
    bought = sorted(life.purchases) + list(_again(life.purchases, now=now, until=until))
    if life.lost_at is not None:
        back = next((at for at in bought if at > max(now, life.lost_at)), None)
        absences = [Absence(life.lost_at, back)]
        bought = [at for at in bought if back is not None and at >= back]
    else:
        absences = []
        bought = bought[max(0, bisect_right(bought, now) - 1) :]
    if silent_after is None or not bought:
        return absences
    gaps = [(a, b) for a, b in pairwise([*bought, None]) if a is not None]
    silent = [Absence(max(now, a + silent_after), b) for a, b in gaps if b is None or a + silent_after < b]
    return [*absences, *silent]


def _again(instants: Sequence[datetime], *, now: datetime, until: datetime) -> Iterator[datetime]:
    """What happened in the year before `now`, year after year until the end, in order."""
    year = sorted(at for at in instants if now - YEAR <= at < now)
    years = 1
    while come := [at + years * YEAR for at in year if at + years * YEAR < until]:
        yield from come
        years += 1


def _candidate(
    life: Life, kind: Kind, due_at: datetime, *, ends: datetime | None = None, number: int | None = None
) -> Candidate:
    expires_at = due_at + POLICIES[kind].lifetime
    return Candidate(
        customer_id=life.customer_id,
        kind=kind,
        due_at=due_at,
        expires_at=min(expires_at, ends or expires_at),
        number=number,
    )


def _candidates(
    life: Life, absences: Sequence[Absence], rules: Rules, *, now: datetime, until: datetime
) -> Iterator[Candidate]:
    """What becomes due by the calendar and by what the customer does, whatever is sent."""
    yield from life.queued
    yield from _greetings(life, rules, now=now, until=until)
    yield from _of_plan(life, rules, now=now, until=until)
    for at in _again(life.closed_interactions, now=now, until=until):
        yield _candidate(life, Kind.CES, at + rules.surveys.ces_after)
    for absence in absences if rules.win_back.enabled else ():
        if not (life.asked and absence.since == life.lost_at):
            due_at = max(now, absence.since + rules.win_back.ask_after)
            yield _candidate(life, Kind.WIN_BACK, due_at, ends=absence.until)


def _greetings(life: Life, rules: Rules, *, now: datetime, until: datetime) -> Iterator[Candidate]:
    for one in greetings.ahead(life.birthday, life.contact.timezone, rules, now=now, until=until):
        yield Candidate(customer_id=life.customer_id, kind=one.kind, due_at=one.due_at, expires_at=one.expires_at)


def _of_plan(life: Life, rules: Rules, *, now: datetime, until: datetime) -> Iterator[Candidate]:
    """A plan's milestones, each reached on its day and asked about, and its rounds until the last of them."""
    plan = life.plan
    ahead = [one.due_at for one in plan.milestones if one.done_at is None] if plan else []
    if plan is None or not ahead:
        return
    for due_at in ahead:
        if due_at >= now:
            yield _candidate(life, Kind.MILESTONE, due_at)
            yield _candidate(life, Kind.CSAT, due_at + rules.surveys.csat_after)
    tips = [one.tip_at for one in plan.milestones if one.done_at is None and one.tip_at is not None]
    yield from (_candidate(life, Kind.TIP, tip_at) for tip_at in tips if tip_at >= now)
    for kind in (Kind.CHECK_IN, Kind.PROGRESS):
        for one in rounds_between(plan, kind, life.contact.timezone, first=now, last=until):
            yield _candidate(life, kind, one.at, number=one.number)


def _ask_by_calendar(course: _Course, customer_id: int, at: datetime) -> None:
    """As the planner of NPS does: a day's share, only those who can be asked in time, the rest when they can."""
    rules, today = course.rules, local_date(at, course.rules.timezone)
    absence = course.absence(customer_id, at)
    if absence is not None:
        if absence.until is not None:
            course.expect(absence.until, _CalendarNps(customer_id))
        return
    if course.asked[today] >= rules.surveys.nps_per_day:
        if not course.waiting:
            course.expect(next_day_start(at, rules.timezone), _NewDay())
        heappush(course.waiting, (stable_order(customer_id), customer_id))
        return
    life = course.lives[customer_id]
    contact = replace(life.contact, sent=course.sent[customer_id])
    free = free_at(Kind.NPS, contact, rules.contact, now=at)
    if free >= at + POLICIES[Kind.NPS].lifetime:
        course.expect(free, _CalendarNps(customer_id))
        return
    course.asked[today] += 1
    course.expect(at, _candidate(life, Kind.NPS, at))
    course.expect(at + rules.surveys.nps_every, _CalendarNps(customer_id))


def _send(course: _Course, candidate: Candidate, at: datetime) -> None:
    """As the sender does: judged at its time, sent, put back, or given up."""
    life = course.lives[candidate.customer_id]
    if not _is_asked(course, candidate):
        return
    absence = course.absence(candidate.customer_id, at)
    verdict = judge(_facts(course, candidate, life, lost=absence is not None), course.rules.contact, now=at)
    if isinstance(verdict, Hold):
        course.expect(verdict.until, candidate)
    elif not isinstance(verdict, Drop):
        if candidate.kind is Kind.CHECK_IN and candidate.number is not None:
            course.unanswered[life.customer_id] = (*course.unanswered[life.customer_id], candidate.number)
        course.sent[life.customer_id] = (*course.sent[life.customer_id], (candidate.kind, at))
        course.log.append(SimulatedMessage(customer_id=life.customer_id, kind=candidate.kind, at=at))
        for following in _following(course, life, candidate.kind, at):
            course.expect(following.due_at, following)


def _is_asked(course: _Course, candidate: Candidate) -> bool:
    """Whether the planner of check-ins would queue it; of other kinds, and of what is queued, it asks nothing."""
    if candidate.kind is not Kind.CHECK_IN or candidate.number is None:
        return True
    unanswered = course.unanswered[candidate.customer_id]
    return check_in_step(candidate.number, unanswered, course.rules.check_ins) is CheckInStep.ASK


def _facts(course: _Course, candidate: Candidate, life: Life, *, lost: bool) -> ContactFacts:
    contact = replace(life.contact, lost=lost, sent=course.sent[life.customer_id])
    return contact.facts(candidate.kind, expires_at=candidate.expires_at)


def _following(course: _Course, life: Life, kind: Kind, at: datetime) -> Iterator[Candidate]:
    """What follows a message that nobody answers: a survey's reminder, a win-back's offer."""
    if kind in INVITATIONS:
        surveys = course.rules.surveys
        yield _candidate(life, Kind.REMINDER, at + surveys.reminder_after, ends=at + surveys.closes_after)
    if kind is Kind.WIN_BACK:
        absence = course.absence(life.customer_id, at)
        yield _candidate(
            life, Kind.OFFER, at + course.rules.win_back.offer_after_silence, ends=absence.until if absence else None
        )


@dataclass(frozen=True, kw_only=True)
class Load:
    """How many messages of a kind (None: of all) customers would get; `most_in_a_week` is in any seven days."""

    kind: Kind | None
    total: int
    median: float
    p95: int
    most: int
    most_in_a_week: int


def loads(log: Sequence[SimulatedMessage], customers: int) -> list[Load]:
    """The load of every kind that anybody got and of all together; customers who got nothing count as 0.

    The 95th percentile is the nearest rank: the least number that 95 % of the customers do not exceed.
    """
    kinds = [kind for kind in Kind if any(one.kind is kind for one in log)]
    return [_load(log, customers, kind) for kind in (*kinds, None)] if customers else []


def _load(log: Sequence[SimulatedMessage], customers: int, kind: Kind | None) -> Load:
    received: dict[int, list[datetime]] = {}
    for one in log:
        if kind in (one.kind, None):
            received.setdefault(one.customer_id, []).append(one.at)
    counts = sorted(map(len, received.values()))
    counts = [0] * (customers - len(counts)) + counts
    return Load(
        kind=kind,
        total=sum(counts),
        median=median(counts),
        p95=counts[-(-customers * 95 // 100) - 1],
        most=counts[-1],
        most_in_a_week=max(map(_most_in_a_week, received.values()), default=0),
    )


def _most_in_a_week(instants: Sequence[datetime]) -> int:
    """The most of some instants, in order, within one half-open span of seven days."""
    return max(bisect_left(instants, at + WEEK) - place for place, at in enumerate(instants))
