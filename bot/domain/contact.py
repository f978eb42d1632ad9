"""The contact policy: whether one message may go to one customer now, and otherwise what holds it and until when.

It is asked again each time a message is about to leave, so nothing here remembers anything: what was sent is a fact.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache, partial
from types import MappingProxyType
from zoneinfo import ZoneInfo

from bot.domain.local_time import local_date
from bot.domain.lunar import days_from_tet
from bot.domain.rules import ContactRules
from bot.domain.touchpoints import AFTER_APOLOGY, INVITATIONS, OUTSIDE_CLOCKS, POLICIES, TRANSACTIONAL, Group, Kind

WEEK = timedelta(days=7)
UNSETTLED_FOR = timedelta(days=1)
"""For so long at a time an open case is taken to stay open: nobody knows when it ends, so it is looked at again."""

HORIZON_DAYS = 3  # a local time of day comes round within two days, also where a zone skips a date


class Rule(StrEnum):
    """What can stand between a message and its customer, in the order in which the rules are asked."""

    NOT_LINKED = "not_linked"
    STOPPED = "stopped"
    UNREACHABLE = "unreachable"
    TOPIC_OFF = "topic_off"
    LOST = "lost"
    EXPIRED = "expired"
    QUIET_HOURS = "quiet_hours"
    WEEKDAY = "weekday"
    TET = "tet"
    HOLIDAY = "holiday"
    OPEN_CASE = "open_case"
    GREETING_AHEAD = "greeting_ahead"
    FLOOR = "floor"
    WEEKLY_CAP = "weekly_cap"
    BETWEEN_SURVEYS = "between_surveys"
    BETWEEN_PLAN_MESSAGES = "between_plan_messages"
    BETWEEN_GREETINGS = "between_greetings"
    BETWEEN_WIN_BACKS = "between_win_backs"
    KIND_CLOCK = "kind_clock"


@dataclass(frozen=True, kw_only=True)
class ContactFacts:
    """One message and its customer. `sent` is what that customer was sent, in any order, aware UTC.

    `muted` is what the customer turned off; `quiet` their own quiet hours, from and until, which go before the rules'.
    `greetings` are the instants at which they will be greeted. `unsettled_until`: a severe case of theirs is open, and
    is taken to be so until then.
    """

    kind: Kind
    timezone: str
    linked: bool
    stopped: bool
    unreachable: bool
    lost: bool
    expires_at: datetime
    sent: tuple[tuple[Kind, datetime], ...] = ()
    muted: frozenset[Group] = frozenset()
    quiet: tuple[time, time] | None = None
    greetings: tuple[datetime, ...] = ()
    unsettled_until: datetime | None = None


@dataclass(frozen=True)
class Send:
    """It may go now."""


@dataclass(frozen=True)
class Hold:
    """Not before `until`, the first instant at which everything known now lets it through."""

    rule: Rule
    until: datetime


@dataclass(frozen=True)
class Drop:
    """Never. What expired because a rule held it too long names that rule in `held_by`."""

    rule: Rule
    held_by: Rule | None = None


Verdict = Send | Hold | Drop


def judge(facts: ContactFacts, rules: ContactRules, *, now: datetime) -> Verdict:
    """Whether the message may go at `now`; when several rules hold it in turn, the one that holds longest is named."""
    refusal = _refusal(facts, now)
    if refusal is not None:
        return Drop(refusal)
    if POLICIES[facts.kind].group in OUTSIDE_CLOCKS:
        return Send()
    if facts.quiet is not None:
        rules = replace(rules, quiet_from=facts.quiet[0], quiet_until=facts.quiet[1])
    until, held = now, dict[Rule, timedelta]()
    while (step := _next_hold(facts, rules, until)) is not None:
        held[step[0]] = held.get(step[0], timedelta()) + (step[1] - until)
        until = step[1]
    if not held:
        return Send()
    rule = max(held, key=lambda one: held[one])
    return Hold(rule, until) if until < facts.expires_at else Drop(Rule.EXPIRED, held_by=rule)


def _refusal(facts: ContactFacts, now: datetime) -> Rule | None:
    group = POLICIES[facts.kind].group
    personal = group is not Group.SERVICE
    unasked = group not in OUTSIDE_CLOCKS
    refusals = {
        Rule.NOT_LINKED: not facts.linked,
        Rule.STOPPED: unasked and facts.stopped,
        Rule.UNREACHABLE: personal and facts.unreachable,
        Rule.TOPIC_OFF: group in facts.muted,
        Rule.LOST: unasked and facts.lost and group is not Group.WIN_BACK,
        Rule.EXPIRED: now >= facts.expires_at,
    }
    return next((rule for rule, refused in refusals.items() if refused), None)


def _next_hold(facts: ContactFacts, rules: ContactRules, at: datetime) -> tuple[Rule, datetime] | None:
    """The first rule that holds the message at the instant `at`, and the end of that rule's own hold."""
    for rule, ends in HOLDS.items():
        until = ends(facts, rules, at)
        if until is not None and until > at:
            return rule, until
    return None


