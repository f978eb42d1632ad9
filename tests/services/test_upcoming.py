from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import insert

from bot.domain.contact import Rule
from bot.domain.messages import Language
from bot.domain.planning import UpcomingTouchpoint
from bot.domain.rules import BirthdayRules, HolidayGreeting, Rules, SurveyRules, WinBackRules
from bot.domain.taps import CompleteMilestone, StartPlan
from bot.domain.touchpoints import Kind
from bot.services import birthdays, planning, plans, survey_planning, win_back
from storage.database import Database, Tx
from storage.tables import rate
from tests.factories import queue
from tests.stories import RULES, Clock, add_customer

DAY = timedelta(days=1)
Short = tuple[Kind, datetime, Rule | None, datetime | None]


def upcoming(
    database: Database, days: int, customer_id: int | None = None, rules: Rules = RULES
) -> list[UpcomingTouchpoint]:
    return database.read_now(planning.upcoming, rules=rules, days=days, customer_id=customer_id)


def short(found: list[UpcomingTouchpoint]) -> list[Short]:
    return [(one.kind, one.when, one.rule, one.until) for one in found]


def next_due(database: Database, rules: Rules = RULES) -> datetime | None:
    return database.read_now(planning.next_due, rules=rules)


def start_plan(database: Database, customer_id: int) -> None:
    tap = StartPlan(customer_id, "onboarding")
    database.write_now(plans.start_plan, rules=RULES, staff_id=1, language=Language.VI, tap=tap)


def limit_speed(tx: Tx, *, now: datetime, **columns: datetime) -> None:
    tx.execute(insert(rate).values(name="bulk", **columns))


