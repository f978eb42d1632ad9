"""Taking back what one was about to write."""

from dataclasses import replace
from datetime import datetime

import storage.command_texts
from bot.domain import taps
from bot.domain.messages import Language, Reply
from bot.domain.rules import Rules
from bot.domain.taps import AskGoal, StartPlan
from bot.services import conversations, open_questions, own_plans, plans, surveys
from storage.database import Database, Tx
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff, queue_survey, row
from tests.stories import ON_SQLITE, ONBOARDING

RULES = replace(Rules(staff_chat_id=STAFF_CHAT), plans=(ONBOARDING,))
PERSON = {"rules": RULES, "chat_id": CHAT, "language": Language.EN}
pytestmark = ON_SQLITE


def cancel(database: Database) -> Reply:
    return database.write_now(open_questions.cancel, **PERSON)


def say(database: Database, text: str) -> str:
    reply = database.write_now(conversations.receive_text, **PERSON, message_id=900, text=text)
    return reply.send[0].template


def ended(reply: Reply) -> object:
    [said] = reply.send
    assert said.template == "customers/cancelled"
    return said.facts["ended"]


def test_feedback_is_waited_for_no_more(database: Database) -> None:
    add_customer(database)
    database.write_now(conversations.give_feedback, **PERSON, message_id=1, text="")
    assert (ended(cancel(database)), ended(cancel(database))) == (["feedback"], [])
    assert say(database, "Mấy giờ mở cửa?") == "customers/message_kept"


def test_why_is_asked_no_more_and_the_score_stays(database: Database) -> None:
    run_id, outbox_id = queue_survey(database, add_customer(database))
    score = taps.Score(run_id, 9, outbox_id)
    database.write_now(surveys.record_score, **PERSON, message_id=501, tap=score)
    reply = cancel(database)
    assert (ended(reply), reply.edit_message_id) == (["reason"], 501)
    assert reply.edit is not None
    assert reply.edit.template == "surveys/thanks"
    assert say(database, "Mấy giờ mở cửa?") == "customers/message_kept"
    assert (row(database, "answer")["score"], row(database, "answer")["reason"]) == (9, None)


def test_the_goal_of_a_plan_stays(database: Database) -> None:
    customer_id = add_customer(database)
    start = {"rules": RULES, "staff_id": 1, "language": Language.EN, "tap": StartPlan(customer_id, ONBOARDING.key)}
    database.write_now(plans.start_plan, **start)
    database.write_now(own_plans.ask_goal, **PERSON, message_id=1, tap=AskGoal(1))
    assert ended(cancel(database)) == ["goal"]
    assert say(database, "Mấy giờ mở cửa?") == "customers/message_kept"


def test_the_next_words_of_staff_go_to_no_customer(database: Database) -> None:
    add_staff(database, CHAT)

    def await_words(tx: Tx, *, now: datetime) -> None:
        storage.command_texts.await_words(tx, chat_id=CHAT, purpose="1", now=now)

    database.write_now(await_words)
    said = [cancel(database).send[0] for _ in range(2)]
    assert [(one.template, one.facts["waited"]) for one in said] == [
        ("staff/cancelled", True),
        ("staff/cancelled", False),
    ]


def test_a_stranger_has_nothing_to_take_back(database: Database) -> None:
    assert cancel(database).send[0].template == "customers/stranger"


def test_who_works_here_and_is_a_customer_takes_back_what_they_were_asked_as_one(database: Database) -> None:
    add_staff(database, CHAT)
    add_customer(database)
    database.write_now(conversations.give_feedback, **PERSON, message_id=1, text="")
    assert ended(cancel(database)) == ["feedback"]


def test_who_asks_to_give_feedback_is_not_taken_to_say_why_they_scored(database: Database) -> None:
    run_id, outbox_id = queue_survey(database, add_customer(database))
    database.write_now(surveys.record_score, **PERSON, message_id=501, tap=taps.Score(run_id, 9, outbox_id))
    database.write_now(conversations.give_feedback, **PERSON, message_id=1, text="")
    assert say(database, "Bao bì rách") == "customers/feedback_kept"
