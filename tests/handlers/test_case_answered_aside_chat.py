"""A case that is worked on from a private chat: the group and the private chat both read the whole of it."""

from datetime import timedelta

import pytest

from bot.playground.persons import Person
from bot.playground.world import Message
from bot.services.staff import remove_staff
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff
from tests.stage import Stage, labels, last, text


@pytest.fixture
def hoa(stage: Stage, database: Database) -> Person:
    add_staff(database, CHAT + 100, name="Hoa", language="vi")
    person = stage.person(100, name="Hoa")
    stage.staff.people.append(person.user)
    stage.staff.topics = {}
    return person


@pytest.fixture
def an(stage: Stage, database: Database) -> Person:
    add_customer(database)
    return stage.person(name="Nguyễn Thị An")


async def later(stage: Stage, clock: HandClock) -> None:
    clock.advance(timedelta(minutes=1))
    await stage.settle()


async def tap(stage: Stage, person: Person, message: Message, label: str) -> None:
    person.tap(message.message_id, label, chat_id=message.chat.id)
    await stage.settle()


async def answer_aside(stage: Stage, an: Person, hoa: Person, clock: HandClock, label: str = "") -> Message:
    """An complains, and Hoa answers from her private chat, with her own words or a canned reply; the group's card."""
    an.send_text("/feedback Máy hỏng rồi")
    await stage.settle()
    *_, card = stage.staff.messages.values()
    hoa.send_text("/cases")
    await stage.settle()
    await tap(stage, hoa, last(hoa.chat), "1")
    await tap(stage, hoa, last(hoa.chat), "Nhận xử lý")
    await tap(stage, hoa, last(hoa.chat), "Trả lời")
    if label:
        await tap(stage, hoa, last(hoa.chat), label)
        await tap(stage, hoa, last(hoa.chat), "Gửi")
    else:
        hoa.send_text("Em gửi thợ đến nhé chị")
        await stage.settle()
    await later(stage, clock)
    return card


async def test_the_group_reads_what_a_colleague_wrote_from_a_private_chat(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    card = await answer_aside(stage, an, hoa, clock)
    *_, told = stage.staff.messages.values()
    assert text(told) == "↩️ Hoa trả lời Nguyễn Thị An:\n\nEm gửi thợ đến nhé chị"
    assert told.thread_id == card.thread_id


async def test_the_group_reads_a_canned_reply_as_the_customer_does(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    await answer_aside(stage, an, hoa, clock, label="Đang kiểm tra")
    *_, told = stage.staff.messages.values()
    assert "↩️ Hoa trả lời Nguyễn Thị An" in text(told)
    assert "đã nhận việc này và đang kiểm tra" in text(told)


async def test_the_group_reads_a_private_note_from_a_private_chat_and_the_customer_never(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    card = await answer_aside(stage, an, hoa, clock)
    heard = len(an.chat.messages)
    offered = next(one for one in hoa.chat.messages.values() if "✍️" in text(one))
    hoa.send_text("// khách quen, ưu tiên", reply_to=offered.message_id)
    await later(stage, clock)
    *_, told = stage.staff.messages.values()
    assert text(told) == "📝 Hoa ghi chú riêng, khách không thấy:\n\nkhách quen, ưu tiên"
    assert told.thread_id == card.thread_id
    assert len(an.chat.messages) == heard


async def test_what_is_written_in_the_group_is_not_repeated_there(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    card = await answer_aside(stage, an, hoa, clock)
    hoa.send_text("Chị chờ chút ạ", chat_id=STAFF_CHAT, thread_id=card.thread_id)
    await later(stage, clock)
    assert [text(one) for one in stage.staff.messages.values()].count("Chị chờ chút ạ") == 1
    assert "↩️" not in text(list(stage.staff.messages.values())[-1])


async def test_the_customers_answer_comes_to_the_private_chat_and_can_be_answered_there(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    await answer_aside(stage, an, hoa, clock)
    an.send_text("Mấy giờ em?")
    await later(stage, clock)
    *_, in_group = stage.staff.messages.values()
    assert text(in_group) == "💬 Nguyễn Thị An:\nMấy giờ em?"
    assert text(last(hoa.chat)) == "💬 Nguyễn Thị An (yêu cầu #1):\nMấy giờ em?"
    assert labels(last(hoa.chat)) == [["Trả lời"]]
    hoa.send_text("3 giờ chị nhé", reply_to=last(hoa.chat).message_id)
    await stage.settle()
    assert text(last(an.chat)).endswith("3 giờ chị nhé")


async def test_edits_of_both_sides_are_read_in_both_places(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    await answer_aside(stage, an, hoa, clock)
    asked = an.send_text("Mấy giờ em?")
    await later(stage, clock)
    an.edit_text(asked.message_id, "Mấy giờ thợ đến em?")
    mine = next(one for one in hoa.chat.messages.values() if text(one) == "Em gửi thợ đến nhé chị")
    hoa.edit_text(mine.message_id, "Em gửi thợ đến chiều nay nhé chị")
    await later(stage, clock)
    group = [text(one) for one in stage.staff.messages.values()]
    assert group[-2:] == [
        "↩️ Hoa trả lời Nguyễn Thị An:\n\nEm gửi thợ đến chiều nay nhé chị",
        "💬 Nguyễn Thị An:\nMấy giờ thợ đến em?",
    ]
    assert text(last(hoa.chat)) == "💬 Nguyễn Thị An (yêu cầu #1):\nMấy giờ thợ đến em?"
    assert labels(last(hoa.chat)) == [["Trả lời"]]


async def test_who_works_here_no_more_reads_nothing_in_private(
    stage: Stage, an: Person, hoa: Person, database: Database, clock: HandClock
) -> None:
    card = await answer_aside(stage, an, hoa, clock)
    seen = [text(one) for one in hoa.chat.messages.values()]
    database.write_now(remove_staff, rules=stage.app.bot_data.rules, user_id=hoa.user.id)
    an.send_text("Mấy giờ em?")
    await later(stage, clock)
    assert "Mấy giờ em?" in text(list(stage.staff.messages.values())[-1])
    assert [text(one) for one in hoa.chat.messages.values()] == seen
    assert card.thread_id is not None


async def test_the_groups_card_follows_what_is_done_in_private(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    card = await answer_aside(stage, an, hoa, clock)
    assert "Hoa đã nhận xử lý" in text(card)
    assert "Trả lời khách trước" not in text(card)
    assert labels(card) == [["Trả lời"], ["Tạm hoãn", "Đã xử lý xong"]]
    mine = next(one for one in hoa.chat.messages.values() if labels(one) == labels(card))
    for label in ("Đã xử lý xong", "Sản phẩm", "Đã khắc phục"):
        await tap(stage, hoa, mine, label)
    await later(stage, clock)
    assert "✅ Đã xử lý xong – Hoa" in text(card)
    assert labels(card) == []


async def test_a_private_card_follows_what_is_done_in_the_group(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    card = await answer_aside(stage, an, hoa, clock)
    mine = next(one for one in hoa.chat.messages.values() if labels(one) == labels(card))
    await tap(stage, hoa, card, "Tạm hoãn")
    await tap(stage, hoa, card, "Ngày mai")
    await later(stage, clock)
    assert "💤 Tạm hoãn đến" in text(mine)
