"""A year simulated, and its log counted anew: by nothing but the instants in it and the numbers in the rules."""

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest

from bot.domain.messages import Language
from bot.domain.planning import Candidate, Contact
from bot.domain.plans import Milestone, Plan
from bot.domain.rules import ContactRules, HolidayGreeting, Rules, SurveyRules
from bot.domain.simulation import Absence, Life, SimulatedMessage, absences_of, loads, simulate
from bot.domain.touchpoints import OUTSIDE_CLOCKS, POLICIES, Kind
from bot.services.simulation import load_lives
from storage.database import Database
from tests.retail_lives import FIRST_YEAR, retail_lives

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CUSTOMERS = 600
HOLIDAYS = frozenset(holidays.country_holidays("VN", years=(2026, 2027)))
WORDS = {Language.VI: "lời", Language.EN: "words"}
TET_2027 = date(2027, 2, 6)
MID_AUTUMN_2027 = date(2027, 9, 15)
RULES = Rules(
    contact=ContactRules(holidays=HOLIDAYS),
    surveys=SurveyRules(nps_per_day=5),
    greetings=(
        HolidayGreeting(key="tet", lunar="01-01", text=WORDS),
        HolidayGreeting(key="mid_autumn", lunar="08-15", text=WORDS),
    ),
)
GREETINGS = {Kind.BIRTHDAY, Kind.HOLIDAY_GREETING}
PLAN_KINDS = (Kind.MILESTONE, Kind.CHECK_IN, Kind.PROGRESS)
SURVEYS = (Kind.NPS, Kind.CES, Kind.CSAT)

Instants = Mapping[int, Sequence[tuple[datetime, Kind]]]


def life(**facts: Any) -> Life:
    """One customer who can be reached and whom nothing awaits, unless the facts say otherwise."""
    contact = Contact(
        name="An", timezone="Asia/Ho_Chi_Minh", linked=True, stopped=False, unreachable=False, lost=False, sent=()
    )
    return replace(Life(customer_id=1, contact=contact), **facts)


def kinds(log: Sequence[SimulatedMessage]) -> list[tuple[Kind, datetime]]:
    return [(one.kind, one.at) for one in log]


@pytest.fixture(scope="module", params=["made", *filter(None, [os.environ.get("SIMULATED_DATABASE")])])
def people(request: pytest.FixtureRequest) -> dict[int, Life]:
    """Customers made from a seed; and all of a database's, as if linked with a plan, when one is named."""
    if request.param == "made":
        return {one.customer_id: one for one in retail_lives(CUSTOMERS, now=NOW)}
    database = Database(request.param, now=lambda: NOW)
    lives = database.read_now(load_lives, rules=RULES, as_if_linked=True, template=FIRST_YEAR)
    database.close()
    return {one.customer_id: one for one in lives}


@pytest.fixture(scope="module")
def log(people: dict[int, Life]) -> list[SimulatedMessage]:
    return simulate(people.values(), RULES, now=NOW, days=365)


@pytest.fixture(scope="module")
def received(people: dict[int, Life], log: list[SimulatedMessage]) -> Instants:
    """What each customer got, with what they had got before: the clocks count that too."""
    found = {key: [(at, kind) for kind, at in one.contact.sent] for key, one in people.items()}
    for one in log:
        found[one.customer_id].append((one.at, one.kind))
    return {key: sorted(instants) for key, instants in found.items()}


def gaps(instants: Sequence[tuple[datetime, Kind]], *of: Kind) -> list[timedelta]:
    """The times between two neighbours of these kinds, of which the second is in the simulated year."""
    mine = [at for at, kind in instants if kind in of]
    return [after - before for before, after in pairwise(mine) if after >= NOW]


def test_the_made_customers_get_every_kind_that_there_is() -> None:
    log = simulate(retail_lives(CUSTOMERS, now=NOW), RULES, now=NOW, days=365)
    answers = {
        Kind.CASE_CES,
        Kind.FOLLOW_UP,
        Kind.GOAL,
        Kind.COMPLETION,
    }  # they follow what people do, which nobody here does
    planned = {kind for kind in Kind if POLICIES[kind].group not in OUTSIDE_CLOCKS} - answers
    assert {one.kind for one in log} == planned


