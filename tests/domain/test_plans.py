from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bot.domain import plans
from bot.domain.messages import Language
from bot.domain.plans import Measure, Milestone, Pace, Plan, PlanStatus, Progress, Round
from bot.domain.rules import MeasureTemplate, MilestoneTemplate, Owner, PlanTemplate, SuccessRules
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


def test_all_words_of_a_template_are_found_in_each_language() -> None:
    words = {name: {Language.VI: f"{name} vi", Language.EN: f"{name} en"} for name in ("n", "g", "why", "t", "m", "u")}
    measure = MeasureTemplate(name=words["m"], unit=words["u"], target=9)
    milestones = (
        MilestoneTemplate(key="a", after_days=1, title=words["t"]),
        MilestoneTemplate(key="b", after_days=2, title=words["t"], measure=measure),
    )
    whole = PlanTemplate(key="p", name=words["n"], goal=words["g"], goals=(words["why"],), milestones=milestones)
    assert [one[Language.EN] for one in plans.words_of(whole)] == [
        f"{name} en" for name in ("n", "g", "why", "t", "t", "m", "u")
    ]


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


def test_keys_name_the_round_the_milestone_with_its_day_and_the_tip() -> None:
    assert plans.round_key(Kind.CHECK_IN, 7, 3) == "check_in:7:3"
    assert plans.milestone_key(PLAN.milestones[0]) == "milestone:11:20260302"
    assert plans.tip_key(PLAN.milestones[0]) == "tip:11"


def test_a_plans_rounds_end_with_its_last_milestone() -> None:
    last = max(milestone.due_at for milestone in PLAN.milestones)
    assert plans.is_within(PLAN, last)
    assert not plans.is_within(PLAN, last + timedelta(seconds=1))
    assert plans.is_within(replace(PLAN, milestones=()), last + timedelta(days=9999))


RULES = SuccessRules(behind_after=timedelta(days=3), behind_share=0.25, stuck_after=timedelta(days=21))
ORDERS = Measure(name="đơn", unit="đơn", start=10, target=50)


@pytest.mark.parametrize(
    ("late", "pace"),
    [
        (timedelta(days=-1), Pace.ON_TRACK),
        (timedelta(days=3) - timedelta(seconds=1), Pace.ON_TRACK),
        (timedelta(days=3), Pace.BEHIND),
        (timedelta(days=21) - timedelta(seconds=1), Pace.BEHIND),
        (timedelta(days=21), Pace.STUCK),
    ],
)
def test_a_plan_is_judged_by_how_long_its_latest_milestone_is_overdue(late: timedelta, pace: Pace) -> None:
    first = PLAN.milestones[0]
    assert plans.pace_of(PLAN, RULES, now=first.due_at + late) is pace
    done = replace(PLAN, milestones=(replace(first, done_at=first.due_at), PLAN.milestones[1]))
    assert plans.pace_of(done, RULES, now=first.due_at + late) is Pace.ON_TRACK


def test_a_plan_that_is_over_is_on_track() -> None:
    far = PLAN.milestones[-1].due_at + timedelta(days=99)
    for status in (PlanStatus.COMPLETED, PlanStatus.CANCELLED):
        assert plans.pace_of(replace(PLAN, status=status), RULES, now=far) is Pace.ON_TRACK
    assert plans.pace_of(replace(PLAN, milestones=()), RULES, now=far) is Pace.ON_TRACK


def test_a_tick_that_waits_gives_staff_their_own_time() -> None:
    first = PLAN.milestones[0]
    claimed_at = first.due_at + timedelta(days=20)
    plan = replace(PLAN, milestones=(replace(first, claimed_at=claimed_at),))
    assert plans.pace_of(plan, RULES, now=first.due_at + timedelta(days=22)) is Pace.ON_TRACK
    assert plans.pace_of(plan, RULES, now=claimed_at + timedelta(days=21)) is Pace.STUCK
    early = replace(PLAN, milestones=(replace(first, claimed_at=first.due_at - timedelta(days=9)),))
    assert plans.pace_of(early, RULES, now=first.due_at + timedelta(days=2)) is Pace.ON_TRACK


