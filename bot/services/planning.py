"""What comes next: what is queued, and what the planners will queue."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial

import storage.cases
import storage.greetings
import storage.health_lists
import storage.losses
import storage.plan_dates
import storage.planning
import storage.plans
import storage.wave_results
import storage.waves
import storage.win_back
from bot.domain import birthdays, greetings, plans, wave_messages
from bot.domain.digests import told_at
from bot.domain.local_time import local_date, next_day_start
from bot.domain.planning import Candidate, UpcomingTouchpoint, foresee
from bot.domain.plans import CheckInStep, Plan
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
YEAR = timedelta(days=400)  # a lunar year may have 13 months


@dataclass(frozen=True)
class _Source:
    """Where a planner finds what it will queue, and how long after the fact it does."""

    kind: Kind
    list_due: Callable[[Tx, Window], list[Due]]
    delay: timedelta = AT_ONCE
    cause: str = ""
    names_subject: bool = False


def _sources(rules: Rules) -> list[_Source]:
    sources = [
        _Source(Kind.NPS, storage.planning.list_nps, cause=storage.planning.BY_CALENDAR),
        _Source(Kind.CES, storage.planning.list_closed_interactions, rules.surveys.ces_after),
        _Source(Kind.CASE_CES, storage.cases.list_resolved, rules.surveys.ces_after, cause="case"),
        _Source(Kind.FOLLOW_UP, storage.cases.list_to_follow_up, rules.cases.nps_again_after),
        _Source(Kind.CSAT, storage.planning.list_done_milestones, rules.surveys.csat_after, names_subject=True),
        _Source(Kind.REMINDER, storage.planning.list_reminders),
        _Source(Kind.MILESTONE, storage.plan_dates.list_milestones),
        _Source(Kind.TIP, storage.plan_dates.list_tips),
    ]
    if rules.win_back.enabled:
        sources.append(_Source(Kind.WIN_BACK, storage.win_back.list_questions, rules.win_back.ask_after))
        told_after = rules.win_back.ask_after + rules.win_back.offer_after_reason
        sources.append(_Source(Kind.OFFER, storage.win_back.list_told, told_after))
        sources.append(_Source(Kind.OFFER, storage.win_back.list_steps))
    return sources


def upcoming(
    tx: Tx, *, now: datetime, rules: Rules, days: int, customer_id: int | None = None
) -> list[UpcomingTouchpoint]:
    """What is queued and what planners will queue in the next days, judged by the contact policy as it will be."""
    until = now + timedelta(days=days)
    window = Window(limit=MOST, before=until, customer_id=customer_id)
    candidates = [
        *storage.planning.list_queued(tx, window),
        *(candidate for source in _sources(rules) for candidate in _candidates(tx, source, window)),
        *_rounds(tx, window, rules, now=now, until=until),
        *_birthdays(tx, rules, now=now, days=days, customer_id=customer_id),
        *_holidays(tx, rules, now=now, until=until, customer_id=customer_id),
    ]
    customers = sorted({candidate.customer_id for candidate in candidates})
    contacts = storage.planning.load_contacts(tx, customers, rules=rules, now=now, until=until)
    return foresee(candidates, contacts, rules.contact, now=now)


def _candidates(tx: Tx, source: _Source, window: Window) -> Iterator[Candidate]:
    # The planner of NPS waits for the contact policy, however long that takes; the others let a message expire.
    lifetime = PATIENCE if source.kind is Kind.NPS else POLICIES[source.kind].lifetime
    for due in source.list_due(tx, window.earlier(source.delay)):
        due_at = due.at + source.delay
        yield Candidate(
            customer_id=due.customer_id,
            kind=source.kind,
            due_at=due_at,
            expires_at=due_at + lifetime,
            cause=source.cause,
            subject=due.subject if source.names_subject else "",
        )


def _rounds(tx: Tx, window: Window, rules: Rules, *, now: datetime, until: datetime) -> Iterator[Candidate]:
    """Every round of the plans until then; check-ins as they come if the customer goes on as now."""
    for kind in (Kind.CHECK_IN, Kind.PROGRESS):
        due = storage.plan_dates.list_rounds(tx, window, kind=kind)
        found = storage.plans.load_many(tx, [one.row_id for one in due])
        unanswered = storage.plan_dates.list_unanswered(tx, list(found)) if kind is Kind.CHECK_IN else {}
        for one in due:
            plan, silence = found[one.row_id], unanswered.get(one.row_id, ())
            for coming in plans.rounds_between(plan, kind, one.timezone, first=one.at, last=until):
                if plans.check_in_step(coming.number, silence, rules.check_ins) is CheckInStep.ASK:
                    yield _round(plan, kind, coming.at)
                    silence = (*silence[:-1], coming.number) if silence else ()


def _round(plan: Plan, kind: Kind, at: datetime) -> Candidate:
    expires_at = at + POLICIES[kind].lifetime
    return Candidate(customer_id=plan.customer_id, kind=kind, due_at=at, expires_at=expires_at, subject=plan.name)


def _birthdays(tx: Tx, rules: Rules, *, now: datetime, days: int, customer_id: int | None) -> Iterator[Candidate]:
    if not rules.birthday.enabled:
        return
    births = None if customer_id is None else storage.planning.list_births(tx, customer_id)
    for offset in range(days + 1):
        born = birthdays.born_near(now + offset * ONE_DAY, rules.birthday)
        if births is not None and born.isdisjoint(births):
            continue
        for zone in storage.planning.list_zones_of(tx, born, customer_id=customer_id):
            day = local_date(now, zone) + offset * ONE_DAY
            greeting = birthdays.greeting_on(day, zone, rules.birthday)
            for one in _ungreeted(tx, greeting, zone, rules, limit=MOST, customer_id=customer_id):
                yield Candidate(
                    customer_id=one, kind=Kind.BIRTHDAY, due_at=greeting.due_at, expires_at=greeting.expires_at
                )


def _holidays(tx: Tx, rules: Rules, *, now: datetime, until: datetime, customer_id: int | None) -> Iterator[Candidate]:
    for day, greeting in greetings.holidays_between(now.date() - ONE_DAY, until.date() + ONE_DAY, rules):
        for zone in storage.greetings.list_zones(tx, customer_id=customer_id):
            due = greetings.on_holiday(day, zone, greeting)
            if now < due.expires_at and due.due_at <= until:
                customers = storage.greetings.list_ungreeted(
                    tx, greeting.key, day, zone, limit=MOST, customer_id=customer_id
                )
                yield from (
                    Candidate(
                        customer_id=one,
                        kind=due.kind,
                        due_at=due.due_at,
                        expires_at=due.expires_at,
                        subject=greeting.key,
                    )
                    for one in customers
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
        *_next_of(tx, partial(storage.plan_dates.list_rounds, kind=Kind.CHECK_IN), AT_ONCE, now=now),
        *_next_of(tx, partial(storage.plan_dates.list_rounds, kind=Kind.PROGRESS), AT_ONCE, now=now),
        *_next_of(tx, storage.cases.list_alarms, AT_ONCE, now=now),
        *_next_of(tx, storage.plan_dates.list_waiting, rules.success.stuck_after, now=now),
        *_next_loss(tx, rules, now=now),
        *_next_day_of_surveys(tx, rules, now=now),
        *_next_greeting(tx, rules, now=now),
        *_next_holiday(tx, rules, now=now),
        *_next_of_waves(tx, rules, now=now),
        *_next_telling(tx, rules, now=now),
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


def _next_telling(tx: Tx, rules: Rules, *, now: datetime) -> Iterator[datetime]:
    """The hour at which staff are told of whose health turned bad overnight."""
    at = told_at(now, rules)
    if at > now and storage.health_lists.any_waiting(tx):
        yield at


def _has_changed(tx: Tx, shown: Shown) -> bool:
    tallies = storage.wave_results.list_tallies(tx, shown.wave.wave_id)
    recallable = int(str(shown.facts.get("recallable", 0)))
    return wave_messages.panel_facts(shown.wave, tallies, recallable=recallable) != shown.facts


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


def _next_holiday(tx: Tx, rules: Rules, *, now: datetime) -> Iterator[datetime]:
    """The next hour in each zone at which everybody is greeted for a holiday."""
    for zone in storage.greetings.list_zones(tx) if rules.greetings else ():
        coming = (one.due_at for one in greetings.ahead(None, zone, rules, now=now, until=now + YEAR))
        yield from (at for at in coming if at > now)
