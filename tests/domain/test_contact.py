from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bot.domain.contact import (
    GROUP_RULES,
    UNSETTLED_FOR,
    ContactFacts,
    Drop,
    Hold,
    Rule,
    Send,
    Verdict,
    is_quiet,
    judge,
)
from bot.domain.rules import ContactRules, TetRules
from bot.domain.touchpoints import AFTER_APOLOGY, INVITATIONS, OUTSIDE_CLOCKS, POLICIES, TRANSACTIONAL, Group, Kind

NOON = datetime(2026, 3, 4, 5, tzinfo=UTC)  # a Wednesday, 12:00 in Hồ Chí Minh City
NEVER_QUIET = ContactRules(quiet_from=time(0), quiet_until=time(0))
PERSONAL = sorted(kind for kind in Kind if POLICIES[kind].group not in OUTSIDE_CLOCKS)


def facts(kind: Kind = Kind.NPS, *sent: tuple[Kind, datetime], timezone: str = "Asia/Ho_Chi_Minh") -> ContactFacts:
    return ContactFacts(
        kind=kind,
        timezone=timezone,
        linked=True,
        stopped=False,
        unreachable=False,
        lost=False,
        expires_at=datetime(2100, 1, 1, tzinfo=UTC),
        sent=sent,
    )


def at(text: str, zone: str = "UTC", *, fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def ago(**duration: float) -> datetime:
    return NOON - timedelta(**duration)


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_first_message_in_the_daytime_is_sent(kind: Kind) -> None:
    assert judge(facts(kind), ContactRules(), now=NOON) == Send()


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"linked": False}, Rule.NOT_LINKED),
        ({"stopped": True}, Rule.STOPPED),
        ({"unreachable": True}, Rule.UNREACHABLE),
        ({"lost": True}, Rule.LOST),
        ({"expires_at": NOON}, Rule.EXPIRED),
        ({"stopped": True, "lost": True}, Rule.STOPPED),
    ],
)
def test_what_can_never_be_sent_is_dropped_by_its_rule(change: dict[str, Any], rule: Rule) -> None:
    assert judge(replace(facts(), **change), ContactRules(), now=NOON) == Drop(rule)


@pytest.mark.parametrize("kind", PERSONAL)
def test_a_lost_customer_is_only_won_back(kind: Kind) -> None:
    verdict = judge(replace(facts(kind), lost=True), ContactRules(), now=NOON)
    assert verdict == (Send() if kind in {Kind.WIN_BACK, Kind.OFFER} else Drop(Rule.LOST))


@pytest.mark.parametrize("kind", [Kind.NOTICE, Kind.CLOSING])
def test_service_messages_are_outside_the_policy_but_expire(kind: Kind) -> None:
    night = at("2026-03-04 02:00", "Asia/Ho_Chi_Minh")
    nobody = replace(facts(kind, (kind, night)), stopped=True, unreachable=True, lost=True)
    rules = ContactRules(holidays=frozenset({date(2026, 3, 4)}))
    assert judge(nobody, rules, now=night) == Send()
    assert judge(replace(nobody, expires_at=night), rules, now=night) == Drop(Rule.EXPIRED)


def test_whoever_has_no_chat_is_not_even_sent_a_change_to_an_old_message() -> None:
    assert judge(replace(facts(Kind.CLOSING), linked=False), ContactRules(), now=NOON) == Drop(Rule.NOT_LINKED)


@pytest.mark.parametrize("kind", [Kind.NOTICE, Kind.CLOSING])
def test_service_messages_do_not_count_as_contacts(kind: Kind) -> None:
    sent = [(kind, ago(minutes=minutes)) for minutes in range(9)]
    assert judge(facts(Kind.MILESTONE, *sent), ContactRules(), now=NOON) == Send()