def vietnam(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+07:00").astimezone(UTC)


def test_what_planners_will_queue_is_foreseen_and_judged(database: Database, clock: Clock) -> None:
    start_plan(database, add_customer(database, clock, name="Bình"))
    found = upcoming(database, 35)
    assert short(found) == [
        (Kind.MILESTONE, vietnam("2026-12-20 09:00"), None, None),
        (
            Kind.CHECK_IN,
            vietnam("2026-12-20 09:00"),
            Rule.BETWEEN_PLAN_MESSAGES,
            vietnam("2026-12-23 09:00"),
        ),
    ]
    assert {one.customer_name for one in found} == {"Bình"}
    assert upcoming(database, 29) == []


def test_what_is_queued_is_told_once_and_only_to_whom_it_concerns(database: Database, clock: Clock) -> None:
    first = add_customer(database, clock, 1, next_nps_at=clock.now())
    second = add_customer(database, clock, 2)
    queue(database, Kind.NOTICE, chat_id=5, language=Language.VI)
    queue(database, Kind.CLOSING, second, edit_message_id=5)
    assert short(upcoming(database, 7)) == [(Kind.NPS, clock.now(), None, None)]
    database.write_now(survey_planning.plan_nps, rules=RULES)
    assert short(upcoming(database, 7)) == [(Kind.NPS, clock.now(), None, None)]
    assert short(upcoming(database, 7, first)) == [(Kind.NPS, clock.now(), None, None)]
    assert upcoming(database, 7, second) == []


def test_what_the_policy_will_drop_is_told_with_its_rule(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, lost_at=clock.now(), birth_month=11, birth_day=21)
    queue(database, Kind.CHECK_IN, customer_id)
    assert short(upcoming(database, 7)) == [(Kind.CHECK_IN, clock.now(), Rule.LOST, None)]


def test_birthdays_of_the_next_days_are_foreseen_in_each_zone(database: Database, clock: Clock) -> None:
    for number, (day, zone) in enumerate(
        [(21, "Pacific/Kiritimati"), (22, "Asia/Ho_Chi_Minh"), (24, "Asia/Ho_Chi_Minh"), (20, "Asia/Ho_Chi_Minh")]
    ):
        add_customer(database, clock, number, birth_month=11, birth_day=day, timezone=zone)
    database.write_now(birthdays.plan_birthdays, rules=RULES)
    assert short(upcoming(database, 2)) == [
        (Kind.BIRTHDAY, vietnam("2026-11-20 09:00"), None, None),
        (Kind.BIRTHDAY, datetime(2026, 11, 20, 19, tzinfo=UTC), None, None),
        (Kind.BIRTHDAY, vietnam("2026-11-22 09:00"), None, None),
    ]
    assert len(upcoming(database, 2, 2)) == 1
    off = replace(RULES, birthday=BirthdayRules(enabled=False))
    assert len(upcoming(database, 2, rules=off)) == 1  # the one that is queued already


def test_win_back_is_foreseen_where_the_business_does_it(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock)
    database.write_now(win_back.mark_lost, rules=RULES, customer_id=customer_id, reason="", language=Language.VI)
    assert short(upcoming(database, 7)) == [(Kind.WIN_BACK, clock.now() + DAY, None, None)]
    assert upcoming(database, 7, rules=replace(RULES, win_back=WinBackRules(enabled=False))) == []


def test_nothing_to_do_has_no_next_instant(database: Database, clock: Clock) -> None:
    add_customer(database, clock)
    assert next_due(database) is None


def test_the_next_instant_is_the_first_of_all_planners_and_the_outbox(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, last_purchase_at=clock.now() - 60 * DAY)
    assert next_due(database) == clock.now() + 30 * DAY
    start_plan(database, customer_id)
    assert next_due(database) == vietnam("2026-12-20 09:00")
    queue(database, Kind.MILESTONE, customer_id, due_at=clock.now() + 5 * DAY)
    assert next_due(database) == clock.now() + 5 * DAY
    tap = CompleteMilestone(1)
    database.write_now(plans.complete_milestone, rules=RULES, staff_id=1, language=Language.VI, tap=tap)
    assert next_due(database) == clock.now() + RULES.surveys.csat_after


def test_silence_that_means_nothing_has_no_next_instant(database: Database, clock: Clock) -> None:
    add_customer(database, clock, last_purchase_at=clock.now() - 60 * DAY)
    assert next_due(database, replace(RULES, win_back=WinBackRules(silent_after=None))) is None


def test_who_was_not_among_the_days_surveys_waits_for_the_next_business_day(database: Database, clock: Clock) -> None:
    rules = replace(RULES, surveys=SurveyRules(nps_per_day=1))
    for number in (1, 2):
        add_customer(database, clock, number, next_nps_at=clock.now())
    database.write_now(survey_planning.plan_nps, rules=rules)
    assert next_due(database, rules) == vietnam("2026-11-21 00:00")


def test_the_next_birthday_is_looked_for_day_by_day(database: Database, clock: Clock) -> None:
    add_customer(database, clock, birth_month=11, birth_day=22)
    assert next_due(database) == datetime(2026, 11, 21, tzinfo=UTC)
    clock.advance(datetime(2026, 11, 21, 3, tzinfo=UTC) - clock.now())
    assert next_due(database) == datetime(2026, 11, 22, tzinfo=UTC)
    clock.advance(datetime(2026, 11, 22, tzinfo=UTC) - clock.now())
    assert next_due(database) == vietnam("2026-11-22 09:00")
    assert next_due(database, replace(RULES, birthday=BirthdayRules(enabled=False))) is None


def test_what_is_overdue_waits_for_the_shared_speed_limit(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock)
    queue(database, Kind.MILESTONE, customer_id, due_at=clock.now() - DAY)
    assert next_due(database) is None
    arrival_at, paused_until = clock.now() + timedelta(seconds=4), clock.now() + timedelta(seconds=9)
    database.write_now(limit_speed, arrival_at=arrival_at, paused_until=paused_until)
    assert next_due(database) == arrival_at
    clock.advance(timedelta(seconds=4))
    assert next_due(database) == paused_until


def test_a_years_rounds_and_greetings_are_foreseen_with_their_cause(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, birth_month=3, birth_day=1, next_nps_at=clock.now() + 60 * DAY)
    start_plan(database, customer_id)
    tet = HolidayGreeting(key="tet", lunar="01-01", text={Language.VI: "lời", Language.EN: "words"})
    found = upcoming(database, 120, customer_id, replace(RULES, greetings=(tet,)))
    assert [(one.kind, one.cause, one.subject) for one in found] == [
        (Kind.MILESTONE, "", ""),
        (Kind.CHECK_IN, "", "Năm đầu"),
        (Kind.NPS, "calendar", ""),
        (Kind.CHECK_IN, "", "Năm đầu"),
        (Kind.HOLIDAY_GREETING, "", "tet"),
        (Kind.MILESTONE, "", ""),
        (Kind.CHECK_IN, "", "Năm đầu"),
        (Kind.PROGRESS, "", "Năm đầu"),
        (Kind.BIRTHDAY, "", ""),
        (Kind.CHECK_IN, "", "Năm đầu"),
    ]


def test_what_is_queued_says_what_asked_for_it_and_what_it_is_about(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, next_nps_at=clock.now())
    database.write_now(survey_planning.plan_nps, rules=RULES)
    queue(database, Kind.MILESTONE, customer_id, facts={"title": "Mốc 30"})
    assert {(one.kind, one.cause, one.subject) for one in upcoming(database, 7)} == {
        (Kind.MILESTONE, "", "Mốc 30"),
        (Kind.NPS, "calendar", ""),
    }


def test_the_morning_of_a_holiday_is_a_next_instant_where_somebody_is_to_be_greeted(
    database: Database, clock: Clock
) -> None:
    tet = HolidayGreeting(key="tet", lunar="01-01", text={Language.VI: "lời", Language.EN: "words"})
    rules = replace(RULES, greetings=(tet,))
    assert next_due(database, rules) is None
    add_customer(database, clock)
    assert next_due(database, rules) == vietnam("2027-02-06 09:00")
