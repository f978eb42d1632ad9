"""What comes next: what is queued, and what the planners will queue."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial

import storage.cases
import storage.losses
import storage.plan_dates
import storage.planning
import storage.waves
import storage.win_back
from bot.domain import birthdays, waves
from bot.domain.local_time import local_date, next_day_start
from bot.domain.planning import Candidate, UpcomingTouchpoint, foresee
from bot.domain.rules import Rules
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.waves import PROGRESS_EVERY
from storage.database import Tx
from storage.due import Due, Window
from storage.waves import Shown

MOST = 1000  # of each kind; a list longer than that is not read by anybody
PATIENCE = timedelta(days=3650)
ONE_DAY = timedelta(days=1)
AT_ONCE = timedelta(0)


@dataclass(frozen=True)
class _Source:
    """Where a planner finds what it will queue, and how long after the fact it does."""

    kind: Kind
    list_due: Callable[[Tx, Window], list[Due]]
    delay: timedelta = AT_ONCE


def _sources(rules: Rules) -> list[_Source]:
    sources = [
        _Source(Kind.NPS, storage.planning.list_nps),
        _Source(Kind.CES, storage.planning.list_closed_interactions, rules.surveys.ces_after),
        _Source(Kind.CES, storage.cases.list_resolved, rules.surveys.ces_after),
        _Source(Kind.FOLLOW_UP, storage.cases.list_to_follow_up, rules.cases.nps_again_after),
        _Source(Kind.CSAT, storage.planning.list_done_milestones, rules.surveys.csat_after),
        _Source(Kind.REMINDER, storage.planning.list_reminders),
        _Source(Kind.MILESTONE, storage.plan_dates.list_milestones),
        _Source(Kind.TIP, storage.plan_dates.list_tips),
        _Source(Kind.CHECK_IN, partial(storage.plan_dates.list_rounds, kind=Kind.CHECK_IN)),
        _Source(Kind.PROGRESS, partial(storage.plan_dates.list_rounds, kind=Kind.PROGRESS)),
    ]
    if rules.win_back.enabled:
        sources.append(_Source(Kind.WIN_BACK, storage.win_back.list_questions, rules.win_back.ask_after))
        sources.append(_Source(Kind.OFFER, storage.win_back.list_steps))
    return sources


def upcoming(
    tx: Tx, *, now: datetime, rules: Rules, days: int, customer_id: int | None = None
) -> list[UpcomingTouchpoint]:
    """What is queued and what planners will queue in the next days, judged by the contact policy as it will be."""
    window = Window(limit=MOST, before=now + timedelta(days=days), customer_id=customer_id)
    candidates = [
        *storage.planning.list_queued(tx, window),
        *(candidate for source in _sources(rules) for candidate in _candidates(tx, source, window)),
        *_greetings(tx, rules, now=now, days=days, customer_id=customer_id),
    ]
    customers = sorted({candidate.customer_id for candidate in candidates})
    return foresee(candidates, storage.planning.load_contacts(tx, customers, now=now), rules.contact, now=now)


def _candidates(tx: Tx, source: _Source, window: Window) -> Iterator[Candidate]:
    # The planner of NPS waits for the contact policy, however long that takes; the others let a message expire.
    lifetime = PATIENCE if source.kind is Kind.NPS else POLICIES[source.kind].lifetime
    for due in source.list_due(tx, window.earlier(source.delay)):
        due_at = due.at + source.delay
        yield Candidate(customer_id=due.customer_id, kind=source.kind, due_at=due_at, expires_at=due_at + lifetime)


def _greetings(tx: Tx, rules: Rules, *, now: datetime, days: int, customer_id: int | None) -> Iterator[Candidate]:
    if not rules.birthday.enabled:
        return
    for offset in range(days + 1):
        born = birthdays.born_near(now + offset * ONE_DAY, rules.birthday)
        for zone in storage.planning.list_zones_of(tx, born, customer_id=customer_id):
            day = local_date(now, zone) + offset * ONE_DAY
            greeting = birthdays.greeting_on(day, zone, rules.birthday)
            for one in _ungreeted(tx, greeting, zone, rules, limit=MOST, customer_id=customer_id):
                yield Candidate(
                    customer_id=one, kind=Kind.BIRTHDAY, due_at=greeting.due_at, expires_at=greeting.expires_at
                )


def _ungreeted(
    tx: Tx, greeting: birthdays.Greeting, zone: str, rules: Rules, *, limit: int, customer_id: int | None = None
) -> Sequence[int]:
    born = birthdays.born_on(greeting.day, rules.birthday)
    return storage.planning.list_ungreeted(
        tx, born=born, timezone=zone, day=greeting.day, limit=limit, customer_id=customer_id
    )


def next_due(tx: Tx, *, now: datetime, rules: Rules) -> datetime | None:
    """The next instant after `now` at which a planner, the sender or the inbox has something to do.

    It is always later than `now`, and what is overdue never moves it, so whoever steps from one to the next arrives.
    """
    instants = [
        *storage.planning.list_delivery_instants(tx, now=now),
        *(instant for source in _sources(rules) for instant in _next_of(tx, source.list_due, source.delay, now=now)),
        *_next_of(tx, storage.planning.list_closings, AT_ONCE, now=now),
        *_next_of(tx, storage.cases.list_alarms, AT_ONCE, now=now),
        *_next_of(tx, storage.plan_dates.list_waiting, rules.success.stuck_after, now=now),
        *_next_loss(tx, rules, now=now),
        *_next_day_of_surveys(tx, rules, now=now),
        *_next_greeting(tx, rules, now=now),
        *_next_of_waves(tx, rules, now=now),
    ]
    return min(instants, default=None)


def _next_of(
    tx: Tx, list_due: Callable[[Tx, Window], list[Due]], delay: timedelta, *, now: datetime
) -> Iterator[datetime]:
    for due in list_due(tx, Window(limit=1, after=now).earlier(delay)):
        yield due.at + delay


def _next_loss(tx: Tx, rules: Rules, *, now: datetime) -> Iterator[datetime]:
    silent_after = rules.win_back.silent_after
    if silent_after is not None:
        yield from _next_of(tx, storage.losses.list_silent, silent_after, now=now)


def _next_day_of_surveys(tx: Tx, rules: Rules, *, now: datetime) -> Iterator[datetime]:
    """Who was not among the day's surveys waits for the next business day."""
    if storage.planning.list_nps(tx, Window(limit=1, before=now)):
        yield next_day_start(now, rules.timezone)


