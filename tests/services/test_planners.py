from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.messages import Language
from bot.domain.rules import BirthdayRules, ContactRules, Rules, SurveyRules, WinBackRules
from bot.domain.taps import CompleteMilestone, StartPlan
from bot.domain.touchpoints import Group
from bot.services import birthdays, plan_planning, plans, survey_planning, win_back
from storage.database import Database
from tests.factories import queue_survey
from tests.stories import RULES, Clock, add_customer, change, look, put

DAY = timedelta(days=1)
Planner = Callable[..., int]
GONE = ["stopped_at", "unreachable_at", "lost_at"]


def run(database: Database, planner: Planner, rules: Rules = RULES) -> int:
    return database.write_now(planner, rules=rules)


def queued(database: Database, **where: Any) -> list[Any]:
    return database.read_now(look, table="outbox", **where)


def closed_interaction(database: Database, clock: Clock, customer_id: int) -> int:
    return database.write_now(
        put,
        table="interaction",
        customer_id=customer_id,
        kind="message",
        body="…",
        happened_at=clock.now(),
        closed_at=clock.now(),
        closed_by=1,
    )


def sent_before(database: Database, clock: Clock, customer_id: int, kind: str, ago: timedelta) -> None:
    at = clock.now() - ago
    database.write_now(
        put,
        table="outbox",
        dedupe_key=f"{kind}:before:{customer_id}",
        kind=kind,
        priority=1,
        customer_id=customer_id,
        facts={},
        status="sent",
        planned_at=at,
        due_at=at,
        expires_at=at + DAY,
        sent_at=at,
        message_id=3,
    )


def test_nps_by_calendar_is_asked_once_and_the_next_date_is_set(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, next_nps_at=clock.now() - DAY)
    assert run(database, survey_planning.plan_nps) == 1
    assert run(database, survey_planning.plan_nps) == 0
    [row] = queued(database)
    assert (row.dedupe_key, row.run_id, row.facts["run_id"]) == (f"nps:{customer_id}:2026-11-20", 1, 1)
    [customer] = database.read_now(look, table="customer")
    assert customer.next_nps_at == clock.now() + RULES.surveys.nps_every
    [survey] = database.read_now(look, table="survey_run")
    assert (survey.trigger, survey.planned_at, survey.sent_at) == ("calendar", clock.now(), None)


def test_nps_waits_for_its_date(database: Database, clock: Clock) -> None:
    add_customer(database, clock, next_nps_at=clock.now() + timedelta(seconds=1))
    assert run(database, survey_planning.plan_nps) == 0


@pytest.mark.parametrize("column", GONE)
def test_nps_is_not_planned_for_who_cannot_be_written_to(database: Database, clock: Clock, column: str) -> None:
    gone: dict[str, Any] = {column: clock.now()}
    add_customer(database, clock, next_nps_at=clock.now(), **gone)
    add_customer(database, clock, 2, next_nps_at=clock.now(), chat_id=None)
    assert run(database, survey_planning.plan_nps) == 0


def test_nps_is_asked_of_nobody_with_whom_there_is_no_relationship_yet(database: Database, clock: Clock) -> None:
    add_customer(database, clock, 2, external_id="K-2", chat_id=None)
    customer_id = add_customer(database, clock, plan="", next_nps_at=clock.now())
    assert run(database, survey_planning.plan_nps) == 0
    tap = StartPlan(customer_id, RULES.plans[0].key)
    database.write_now(plans.start_plan, rules=RULES, staff_id=1, language=Language.VI, tap=tap)
    assert run(database, survey_planning.plan_nps) == 1


def test_where_all_sign_up_in_chat_nobody_is_a_stranger(database: Database, clock: Clock) -> None:
    add_customer(database, clock, plan="", next_nps_at=clock.now())
    assert run(database, survey_planning.plan_nps) == 1