def is_quiet(local: time, rules: ContactRules) -> bool:
    """Whether a local time of day lies in the quiet hours, which may cross midnight and are half-open."""
    if rules.quiet_from <= rules.quiet_until:
        return rules.quiet_from <= local < rules.quiet_until
    return local >= rules.quiet_from or local < rules.quiet_until


def _quiet_end(facts: ContactFacts, rules: ContactRules, at: datetime) -> datetime | None:
    zone = ZoneInfo(facts.timezone)

    def is_open(instant: datetime) -> bool:
        return not is_quiet(instant.astimezone(zone).time(), rules)

    return None if is_open(at) else _first(at, zone, rules.quiet_until, is_open)


_local_date = lru_cache(maxsize=256)(local_date)  # several rules ask it in turn of one message


def _is_greeting(kind: Kind) -> bool:
    return POLICIES[kind].group is Group.GREETING


def _is_other_weekday(day: date, kind: Kind, rules: ContactRules) -> bool:
    return day.isoweekday() not in rules.weekdays and not _is_greeting(kind)


def _is_holiday(day: date, kind: Kind, rules: ContactRules) -> bool:
    return day in rules.holidays and not _is_greeting(kind)


def _is_around_tet(day: date, kind: Kind, rules: ContactRules) -> bool:
    tet, days = rules.tet, days_from_tet(day)
    quiet = days is not None and -tet.days_before <= days <= tet.days_after
    return quiet and POLICIES[kind].group in tet.groups


CLOSED_DAYS: Mapping[Rule, Callable[[date, Kind, ContactRules], bool]] = MappingProxyType(
    {
        Rule.WEEKDAY: _is_other_weekday,
        Rule.TET: _is_around_tet,  # before the holidays that lie in it, which it explains better
        Rule.HOLIDAY: _is_holiday,
    }
)


def is_open_on(day: date, kind: Kind, rules: ContactRules) -> bool:
    """Whether messages of a kind go out on a local date at all."""
    return not any(is_closed(day, kind, rules) for is_closed in CLOSED_DAYS.values())


def _day_end(rule: Rule, facts: ContactFacts, rules: ContactRules, at: datetime) -> datetime | None:
    """The end of a local day on which a rule keeps messages of the kind back."""
    today = _local_date(at, facts.timezone)
    if not CLOSED_DAYS[rule](today, facts.kind, rules):
        return None
    zone = ZoneInfo(facts.timezone)
    return _first(at, zone, time(0), lambda instant: instant.astimezone(zone).date() != today)


def _first(at: datetime, zone: ZoneInfo, wall: time, is_open: Callable[[datetime], bool]) -> datetime:
    return min(instant for instant in _boundaries(at, zone, wall) if instant > at and is_open(instant))


def _boundaries(at: datetime, zone: ZoneInfo, wall: time) -> Iterator[datetime]:
    """The instants after `at` at which the zone's clock shows `wall` (twice in a fold), or jumps past it."""
    today = at.astimezone(zone).date()
    for days in range(HORIZON_DAYS):
        for fold in (0, 1):
            local = datetime.combine(today + timedelta(days=days), wall.replace(fold=fold), zone)
            yield local.astimezone(UTC)
    jump = _jump(at, zone)
    if jump is not None:
        yield jump