@pytest.mark.parametrize(
    ("kind", "sent", "rule", "until"),
    [
        (Kind.MILESTONE, [(Kind.BIRTHDAY, ago(hours=23))], Rule.FLOOR, NOON + timedelta(hours=1)),
        (Kind.MILESTONE, [(Kind.BIRTHDAY, ago(hours=24))], None, None),
        (Kind.REMINDER, [(Kind.MILESTONE, ago(hours=23))], Rule.FLOOR, NOON + timedelta(hours=1)),
        (
            Kind.MILESTONE,
            [(Kind.CHECK_IN, ago(days=6)), (Kind.PROGRESS, ago(days=4)), (Kind.NPS, ago(days=2))],
            Rule.WEEKLY_CAP,
            NOON + timedelta(days=1),
        ),
        (
            Kind.REMINDER,
            [(Kind.NPS, ago(days=2)), (Kind.PROGRESS, ago(days=4)), (Kind.CHECK_IN, ago(days=6))],
            Rule.WEEKLY_CAP,
            NOON + timedelta(days=1),
        ),
        (
            Kind.MILESTONE,
            [(Kind.CHECK_IN, ago(days=7)), (Kind.PROGRESS, ago(days=4)), (Kind.NPS, ago(days=2))],
            None,
            None,
        ),
        (Kind.CSAT, [(Kind.CES, ago(days=89))], Rule.BETWEEN_SURVEYS, NOON + timedelta(days=1)),
        (Kind.CSAT, [(Kind.CES, ago(days=90))], None, None),
        (Kind.CSAT, [(Kind.REMINDER, ago(days=2))], None, None),
        (Kind.MILESTONE, [(Kind.NPS, ago(days=2))], None, None),
        (Kind.REMINDER, [(Kind.NPS, ago(days=4))], None, None),
        (Kind.NPS, [(Kind.NPS, ago(days=100))], Rule.KIND_CLOCK, NOON + timedelta(days=80)),
        (Kind.NPS, [(Kind.NPS, ago(days=80))], Rule.KIND_CLOCK, NOON + timedelta(days=100)),
        (Kind.MILESTONE, [(Kind.MILESTONE, ago(days=1))], Rule.BETWEEN_PLAN_MESSAGES, NOON + timedelta(days=2)),
        (Kind.PROGRESS, [(Kind.CHECK_IN, ago(days=2))], Rule.BETWEEN_PLAN_MESSAGES, NOON + timedelta(days=1)),
        (Kind.PROGRESS, [(Kind.CHECK_IN, ago(days=3))], None, None),
        (Kind.MILESTONE, [(Kind.BIRTHDAY, ago(days=1))], None, None),
        (Kind.OFFER, [(Kind.WIN_BACK, ago(days=3))], None, None),
        (Kind.CASE_CES, [(Kind.NPS, ago(days=2))], None, None),
        (Kind.CASE_CES, [(Kind.NPS, ago(hours=23))], Rule.FLOOR, NOON + timedelta(hours=1)),
        (Kind.CASE_CES, [(Kind.CASE_CES, ago(days=29))], Rule.KIND_CLOCK, NOON + timedelta(days=1)),
        (Kind.NPS, [(Kind.CASE_CES, ago(days=89))], Rule.BETWEEN_SURVEYS, NOON + timedelta(days=1)),
        (Kind.FOLLOW_UP, [(Kind.CASE_CES, ago(days=89))], None, None),
        (Kind.FOLLOW_UP, [(Kind.CSAT, ago(days=89))], Rule.BETWEEN_SURVEYS, NOON + timedelta(days=1)),
    ],
)
def test_clocks_count_what_was_sent(
    kind: Kind, sent: list[tuple[Kind, datetime]], rule: Rule | None, until: datetime | None
) -> None:
    expected: Verdict = Hold(rule, until) if rule and until else Send()
    assert judge(facts(kind, *sent), ContactRules(), now=NOON) == expected