def test_the_log_is_in_order_and_within_the_year(log: list[SimulatedMessage]) -> None:
    assert [one.at for one in log] == sorted(one.at for one in log)
    assert NOW <= log[0].at < log[-1].at < NOW + 365 * DAY


def test_nobody_gets_two_messages_within_a_day(received: Instants) -> None:
    assert min(min(gaps(mine, *Kind), default=DAY) for mine in received.values()) >= timedelta(hours=24)


def test_nobody_gets_a_fourth_message_within_any_seven_days(received: Instants) -> None:
    for mine in received.values():
        instants = [at for at, _ in mine]
        assert all(fourth - first >= 7 * DAY for first, fourth in zip(instants, instants[3:], strict=False))


def test_nobody_is_asked_two_surveys_within_ninety_days(received: Instants) -> None:
    closest = [gap for mine in received.values() for gap in gaps(mine, *SURVEYS)]
    assert min(closest) >= 90 * DAY
    assert len(closest) > len(received) / 4


@pytest.mark.parametrize(("kind", "days"), [("nps", 180), ("check_in", 25), ("progress", 80), ("win_back", 180)])
def test_each_kind_keeps_its_own_clock(received: Instants, kind: str, days: int) -> None:
    closest = [gap for mine in received.values() for gap in gaps(mine, Kind(kind))]
    assert min(closest) >= days * DAY


def test_nobody_gets_two_messages_about_their_plan_within_three_days(received: Instants) -> None:
    closest = [gap for mine in received.values() for gap in gaps(mine, *PLAN_KINDS)]
    assert min(closest) >= 3 * DAY
    assert len(closest) > len(received) / 4


def test_nobody_is_asked_anything_around_tet(people: dict[int, Life], log: list[SimulatedMessage]) -> None:
    """From the third day before the first of the lunar year to the sixth after it, by the customer's own calendar."""
    kept_quiet = {*SURVEYS, Kind.REMINDER, Kind.FOLLOW_UP, Kind.WIN_BACK, Kind.OFFER}
    asked = [
        one.at.astimezone(ZoneInfo(people[one.customer_id].contact.timezone)).date()
        for one in log
        if one.kind in kept_quiet
    ]
    assert not [day for day in asked if TET_2027 - 3 * DAY <= day <= TET_2027 + 6 * DAY]
    assert any(day == TET_2027 + 7 * DAY for day in asked)


def test_whoever_is_there_is_greeted_at_nine_on_their_birthday_and_on_each_holiday(
    people: dict[int, Life], log: list[SimulatedMessage]
) -> None:
    """No other message takes a greeting's place; but of two greetings on one day there is only one."""
    greeted = {(one.customer_id, one.at) for one in log if one.kind in GREETINGS}
    for key, one in people.items():
        zone = ZoneInfo(one.contact.timezone)
        present = one.contact.linked and not one.contact.stopped and not one.contact.unreachable
        if not present or absences_of(one, RULES, now=NOW, until=NOW + 365 * DAY) or one.contact.sent:
            continue
        for day in (TET_2027, MID_AUTUMN_2027, *_birthdays(one)):
            assert (key, datetime.combine(day, time(9), zone).astimezone(UTC)) in greeted


def _birthdays(one: Life) -> list[date]:
    if one.birthday in (None, (2, 29), (11, 20)):  # the 29th of February falls out, and today is half over
        return []
    month, day = one.birthday or (1, 1)
    return [date(year, month, day) for year in (2026, 2027) if NOW.date() < date(year, month, day) < date(2027, 11, 19)]


def _at_the_end(plan: Plan) -> tuple[Milestone, ...]:
    return (replace(plan.milestones[-1], due_at=NOW + 365 * DAY),)