def test_nps_is_dripped_so_many_a_business_day_in_an_order_of_its_own(database: Database, clock: Clock) -> None:
    rules = replace(RULES, surveys=SurveyRules(nps_per_day=3))
    ids = [add_customer(database, clock, number, next_nps_at=clock.now()) for number in range(1, 9)]
    assert run(database, survey_planning.plan_nps, rules) == 3
    assert run(database, survey_planning.plan_nps, rules) == 0
    first = [row.customer_id for row in queued(database)]
    assert first == sorted(ids, key=lambda one: one * 2_654_435_761 % 2**32)[:3]
    clock.advance(timedelta(hours=13, minutes=59))
    assert run(database, survey_planning.plan_nps, rules) == 0
    clock.advance(timedelta(minutes=1))  # midnight in Vietnam
    assert run(database, survey_planning.plan_nps, rules) == 3


def test_who_was_asked_lately_is_not_skipped_for_half_a_year_but_asked_when_they_may_be(
    database: Database, clock: Clock
) -> None:
    customer_id = add_customer(database, clock, next_nps_at=clock.now())
    sent_before(database, clock, customer_id, "ces", 20 * DAY)
    assert run(database, survey_planning.plan_nps) == 1
    assert run(database, survey_planning.plan_nps) == 0
    [customer] = database.read_now(look, table="customer")
    assert customer.next_nps_at == clock.now() + 70 * DAY
    assert database.read_now(look, table="survey_run") == []


def test_nps_whose_date_was_set_back_is_not_asked_twice_on_one_day(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, next_nps_at=clock.now())
    run(database, survey_planning.plan_nps)
    database.write_now(change, table="customer", row_id=customer_id, next_nps_at=clock.now())
    assert run(database, survey_planning.plan_nps) == 1
    assert len(queued(database)) == 1
    [first, second] = database.read_now(look, table="survey_run")
    assert (first.closed_at, second.closed_at) == (None, clock.now())


def test_ces_follows_a_closed_interaction_after_an_hour_and_once(database: Database, clock: Clock) -> None:
    interaction_id = closed_interaction(database, clock, add_customer(database, clock))
    clock.advance(timedelta(minutes=59))
    assert run(database, survey_planning.plan_ces) == 0
    clock.advance(timedelta(minutes=1))
    assert run(database, survey_planning.plan_ces) == 1
    assert run(database, survey_planning.plan_ces) == 0
    [row] = queued(database)
    assert (row.dedupe_key, row.kind, row.due_at) == (f"ces:{interaction_id}", "ces", clock.now())


def test_ces_that_is_days_late_is_noted_and_not_asked(database: Database, clock: Clock) -> None:
    closed_interaction(database, clock, add_customer(database, clock))
    clock.advance(timedelta(days=3, hours=1))
    assert run(database, survey_planning.plan_ces) == 1
    assert run(database, survey_planning.plan_ces) == 0
    assert queued(database) == []
    assert database.read_now(look, table="survey_run") == []


def test_who_cannot_be_written_to_is_noted_and_not_asked_later(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, chat_id=None)
    closed_interaction(database, clock, customer_id)
    clock.advance(timedelta(hours=1))
    assert run(database, survey_planning.plan_ces) == 1
    database.write_now(change, table="customer", row_id=customer_id, chat_id=4)
    assert run(database, survey_planning.plan_ces) == 0
    assert queued(database) == []


def test_a_reminder_does_not_outlive_its_survey(database: Database, clock: Clock) -> None:
    run_id, _ = queue_survey(database, add_customer(database, clock))
    closes_at = clock.now() + 2 * DAY
    database.write_now(
        change, table="survey_run", row_id=run_id, sent_at=clock.now(), remind_at=clock.now(), closes_at=closes_at
    )
    assert run(database, survey_planning.plan_reminders) == 1
    assert run(database, survey_planning.plan_reminders) == 0
    [reminder] = queued(database, kind="reminder")
    assert (reminder.run_id, reminder.expires_at) == (run_id, closes_at)


def plan_of(database: Database, customer_id: int) -> None:
    tap = StartPlan(customer_id, "onboarding")
    database.write_now(plans.start_plan, rules=RULES, staff_id=1, language=Language.VI, tap=tap)