@pytest.mark.parametrize(
    ("zone", "local", "until"),
    [
        ("Asia/Ho_Chi_Minh", "2026-03-04 20:59:59", None),
        ("Asia/Ho_Chi_Minh", "2026-03-04 21:00", "2026-03-05 08:00"),
        ("Asia/Ho_Chi_Minh", "2026-03-04 03:00", "2026-03-04 08:00"),
        ("Asia/Ho_Chi_Minh", "2026-03-04 08:00", None),
        ("Pacific/Kiritimati", "2026-03-04 07:59", "2026-03-04 08:00"),
        ("Pacific/Pago_Pago", "2026-03-04 23:30", "2026-03-05 08:00"),
        ("America/New_York", "2026-03-07 22:00", "2026-03-08 08:00"),
        ("America/New_York", "2026-10-31 22:00", "2026-11-01 08:00"),
        ("Australia/Lord_Howe", "2026-10-03 22:00", "2026-10-04 08:00"),
    ],
)
def test_quiet_hours_end_in_the_morning_of_the_customers_own_zone(zone: str, local: str, until: str | None) -> None:
    expected: Verdict = Hold(Rule.QUIET_HOURS, at(until, zone)) if until else Send()
    assert judge(facts(timezone=zone), ContactRules(), now=at(local, zone)) == expected


def quiet(start: str, end: str) -> ContactRules:
    return ContactRules(quiet_from=time.fromisoformat(start), quiet_until=time.fromisoformat(end))


def test_a_morning_that_the_clock_skips_ends_quiet_hours_at_the_jump() -> None:
    """New York goes from 02:00 to 03:00 on 8 March 2026, so no clock shows 02:30."""
    verdict = judge(
        facts(timezone="America/New_York"), quiet("22:00", "02:30"), now=at("2026-03-08 01:00", "America/New_York")
    )
    assert verdict == Hold(Rule.QUIET_HOURS, at("2026-03-08 07:00"))


def test_a_half_hour_jump_ends_quiet_hours_too() -> None:
    """Lord Howe goes from 02:00 to 02:30 on 4 October 2026."""
    verdict = judge(
        facts(timezone="Australia/Lord_Howe"),
        quiet("22:00", "02:15"),
        now=at("2026-10-04 01:50", "Australia/Lord_Howe"),
    )
    assert verdict == Hold(Rule.QUIET_HOURS, at("2026-10-03 15:30"))


@pytest.mark.parametrize(
    ("local", "fold", "until"),
    [
        ("2026-11-01 01:10", 0, "2026-11-01 05:30"),  # the first 01:30, in summer time
        ("2026-11-01 01:10", 1, "2026-11-01 06:30"),  # the second
    ],
)
def test_a_repeated_hour_ends_its_own_quiet_minutes(local: str, fold: int, until: str) -> None:
    now = at(local, "America/New_York", fold=fold)
    verdict = judge(facts(timezone="America/New_York"), quiet("22:00", "01:30"), now=now)
    assert verdict == Hold(Rule.QUIET_HOURS, at(until))


def test_a_clock_set_back_out_of_quiet_hours_ends_them() -> None:
    now = at("2026-11-01 01:50", "America/New_York")
    verdict = judge(facts(timezone="America/New_York"), quiet("01:40", "05:00"), now=now)
    assert verdict == Hold(Rule.QUIET_HOURS, at("2026-11-01 06:00"))


@pytest.mark.parametrize("hour", range(24))
def test_equal_ends_mean_no_quiet_hours(hour: int) -> None:
    assert judge(facts(), quiet("09:00", "09:00"), now=NOON + timedelta(hours=hour)) == Send()


@pytest.mark.parametrize(
    ("clock", "expected"), [("11:59", False), ("12:00", True), ("13:59", True), ("14:00", False), ("23:00", False)]
)
def test_quiet_hours_may_lie_within_one_day(clock: str, expected: bool) -> None:
    assert is_quiet(time.fromisoformat(clock), quiet("12:00", "14:00")) is expected


GREETINGS = (Kind.BIRTHDAY, Kind.HOLIDAY_GREETING)
TET = frozenset({date(2026, 2, 16), date(2026, 2, 17), date(2026, 2, 18), date(2026, 2, 19)})


