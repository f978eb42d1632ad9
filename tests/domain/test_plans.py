from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain import plans
from bot.domain.messages import Language
from bot.domain.plans import CheckInChoice, Milestone, Plan, PlanStatus, Progress, Round
from bot.domain.rules import MilestoneTemplate, PlanTemplate
from bot.domain.taps import CheckInAnswer
from bot.domain.touchpoints import Kind

SAIGON = "Asia/Ho_Chi_Minh"
START = datetime(2026, 1, 31, 4, tzinfo=UTC)  # 11:00 on 31 January in Hồ Chí Minh City


def at(text: str, zone: str = SAIGON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def template(*after_days: int) -> PlanTemplate:
    words = {Language.VI: "một", Language.EN: "one"}
    return PlanTemplate(
        key="first",
        name=words,
        goal=words,
        milestones=tuple(
            MilestoneTemplate(key=f"m{days}", after_days=days, title={Language.VI: f"mốc {days}", Language.EN: "m"})
            for days in after_days
        ),
    )


PLAN = Plan(
    plan_id=7,
    customer_id=1,
    template="first",
    name="Năm đầu",
    goal="Dùng quen tay",
    status=PlanStatus.ACTIVE,
    started_at=START,
    check_in_months=1,
    progress_months=3,
    milestones=tuple(
        Milestone(milestone_id=10 + position, position=position, title=f"mốc {position}", due_at=due_at)
        for position, due_at in enumerate([at("2026-03-02 09:00"), at("2026-05-01 09:00")], start=1)
    ),
)


def test_milestones_fall_due_in_the_local_morning_so_many_days_after_the_start() -> None:
    made = plans.milestones_of(template(30, 365), language=Language.VI, timezone=SAIGON, start=START)
    assert made == (
        Milestone(position=1, title="mốc 30", due_at=at("2026-03-02 09:00")),
        Milestone(position=2, title="mốc 365", due_at=at("2027-01-31 09:00")),
    )


def test_the_day_of_the_start_is_that_of_the_customers_zone() -> None:
    late = datetime(2026, 1, 31, 20, tzinfo=UTC)  # already 1 February in Vietnam, still January in New York
    [vietnam] = plans.milestones_of(template(1), language=Language.VI, timezone=SAIGON, start=late)
    [new_york] = plans.milestones_of(template(1), language=Language.VI, timezone="America/New_York", start=late)
    assert vietnam.due_at == at("2026-02-02 09:00")
    assert new_york.due_at == at("2026-02-01 09:00", "America/New_York")


@pytest.mark.parametrize(
    ("number", "local"),
    [(1, "2026-02-28 09:00"), (2, "2026-03-31 09:00"), (3, "2026-04-30 09:00"), (25, "2028-02-29 09:00")],
)
def test_a_month_after_31_january_is_the_last_of_february_and_march_has_31_again(number: int, local: str) -> None:
    assert plans.round_at(number, months=1, timezone=SAIGON, start=START) == at(local)


def test_no_messages_by_the_month_means_no_next_round() -> None:
    assert plans.next_round(0, months=0, timezone=SAIGON, start=START) is None
    assert plans.next_round(0, months=3, timezone=SAIGON, start=START) == Round(1, at("2026-04-30 09:00"))


@pytest.mark.parametrize(
    ("now", "number"),
    [
        ("2026-01-31 11:00", 0),
        ("2026-02-28 08:59", 0),
        ("2026-02-28 09:00", 1),
        ("2026-03-31 08:00", 1),
        ("2026-03-31 10:00", 2),
        ("2027-01-31 10:00", 12),
    ],
)
def test_the_last_round_is_the_one_whose_morning_has_come(now: str, number: int) -> None:
    last, following = plans.rounds_around(PLAN, Kind.CHECK_IN, SAIGON, now=at(now))
    assert (last.number, following.number) == (number, number + 1)


def test_progress_comes_by_its_own_months() -> None:
    last, following = plans.rounds_around(PLAN, Kind.PROGRESS, SAIGON, now=at("2026-05-15 09:00"))
    assert (last, following) == (Round(1, at("2026-04-30 09:00")), Round(2, at("2026-07-31 09:00")))


@given(
    st.integers(0, 40 * 365 * 24),
    st.integers(0, 10 * 365 * 24),
    st.sampled_from([1, 2, 3, 12]),
    st.sampled_from([SAIGON, "America/New_York", "Australia/Lord_Howe"]),
)
def test_now_lies_between_the_last_round_and_the_next(started: int, later: int, months: int, zone: str) -> None:
    start = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=started)
    now = start + timedelta(hours=later)
    plan = replace(PLAN, started_at=start, check_in_months=months)
    last, following = plans.rounds_around(plan, Kind.CHECK_IN, zone, now=now)
    assert last.at <= now < following.at or (last.number == 0 and now < following.at)
    assert plans.next_round(last.number, months=months, timezone=zone, start=start) == following