def test_csat_asks_about_the_milestone_that_was_reached(database: Database, clock: Clock) -> None:
    plan_of(database, add_customer(database, clock))
    tap = CompleteMilestone(2)
    database.write_now(plans.complete_milestone, rules=RULES, staff_id=1, language=Language.VI, tap=tap)
    clock.advance(RULES.surveys.csat_after)
    assert run(database, survey_planning.plan_csat) == 1
    assert run(database, survey_planning.plan_csat) == 0
    [row] = queued(database)
    assert (row.dedupe_key, row.facts["subject"], row.facts["of_milestone"]) == ("csat:milestone:2", "Mốc 90", True)


@pytest.mark.parametrize(
    ("planner", "days"),
    [(plan_planning.plan_milestones, 30), (plan_planning.plan_check_ins, 31), (plan_planning.plan_progress, 92)],
)
@pytest.mark.parametrize("column", GONE)
def test_plan_messages_to_who_cannot_be_written_to_are_passed_over(
    database: Database, clock: Clock, planner: Planner, days: int, column: str
) -> None:
    customer_id = add_customer(database, clock)
    plan_of(database, customer_id)
    gone: dict[str, Any] = {column: clock.now()}
    database.write_now(change, table="customer", row_id=customer_id, **gone)
    clock.advance(days * DAY)
    assert run(database, planner) == 1
    assert run(database, planner) == 0
    assert queued(database) == []


def test_a_customer_who_moved_west_waits_for_the_morning_there(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock)
    clock.advance(timedelta(hours=12))  # 20 November in both places
    plan_of(database, customer_id)
    database.write_now(change, table="customer", row_id=customer_id, timezone="America/New_York")
    clock.advance(datetime(2026, 12, 20, 2, tzinfo=UTC) - clock.now())  # 09:00 in Vietnam, 21:00 of the 19th there
    assert run(database, plan_planning.plan_check_ins) == 1
    assert queued(database) == []
    [plan] = database.read_now(look, table="success_plan")
    assert plan.next_check_in_at == datetime(2026, 12, 20, 14, tzinfo=UTC)
    clock.advance(plan.next_check_in_at - clock.now())
    assert run(database, plan_planning.plan_check_ins) == 1
    assert [row.dedupe_key for row in queued(database)] == ["check_in:1:1"]


@pytest.mark.parametrize("most", [1, 2])
def test_planners_take_a_chunk_at_a_time(database: Database, clock: Clock, monkeypatch: Any, most: int) -> None:
    for number in range(5):
        add_customer(database, clock, number, birth_month=11, birth_day=20)
    monkeypatch.setattr(birthdays, "CHUNK", most)
    counts = [run(database, birthdays.plan_birthdays) for _ in range(6)]
    assert (max(counts), sum(counts), counts[-1]) == (most, 5, 0)


def test_birthdays_can_be_turned_off(database: Database, clock: Clock) -> None:
    add_customer(database, clock, birth_month=11, birth_day=20)
    assert run(database, birthdays.plan_birthdays, replace(RULES, birthday=BirthdayRules(enabled=False))) == 0


def test_an_impossible_birthday_does_no_harm(database: Database, clock: Clock) -> None:
    add_customer(database, clock, birth_month=2, birth_day=31)
    clock.advance(datetime(2027, 3, 3, 9, tzinfo=UTC) - clock.now())
    assert run(database, birthdays.plan_birthdays) == 0


def test_silence_is_counted_from_the_last_purchase_and_only_for_those_who_bought(
    database: Database, clock: Clock
) -> None:
    bought_at = clock.now() - 100 * DAY
    lost = add_customer(database, clock, 1, last_purchase_at=bought_at)
    add_customer(database, clock, 2, last_purchase_at=clock.now() - 89 * DAY)
    add_customer(database, clock, 3, last_purchase_at=None)
    assert run(database, win_back.plan_silence) == 1
    assert run(database, win_back.plan_silence) == 0
    [loss] = database.read_now(look, table="loss")
    assert (loss.customer_id, loss.lost_at, loss.source) == (lost, bought_at + 90 * DAY, "silence")


