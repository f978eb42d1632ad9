"""A customer's first year: started by staff, sent by the clock, ticked, answered, finished."""

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot import scheduler
from bot.domain.messages import Language
from bot.domain.taps import CheckInAnswer, CompleteMilestone, StartPlan, TickMilestone
from bot.domain.touchpoints import Kind
from bot.services import own_plans, plans
from tests.stories import FIRST_CHAT, ON_SQLITE, ONBOARDING, SAIGON, STAFF_CHAT, WORDS, Story, add_customer, look, put

STAFF = 7_000_000_000


def start_plan(story: Story, customer_id: int) -> None:
    story.database.write_now(
        plans.start_plan,
        rules=story.rules,
        staff_id=STAFF,
        language=Language.VI,
        tap=StartPlan(customer_id, "onboarding"),
    )


@ON_SQLITE
async def test_a_year_brings_every_milestone_check_in_and_progress_message_once(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock))
    await live_and_answer(story, days=380)
    assert Counter(story.kinds()) == {Kind.CHECK_IN: 12, Kind.PROGRESS: 4, Kind.MILESTONE: 4, Kind.NOTICE: 1}
    assert story.of(Kind.MILESTONE)[0].local() == "2026-12-20 09:00"
    assert [one.local() for one in story.of(Kind.CHECK_IN)][:3] == [
        "2026-12-23 09:00",  # three days after the milestone, which came first
        "2027-01-20 09:00",
        "2027-02-21 09:00",  # three days after the second milestone, which is of the 18th
    ]


async def live_and_answer(story: Story, *, days: int) -> None:
    """Let days pass, and answer each check-in when it comes."""
    until = story.clock.now() + timedelta(days=days)
    while story.clock.now() < until:
        seen = len(story.of(Kind.CHECK_IN))
        await story.live(until, stop_at=Kind.CHECK_IN)
        for one in story.of(Kind.CHECK_IN)[seen:]:
            [tap] = [tap for tap in one.taps if isinstance(tap, CheckInAnswer) and tap.choice == "well"]
            story.database.write_now(
                own_plans.answer_check_in,
                rules=story.rules,
                chat_id=one.chat_id,
                message_id=one.message_id,
                language=Language.VI,
                tap=tap,
            )


async def test_check_ins_that_nobody_answers_come_less_often_until_staff_are_told(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock, name="Bình"))
    await story.live(story.clock.now() + timedelta(days=372))
    assert [one.local()[:7] for one in story.of(Kind.CHECK_IN)] == ["2026-12", "2027-01", "2027-03", "2027-05"]
    _, told = story.of(Kind.NOTICE)  # the first says that the plan is stuck
    assert (told.chat_id, told.local()[:7]) == (STAFF_CHAT, "2027-06")
    assert "Bình" in told.text
    assert len(story.of(Kind.PROGRESS)) == 4


@ON_SQLITE
async def test_whoever_is_heard_again_is_asked_every_month_again(story: Story) -> None:
    customer_id = add_customer(story.database, story.clock)
    start_plan(story, customer_id)
    await story.live(story.clock.now() + timedelta(days=220))
    assert len(story.of(Kind.NOTICE)) == 2
    now = story.clock.now()
    spoken = {"customer_id": customer_id, "kind": "message", "body": "Chào em", "happened_at": now}
    story.database.write_now(put, table="interaction", **spoken)
    await story.live(now + timedelta(days=70))
    assert [one.local()[:7] for one in story.of(Kind.CHECK_IN)][4:] == ["2027-07", "2027-08"]


@ON_SQLITE
async def test_a_year_keeps_the_floor_and_the_customers_nights(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock, timezone="Australia/Lord_Howe"))
    await story.live(story.clock.now() + timedelta(days=372))
    told = [one for one in story.said if one.kind is not Kind.NOTICE]
    local = [one.at.astimezone(ZoneInfo("Australia/Lord_Howe")) for one in told]
    assert len(local) == 12
    assert all(8 <= instant.hour < 21 for instant in local)
    assert all(later.at - earlier.at >= timedelta(days=1) for earlier, later in pairwise(told))


@ON_SQLITE
async def test_everything_run_twice_changes_nothing(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock))
    for _ in range(4):
        await story.live(story.clock.now() + timedelta(days=31))
        before = len(story.said)
        assert await scheduler.run_planners_once(story.database, story.rules) == 0
        await story.settle()
        assert len(story.said) == before


@ON_SQLITE
async def test_a_bot_that_slept_for_months_sends_the_latest_and_not_the_backlog(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock))
    story.clock.advance(
        timedelta(days=125)
    )  # 25 March: the check-in of 20 March is five days late, the rest is too late
    await story.live(story.clock.now() + timedelta(days=10))
    assert story.kinds() == [Kind.NOTICE, Kind.CHECK_IN]