def test_check_ins_that_nobody_answers_come_half_as_often_and_then_stop(log: list[SimulatedMessage]) -> None:
    asked = Counter(one.customer_id for one in log if one.kind is Kind.CHECK_IN)
    assert max(asked.values()) == 4
    planned = next(one for one in retail_lives(CUSTOMERS, now=NOW) if one.plan is not None)
    assert planned.plan is not None
    begun = replace(life(), plan=replace(planned.plan, started_at=NOW, milestones=_at_the_end(planned.plan)))
    days = [
        (at - NOW).days for kind, at in kinds(simulate([begun], Rules(), now=NOW, days=360)) if kind is Kind.CHECK_IN
    ]
    assert days == [29, 60, 119, 180]


def test_nobody_is_written_to_in_the_quiet_hours_of_their_own_clock(
    people: dict[int, Life], log: list[SimulatedMessage]
) -> None:
    clocks = [one.at.astimezone(ZoneInfo(people[one.customer_id].contact.timezone)).time() for one in log]
    assert time(8, 0) <= min(clocks)
    assert max(clocks) < time(21, 0)


def test_on_holidays_and_in_tet_there_are_only_greetings(people: dict[int, Life], log: list[SimulatedMessage]) -> None:
    days = {(one.at.astimezone(ZoneInfo(people[one.customer_id].contact.timezone)).date(), one.kind) for one in log}
    assert {kind for day, kind in days if day in HOLIDAYS} <= GREETINGS


def test_a_birthday_in_tet_is_greeted_and_a_survey_waits_for_its_end() -> None:
    eve = datetime(2027, 2, 4, 3, tzinfo=UTC)
    log = simulate([life(birthday=(2, 6), next_nps_at=eve + 10 * HOUR)], RULES, now=eve, days=10)
    assert kinds(log) == [
        (Kind.BIRTHDAY, datetime(2027, 2, 6, 2, tzinfo=UTC)),
        (Kind.NPS, datetime(2027, 2, 13, 1, tzinfo=UTC)),
    ]


@pytest.mark.parametrize("state", [{"linked": False}, {"stopped": True}, {"unreachable": True}])
def test_each_of_these_alone_keeps_everything_away(state: dict[str, Any]) -> None:
    contact = replace(life().contact, **state)
    assert simulate([life(contact=contact, next_nps_at=NOW, birthday=(12, 1))], RULES, now=NOW, days=30) == []


def test_who_cannot_or_will_not_be_reached_gets_nothing(people: dict[int, Life], log: list[SimulatedMessage]) -> None:
    silent = {
        key for key, one in people.items() if not one.contact.linked or one.contact.stopped or one.contact.unreachable
    }
    assert silent.isdisjoint(one.customer_id for one in log)


def test_the_calendars_nps_keeps_to_its_share_of_a_day(log: list[SimulatedMessage]) -> None:
    people = [life(customer_id=number, next_nps_at=NOW) for number in range(1, 12)]
    asked = [one.at for one in simulate(people, RULES, now=NOW, days=20) if one.kind is Kind.NPS]
    saigon = ZoneInfo("Asia/Ho_Chi_Minh")
    assert list(Counter(at.astimezone(saigon).date().day for at in asked).values()) == [5, 5, 1]


def test_a_survey_is_followed_by_its_one_reminder_and_the_next_by_calendar() -> None:
    log = simulate([life(next_nps_at=NOW)], Rules(), now=NOW, days=200)
    assert kinds(log) == [
        (Kind.NPS, NOW),
        (Kind.REMINDER, NOW + 4 * DAY),
        (Kind.NPS, NOW + 180 * DAY),
        (Kind.REMINDER, NOW + 184 * DAY),
    ]


def test_a_calendar_nps_that_cannot_go_in_time_is_asked_when_it_can() -> None:
    asked_before = replace(life().contact, sent=((Kind.CES, NOW - 30 * DAY),))
    log = simulate([life(contact=asked_before, next_nps_at=NOW)], RULES, now=NOW, days=70)
    assert kinds(log)[0] == (Kind.NPS, NOW + 60 * DAY)