def test_silence_means_nothing_where_the_rules_leave_it_to_staff(database: Database, clock: Clock) -> None:
    add_customer(database, clock, last_purchase_at=clock.now() - 1000 * DAY)
    assert run(database, win_back.plan_silence, replace(RULES, win_back=WinBackRules(silent_after=None))) == 0


def test_a_business_that_does_not_win_back_asks_nobody(database: Database, clock: Clock) -> None:
    off = replace(RULES, win_back=WinBackRules(enabled=False))
    add_customer(database, clock, last_purchase_at=clock.now() - 1000 * DAY, linked_at=clock.now() - 2 * DAY)
    assert run(database, win_back.plan_silence, off) == 1
    assert run(database, win_back.plan_win_back, off) == 0
    assert run(database, win_back.plan_win_back) == 1
    clock.advance(30 * DAY)
    assert run(database, win_back.plan_offers, off) == 0


@pytest.mark.parametrize("column", ["stopped_at", "unreachable_at"])
def test_who_left_and_cannot_be_written_to_is_not_asked_why(database: Database, clock: Clock, column: str) -> None:
    gone: dict[str, Any] = {column: clock.now()}
    long_ago = clock.now() - 1000 * DAY
    add_customer(database, clock, last_purchase_at=long_ago, linked_at=clock.now() - 2 * DAY, **gone)
    run(database, win_back.plan_silence)
    assert run(database, win_back.plan_win_back) == 0


def test_a_question_that_waits_is_cancelled_when_the_customer_comes_back(database: Database, clock: Clock) -> None:
    long_ago = clock.now() - 1000 * DAY
    customer_id = add_customer(database, clock, last_purchase_at=long_ago, linked_at=clock.now() - 2 * DAY)
    run(database, win_back.plan_silence)
    run(database, win_back.plan_win_back)
    database.write_now(change, table="customer", row_id=customer_id, last_purchase_at=clock.now())
    assert run(database, win_back.plan_returns) == 1
    assert run(database, win_back.plan_returns) == 0
    [question] = queued(database)
    assert (question.status, question.error) == ("cancelled", "recovered")


def test_the_offer_waits_as_long_as_the_question_does(database: Database, clock: Clock) -> None:
    add_customer(database, clock, last_purchase_at=clock.now() - 1000 * DAY, linked_at=clock.now() - 2 * DAY)
    run(database, win_back.plan_silence)
    run(database, win_back.plan_win_back)
    clock.advance(RULES.win_back.offer_after_silence)
    assert run(database, win_back.plan_offers) == 1
    [row] = database.read_now(look, table="win_back")
    assert (row.status, row.next_at) == ("asking", clock.now() + RULES.win_back.offer_after_silence)


def test_a_question_that_never_went_out_is_not_followed_by_an_offer(database: Database, clock: Clock) -> None:
    add_customer(database, clock, last_purchase_at=clock.now() - 1000 * DAY, linked_at=clock.now() - 2 * DAY)
    run(database, win_back.plan_silence)
    run(database, win_back.plan_win_back)
    [question] = queued(database)
    database.write_now(change, table="outbox", row_id=question.id, status="failed")
    clock.advance(RULES.win_back.offer_after_silence)
    assert run(database, win_back.plan_offers) == 1
    assert run(database, win_back.plan_offers) == 0
    [row] = database.read_now(look, table="win_back")
    assert (row.status, row.next_at) == ("ended", None)


def test_quiet_days_between_surveys_are_a_rule_and_not_a_constant(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, next_nps_at=clock.now())
    sent_before(database, clock, customer_id, "ces", 20 * DAY)
    rules = replace(RULES, contact=ContactRules(group_clocks={Group.SURVEY: 10 * DAY}))
    assert run(database, survey_planning.plan_nps, rules) == 1
    assert len(queued(database, status="pending")) == 1
