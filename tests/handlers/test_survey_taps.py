"""Surveys as a person answers them: what the chat shows, and what is stored."""

from datetime import timedelta

import pytest

from bot.domain.touchpoints import Kind
from bot.playground.refusals import Refusal
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, queue_survey, row, rows
from tests.stage import Stage, labels, last, text


async def asked(stage: Stage, database: Database, kind: Kind = Kind.NPS) -> int:
    """A survey lies in the chat of An; returns its run."""
    run_id, _ = queue_survey(database, add_customer(database), kind)
    await stage.settle()
    return run_id


@pytest.mark.parametrize(
    ("kind", "shape"),
    [
        (Kind.NPS, [list("012345"), ["6", "7", "8", "9", "10"]]),
        (Kind.CES, [list("1234567")]),
        (Kind.CSAT, [list("12345")]),
    ],
)
async def test_a_survey_arrives_with_its_buttons(
    stage: Stage, database: Database, kind: Kind, shape: list[list[str]]
) -> None:
    an = stage.person()
    await asked(stage, database, kind)
    assert labels(last(an.chat)) == shape
    assert "Hoa Mai" in text(last(an.chat))


async def test_one_tap_edits_the_message_into_the_choice_and_the_question_why(stage: Stage, database: Database) -> None:
    an = stage.person()
    await asked(stage, database)
    query = an.tap(last(an.chat).message_id, "9")
    await stage.settle()
    (only,) = an.chat.messages.values()
    assert "9/10" in text(only)
    assert "hài lòng nhất" in text(only)
    assert labels(only) == [["Bỏ qua", "Đổi điểm"]]
    with pytest.raises(Refusal, match="query is too old"):  # since it was answered
        stage.messenger.close_query(query)


async def test_a_reason_is_thanked_for_and_the_question_put_away(stage: Stage, database: Database) -> None:
    an = stage.person()
    await asked(stage, database)
    survey = last(an.chat).message_id
    an.tap(survey, "3")
    await stage.settle()
    an.send_text("Giao hàng chậm")
    await stage.settle()
    assert row(database, "answer")["reason"] == "Giao hàng chậm"
    assert labels(an.chat.messages[survey]) == [["Đổi điểm"]]
    assert "nói thẳng" in text(last(an.chat))


async def test_staff_hear_of_a_detractor_with_name_score_and_reason(stage: Stage, database: Database) -> None:
    an = stage.person()
    await asked(stage, database)
    an.tap(last(an.chat).message_id, "2")
    await stage.settle()
    told = text(last(stage.staff))
    assert "Nguyễn Thị An" in told
    assert "2" in told
    an.send_text("Giao hàng chậm")
    await stage.settle()
    assert "Giao hàng chậm" in text(last(stage.staff))


async def test_a_score_is_changed_by_its_button(stage: Stage, database: Database) -> None:
    an = stage.person()
    await asked(stage, database)
    survey = last(an.chat).message_id
    an.tap(survey, "9")
    await stage.settle()
    an.tap(survey, "Đổi điểm")
    await stage.settle()
    assert "✓ 9" in labels(an.chat.messages[survey])[1]
    an.tap(survey, "7")
    await stage.settle()
    assert row(database, "answer")["score"] == 7
    assert "9 hoặc 10" in text(an.chat.messages[survey])


async def test_two_devices_that_tap_at_once_leave_one_answer(stage: Stage, database: Database) -> None:
    an = stage.person()
    await asked(stage, database)
    survey = last(an.chat).message_id
    an.tap(survey, "9")
    an.tap(survey, "9")
    an.tap(survey, "10")
    await stage.settle()
    assert [answer["score"] for answer in rows(database, "answer")] == [10]
    assert "10/10" in text(an.chat.messages[survey])


async def test_another_persons_tap_on_the_button_is_refused_and_stores_nothing(
    stage: Stage, database: Database
) -> None:
    stage.person()
    minh = stage.person(1, name="Minh")
    run_id = await asked(stage, database)
    minh.send_text("xin chào")
    await stage.settle()
    minh.send_callback(last(minh.chat).message_id, f"s:{run_id}:9:1")
    await stage.settle()
    assert rows(database, "answer") == []
    assert "không còn dùng được" in text(last(minh.chat))


@pytest.mark.parametrize("payload", ["s:1:9", "zz:1", "s:99999:9:1", "s:1:11:1", "m:1", "p:lost:1:x"])
async def test_a_payload_that_is_not_for_a_customer_does_nothing_but_say_so(
    stage: Stage, database: Database, payload: str
) -> None:
    an = stage.person()
    await asked(stage, database)
    before = len(an.chat.messages)
    an.send_callback(last(an.chat).message_id, payload)
    await stage.settle()
    assert rows(database, "answer") == []
    assert len(an.chat.messages) == before + 1


async def test_a_tap_after_the_closing_is_answered_politely(stage: Stage, database: Database, clock: HandClock) -> None:
    an = stage.person()
    await asked(stage, database)
    clock.advance(timedelta(days=15))
    an.tap(last(an.chat).message_id, "9")
    await stage.settle()
    assert rows(database, "answer") == []
    assert "đã đóng" in text(last(an.chat))
    assert labels(last(an.chat)) == []


async def test_an_edited_reason_is_stored_as_edited_and_answered_with_silence(stage: Stage, database: Database) -> None:
    an = stage.person()
    await asked(stage, database)
    an.tap(last(an.chat).message_id, "3")
    await stage.settle()
    said = an.send_text("Giao cham")
    await stage.settle()
    before = len(an.chat.messages)
    an.edit_text(said.message_id, "Giao chậm")
    await stage.settle()
    assert row(database, "answer")["reason"] == "Giao chậm"
    assert len(an.chat.messages) == before


async def test_a_survey_whose_message_was_deleted_still_takes_its_tap(stage: Stage, database: Database) -> None:
    an = stage.person()
    run_id = await asked(stage, database)
    survey = last(an.chat)
    outbox_id = row(database, "outbox", run_id=run_id)["id"]
    an.send_callback(survey.message_id, f"s:{run_id}:9:{outbox_id}")
    del an.chat.messages[survey.message_id]
    await stage.settle()
    assert row(database, "answer")["score"] == 9
    assert "9/10" in text(last(an.chat))


async def test_the_language_of_the_customer_wins_over_that_of_the_telegram(stage: Stage, database: Database) -> None:
    an = stage.person(language="vi")
    queue_survey(database, add_customer(database, chat_id=CHAT, language="en"))
    await stage.settle()
    assert "How likely" in text(last(an.chat))