@ON_SQLITE
async def test_a_milestone_marked_as_done_is_asked_about_and_not_announced(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock))
    [first, *_] = story.database.read_now(look, table="milestone")
    story.database.write_now(
        plans.complete_milestone,
        rules=story.rules,
        staff_id=STAFF,
        language=Language.VI,
        tap=CompleteMilestone(first.id),
    )
    await story.live(story.clock.now() + timedelta(days=31))
    assert story.kinds() == [Kind.CSAT, Kind.REMINDER, Kind.CLOSING, Kind.CLOSING, Kind.CHECK_IN]
    assert "Mốc 30" in story.said[0].text


@ON_SQLITE
async def test_a_plan_is_complete_with_its_last_milestone_and_falls_silent(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock))
    for milestone in story.database.read_now(look, table="milestone"):
        story.database.write_now(
            plans.complete_milestone,
            rules=story.rules,
            staff_id=STAFF,
            language=Language.VI,
            tap=CompleteMilestone(milestone.id),
        )
    [plan] = story.database.read_now(look, table="success_plan")
    assert (plan.status, plan.completed_at) == ("completed", story.clock.now())
    await story.live(story.clock.now() + timedelta(days=100))
    assert not story.of(Kind.CHECK_IN, Kind.PROGRESS, Kind.MILESTONE)


@ON_SQLITE
async def test_a_customer_who_needs_help_is_told_of_to_staff_at_once(story: Story) -> None:
    start_plan(story, add_customer(story.database, story.clock))
    await story.live(datetime(2027, 1, 20, 12, tzinfo=ZoneInfo(SAIGON)))
    asked = story.of(Kind.CHECK_IN)[-1]
    help_me = next(tap for tap in asked.taps if isinstance(tap, CheckInAnswer) and tap.choice == "help")
    for _ in range(2):  # a double tap
        story.database.write_now(
            own_plans.answer_check_in,
            rules=story.rules,
            chat_id=asked.chat_id,
            message_id=asked.message_id,
            language=Language.VI,
            tap=help_me,
        )
    asked_at = story.clock.now()
    await story.live(asked_at + timedelta(minutes=1))
    [card] = story.of(Kind.CARD)
    [told] = story.of(Kind.CASE)
    assert (card.chat_id, told.chat_id) == (STAFF_CHAT, STAFF_CHAT)
    assert told.at - asked_at < timedelta(seconds=1)
    assert "Nguyễn Thị An 1" in card.text
    [request] = story.database.read_now(look, table="interaction", kind="request")
    assert request.body == "Năm đầu"


async def test_a_year_with_one_missed_milestone_is_stuck_once_put_right_and_completed(story: Story) -> None:
    customer_id = add_customer(story.database, story.clock)
    start_plan(story, customer_id)
    begun = story.clock.now()
    await story.live(begun + timedelta(days=45))
    tick(story, 1)  # two weeks late, and never stuck
    await story.live(begun + timedelta(days=130))  # the second was due on day 90
    [fall] = story.of(Kind.NOTICE)
    assert fall.local() == "2027-03-11 09:00"
    assert "Nguyễn Thị An 1" in fall.text
    tick(story, 2)
    await story.live(begun + timedelta(days=200))
    tick(story, 3)
    await story.live(begun + timedelta(days=366))
    tick(story, 4)
    await story.live(begun + timedelta(days=380))
    assert len(story.of(Kind.NOTICE)) == 1
    assert Counter(one.kind for one in story.said if one.kind in PLAN_KINDS) == {
        Kind.CHECK_IN: 8,  # who ticks a milestone is heard, and else answers nothing
        Kind.PROGRESS: 4,
        Kind.MILESTONE: 4,
        Kind.COMPLETION: 1,
    }
    [plan] = story.database.read_now(look, table="success_plan")
    assert (plan.status, plan.stuck_at) == ("completed", None)


PLAN_KINDS = {Kind.CHECK_IN, Kind.PROGRESS, Kind.MILESTONE, Kind.COMPLETION}


def tick(story: Story, milestone_id: int) -> None:
    story.database.write_now(
        own_plans.tick_milestone,
        rules=story.rules,
        chat_id=FIRST_CHAT + 1,
        message_id=1,
        language=Language.VI,
        tap=TickMilestone(milestone_id),
    )


@ON_SQLITE
async def test_tips_come_before_their_milestones_and_the_goal_is_asked_first(story: Story) -> None:
    tipped = tuple(replace(one, tip="first_use") for one in ONBOARDING.milestones)
    template = replace(ONBOARDING, milestones=tipped, goals=(WORDS,))
    story.rules = replace(story.rules, plans=(template,))
    start_plan(story, add_customer(story.database, story.clock))
    await story.live(story.clock.now() + timedelta(days=34))
    assert story.kinds() == [Kind.GOAL, Kind.TIP, Kind.MILESTONE, Kind.CHECK_IN]
    assert story.of(Kind.TIP)[0].local() == "2026-12-13 09:00"
