"""What customers write, on both databases."""

from datetime import timedelta

from bot.domain.messages import Language, Reply
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.services import conversations
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff, row, rows

RULES = Rules(staff_chat_id=STAFF_CHAT)


def write(database: Database, text: str, *, message_id: int = 1, rules: Rules = RULES) -> Reply:
    facts = {"chat_id": CHAT, "message_id": message_id, "language": Language.EN, "text": text}
    return database.write_now(conversations.receive_text, rules=rules, **facts)


def feedback(database: Database, text: str) -> Reply:
    facts = {"chat_id": CHAT, "message_id": 1, "language": Language.EN, "text": text}
    return database.write_now(conversations.give_feedback, rules=RULES, **facts)


def said(reply: Reply) -> str:
    return reply.send[0].template


def test_any_text_is_kept_acknowledged_in_the_customers_language_and_told_to_staff(
    database: Database, clock: HandClock
) -> None:
    add_customer(database)
    reply = write(database, "Cửa hàng mở mấy giờ?")
    assert (said(reply), reply.send[0].language) == ("customers/message_kept", Language.VI)
    kept = row(database, "interaction")
    assert (kept["kind"], kept["body"], kept["happened_at"]) == ("message", "Cửa hàng mở mấy giờ?", clock.now())
    told = row(database, "outbox", kind=Kind.NOTICE)
    assert (told["chat_id"], told["facts"]["text"]) == (STAFF_CHAT, "Cửa hàng mở mấy giờ?")
    assert told["facts"]["interaction_id"] == kept["id"]


def test_the_same_message_delivered_twice_is_kept_and_told_once_and_answered_again(database: Database) -> None:
    add_customer(database)
    write(database, "Xin chào")
    assert said(write(database, "Xin chào")) == "customers/message_kept"
    assert len(rows(database, "interaction")) == len(rows(database, "outbox")) == 1


def test_of_several_messages_in_a_row_the_first_is_confirmed_and_staff_read_all(
    database: Database, clock: HandClock
) -> None:
    add_customer(database)
    assert said(write(database, "Cho mình hỏi")) == "customers/message_kept"
    clock.advance(timedelta(minutes=59))
    assert write(database, "cửa hàng mở mấy giờ", message_id=2).send == ()
    assert len(rows(database, "outbox", kind=Kind.NOTICE)) == 2
    clock.advance(timedelta(hours=1))
    assert said(write(database, "Có ai không", message_id=3)) == "customers/message_kept"


def test_who_was_answered_is_confirmed_again_at_once(database: Database) -> None:
    add_customer(database)
    write(database, "Cho mình hỏi")
    close = {"staff_id": 1, "language": Language.EN, "interaction_id": row(database, "interaction")["id"]}
    database.write_now(conversations.close_interaction, **close)
    assert said(write(database, "Còn nữa", message_id=2)) == "customers/message_kept"


def test_a_stranger_is_told_how_to_begin(database: Database) -> None:
    assert said(write(database, "Xin chào")) == said(feedback(database, "Xin chào")) == "customers/stranger"
    assert rows(database, "interaction") == []


def test_feedback_with_its_text_is_kept_as_feedback(database: Database) -> None:
    add_customer(database)
    assert said(feedback(database, "Bao bì rách")) == "customers/feedback_kept"
    assert row(database, "interaction")["kind"] == "feedback"
    opened = row(database, "support_case")
    assert (opened["source"], opened["words"]) == ("feedback", "Bao bì rách")
    assert row(database, "interaction")["case_id"] == opened["id"]
    assert [queued["kind"] for queued in rows(database, "outbox")] == [Kind.TOPIC, Kind.CARD]


def test_feedback_without_a_text_takes_the_next_message_and_only_that(database: Database) -> None:
    add_customer(database)
    assert said(feedback(database, "")) == "customers/feedback_prompt"
    assert said(write(database, "Bao bì rách", message_id=2)) == "customers/feedback_kept"
    assert said(write(database, "Cảm ơn", message_id=3)) == "customers/message_kept"


def test_a_prompt_for_feedback_does_not_stand_for_ever(database: Database, clock: HandClock) -> None:
    add_customer(database)
    feedback(database, "")
    clock.advance(timedelta(hours=1))
    assert said(write(database, "Xin chào", message_id=2)) == "customers/message_kept"


def test_an_edited_message_is_kept_as_edited(database: Database) -> None:
    add_customer(database)
    write(database, "Mở mấy h?")
    database.write_now(conversations.edit_text, chat_id=CHAT, message_id=1, text="Mở mấy giờ?", words="", version="1")
    assert row(database, "interaction")["body"] == "Mở mấy giờ?"


def test_without_a_staff_chat_the_customers_csm_is_told_in_their_language(database: Database) -> None:
    add_staff(database, CHAT + 50)
    add_customer(database, csm_id=CHAT + 50)
    write(database, "Xin chào", rules=Rules(admin_ids=frozenset({1, 2})))
    told = row(database, "outbox")
    assert (told["chat_id"], told["language"]) == (CHAT + 50, "en")


def test_without_a_csm_every_admin_is_told_and_one_who_left_is_not(database: Database) -> None:
    add_customer(database, csm_id=CHAT + 50)
    write(database, "Xin chào", rules=Rules(admin_ids=frozenset({1, 2})))
    assert [told["chat_id"] for told in rows(database, "outbox")] == [1, 2]


def test_the_first_to_close_an_interaction_is_the_one_who_closed_it(database: Database, clock: HandClock) -> None:
    add_staff(database, 10, name="Hoa")
    add_staff(database, 11, name="Minh")
    add_customer(database)
    write(database, "Xin chào")
    kept = row(database, "interaction")["id"]
    closing = {"language": Language.VI, "interaction_id": kept}
    first = database.write_now(conversations.close_interaction, staff_id=10, **closing)
    second = database.write_now(conversations.close_interaction, staff_id=11, **closing)
    assert first.edit is not None
    assert second.edit is not None
    assert (first.edit.facts["first"], second.edit.facts["first"]) == (True, False)
    assert second.edit.facts["closed_by"] == "Hoa"
    assert (row(database, "interaction")["closed_by"], row(database, "interaction")["closed_at"]) == (10, clock.now())


def test_closing_what_does_not_exist_says_so(database: Database) -> None:
    reply = database.write_now(conversations.close_interaction, staff_id=10, language=Language.VI, interaction_id=99)
    assert said(reply) == "staff/not_found"


def test_feedback_that_came_with_its_text_is_not_waited_for_any_longer(database: Database) -> None:
    add_customer(database)
    feedback(database, "")
    feedback(database, "Bao bì rách")
    assert said(write(database, "Cảm ơn", message_id=2)) == "customers/message_kept"