def _jump(at: datetime, zone: ZoneInfo) -> datetime | None:
    """The first instant of the zone's next UTC offset within the horizon."""
    seconds = range(int(at.timestamp()), int(at.timestamp()) + HORIZON_DAYS * 86_400)
    offset = at.astimezone(zone).utcoffset()

    def has_jumped(second: int) -> bool:
        return datetime.fromtimestamp(second, zone).utcoffset() != offset

    if not has_jumped(seconds[-1]):
        return None
    return datetime.fromtimestamp(seconds[bisect_left(seconds, True, key=has_jumped)], UTC)


def _sent(facts: ContactFacts, kinds: Callable[[Kind], bool]) -> list[datetime]:
    return sorted((at for kind, at in facts.sent if kinds(kind)), reverse=True)


def _is_personal(kind: Kind) -> bool:
    return POLICIES[kind].group not in OUTSIDE_CLOCKS


def _floor_end(facts: ContactFacts, rules: ContactRules, _: datetime) -> datetime | None:
    sent = _sent(facts, _is_personal)
    return sent[0] + rules.floor if sent else None


def _cap_end(facts: ContactFacts, rules: ContactRules, _: datetime) -> datetime | None:
    sent = _sent(facts, _is_personal)
    return sent[rules.weekly_cap - 1] + WEEK if len(sent) >= rules.weekly_cap else None


def _case_end(facts: ContactFacts, _: ContactRules, __: datetime) -> datetime | None:
    """Nobody is congratulated, asked again or led on along their plan before what they complained of is settled."""
    return facts.unsettled_until if facts.kind in AFTER_APOLOGY else None


def _greeting_end(facts: ContactFacts, rules: ContactRules, at: datetime) -> datetime | None:
    """What would keep a greeting from going out on its day, as too near or as one too many, waits until it is past."""
    greeting = min((one for one in facts.greetings if one + rules.floor > at), default=None)
    is_greeted = not facts.lost and Group.GREETING not in facts.muted
    if greeting is None or not is_greeted or _is_greeting(facts.kind):
        return None
    in_its_week = sum(sent > greeting - WEEK for sent in _sent(facts, _is_personal))
    crowded = greeting - WEEK < at < greeting and in_its_week + 2 > rules.weekly_cap
    return greeting + rules.floor if crowded or at + rules.floor > greeting else None


def _group_end(group: Group, facts: ContactFacts, rules: ContactRules, _: datetime) -> datetime | None:
    if facts.kind in TRANSACTIONAL or not _starts(facts.kind, group) or group not in rules.group_clocks:
        return None
    # NPS after a case does not wait because of the CES after the same case.
    passed_over = TRANSACTIONAL if facts.kind is Kind.FOLLOW_UP else frozenset[Kind]()
    sent = _sent(facts, lambda kind: _starts(kind, group) and kind not in passed_over)
    return sent[0] + rules.group_clocks[group] if sent else None


def _starts(kind: Kind, group: Group) -> bool:
    """Whether a message begins something of a group: a reminder belongs to a survey that was already asked."""
    return POLICIES[kind].group is group and (group is not Group.SURVEY or kind in INVITATIONS)


def _clock_end(facts: ContactFacts, rules: ContactRules, _: datetime) -> datetime | None:
    sent = _sent(facts, facts.kind.__eq__)
    return sent[0] + rules.clocks[facts.kind] if sent and facts.kind in rules.clocks else None


GROUP_RULES = MappingProxyType(
    {
        Group.SURVEY: Rule.BETWEEN_SURVEYS,
        Group.PLAN: Rule.BETWEEN_PLAN_MESSAGES,
        Group.GREETING: Rule.BETWEEN_GREETINGS,
        Group.WIN_BACK: Rule.BETWEEN_WIN_BACKS,
    }
)

HOLDS: Mapping[Rule, Callable[[ContactFacts, ContactRules, datetime], datetime | None]] = MappingProxyType(
    {
        Rule.QUIET_HOURS: _quiet_end,
        **{rule: partial(_day_end, rule) for rule in CLOSED_DAYS},
        Rule.OPEN_CASE: _case_end,
        Rule.GREETING_AHEAD: _greeting_end,
        Rule.FLOOR: _floor_end,
        Rule.WEEKLY_CAP: _cap_end,
        **{rule: partial(_group_end, group) for group, rule in GROUP_RULES.items()},
        Rule.KIND_CLOCK: _clock_end,
    }
)
