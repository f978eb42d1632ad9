from collections.abc import Mapping
from datetime import timedelta

import pytest

from bot.domain.messages import Language, Message, Reply
from bot.domain.rules import Rules
from bot.domain.taps import CheckInAnswer, CompleteMilestone, StartPlan
from bot.domain.touchpoints import Kind
from bot.services import own_plans, plan_planning, plans
from storage.database import Database
from tests.factories import queue
from tests.stories import FIRST_CHAT, RULES, Clock, add_customer, change, look

STAFF = 7_000_000_000
CHAT = FIRST_CHAT + 1


@pytest.fixture
def customer_id(database: Database, clock: Clock) -> int:
    return add_customer(database, clock)


def show(database: Database, customer_id: int, rules: Rules = RULES) -> Message:
    return database.read_now(plans.show_plan, rules=rules, customer_id=customer_id, language=Language.EN)


def start(database: Database, customer_id: int, template: str = "onboarding") -> Reply:
    tap = StartPlan(customer_id, template)
    return database.write_now(plans.start_plan, rules=RULES, staff_id=STAFF, language=Language.EN, tap=tap)


def complete(database: Database, milestone_id: int) -> Reply:
    tap = CompleteMilestone(milestone_id)
    return database.write_now(plans.complete_milestone, rules=RULES, staff_id=STAFF, language=Language.EN, tap=tap)


def answer(
    database: Database,
    choice: str,
    *,
    plan_id: int = 1,
    chat_id: int = CHAT,
    message_id: int = 50,
    outbox_id: int = 0,
) -> Reply:
    return database.write_now(
        own_plans.answer_check_in,
        rules=RULES,
        chat_id=chat_id,
        message_id=message_id,
        language=Language.EN,
        tap=CheckInAnswer(plan_id, choice, outbox_id),
    )


def edited(reply: Reply) -> Mapping[str, object]:
    assert reply.edit is not None
    return reply.edit.facts


def test_a_customer_without_a_plan_is_offered_the_templates(database: Database, customer_id: int) -> None:
    message = show(database, customer_id)
    assert message.template == "plans/choose"
    assert [[button.tap for button in row] for row in message.keyboard] == [[StartPlan(customer_id, "onboarding")]]
    assert show(database, customer_id, Rules()).facts["templates"] == 0


def test_a_customer_who_is_gone_has_no_plan_to_show(database: Database, customer_id: int) -> None:
    assert show(database, customer_id + 1).template == "plans/unknown"


def test_a_plan_is_started_in_the_customers_language_and_shown_to_staff_in_theirs(
    database: Database, customer_id: int
) -> None:
    reply = start(database, customer_id)
    assert reply.edit is not None
    assert (reply.edit.template, reply.edit.language, reply.edit.facts["plan"]) == (
        "plans/view",
        Language.EN,
        "Năm đầu",
    )
    [plan] = database.read_now(look, table="success_plan")
    assert (plan.started_by, plan.check_in_months, plan.progress_months) == (STAFF, 1, 3)
    assert [row.title for row in database.read_now(look, table="milestone")] == [
        "Mốc 30",
        "Mốc 90",
        "Mốc 180",
        "Mốc 365",
    ]


def test_a_second_tap_on_a_template_starts_no_second_plan(database: Database, customer_id: int) -> None:
    assert start(database, customer_id) == start(database, customer_id)
    assert len(database.read_now(look, table="success_plan")) == 1
    assert len(database.read_now(look, table="milestone")) == 4


def test_a_template_that_the_rules_no_longer_have_starts_nothing(database: Database, customer_id: int) -> None:
    reply = start(database, customer_id, "retired")
    assert reply.edit is not None
    assert reply.edit.template == "plans/choose"
    assert database.read_now(look, table="success_plan") == []