@pytest.mark.parametrize("kind", PERSONAL)
def test_only_greetings_go_out_on_holidays(kind: Kind) -> None:
    now = at("2026-02-17 10:00", "Asia/Ho_Chi_Minh")
    expected: Verdict = Hold(Rule.HOLIDAY, at("2026-02-20 08:00", "Asia/Ho_Chi_Minh"))
    verdict = judge(facts(kind), ContactRules(holidays=TET, tet=TetRules(groups=frozenset())), now=now)
    assert verdict == (Send() if kind in GREETINGS else expected)


@pytest.mark.parametrize("kind", PERSONAL)
def test_only_greetings_go_out_on_other_weekdays(kind: Kind) -> None:
    saturday = at("2026-03-07 10:00", "Asia/Ho_Chi_Minh")
    expected: Verdict = Hold(Rule.WEEKDAY, at("2026-03-09 08:00", "Asia/Ho_Chi_Minh"))
    verdict = judge(facts(kind), ContactRules(weekdays=frozenset(range(1, 6))), now=saturday)
    assert verdict == (Send() if kind in GREETINGS else expected)


@pytest.mark.parametrize("kind", PERSONAL)
def test_around_tet_the_groups_of_its_rule_keep_quiet(kind: Kind) -> None:
    """The lunar year began on 17 February 2026: quiet from the 14th to the 23rd."""
    quiet_groups = POLICIES[kind].group in (Group.SURVEY, Group.WIN_BACK)
    for day, held in (("13", False), ("14", True), ("17", True), ("23", True), ("24", False)):
        verdict = judge(facts(kind), ContactRules(), now=at(f"2026-02-{day} 10:00", "Asia/Ho_Chi_Minh"))
        expected: Verdict = Hold(Rule.TET, at("2026-02-24 08:00", "Asia/Ho_Chi_Minh"))
        assert verdict == (expected if held and quiet_groups else Send())


@pytest.mark.parametrize("group", GROUP_RULES)
def test_each_group_may_have_a_clock_of_its_own_and_the_hold_names_it(group: Group) -> None:
    exempt = {Kind.REMINDER, *TRANSACTIONAL}
    kinds = [kind for kind in INVITATIONS | set(PERSONAL) if POLICIES[kind].group is group and kind not in exempt]
    rules = ContactRules(floor=timedelta(0), clocks={}, group_clocks={group: timedelta(days=2)})
    for before in kinds:
        for kind in kinds:
            verdict = judge(facts(kind, (before, ago(days=1))), rules, now=NOON)
            assert verdict == Hold(GROUP_RULES[group], NOON + timedelta(days=1))


@pytest.mark.parametrize(
    ("hours", "until"),
    [(-24, None), (-1, 23), (0, 24), (1, 25), (23, 47), (24, None)],
)
def test_what_would_keep_a_greeting_away_waits_until_it_is_past(hours: int, until: int | None) -> None:
    message = replace(facts(Kind.CHECK_IN), greetings=(NOON + timedelta(hours=hours),))
    verdict = judge(message, NEVER_QUIET, now=NOON)
    assert verdict == (Hold(Rule.GREETING_AHEAD, NOON + timedelta(hours=until)) if until else Send())


def test_a_greeting_keeps_its_place_in_a_full_week() -> None:
    sent = [(Kind.CSAT, ago(days=2)), (Kind.MILESTONE, ago(days=4))]
    greeting = NOON + timedelta(days=2)
    crowded = replace(facts(Kind.REMINDER, *sent), greetings=(greeting,))
    assert judge(crowded, NEVER_QUIET, now=NOON) == Hold(Rule.GREETING_AHEAD, greeting + timedelta(days=1))
    assert judge(replace(crowded, sent=crowded.sent[:1]), NEVER_QUIET, now=NOON) == Send()
    assert judge(replace(crowded, kind=Kind.BIRTHDAY), NEVER_QUIET, now=NOON) == Send()
    assert judge(replace(crowded, kind=Kind.WIN_BACK, lost=True), NEVER_QUIET, now=NOON) == Send()
    assert judge(replace(crowded, muted=frozenset({Group.GREETING})), NEVER_QUIET, now=NOON) == Send()


