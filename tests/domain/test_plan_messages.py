from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain import notices, plan_messages
from bot.domain.messages import Language
from bot.domain.plan_messages import OWN_WORDS
from bot.domain.plan_requests import MeasureRequest, MoveRequest, read_plan_request
from bot.domain.plans import CheckInChoice, CompletionChoice, Measure, Milestone, Plan, PlanStatus
from bot.domain.rules import MilestoneTemplate, Owner, PlanTemplate, SuccessRules
from bot.domain.taps import (
    AnswerCompletion,
    AskGoal,
    CheckInAnswer,
    ChooseGoal,
    CompleteMilestone,
    MoveMilestone,
    PickCustomer,
    RejectMilestone,
    TickMilestone,
)
from bot.domain.touchpoints import Kind

START = datetime(2026, 1, 31, 4, tzinfo=UTC)
NOW = START + timedelta(days=40)
RULES = SuccessRules()
SAIGON = "Asia/Ho_Chi_Minh"
WORDS = {Language.VI: "lời", Language.EN: "words"}


def milestone(position: int, days: int, **changes: object) -> Milestone:
    one = Milestone(
        milestone_id=10 + position, position=position, title=f"mốc {position}", due_at=START + timedelta(days=days)
    )
    return replace(one, **changes)  # type: ignore[arg-type]


PLAN = Plan(
    plan_id=7,
    customer_id=1,
    template="first",
    name="Năm đầu",
    goal="Dùng quen tay",
    status=PlanStatus.ACTIVE,
    started_at=START,
    milestones=(milestone(1, 30), milestone(2, 90)),
)


def with_milestones(*milestones: Milestone) -> Plan:
    return replace(PLAN, milestones=milestones)


def test_a_progress_message_names_what_comes_next_if_anything_does() -> None:
    facts = plan_messages.round_facts(PLAN, Kind.PROGRESS, RULES, now=NOW)
    assert (facts["next_title"], facts["next_due_at"]) == ("mốc 2", PLAN.milestones[1].due_at)
    assert (facts["picture"], facts["pace"]) == ("plan", "behind")
    late = plan_messages.round_facts(PLAN, Kind.PROGRESS, RULES, now=START + timedelta(days=99))
    assert (late["next_title"], late["next_due_at"], late["overdue"]) == ("", "", 2)


def test_a_check_in_asks_with_two_buttons_that_carry_the_message() -> None:
    facts = plan_messages.round_facts(PLAN, Kind.CHECK_IN, RULES, now=START)
    assert "picture" not in facts
    [row] = plan_messages.check_in(facts, outbox_id=5, language=Language.VI).keyboard
    assert [(button.part, button.tap) for button in row] == [
        ("well", CheckInAnswer(7, "well", 5)),
        ("help", CheckInAnswer(7, "help", 5)),
    ]


def test_who_said_that_all_is_well_may_still_ask_for_help() -> None:
    well = plan_messages.check_in_answered(PLAN, CheckInChoice.WELL, 5, Language.VI)
    assert [[button.tap for button in row] for row in well.keyboard] == [[CheckInAnswer(7, "help", 5)]]
    assert plan_messages.check_in_answered(PLAN, CheckInChoice.HELP, 5, Language.VI).keyboard == ()


def test_a_milestone_is_announced_by_its_title_and_place_with_a_button_if_it_is_the_customers() -> None:
    facts = plan_messages.milestone_facts(PLAN, 12)
    assert (facts["title"], facts["position"], facts["total"]) == ("mốc 2", 2, 2)
    [[tick]] = plan_messages.milestone(facts, outbox_id=1, language=Language.EN).keyboard
    assert tick.tap == TickMilestone(12)
    ours = plan_messages.milestone_facts(with_milestones(milestone(2, 90, owner=Owner.COMPANY)), 12)
    assert plan_messages.milestone(ours, outbox_id=1, language=Language.EN).keyboard == ()


def test_what_was_queued_before_milestones_had_an_owner_still_goes_out() -> None:
    old = {"plan": "Năm đầu", "title": "mốc 2", "position": 2, "total": 2}
    assert plan_messages.milestone(old, outbox_id=1, language=Language.EN).facts["owner"] == ""
    assert plan_messages.progress({"done": 1}, outbox_id=1, language=Language.EN).facts["pace"] == ""


def test_each_milestone_is_done_waiting_late_or_open() -> None:
    plan = with_milestones(
        milestone(1, 10, done_at=START),
        milestone(2, 20, claimed_at=START),
        milestone(3, 30),
        milestone(4, 90, measure=Measure(name="đơn", unit="đơn", start=0, target=10, value=5)),
    )
    states = plan_messages.view_facts(plan, "An", RULES, now=NOW)["milestones"]
    assert isinstance(states, list)
    assert [one["state"] for one in states] == ["done", "waiting", "late", "open"]
    assert [one["measure"] and one["measure"]["share"] for one in states] == [None, None, None, 0.5]


def test_staff_tick_or_put_off_what_is_open_and_confirm_or_not_what_waits() -> None:
    plan = with_milestones(milestone(1, 10, done_at=START), milestone(2, 20, claimed_at=START), milestone(3, 30))
    view = plan_messages.staff_view(plan, "An", RULES, Language.EN, now=NOW)
    assert [[button.tap for button in row] for row in view.keyboard] == [
        [CompleteMilestone(12), RejectMilestone(12)],
        [CompleteMilestone(13), MoveMilestone(13, "")],
    ]
    over = replace(plan, status=PlanStatus.COMPLETED)
    assert plan_messages.staff_view(over, "An", RULES, Language.EN, now=NOW).keyboard == ()