def test_a_milestone_is_marked_once_and_keeps_who_marked_it_first(
    database: Database, clock: Clock, customer_id: int
) -> None:
    start(database, customer_id)
    assert edited(complete(database, 1))["done"] == 1
    marked_at = clock.now()
    clock.advance(timedelta(days=1))
    assert edited(complete(database, 1))["done"] == 1
    [row] = database.read_now(look, table="milestone", id=1)
    assert (row.done_at, row.done_by) == (marked_at, STAFF)


def test_what_is_done_is_not_announced_any_more(database: Database, clock: Clock, customer_id: int) -> None:
    start(database, customer_id)
    clock.advance(timedelta(days=31))
    database.write_now(plan_planning.plan_milestones, rules=RULES)
    complete(database, 1)
    [announcement] = database.read_now(look, table="outbox")
    assert (announcement.kind, announcement.status) == ("milestone", "cancelled")


def test_a_tap_proves_that_the_message_arrived(database: Database, customer_id: int) -> None:
    start(database, customer_id)
    outbox_id = queue(database, Kind.CHECK_IN, customer_id)
    database.write_now(change, table="outbox", row_id=outbox_id, status="unknown")
    answer(database, "well", outbox_id=outbox_id)
    [row] = database.read_now(look, table="outbox")
    assert (row.status, row.message_id) == ("sent", 50)


def test_only_open_milestones_have_buttons(database: Database, customer_id: int) -> None:
    start(database, customer_id)
    complete(database, 2)
    taps = [row[0].tap for row in show(database, customer_id).keyboard]
    assert taps == [CompleteMilestone(1), CompleteMilestone(3), CompleteMilestone(4)]


def test_after_the_last_milestone_another_plan_may_start(database: Database, customer_id: int) -> None:
    start(database, customer_id)
    replies = [complete(database, milestone_id) for milestone_id in (1, 2, 3, 4)]
    assert edited(replies[-1])["status"] == "completed"
    message = show(database, customer_id)
    assert (message.template, message.facts["completed"]) == ("plans/choose", "Năm đầu")
    start(database, customer_id)
    assert [row.status for row in database.read_now(look, table="success_plan")] == ["completed", "active"]


def test_a_cancelled_plan_is_not_said_to_be_completed(database: Database, customer_id: int) -> None:
    start(database, customer_id)
    database.write_now(change, table="success_plan", row_id=1, status="cancelled")
    assert show(database, customer_id).facts["completed"] == ""
    assert edited(complete(database, 1))["done"] == 0


def test_a_button_of_a_milestone_that_is_gone_says_so(database: Database) -> None:
    reply = complete(database, 99)
    assert reply.edit is not None
    assert reply.edit.template == "plans/unknown"


def test_the_last_word_on_a_check_in_is_kept_and_shown(database: Database, clock: Clock, customer_id: int) -> None:
    start(database, customer_id)
    assert edited(answer(database, "well"))["choice"] == "well"
    assert edited(answer(database, "help"))["choice"] == "help"
    facts = show(database, customer_id).facts
    assert (facts["check_in"], facts["check_in_at"]) == ("help", clock.now())


def test_help_is_asked_for_once_a_message(database: Database, customer_id: int) -> None:
    start(database, customer_id)
    for message_id in (50, 50, 51):
        answer(database, "help", message_id=message_id)
    assert len(database.read_now(look, table="interaction", kind="request")) == 2
    assert len(database.read_now(look, table="outbox", kind="case")) == 2
    assert len(database.read_now(look, table="support_case")) == 1


@pytest.mark.parametrize(
    ("choice", "plan_id", "chat_id"), [("help", 1, CHAT + 1), ("help", 2, CHAT), ("nonsense", 1, CHAT)]
)
def test_a_tap_that_is_not_the_customers_own_changes_nothing(
    database: Database, customer_id: int, choice: str, plan_id: int, chat_id: int
) -> None:
    start(database, customer_id)
    reply = answer(database, choice, plan_id=plan_id, chat_id=chat_id)
    assert [message.template for message in reply.send] == ["customers/stale_button"]
    [plan] = database.read_now(look, table="success_plan")
    assert plan.check_in_answer is None
    assert database.read_now(look, table="outbox") == []