def test_a_holiday_is_a_day_of_the_customers_own_calendar() -> None:
    rules = replace(NEVER_QUIET, holidays=TET, tet=TetRules(groups=frozenset()))
    now = at("2026-02-15 18:00")
    assert judge(facts(timezone="Asia/Ho_Chi_Minh"), rules, now=now) == Hold(Rule.HOLIDAY, at("2026-02-19 17:00"))
    assert judge(facts(timezone="Europe/Paris"), rules, now=now) == Send()


def test_a_holiday_in_whose_morning_the_clock_skips_midnight_ends_at_the_jump() -> None:
    """Cairo goes from 00:00 to 01:00 on 24 April 2026."""
    rules = replace(NEVER_QUIET, holidays=frozenset({date(2026, 4, 23)}))
    verdict = judge(facts(timezone="Africa/Cairo"), rules, now=at("2026-04-23 12:00", "Africa/Cairo"))
    assert verdict == Hold(Rule.HOLIDAY, at("2026-04-23 22:00"))


def test_a_hold_names_the_rule_that_holds_longest_and_ends_with_the_last() -> None:
    """A night, then the floor, then four days of Tết, then the next night: one answer, and it says Tết."""
    now = at("2026-02-15 03:00", "Asia/Ho_Chi_Minh")
    sent = (Kind.MILESTONE, at("2026-02-15 02:00", "Asia/Ho_Chi_Minh"))
    verdict = judge(facts(Kind.CHECK_IN, sent), ContactRules(holidays=TET, tet=TetRules(groups=frozenset())), now=now)
    assert verdict == Hold(Rule.HOLIDAY, at("2026-02-20 08:00", "Asia/Ho_Chi_Minh"))


def test_what_would_be_held_past_its_expiry_is_dropped_and_names_the_rule() -> None:
    sent = (Kind.NPS, ago(days=1))
    held = replace(facts(Kind.CES, sent), expires_at=NOON + timedelta(days=3))
    assert judge(held, ContactRules(), now=NOON) == Drop(Rule.EXPIRED, held_by=Rule.BETWEEN_SURVEYS)


def test_a_hold_that_ends_at_the_expiry_is_too_late() -> None:
    held = replace(facts(Kind.MILESTONE, (Kind.NPS, ago(hours=23))), expires_at=NOON + timedelta(hours=1))
    assert judge(held, ContactRules(), now=NOON) == Drop(Rule.EXPIRED, held_by=Rule.FLOOR)