def test_progress_counts_what_is_done_of_what_is_due() -> None:
    first, second = PLAN.milestones
    done = replace(first, done_at=at("2026-02-20 10:00"))
    assert plans.progress_of([first, second], now=at("2026-03-01 09:00")) == Progress(
        done=0, due=0, overdue=0, total=2, upcoming=first
    )
    assert plans.progress_of([first, second], now=first.due_at) == Progress(
        done=0, due=1, overdue=1, total=2, upcoming=second
    )
    assert plans.progress_of([done, second], now=second.due_at) == Progress(
        done=1, due=2, overdue=1, total=2, upcoming=None
    )


def test_a_progress_message_names_what_comes_next_if_anything_does() -> None:
    facts = plans.round_facts(PLAN, Kind.PROGRESS, now=at("2026-03-10 09:00"))
    assert (facts["next_title"], facts["next_due_at"]) == ("mốc 2", at("2026-05-01 09:00").isoformat())
    late = plans.round_facts(PLAN, Kind.PROGRESS, now=at("2026-06-01 09:00"))
    assert (late["next_title"], late["next_due_at"], late["overdue"]) == ("", "", 2)


def test_a_check_in_asks_with_two_buttons_that_carry_the_message() -> None:
    facts = plans.round_facts(PLAN, Kind.CHECK_IN, now=START)
    message = plans.check_in(facts, outbox_id=5, language=Language.VI)
    [row] = message.keyboard
    assert [(button.part, button.tap) for button in row] == [
        ("well", CheckInAnswer(7, "well", 5)),
        ("help", CheckInAnswer(7, "help", 5)),
    ]


def test_who_said_that_all_is_well_may_still_ask_for_help() -> None:
    well = plans.check_in_answered(PLAN, CheckInChoice.WELL, 5, Language.VI)
    assert [[button.tap for button in row] for row in well.keyboard] == [[CheckInAnswer(7, "help", 5)]]
    assert plans.check_in_answered(PLAN, CheckInChoice.HELP, 5, Language.VI).keyboard == ()


def test_a_milestone_is_announced_by_its_title_and_place() -> None:
    facts = plans.milestone_facts(PLAN, 12)
    assert (facts["title"], facts["position"], facts["total"]) == ("mốc 2", 2, 2)
    assert plans.milestone(facts, outbox_id=1, language=Language.EN).template == "plans/milestone"


def test_progress_has_no_buttons() -> None:
    assert plans.progress({"done": 1}, outbox_id=1, language=Language.EN).keyboard == ()


def test_staff_see_each_milestone_as_done_late_or_open() -> None:
    done = replace(PLAN.milestones[0], done_at=at("2026-02-20 10:00"))
    late = replace(PLAN.milestones[1], due_at=at("2026-03-05 09:00"))
    ahead = replace(PLAN.milestones[1], due_at=at("2026-08-05 09:00"))
    facts = plans.view_facts(replace(PLAN, milestones=(done, late, ahead)), "An", now=at("2026-03-10 09:00"))
    states = facts["milestones"]
    assert isinstance(states, list)
    assert [one["state"] for one in states] == ["done", "late", "open"]


def test_keys_name_the_round_and_the_milestone() -> None:
    assert plans.round_key(Kind.CHECK_IN, 7, 3) == "check_in:7:3"
    assert plans.milestone_key(12) == "milestone:12"


def test_a_plans_rounds_end_with_its_last_milestone() -> None:
    last = max(milestone.due_at for milestone in PLAN.milestones)
    assert plans.is_within(PLAN, last)
    assert not plans.is_within(PLAN, last + timedelta(seconds=1))
    assert plans.is_within(replace(PLAN, milestones=()), last + timedelta(days=9999))