def test_a_customer_ticks_what_is_theirs_changes_the_goal_and_asks_for_help() -> None:
    plan = with_milestones(milestone(1, 30), milestone(2, 60, owner=Owner.COMPANY), milestone(3, 90, claimed_at=START))
    view = plan_messages.own_view(plan, RULES, Language.EN, now=NOW)
    assert [[button.tap for button in row] for row in view.keyboard] == [
        [TickMilestone(11)],
        [AskGoal(7), CheckInAnswer(7, "help", 0)],
    ]
    assert (
        plan_messages.own_view(replace(plan, status=PlanStatus.COMPLETED), RULES, Language.EN, now=NOW).keyboard == ()
    )


@pytest.mark.parametrize(("days", "first"), [(10, "20260319"), (60, "20260408")])
def test_a_milestone_is_put_off_from_its_day_or_from_today(days: int, first: str) -> None:
    offer = plan_messages.offer_moves(PLAN, milestone(1, days), "An", SAIGON, Language.EN, now=NOW)
    taps = [row[0].tap for row in offer.keyboard]
    assert taps[0] == MoveMilestone(11, first)
    assert taps[-1] == PickCustomer("plan", 1, "")


def test_a_tip_knows_what_it_may_depend_on() -> None:
    one = milestone(1, 30, tip="first_use", measure=Measure(name="", unit="", start=0, target=4, value=1))
    plan = replace(PLAN, check_in=CheckInChoice.HELP, milestones=(one,))
    facts = plan_messages.tip_facts(plan, one, "gold")
    assert (facts["check_in"], facts["customer_plan"], facts["share"]) == ("help", "gold", 0.25)
    assert plan_messages.tip(facts, outbox_id=1, language=Language.EN).template == "tips/first_use"
    assert plan_messages.tip_facts(PLAN, PLAN.milestones[0], "")["share"] is None


def test_why_they_bought_is_asked_with_the_templates_reasons_and_room_for_their_own() -> None:
    template = PlanTemplate(
        key="first",
        name=WORDS,
        goal=WORDS,
        milestones=(MilestoneTemplate(key="m", after_days=1, title=WORDS),),
        goals=(WORDS, {Language.VI: "hai", Language.EN: "two"}),
    )
    facts = plan_messages.goal_facts(PLAN, template, Language.EN)
    asked = plan_messages.goal(facts, outbox_id=5, language=Language.EN)
    assert [row[0].tap for row in asked.keyboard] == [
        ChooseGoal(7, 0, 5),
        ChooseGoal(7, 1, 5),
        ChooseGoal(7, OWN_WORDS, 5),
    ]
    assert asked.keyboard[1][0].facts == {"goal": "two"}
    assert plan_messages.goal_kept(PLAN, Language.EN).keyboard[0][0].tap == AskGoal(7)


@pytest.mark.parametrize(
    ("rules", "offered"),
    [
        (SuccessRules(), ["next"]),
        (SuccessRules(review_url="https://r"), ["review", "next"]),
        (SuccessRules(review_url="https://r", referral_url="https://f"), ["review", "referral", "next"]),
    ],
)
def test_a_completed_plan_asks_for_what_the_rules_have(rules: SuccessRules, offered: list[str]) -> None:
    facts = plan_messages.completion_facts(PLAN, rules, "")
    message = plan_messages.completion(facts, outbox_id=5, language=Language.EN)
    assert [row[0].tap for row in message.keyboard] == [AnswerCompletion(7, choice, 5) for choice in offered]
    answered = plan_messages.completion_answered(facts, CompletionChoice.NEXT, 5, Language.EN)
    assert [row[0].part for row in answered.keyboard] == offered[:-1]


def test_staff_are_told_with_the_buttons_of_what_it_is_about() -> None:
    claimed = notices.notice({"template": "plans/claimed", "milestone_id": 11}, outbox_id=1, language=Language.EN)
    assert [button.tap for button in claimed.keyboard[0]] == [CompleteMilestone(11), RejectMilestone(11)]
    stuck = notices.notice({"template": "plans/stuck", "customer_id": 3}, outbox_id=1, language=Language.EN)
    assert stuck.keyboard[0][0].tap == PickCustomer("plan", 3, "")


def test_what_staff_say_to_a_tick_is_said_by_one_template() -> None:
    assert plan_messages.confirmation({"reached": True}, outbox_id=1, language=Language.EN).template == (
        "plans/confirmation"
    )


TODAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("words", "request_"),
    [
        ("2 = 45", MeasureRequest(2, 45)),
        (" 2=12,5 ", MeasureRequest(2, 12.5)),
        ("10 = -3.25", MeasureRequest(10, -3.25)),
        ("2 = 1.500", None),
        ("2 30/12", MoveRequest(2, date(2026, 12, 30))),
        ("2 30/6", MoveRequest(2, date(2027, 6, 30))),
        ("2 30/6/2028", MoveRequest(2, date(2028, 6, 30))),
        ("2 20/11", MoveRequest(2, TODAY)),
        ("2 19/11/2026", None),
        ("2 31/2", None),
        ("2 29/2/2027", None),
        ("hai = 3", None),
        ("", None),
    ],
)
def test_a_number_with_a_value_or_a_day_is_read(words: str, request_: MeasureRequest | MoveRequest | None) -> None:
    assert read_plan_request(words, today=TODAY) == request_