ZONES = st.sampled_from(
    [
        "Asia/Ho_Chi_Minh",
        "America/New_York",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Asia/Kathmandu",
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        "Pacific/Apia",
    ]
)
INSTANTS = st.integers(0, 19 * 365 * 86_400).map(
    lambda seconds: datetime(2011, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
TIMES = st.times().map(lambda moment: moment.replace(microsecond=0, tzinfo=None))


@st.composite
def situations(draw: st.DrawFn) -> tuple[ContactFacts, ContactRules, datetime]:
    now = draw(INSTANTS)
    past = st.tuples(
        st.sampled_from(Kind), st.timedeltas(timedelta(0), timedelta(days=200)).map(lambda since: now - since)
    )
    days = st.integers(-3, 9).map(lambda days: now.date() + timedelta(days=days))
    rules = ContactRules(
        quiet_from=draw(TIMES),
        quiet_until=draw(TIMES),
        weekly_cap=draw(st.integers(1, 4)),
        holidays=frozenset(draw(st.sets(days, max_size=6))),
        weekdays=frozenset(draw(st.sets(st.integers(1, 7), min_size=1))),
        tet=TetRules(days_before=draw(st.integers(0, 15)), days_after=draw(st.integers(0, 15))),
    )
    sent = draw(st.lists(past, max_size=6))
    ahead = st.timedeltas(timedelta(0), timedelta(days=20)).map(lambda after: now + after)
    message = facts(draw(st.sampled_from(PERSONAL)), *sent, timezone=draw(ZONES))
    return replace(message, greetings=tuple(draw(st.lists(ahead, max_size=2)))), rules, now


@given(situations())
def test_a_held_message_goes_at_its_until_and_not_before(
    situation: tuple[ContactFacts, ContactRules, datetime],
) -> None:
    message, rules, now = situation
    verdict = judge(message, rules, now=now)
    if isinstance(verdict, Hold):
        assert verdict.until > now
        assert judge(message, rules, now=verdict.until) == Send()
        earlier = max(now, verdict.until - timedelta(microseconds=1))
        assert isinstance(judge(message, rules, now=earlier), Hold)


@given(situations())
def test_nothing_personal_is_sent_in_local_quiet_hours_or_on_holidays(
    situation: tuple[ContactFacts, ContactRules, datetime],
) -> None:
    message, rules, now = situation
    if judge(message, rules, now=now) == Send():
        local = now.astimezone(ZoneInfo(message.timezone))
        assert not is_quiet(local.time(), rules)
        assert local.date() not in rules.holidays or message.kind in GREETINGS


@given(situations())
def test_what_was_sent_long_ago_or_in_another_order_makes_no_difference(
    situation: tuple[ContactFacts, ContactRules, datetime],
) -> None:
    message, rules, now = situation
    long_ago = tuple((kind, now - timedelta(days=400)) for kind in Kind)
    shuffled = replace(message, sent=tuple(reversed(message.sent)) + long_ago)
    assert judge(shuffled, rules, now=now) == judge(message, rules, now=now)


@given(st.lists(st.tuples(st.sampled_from(PERSONAL), st.integers(0, 48)), max_size=60))
def test_a_customer_never_gets_more_than_the_rules_allow(wishes: list[tuple[Kind, int]]) -> None:
    """Whatever is wished for, hour by hour: the floor, the cap of any week and the pause between surveys hold.

    What a case brings about is outside that pause, and has a clock of its own.
    """
    sent: list[tuple[Kind, datetime]] = []
    now, rules = NOON, ContactRules()
    for kind, hours in wishes:
        now += timedelta(hours=hours)
        if judge(facts(kind, *sent), rules, now=now) == Send():
            sent.append((kind, now))
    instants = [instant for _, instant in sent]
    surveys = [instant for kind, instant in sent if kind in INVITATIONS - TRANSACTIONAL]
    after_cases = [instant for kind, instant in sent if kind is Kind.CASE_CES]
    assert all(later - earlier >= timedelta(days=30) for earlier, later in pairwise(after_cases))
    assert all(later - earlier >= rules.floor for earlier, later in pairwise(instants))
    assert all(
        later - earlier >= timedelta(days=7)
        for earlier, later in zip(instants, instants[rules.weekly_cap :], strict=False)
    )
    assert all(later - earlier >= timedelta(days=90) for earlier, later in pairwise(surveys))
    of_plans = [instant for kind, instant in sent if POLICIES[kind].group is Group.PLAN]
    assert all(later - earlier >= timedelta(days=3) for earlier, later in pairwise(of_plans))


def test_a_customers_own_hours_take_the_place_of_the_businesss() -> None:
    mornings = replace(facts(), quiet=(time(12), time(8)))
    assert judge(mornings, ContactRules(), now=NOON) == Hold(Rule.QUIET_HOURS, NOON + timedelta(hours=20))
    evenings = replace(facts(), quiet=(time(23), time(11)))
    late = NOON + timedelta(hours=10)
    assert judge(evenings, ContactRules(), now=late) == Send()


@pytest.mark.parametrize("kind", PERSONAL)
def test_while_a_severe_case_is_open_nobody_is_congratulated_or_asked_again(kind: Kind) -> None:
    until = NOON + UNSETTLED_FOR
    verdict = judge(replace(facts(kind), unsettled_until=until), NEVER_QUIET, now=NOON)
    assert verdict == (Hold(Rule.OPEN_CASE, until) if kind in AFTER_APOLOGY else Send())
    assert {Kind.CASE_CES, Kind.FOLLOW_UP, Kind.CONFIRMATION}.isdisjoint(AFTER_APOLOGY)
    assert {Kind.TIP, Kind.MILESTONE, Kind.CHECK_IN, Kind.PROGRESS} <= AFTER_APOLOGY