@pytest.mark.parametrize(
    ("value", "pace"), [(None, Pace.ON_TRACK), (30.0, Pace.ON_TRACK), (20.0, Pace.ON_TRACK), (19.0, Pace.BEHIND)]
)
def test_a_measure_that_lags_by_more_than_a_quarter_of_its_way_puts_the_plan_behind(
    value: float | None, pace: Pace
) -> None:
    due_at = START + timedelta(days=100)
    measured = replace(PLAN.milestones[0], due_at=due_at, measure=replace(ORDERS, value=value))
    plan = replace(PLAN, milestones=(measured,))
    assert plans.pace_of(plan, RULES, now=START + timedelta(days=50)) is pace


@pytest.mark.parametrize(
    ("start", "target", "value", "share"),
    [(10, 50, None, None), (10, 50, 30.0, 0.5), (10, 50, 5.0, 0.0), (10, 50, 90.0, 1.0), (30, 10, 25.0, 0.25)],
)
def test_the_share_of_a_measure_is_that_of_the_way_up_or_down(
    start: float, target: float, value: float | None, share: float | None
) -> None:
    assert Measure(name="", unit="", start=start, target=target, value=value).share == share


def test_a_milestone_takes_its_owner_measure_and_tip_from_the_template() -> None:
    words = {Language.VI: "đơn", Language.EN: "orders"}
    made = MilestoneTemplate(
        key="m",
        after_days=30,
        title=words,
        owner=Owner.COMPANY,
        proof=True,
        measure=MeasureTemplate(name=words, unit=words, start=10, target=50),
        tip="first_use",
        tip_days=7,
    )
    whole = replace(template(30), milestones=(made,))
    [one] = plans.milestones_of(whole, language=Language.VI, timezone=SAIGON, start=START)
    assert (one.owner, one.proof, one.measure, one.tip) == (Owner.COMPANY, True, ORDERS, "first_use")
    assert (one.due_at, one.tip_at) == (at("2026-03-02 09:00"), at("2026-02-23 09:00"))


def test_it_is_the_customers_turn_until_they_tick() -> None:
    first = PLAN.milestones[0]
    assert first.is_theirs
    assert not replace(first, claimed_at=START).is_theirs
    assert not replace(first, done_at=START).is_theirs
    assert not replace(first, owner=Owner.COMPANY).is_theirs


@pytest.mark.parametrize(
    ("segments", "fits"),
    [
        ((), True),
        (("plan=Gold",), True),
        (("plan=silver",), False),
        (("plan=silver", "plan=gold"), True),
        (("plan=gold", "location=hue"), True),
        (("plan=gold", "location=Hà Nội"), False),
    ],
)
def test_a_template_is_meant_for_those_of_its_segments(segments: tuple[str, ...], fits: bool) -> None:
    meant = replace(template(30), segments=segments)
    assert plans.is_for(meant, plan="gold", location="Huế") is fits


def test_a_milestone_that_is_put_off_takes_its_tip_along() -> None:
    first = replace(PLAN.milestones[0], tip="first_use", tip_at=at("2026-02-23 09:00"))
    moved = plans.rescheduled(first, date(2026, 3, 9), timezone=SAIGON)
    assert (moved.due_at, moved.tip_at) == (at("2026-03-09 09:00"), at("2026-03-02 09:00"))
    assert plans.rescheduled(replace(first, tip_at=None), date(2026, 3, 9), timezone=SAIGON).tip_at is None


def test_the_share_of_a_plans_time_ends_with_its_last_milestone() -> None:
    last = PLAN.milestones[-1].due_at
    assert plans.elapsed(PLAN, now=START) == 0
    assert plans.elapsed(PLAN, now=START + (last - START) / 2) == pytest.approx(0.5)
    assert plans.elapsed(PLAN, now=last + timedelta(days=9)) == 1
    assert plans.elapsed(replace(PLAN, milestones=()), now=START - timedelta(days=9)) == 0