def test_who_falls_silent_is_asked_why_and_made_one_offer_and_nothing_else() -> None:
    log = simulate([life(purchases=(NOW - 89 * DAY,), next_nps_at=NOW + 20 * DAY)], RULES, now=NOW, days=300)
    # 91 days after the purchase: lost on the 90th, asked a day later; the purchase comes again 276 days from now.
    assert kinds(log)[:3] == [
        (Kind.WIN_BACK, NOW + 2 * DAY),
        (Kind.OFFER, NOW + 9 * DAY),
        (Kind.NPS, NOW + 276 * DAY),
    ]


def test_who_buys_again_is_back_and_who_was_asked_is_not_asked_again() -> None:
    lost = life(purchases=(NOW - 200 * DAY,), lost_at=NOW - 110 * DAY, asked=True)
    assert absences_of(lost, RULES, now=NOW, until=NOW + 300 * DAY) == [
        Absence(NOW - 110 * DAY, NOW + 165 * DAY),
        Absence(NOW + 255 * DAY, None),
    ]
    assert kinds(simulate([lost], RULES, now=NOW, days=300)) == [
        (Kind.WIN_BACK, NOW + 256 * DAY),
        (Kind.OFFER, NOW + 263 * DAY),
    ]


def test_what_is_queued_already_counts_too() -> None:
    queued = Candidate(customer_id=1, kind=Kind.CHECK_IN, due_at=NOW - DAY, expires_at=NOW + DAY)
    late = replace(queued, expires_at=NOW)
    assert kinds(simulate([life(queued=(queued, late))], RULES, now=NOW, days=3)) == [(Kind.CHECK_IN, NOW)]


def test_turned_off_means_off() -> None:
    rules = replace(
        RULES,
        birthday=replace(RULES.birthday, enabled=False),
        win_back=replace(RULES.win_back, enabled=False, silent_after=None),
        greetings=(),
    )
    quiet = life(birthday=(12, 1), purchases=(NOW - 89 * DAY,))
    assert simulate([quiet], rules, now=NOW, days=100) == []


def test_the_loads_count_those_who_got_nothing_and_any_seven_days() -> None:
    log = [
        SimulatedMessage(customer_id=customer, kind=kind, at=NOW + days * DAY)
        for customer, kind, days in [(1, Kind.NPS, 0), (1, Kind.REMINDER, 4), (1, Kind.CHECK_IN, 7), (2, Kind.NPS, 1)]
    ]
    by_kind = {one.kind: one for one in loads(log, 4)}
    assert list(by_kind) == [Kind.NPS, Kind.REMINDER, Kind.CHECK_IN, None]
    nps, everything = by_kind[Kind.NPS], by_kind[None]
    assert (nps.total, nps.median, nps.p95, nps.most, nps.most_in_a_week) == (2, 0.5, 1, 1, 1)
    assert (everything.total, everything.median, everything.p95) == (4, 0.5, 3)
    assert (everything.most, everything.most_in_a_week) == (3, 2)


def test_the_95th_percentile_is_what_95_of_100_do_not_exceed() -> None:
    log = [SimulatedMessage(customer_id=number, kind=Kind.NPS, at=NOW) for number in range(5)]
    assert (loads(log, 100)[0].p95, loads(log, 99)[0].p95) == (0, 1)
    assert loads([*log, SimulatedMessage(customer_id=6, kind=Kind.NPS, at=NOW)], 100)[0].p95 == 1
    assert loads([], 0) == []


def test_a_plan_without_rounds_sends_none_of_them() -> None:
    planned = next(one for one in retail_lives(CUSTOMERS, now=NOW) if one.plan is not None)
    assert planned.plan is not None
    silent = replace(planned, plan=replace(planned.plan, check_in_months=0, progress_months=0))
    sent = [Counter(one.kind for one in simulate([one], RULES, now=NOW, days=365)) for one in (planned, silent)]
    rounds = (Kind.CHECK_IN, Kind.PROGRESS)
    assert all(sent[0][kind] > 0 for kind in rounds)
    assert all(sent[1][kind] == 0 for kind in rounds)
