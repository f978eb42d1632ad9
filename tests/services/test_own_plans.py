"""Success plans on the customer's side, and what staff hear of it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.domain.messages import Language, Message, Reply
from bot.domain.plan_messages import OWN_WORDS
from bot.domain.rules import MeasureTemplate, MilestoneTemplate, Owner, PlanTemplate, SuccessRules
from bot.domain.taps import (
    AnswerCompletion,
    AskGoal,
    CheckInAnswer,
    ChooseGoal,
    CompleteMilestone,
    MoveMilestone,
    RejectMilestone,
    StartPlan,
    Tap,
    TickMilestone,
)
from bot.domain.touchpoints import Kind
from bot.services import conversations, own_plans, plan_planning, plans
from storage.database import Database
from tests.factories import add_score
from tests.stories import FIRST_CHAT, RULES as PLAIN, WORDS, Clock, add_customer, change, look

STAFF = 7_000_000_000
CHAT = FIRST_CHAT + 1
SAVE, SELL = {Language.VI: "Tiết kiệm", Language.EN: "Save"}, {Language.VI: "Bán thêm", Language.EN: "Sell"}
GROWTH = PlanTemplate(
    key="growth", name={Language.VI: "Năm hai", Language.EN: "Second year"}, goal=WORDS, milestones=(), goals=(SAVE,)
)
TEMPLATE = PlanTemplate(
    key="onboarding",
    name={Language.VI: "Năm đầu", Language.EN: "First year"},
    goal=WORDS,
    goals=(SAVE, SELL),
    then="growth",
    milestones=(
        MilestoneTemplate(key="a", after_days=30, title=WORDS, tip="first_use"),
        MilestoneTemplate(key="b", after_days=60, title=WORDS, proof=True),
        MilestoneTemplate(
            key="c",
            after_days=90,
            title=WORDS,
            owner=Owner.COMPANY,
            measure=MeasureTemplate(name=WORDS, unit=WORDS, start=10, target=50),
        ),
    ),
)
RULES = replace(PLAIN, plans=(TEMPLATE, GROWTH), success=SuccessRules(review_url="https://g.page/x"))


@pytest.fixture
def customer_id(database: Database, clock: Clock) -> int:
    return start(database, add_customer(database, clock))


def start(database: Database, customer_id: int) -> int:
    tap = StartPlan(customer_id, "onboarding")
    database.write_now(plans.start_plan, rules=RULES, staff_id=STAFF, language=Language.EN, tap=tap)
    return customer_id


def by_customer(database: Database, use_case: Any, tap: Tap, *, chat_id: int = CHAT, message_id: int = 50) -> Reply:
    facts = {"rules": RULES, "chat_id": chat_id, "message_id": message_id, "language": Language.EN, "tap": tap}
    reply: Reply = database.write_now(use_case, **facts)
    return reply


def by_staff(database: Database, use_case: Any, tap: Tap) -> Message:
    facts = {"rules": RULES, "staff_id": STAFF, "language": Language.EN, "tap": tap}
    reply: Reply = database.write_now(use_case, **facts)
    assert reply.edit is not None
    return reply.edit


def tick(database: Database, milestone_id: int, **facts: int) -> Reply:
    return by_customer(database, own_plans.tick_milestone, TickMilestone(milestone_id), **facts)


def write(database: Database, text: str, *, message_id: int = 90, caption: str | None = None) -> Reply:
    facts = {"rules": RULES, "chat_id": CHAT, "message_id": message_id, "language": Language.EN}
    return database.write_now(conversations.receive_text, text=text, caption=caption, **facts)


def change_plan(database: Database, customer_id: int, words: str) -> Message:
    facts = {"rules": RULES, "customer_id": customer_id, "language": Language.EN}
    return database.write_now(plans.change_plan, words=words, **facts)


def plan(database: Database) -> Any:
    return database.read_now(look, table="success_plan")[0]


def milestone(database: Database, number: int) -> Any:
    [found] = database.read_now(look, table="milestone", id=number)
    return found


def queued(database: Database, kind: Kind) -> list[Any]:
    return database.read_now(look, table="outbox", kind=kind)


def run(database: Database, planner: Any) -> int:
    done: int = database.write_now(planner, rules=RULES)
    return done


def facts_of(reply: Reply) -> Mapping[str, object]:
    assert reply.edit is not None
    return reply.edit.facts


def test_a_customer_sees_their_own_plan_in_their_language(database: Database, customer_id: int) -> None:
    seen = database.read_now(own_plans.show_own, rules=RULES, chat_id=CHAT, language=Language.EN)
    assert (seen.template, seen.language, seen.facts["plan"]) == ("plans/own", Language.VI, "Năm đầu")
    stranger = database.read_now(own_plans.show_own, rules=RULES, chat_id=1, language=Language.EN)
    assert stranger.template == "customers/stranger"


@pytest.mark.parametrize("status", ["cancelled", None])
def test_a_customer_without_a_plan_is_told_so(database: Database, clock: Clock, status: str | None) -> None:
    customer_id = add_customer(database, clock)
    if status is not None:
        start(database, customer_id)
        database.write_now(change, table="success_plan", row_id=1, status=status)
    seen = database.read_now(own_plans.show_own, rules=RULES, chat_id=CHAT, language=Language.EN)
    assert (seen.template, seen.facts["salutation"]) == ("plans/none", "chị")


def test_a_customers_tick_is_theirs_and_counts_at_once(database: Database, clock: Clock, customer_id: int) -> None:
    assert facts_of(tick(database, 1))["done"] == 1
    assert (milestone(database, 1).done_at, milestone(database, 1).done_by) == (clock.now(), None)
    assert queued(database, Kind.NOTICE) == queued(database, Kind.CONFIRMATION) == []


def test_a_tick_that_needs_proof_waits_and_staff_are_asked_once(
    database: Database, clock: Clock, customer_id: int
) -> None:
    tick(database, 2)
    clock.advance(timedelta(minutes=1))
    tick(database, 2)
    assert milestone(database, 2).done_at is None
    [asked] = queued(database, Kind.NOTICE)
    assert (asked.template, asked.facts["milestone_id"], asked.about_id) == ("plans/claimed", 2, customer_id)


def test_what_waits_to_be_confirmed_is_not_announced(database: Database, clock: Clock, customer_id: int) -> None:
    tick(database, 2)
    clock.advance(timedelta(days=61))
    run(database, plan_planning.plan_milestones)
    assert [row.facts["position"] for row in queued(database, Kind.MILESTONE)] == []


def test_what_is_confirmed_is_done_and_the_customer_hears_it(
    database: Database, clock: Clock, customer_id: int
) -> None:
    tick(database, 2)
    by_staff(database, plans.complete_milestone, CompleteMilestone(2))
    assert milestone(database, 2).done_by == STAFF
    [told] = queued(database, Kind.CONFIRMATION)
    assert (told.customer_id, told.facts["reached"]) == (customer_id, True)


def test_what_is_not_confirmed_is_the_customers_turn_again(database: Database, clock: Clock, customer_id: int) -> None:
    tick(database, 2)
    for _ in range(2):
        by_staff(database, plans.reject_milestone, RejectMilestone(2))
    assert milestone(database, 2).claimed_at is None
    [told] = queued(database, Kind.CONFIRMATION)
    assert told.facts["reached"] is False
    clock.advance(timedelta(days=1))
    tick(database, 2)
    assert len(queued(database, Kind.NOTICE)) == 2


def test_what_staff_mark_without_a_tick_needs_no_confirmation(database: Database, customer_id: int) -> None:
    by_staff(database, plans.complete_milestone, CompleteMilestone(2))
    assert queued(database, Kind.CONFIRMATION) == []


def test_a_customer_cannot_tick_what_is_the_companys(database: Database, customer_id: int) -> None:
    assert facts_of(tick(database, 3))["done"] == 0
    assert milestone(database, 3).claimed_at is None


@pytest.mark.parametrize(
    ("use_case", "tap"),
    [
        (own_plans.tick_milestone, TickMilestone(1)),
        (own_plans.ask_goal, AskGoal(1)),
        (own_plans.choose_goal, ChooseGoal(1, 0, 0)),
        (own_plans.answer_completion, AnswerCompletion(1, "next", 0)),
    ],
)
def test_another_customers_button_changes_nothing(
    database: Database, clock: Clock, customer_id: int, use_case: Any, tap: Tap
) -> None:
    add_customer(database, clock, 2)
    before = database.read_now(look, table="success_plan"), database.read_now(look, table="outbox")
    for chat_id in (CHAT + 1, 12345):
        reply = by_customer(database, use_case, tap, chat_id=chat_id)
        assert [message.template for message in reply.send] == ["customers/stale_button"]
    assert (database.read_now(look, table="success_plan"), database.read_now(look, table="outbox")) == before
    assert milestone(database, 1).done_at is None


def test_a_button_of_a_plan_that_is_gone_says_so(database: Database, clock: Clock) -> None:
    add_customer(database, clock)
    for use_case, tap in (
        (own_plans.tick_milestone, TickMilestone(9)),
        (own_plans.ask_goal, AskGoal(9)),
        (own_plans.choose_goal, ChooseGoal(9, 0, 0)),
        (own_plans.answer_completion, AnswerCompletion(9, "next", 0)),
    ):
        assert [message.template for message in by_customer(database, use_case, tap).send] == ["customers/stale_button"]


def test_why_they_bought_is_asked_when_a_plan_starts(database: Database, customer_id: int) -> None:
    [asked] = queued(database, Kind.GOAL)
    assert (asked.customer_id, asked.facts["goals"]) == (customer_id, ["Tiết kiệm", "Bán thêm"])


def test_a_reason_that_was_chosen_is_the_goal(database: Database, clock: Clock, customer_id: int) -> None:
    assert facts_of(by_customer(database, own_plans.choose_goal, ChooseGoal(1, 1, 0)))["goal"] == "Bán thêm"
    assert (plan(database).goal, plan(database).goal_said_at) == ("Bán thêm", clock.now())


@pytest.mark.parametrize("number", [2, -2])
def test_a_reason_that_there_is_not_is_no_goal(database: Database, customer_id: int, number: int) -> None:
    reply = by_customer(database, own_plans.choose_goal, ChooseGoal(1, number, 0))
    assert [message.template for message in reply.send] == ["customers/stale_button"]
    assert plan(database).goal_said_at is None


def test_the_next_text_is_the_goal_in_their_own_words_once(database: Database, customer_id: int) -> None:
    by_customer(database, own_plans.choose_goal, ChooseGoal(1, OWN_WORDS, 0))
    assert [message.template for message in write(database, "Ngủ ngon hơn").send] == ["plans/goal_kept"]
    assert [message.template for message in write(database, "Cảm ơn", message_id=91).send] == ["customers/message_kept"]
    assert (plan(database).goal, plan(database).goal_until) == ("Ngủ ngon hơn", None)
    assert [row.body for row in database.read_now(look, table="interaction")] == ["Cảm ơn"]


def test_a_goal_is_waited_for_as_long_as_the_rules_say_and_a_picture_is_none(
    database: Database, clock: Clock, customer_id: int
) -> None:
    by_customer(database, own_plans.choose_goal, ChooseGoal(1, OWN_WORDS, 0))
    write(database, "[photo] đây", message_id=91, caption="đây")
    clock.advance(RULES.success.goal_within)
    write(database, "Ngủ ngon hơn")
    assert plan(database).goal_said_at is None


def test_an_edited_goal_is_edited_in_the_plan(database: Database, customer_id: int) -> None:
    by_customer(database, own_plans.choose_goal, ChooseGoal(1, OWN_WORDS, 0))
    write(database, "Ngủ ngon", message_id=90)
    edit = {"chat_id": CHAT, "message_id": 90, "version": "1"}
    database.write_now(conversations.edit_text, text="Ngủ thật ngon", words="Ngủ thật ngon", **edit)
    assert plan(database).goal == "Ngủ thật ngon"


def test_own_words_come_before_a_reason_that_was_asked_for_earlier(database: Database, customer_id: int) -> None:
    run_id = add_score(database, customer_id, Kind.NPS, 9)
    database.write_now(change_reason_until, run_id=run_id)
    by_customer(database, own_plans.choose_goal, ChooseGoal(1, OWN_WORDS, 0))
    write(database, "Ngủ ngon hơn")
    assert plan(database).goal == "Ngủ ngon hơn"


def change_reason_until(tx: Any, *, now: Any, run_id: int) -> None:
    from sqlalchemy import update  # noqa: PLC0415  of this one change alone

    from storage.tables import answer  # noqa: PLC0415  the same

    tx.execute(update(answer).where(answer.c.run_id == run_id).values(reason_until=now + timedelta(hours=9)))


def test_feedback_that_was_asked_for_later_comes_before_the_goal(database: Database, customer_id: int) -> None:
    by_customer(database, own_plans.choose_goal, ChooseGoal(1, OWN_WORDS, 0))
    facts = {"rules": RULES, "chat_id": CHAT, "message_id": 60, "language": Language.EN}
    database.write_now(conversations.give_feedback, text="", **facts)
    assert [message.template for message in write(database, "Hơi chậm").send] == ["customers/feedback_kept"]
    assert plan(database).goal_said_at is None


def test_the_goal_may_be_said_again(database: Database, customer_id: int) -> None:
    [question] = by_customer(database, own_plans.ask_goal, AskGoal(1)).send
    assert (question.template, question.facts["changing"]) == ("plans/goal", True)
    write(database, "Bán chạy hơn")
    assert plan(database).goal == "Bán chạy hơn"
    database.write_now(change, table="success_plan", row_id=1, template="retired")
    [words] = by_customer(database, own_plans.ask_goal, AskGoal(1)).send
    assert (words.template, words.facts["salutation"]) == ("plans/goal_wanted", "chị")
    write(database, "Ngủ ngon hơn", message_id=901)
    assert plan(database).goal == "Ngủ ngon hơn"


def complete(database: Database) -> None:
    for milestone_id in (1, 2, 3):
        by_staff(database, plans.complete_milestone, CompleteMilestone(milestone_id))


def answer(database: Database, choice: str) -> Reply:
    [asked] = queued(database, Kind.COMPLETION)
    return by_customer(database, own_plans.answer_completion, AnswerCompletion(1, choice, asked.id))


def test_a_completed_plan_asks_once_for_what_the_rules_have(database: Database, customer_id: int) -> None:
    complete(database)
    complete(database)
    [asked] = queued(database, Kind.COMPLETION)
    assert (asked.facts["review_url"], asked.facts["referral_url"]) == ("https://g.page/x", "")
    assert asked.facts["following"] == "Năm hai"


def test_a_review_is_asked_for_with_its_address(database: Database, customer_id: int) -> None:
    complete(database)
    facts = facts_of(answer(database, "review"))
    assert (facts["choice"], facts["review_url"]) == ("review", "https://g.page/x")
    assert queued(database, Kind.NOTICE) == []


def test_the_next_goal_starts_the_next_plan_once_and_staff_are_told(database: Database, customer_id: int) -> None:
    complete(database)
    for _ in range(2):
        answer(database, "next")
    assert [row.template for row in database.read_now(look, table="success_plan")] == ["onboarding", "growth"]
    [told] = queued(database, Kind.NOTICE)
    assert (told.template, told.facts["following"]) == ("plans/next_goal", "Năm hai")


def test_without_a_next_plan_staff_are_told_to_choose_one(database: Database, customer_id: int) -> None:
    complete(database)
    database.write_now(change, table="success_plan", row_id=1, template="retired")
    answer(database, "next")
    assert len(database.read_now(look, table="success_plan")) == 1
    [told] = queued(database, Kind.NOTICE)
    assert told.facts["following"] == ""


def test_a_choice_that_there_is_not_changes_nothing(database: Database, customer_id: int) -> None:
    complete(database)
    assert [message.template for message in answer(database, "money").send] == ["customers/stale_button"]


def test_staff_note_what_a_milestone_measures(database: Database, customer_id: int) -> None:
    assert change_plan(database, customer_id, "3 = 22,5").template == "plans/view"
    assert milestone(database, 3).measure_value == 22.5


@pytest.mark.parametrize("words", ["1 = 5", "9 = 5", "xong rồi", "9 30/12"])
def test_words_that_change_no_open_milestone_are_explained(database: Database, customer_id: int, words: str) -> None:
    assert change_plan(database, customer_id, words).template == "plans/misunderstood"


def test_what_is_done_is_neither_measured_nor_put_off(database: Database, customer_id: int) -> None:
    by_staff(database, plans.complete_milestone, CompleteMilestone(3))
    for words in ("3 = 20", "3 30/12"):
        assert change_plan(database, customer_id, words).template == "plans/misunderstood"
    assert milestone(database, 3).measure_value is None


def test_words_about_a_customer_without_a_plan_show_the_templates(database: Database, clock: Clock) -> None:
    assert change_plan(database, add_customer(database, clock), "1 = 5").template == "plans/choose"


@pytest.mark.parametrize("by_words", [True, False])
def test_a_milestone_that_is_put_off_is_announced_on_its_new_day(
    database: Database, clock: Clock, customer_id: int, by_words: bool
) -> None:
    clock.advance(timedelta(days=31))  # 21 December
    run(database, plan_planning.plan_milestones)
    if by_words:
        change_plan(database, customer_id, "1 30/12")
    else:
        assert by_staff(database, plans.move_milestone, MoveMilestone(1, "")).template == "plans/move"
        by_staff(database, plans.move_milestone, MoveMilestone(1, "20261230"))
    assert [row.status for row in queued(database, Kind.MILESTONE)] == ["cancelled"]
    clock.advance(timedelta(days=9))
    run(database, plan_planning.plan_milestones)
    assert [row.status for row in queued(database, Kind.MILESTONE)] == ["cancelled", "pending"]


def test_a_button_of_a_milestone_that_is_gone_moves_nothing(database: Database) -> None:
    assert by_staff(database, plans.move_milestone, MoveMilestone(9, "")).template == "plans/unknown"
    assert by_staff(database, plans.reject_milestone, RejectMilestone(9)).template == "plans/unknown"


def test_a_tip_goes_out_once_so_many_days_before(database: Database, clock: Clock, customer_id: int) -> None:
    clock.advance(timedelta(days=22))
    assert run(database, plan_planning.plan_tips) == 0
    clock.advance(timedelta(days=1))
    assert [run(database, plan_planning.plan_tips) for _ in range(2)] == [1, 0]
    [tip] = queued(database, Kind.TIP)
    assert (tip.facts["tip"], tip.facts["customer_plan"]) == ("first_use", "gold")


def test_what_is_done_or_due_needs_no_tip(database: Database, clock: Clock, customer_id: int) -> None:
    clock.advance(timedelta(days=31))
    run(database, plan_planning.plan_tips)
    assert queued(database, Kind.TIP) == []
    start(database, add_customer(database, clock, 2))
    clock.advance(timedelta(days=24))
    run(database, plan_planning.plan_tips)
    by_staff(database, plans.complete_milestone, CompleteMilestone(4))
    assert [row.status for row in queued(database, Kind.TIP)] == ["cancelled"]


def test_staff_are_told_once_each_time_that_a_plan_becomes_stuck(
    database: Database, clock: Clock, customer_id: int
) -> None:
    clock.advance(timedelta(days=51))  # the first was due 21 days ago
    assert run(database, plan_planning.plan_stuck) == 1
    assert run(database, plan_planning.plan_stuck) == 0
    [told] = queued(database, Kind.NOTICE)
    assert (told.template, told.facts["customer_id"]) == ("plans/stuck", customer_id)
    tick(database, 1)
    assert plan(database).stuck_at is None
    clock.advance(timedelta(days=31))  # the second, which was due 22 days ago
    assert run(database, plan_planning.plan_stuck) == 1
    assert len(queued(database, Kind.NOTICE)) == 2


def test_a_plan_that_is_stuck_in_one_place_does_not_fall_again_in_another(
    database: Database, clock: Clock, customer_id: int
) -> None:
    clock.advance(timedelta(days=51))
    run(database, plan_planning.plan_stuck)
    clock.advance(timedelta(days=60))
    assert run(database, plan_planning.plan_stuck) == 0
    tick(database, 1)
    assert plan(database).stuck_at is not None


def test_the_list_shows_what_is_stuck_before_what_is_behind_and_ones_own_first(
    database: Database, clock: Clock, customer_id: int
) -> None:
    clock.advance(timedelta(days=20))
    start(database, add_customer(database, clock, 2))
    start(database, add_customer(database, clock, 3, csm_id=STAFF))
    clock.advance(timedelta(days=33))
    start(database, add_customer(database, clock, 4))
    late = database.read_now(plans.list_late, rules=RULES, staff_id=STAFF, language=Language.EN)
    shown = late.facts["plans"]
    assert isinstance(shown, list)
    assert [(one["customer"][-1], one["pace"]) for one in shown] == [("3", "behind"), ("1", "stuck"), ("2", "behind")]
    assert late.facts["total"] == 3


AUTOMATIC = replace(TEMPLATE, automatic=True, segments=("plan=GOLD", "location=hue"))


def test_a_plan_starts_by_itself_for_new_customers_of_its_segments(database: Database, clock: Clock) -> None:
    rules = replace(RULES, plans=(AUTOMATIC, GROWTH))
    new = add_customer(database, clock, 1, location="Huế")
    add_customer(database, clock, 2, location="Huế", plan="silver")
    add_customer(database, clock, 3, location="Hà Nội")
    add_customer(database, clock, 4, location="Huế", linked_at=clock.now() - timedelta(days=8))
    add_customer(database, clock, 5, location="Huế", chat_id=None)
    assert [database.write_now(plan_planning.plan_starts, rules=rules) for _ in range(2)] == [1, 0]
    [started] = database.read_now(look, table="success_plan")
    assert (started.customer_id, started.started_by) == (new, None)


def test_nobody_has_what_a_template_names_so_it_starts_for_nobody(database: Database, clock: Clock) -> None:
    add_customer(database, clock)
    rules = replace(RULES, plans=(replace(AUTOMATIC, segments=("plan=platinum",)),))
    assert database.write_now(plan_planning.plan_starts, rules=rules) == 0
    everybody = replace(RULES, plans=(replace(AUTOMATIC, segments=()),))
    assert database.write_now(plan_planning.plan_starts, rules=everybody) == 1


def test_a_template_is_offered_to_those_it_is_meant_for(database: Database, clock: Clock) -> None:
    customer_id = add_customer(database, clock, plan="silver")
    rules = replace(RULES, plans=(replace(TEMPLATE, segments=("plan=gold",)), GROWTH))
    offer = database.read_now(plans.show_plan, rules=rules, customer_id=customer_id, language=Language.EN)
    assert [[button.tap for button in row] for row in offer.keyboard] == [[StartPlan(customer_id, "growth")]]


@pytest.mark.usefixtures("customer_id")
def test_who_answers_a_check_in_is_addressed_as_elsewhere(database: Database) -> None:
    answered = by_customer(database, own_plans.answer_check_in, CheckInAnswer(1, "well", 0)).edit
    assert answered is not None
    assert answered.facts["salutation"] == "chị"