def _next_of_waves(tx: Tx, rules: Rules, *, now: datetime) -> Iterator[datetime]:
    """The next business day, when a wave goes on, and the next look at a message by which staff follow one."""
    if storage.waves.any_waiting(tx):
        yield next_day_start(now, rules.timezone)
    for shown in storage.waves.list_followed(tx, now=now):
        if shown.at is not None and shown.at + PROGRESS_EVERY > now and _has_changed(tx, shown):
            yield shown.at + PROGRESS_EVERY


def _has_changed(tx: Tx, shown: Shown) -> bool:
    funnel = waves.funnel_of(storage.waves.list_tallies(tx, shown.wave.wave_id))
    recallable = int(str(shown.facts.get("recallable", 0)))
    return waves.panel_facts(shown.wave, funnel, recallable=recallable) != shown.facts


def _next_greeting(tx: Tx, rules: Rules, *, now: datetime) -> Iterator[datetime]:
    """The next mornings of birthdays near by, and midnight UTC, when others come near."""
    if not rules.birthday.enabled or not storage.planning.any_birthday(tx):
        return
    yield datetime.combine(now.astimezone(UTC).date() + ONE_DAY, time.min, UTC)
    for zone in storage.planning.list_zones_of(tx, birthdays.born_near(now, rules.birthday)):
        for offset in (0, 1):
            greeting = birthdays.greeting_on(local_date(now, zone) + offset * ONE_DAY, zone, rules.birthday)
            if greeting.due_at > now and _ungreeted(tx, greeting, zone, rules, limit=1):
                yield greeting.due_at
