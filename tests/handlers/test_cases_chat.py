"""Cases in a staff group with topics and in one without: what staff tap and write, and what the customer gets."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image

from bot.domain.taps import ClaimCase, ResolveCase
from bot.playground.parameters import Upload
from bot.playground.persons import Person
from bot.playground.world import Chat, Message
from bot.services import cases, staff
from bot.services.staff import remove_staff
from storage.database import Database
from tests.conftest import START, HandClock
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff, row, rows
from tests.stage import Stage, labels, last, text
from tests.stories import change

CARD = [["Nhận xử lý", "Trả lời"], ["Tạm hoãn", "Đã xử lý xong"]]
CARD_TAKEN = [["Trả lời"], ["Tạm hoãn", "Đã xử lý xong"]]


@pytest.fixture
def hoa(stage: Stage, database: Database) -> Person:
    return colleague(stage, database, 100, "Hoa")


@pytest.fixture
def an(stage: Stage, database: Database) -> Person:
    add_customer(database)
    return stage.person(name="Nguyễn Thị An")


def colleague(stage: Stage, database: Database, number: int, name: str) -> Person:
    add_staff(database, CHAT + number, name=name, language="vi")
    person = stage.person(number, name=name)
    stage.staff.people.append(person.user)
    return person


def open_forum(stage: Stage) -> None:
    stage.staff.topics = {}


async def complain(stage: Stage, an: Person, words: str = "Máy hỏng rồi") -> Message:
    """The card of the case that a complaint opens."""
    an.send_text(f"/feedback {words}")
    await stage.settle()
    return next(one for one in reversed(stage.staff.messages.values()) if labels(one) == CARD)


async def tapped(stage: Stage, person: Person, message: Message, label: str) -> None:
    person.tap(message.message_id, label, chat_id=message.chat.id)
    await stage.settle()


async def later(stage: Stage, clock: HandClock) -> None:
    """A minute passes, in which a group may be sent twenty messages more."""
    clock.advance(timedelta(minutes=1))
    await stage.settle()


async def write(stage: Stage, person: Person, words: str, **where: int) -> Message:
    message = person.send_text(words, **where)
    await stage.settle()
    return message


def texts(chat: Chat) -> list[str]:
    return [text(one) for one in chat.messages.values()]


async def resolve(stage: Stage, person: Person, card: Message) -> None:
    """Close a case of which the customer was told nothing."""
    for label in ("Đã xử lý xong", "Vẫn đóng", "Sản phẩm", "Đã khắc phục"):
        await tapped(stage, person, card, label)


async def test_a_complaint_becomes_a_topic_with_the_customers_card(stage: Stage, an: Person) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    assert stage.staff.topics is not None
    [topic] = stage.staff.topics.values()
    assert (topic.name, card.thread_id) == ("#1 · Nguyễn Thị An", topic.thread_id)
    assert "Máy hỏng rồi" in text(card)
    assert "Gói gold" in text(card)


async def test_a_group_without_topics_gets_the_card_alone(stage: Stage, an: Person) -> None:
    card = await complain(stage, an)
    assert (card.thread_id, list(stage.staff.messages)) == (None, [card.message_id])


async def test_what_goes_wrong_next_joins_the_open_case(stage: Stage, an: Person) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    await write(stage, an, "/feedback Gọi mãi không ai nghe")
    *_, told = stage.staff.messages.values()
    assert "Gọi mãi không ai nghe" in text(told)
    assert told.thread_id == card.thread_id
    assert len(stage.staff.topics or {}) == 1


async def test_a_talk_goes_to_and_fro_in_order_and_in_the_csms_name(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    for words in ("Chào chị", "Em xem ngay", "Chị chờ chút"):
        hoa.send_text(words, chat_id=STAFF_CHAT, thread_id=card.thread_id)
    await stage.settle()
    assert texts(an.chat)[-3:] == [
        f"Hoa (Hoa Mai):\n\n{words}" for words in ("Chào chị", "Em xem ngay", "Chị chờ chút")
    ]
    for words in ("Cảm ơn em", "Gấp lắm nhé"):
        an.send_text(words)
    await stage.settle()
    await later(stage, clock)
    told = [one for one in stage.staff.messages.values() if one.thread_id == card.thread_id]
    assert [text(one).splitlines()[-1] for one in told[-2:]] == ["Cảm ơn em", "Gấp lắm nhé"]


async def test_who_answers_first_takes_the_case_on(stage: Stage, an: Person, hoa: Person, database: Database) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    taken = row(database, "support_case")
    assert taken["claimed_by"] == hoa.user.id
    assert taken["first_answer_at"] is not None


async def test_without_topics_a_reply_to_the_card_goes_to_the_customer_and_other_talk_does_not(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    card = await complain(stage, an)
    seen = len(an.chat.messages)
    await write(stage, hoa, "Trưa nay ăn gì?", chat_id=STAFF_CHAT)
    assert len(an.chat.messages) == seen
    await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, reply_to=card.message_id)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"
    await write(stage, an, "Chào em")
    await later(stage, clock)
    *_, told = stage.staff.messages.values()
    assert told.reply_to is card
    await write(stage, hoa, "Chị nói tiếp ạ", chat_id=STAFF_CHAT, reply_to=told.message_id)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChị nói tiếp ạ"


async def test_without_a_staff_chat_the_csm_answers_in_the_private_chat(stage: Stage, database: Database) -> None:
    hoa = colleague(stage, database, 100, "Hoa")
    add_customer(database, csm_id=hoa.user.id)
    an = stage.person(name="An")
    stage.app.bot_data.rules = stage.app.bot_data.rules.__class__(business="Hoa Mai")
    await write(stage, an, "/feedback Máy hỏng")
    *_, card = hoa.chat.messages.values()
    assert labels(card) == CARD
    await write(stage, hoa, "Chào chị", reply_to=card.message_id)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"


async def open_alone(stage: Stage, hoa: Person) -> Message:
    """A case's card in the colleague's private chat, by way of /cases."""
    await write(stage, hoa, "/cases")
    await tapped(stage, hoa, last(hoa.chat), "1")
    return last(hoa.chat)


async def test_in_a_private_chat_the_next_words_after_reply_go_to_the_customer_and_no_others(
    stage: Stage, an: Person, hoa: Person
) -> None:
    open_forum(stage)
    await complain(stage, an)
    card = await open_alone(stage, hoa)
    await tapped(stage, hoa, card, "Trả lời")
    assert "Trả lời Nguyễn Thị An, yêu cầu #1" in text(last(hoa.chat))
    assert "tin tiếp theo của bạn sẽ đến khách" in text(last(hoa.chat))
    answer = await write(stage, hoa, "Chào chị")
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"
    assert text(last(hoa.chat)).startswith("Đã chuyển cho Nguyễn Thị An (yêu cầu #1)")
    hoa.edit_text(answer.message_id, "Em chào chị")
    await stage.settle()
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nEm chào chị"
    await write(stage, hoa, "Trưa nay ăn gì?")
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nEm chào chị"
    assert text(last(hoa.chat)).startswith("Tin này chưa gửi cho ai")


async def test_words_long_after_reply_was_tapped_and_words_after_a_canned_reply_go_to_nobody(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    await complain(stage, an)
    await tapped(stage, hoa, await open_alone(stage, hoa), "Trả lời")
    offered, seen = last(hoa.chat), len(an.chat.messages)
    clock.advance(timedelta(hours=1, seconds=1))
    await write(stage, hoa, "Trưa nay ăn gì?")
    assert (len(an.chat.messages), text(last(hoa.chat))[:21]) == (seen, "Tin này chưa gửi cho ")
    await tapped(stage, hoa, offered, "Đang kiểm tra")
    await tapped(stage, hoa, offered, "Chọn câu khác")
    again = last(hoa.chat)
    await tapped(stage, hoa, again, "Đang kiểm tra")
    await tapped(stage, hoa, again, "Gửi")
    await write(stage, hoa, "Trưa nay ăn gì?")
    assert texts(an.chat)[-1].startswith("Hoa (Hoa Mai):\n\nDạ chị An, em đã nhận việc này")


async def test_a_reply_to_what_offers_replies_goes_to_that_customer_in_a_private_chat_and_in_a_group(
    stage: Stage, an: Person, hoa: Person
) -> None:
    card = await complain(stage, an)
    await tapped(stage, hoa, card, "Trả lời")
    *_, offered = stage.staff.messages.values()
    assert offered.reply_to is card
    await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, reply_to=offered.message_id)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"
    await tapped(stage, hoa, await open_alone(stage, hoa), "Trả lời")
    await write(stage, hoa, "// để em", reply_to=last(hoa.chat).message_id)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"


async def test_a_colleague_is_never_taken_for_a_stranger(stage: Stage, hoa: Person) -> None:
    for words in ("Chào em", "/feedback Máy hỏng", "/resume", "/settings"):
        await write(stage, hoa, words)
        assert text(last(hoa.chat)).startswith("Tin này chưa gửi cho ai"), words


async def test_talk_that_begins_with_two_slashes_stays_among_staff(
    stage: Stage, an: Person, hoa: Person, database: Database
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    seen = len(an.chat.messages)
    await write(stage, hoa, "// ai rảnh xem giúp", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    assert len(an.chat.messages) == seen
    assert row(database, "interaction", kind="note")["body"] == "ai rảnh xem giúp"


async def test_edits_follow_on_both_sides(stage: Stage, an: Person, hoa: Person, clock: HandClock) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    answer = await write(stage, hoa, "Chao chi", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    hoa.edit_text(answer.message_id, "Chào chị", chat_id=STAFF_CHAT)
    question = await write(stage, an, "Bao h xong?")
    an.edit_text(question.message_id, "Bao giờ xong?")
    await stage.settle()
    await later(stage, clock)
    assert "Hoa (Hoa Mai):\n\nChào chị" in texts(an.chat)
    assert texts(stage.staff)[-1].endswith("Bao giờ xong?")


async def test_an_edit_of_an_answer_is_logged_and_of_somebody_who_left_goes_nowhere(
    stage: Stage, an: Person, hoa: Person, database: Database
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    answer = await write(stage, hoa, "Chao chi", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    hoa.edit_text(answer.message_id, "Chào chị", chat_id=STAFF_CHAT)
    await stage.settle()
    [logged] = rows(database, "audit", command="edit_reply")
    assert (logged["staff_id"], logged["customer_id"]) == (hoa.user.id, row(database, "customer")["id"])
    database.write_now(staff.remove_staff, rules=stage.app.bot_data.rules, user_id=hoa.user.id)
    hoa.edit_text(answer.message_id, "Chào kẻ khó tính", chat_id=STAFF_CHAT)
    await stage.settle()
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"
    assert len(rows(database, "audit", command="edit_reply")) == 1


@pytest.mark.parametrize("forum", [True, False])
async def test_an_answer_is_taken_back_from_the_customer_and_staff_see_that_it_is_gone(
    stage: Stage, an: Person, hoa: Person, database: Database, clock: HandClock, *, forum: bool
) -> None:
    if forum:
        open_forum(stage)
    card = await complain(stage, an)
    seen = len(an.chat.messages)
    where = {"thread_id": card.thread_id} if card.thread_id else {"reply_to": card.message_id}
    answer = await write(stage, hoa, "Gửi nhầm khách", chat_id=STAFF_CHAT, **where)
    assert len(an.chat.messages) == seen + 1
    await write(stage, hoa, "/unsend", chat_id=STAFF_CHAT, reply_to=answer.message_id)
    assert len(an.chat.messages) == seen
    await later(stage, clock)
    assert "Đã thu hồi câu trả lời" in texts(stage.staff)[-1]
    assert row(database, "interaction", body="Gửi nhầm khách")["kind"] == "unsent"
    [logged] = rows(database, "audit", command="unsend")
    assert logged["customer_id"] == row(database, "customer")["id"]
    await write(stage, hoa, "/unsend", chat_id=STAFF_CHAT, reply_to=answer.message_id)
    assert "trả lời đúng tin của mình" in texts(stage.staff)[-1]


async def test_a_canned_reply_is_taken_back_by_its_preview(stage: Stage, an: Person, hoa: Person) -> None:
    card = await complain(stage, an)
    seen = len(an.chat.messages)
    await tapped(stage, hoa, card, "Trả lời")
    *_, offered = stage.staff.messages.values()
    await tapped(stage, hoa, offered, "Đang kiểm tra")
    await tapped(stage, hoa, offered, "Gửi")
    assert len(an.chat.messages) == seen + 1
    await write(stage, hoa, "/unsend", chat_id=STAFF_CHAT, reply_to=offered.message_id)
    assert len(an.chat.messages) == seen


async def test_nobody_takes_back_what_a_colleague_wrote(
    stage: Stage, an: Person, hoa: Person, database: Database
) -> None:
    lan = colleague(stage, database, 101, "Lan")
    card = await complain(stage, an)
    answer = await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, reply_to=card.message_id)
    await write(stage, lan, "/unsend", chat_id=STAFF_CHAT, reply_to=answer.message_id)
    await write(stage, lan, "/unsend", chat_id=STAFF_CHAT)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"
    assert sum("Chỉ thu hồi được tin do chính bạn gửi" in one for one in texts(stage.staff)) == 2


async def test_after_two_days_nothing_is_taken_back_and_staff_are_told_why(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    card = await complain(stage, an)
    answer = await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, reply_to=card.message_id)
    clock.advance(timedelta(hours=48))
    await write(stage, hoa, "/unsend", chat_id=STAFF_CHAT, reply_to=answer.message_id)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"
    assert "quá 48 giờ" in texts(stage.staff)[-1]


async def test_a_card_asked_for_in_the_group_comes_where_it_was_asked_for(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    open_forum(stage)
    first = await complain(stage, an)
    assert "hoặc viết vào chủ đề của yêu cầu" in text(first)
    await write(stage, hoa, "/cases", chat_id=STAFF_CHAT)
    *_, page = stage.staff.messages.values()
    await tapped(stage, hoa, page, "1")
    *_, card = stage.staff.messages.values()
    assert (labels(card), card.thread_id) == (CARD, None)
    await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, reply_to=card.message_id)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"


async def test_a_late_case_is_opened_from_its_alarm(
    stage: Stage, an: Person, hoa: Person, database: Database, clock: HandClock
) -> None:
    add_staff(database, CHAT + 102, name="Mai", language="vi", role="manager")
    manager = stage.person(102, name="Mai")
    await complain(stage, an)
    clock.advance(timedelta(days=5))
    database.write_now(cases.plan_alarms, rules=stage.app.bot_data.rules)
    await later(stage, clock)
    *_, alarm = manager.chat.messages.values()
    assert labels(alarm) == [["Mở yêu cầu"]]
    await tapped(stage, manager, alarm, "Mở yêu cầu")
    assert "🔴 Quá hạn trả lời khách" in text(alarm)
    assert labels(alarm) == CARD


async def test_photos_go_both_ways_with_their_words(stage: Stage, an: Person, hoa: Person) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    an.send_photo(photo(), "Hỏng chỗ này")
    hoa.send_photo(photo(), "Mẫu mới đây ạ", chat_id=STAFF_CHAT, thread_id=card.thread_id)
    await stage.settle()
    came = next(one for one in stage.staff.messages.values() if "photo" in one.content and one.sender.is_bot)
    assert (came.thread_id, came.content["caption"]) == (card.thread_id, "💬 Nguyễn Thị An:\nHỏng chỗ này")
    went = next(one for one in an.chat.messages.values() if "photo" in one.content and one.sender.is_bot)
    assert went.content["caption"] == "Hoa (Hoa Mai):\n\nMẫu mới đây ạ"


def photo() -> Upload:
    content = BytesIO()
    Image.new("RGB", (8, 8)).save(content, "PNG")
    return Upload("p.png", content.getvalue(), "image/png")


async def test_of_two_who_claim_at_once_the_first_wins_and_the_second_is_told(
    stage: Stage, an: Person, hoa: Person, database: Database
) -> None:
    open_forum(stage)
    lan = colleague(stage, database, 101, "Lan")
    card = await complain(stage, an)
    for person in (hoa, lan):
        person.tap(card.message_id, "Nhận xử lý", chat_id=STAFF_CHAT)
    await stage.settle()
    winner = row(database, "support_case")["claimed_by"]
    names = {hoa.user.id: ("Hoa", "Lan"), lan.user.id: ("Lan", "Hoa")}
    first, second = names[winner]
    assert f"{first} đã nhận xử lý" in text(card)
    [told] = [one for one in stage.staff.messages.values() if text(one).startswith(f"{second}, {first} đã nhận xử lý")]
    assert told.thread_id == card.thread_id


async def test_resolving_asks_reason_and_outcome_and_closes_the_topic(
    stage: Stage, an: Person, hoa: Person, database: Database
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    await resolve(stage, hoa, card)
    assert stage.staff.topics is not None
    assert [topic.closed for topic in stage.staff.topics.values()] == [True]
    assert "Đã xử lý xong – Hoa" in text(card)
    assert labels(card) == []
    ended = row(database, "support_case")
    assert (ended["reason"], ended["outcome"], ended["resolved_by"]) == ("product", "solved", hoa.user.id)


async def test_who_closes_a_case_without_a_word_to_the_customer_is_asked_first(
    stage: Stage, an: Person, hoa: Person
) -> None:
    card = await complain(stage, an)
    await tapped(stage, hoa, card, "Đã xử lý xong")
    assert "Chưa ai trả lời khách" in text(card)
    assert labels(card)[0] == ["Trả lời khách trước", "Vẫn đóng"]
    await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, reply_to=card.message_id)
    assert labels(card) == CARD_TAKEN
    await tapped(stage, hoa, card, "Đã xử lý xong")
    assert "Khách gặp chuyện gì?" in text(card)


async def test_the_customers_reply_opens_the_case_again(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    await resolve(stage, hoa, card)
    await write(stage, an, "Vẫn hỏng em ơi")
    await later(stage, clock)
    await later(stage, clock)
    assert "Mở lại lần 1" in text(card)
    assert stage.staff.topics is not None
    assert [topic.closed for topic in stage.staff.topics.values()] == [False]
    *_, again, told = stage.staff.messages.values()
    assert "Mở lại lần 1" in text(again)
    assert text(told).endswith("Vẫn hỏng em ơi")


async def test_a_reply_long_after_does_not_open_it_again(
    stage: Stage, an: Person, hoa: Person, clock: HandClock, database: Database
) -> None:
    open_forum(stage)
    await resolve(stage, hoa, await complain(stage, an))
    clock.advance(timedelta(days=8))
    await write(stage, an, "Cửa hàng mở mấy giờ?")
    assert row(database, "support_case")["resolved_at"] is not None
    assert row(database, "interaction", body="Cửa hàng mở mấy giờ?")["case_id"] is None


async def test_a_rested_case_says_until_when(stage: Stage, an: Person, hoa: Person) -> None:
    card = await complain(stage, an)
    await tapped(stage, hoa, card, "Tạm hoãn")
    await tapped(stage, hoa, card, "Ngày mai")
    assert "Tạm hoãn đến 08:00 23/11/2026" in text(card)  # tomorrow is a Saturday


async def test_a_canned_reply_quotes_the_customer_and_goes_only_by_a_second_tap(
    stage: Stage, an: Person, hoa: Person
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    seen = len(an.chat.messages)
    await tapped(stage, hoa, card, "Trả lời")
    *_, offer = stage.staff.messages.values()
    await tapped(stage, hoa, offer, "Đang kiểm tra")
    assert len(an.chat.messages) == seen
    assert "Máy hỏng rồi" in text(offer)
    await tapped(stage, hoa, offer, "Gửi")
    assert texts(an.chat)[-1].startswith("Hoa (Hoa Mai):\n\nDạ chị An, em đã nhận việc này")
    assert "Máy hỏng rồi" in texts(an.chat)[-1]
    assert labels(offer) == []


async def test_what_a_customer_says_is_read_although_staff_deleted_the_topic(stage: Stage, an: Person) -> None:
    open_forum(stage)
    await complain(stage, an)
    stage.staff.topics = {}
    await write(stage, an, "Có ai không")
    assert texts(stage.staff)[-1].endswith("Có ai không")


async def test_nothing_goes_to_who_blocked_the_bot_and_the_csm_is_told(stage: Stage, an: Person, hoa: Person) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    an.block()
    await stage.settle()
    await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    assert any("Không gửi được cho Nguyễn Thị An" in one for one in texts(stage.staff))


async def test_a_customer_who_blocks_between_writing_and_sending_gets_nothing_and_the_csm_is_told(
    stage: Stage, an: Person, hoa: Person, clock: HandClock
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    an.chat.bot_status = "kicked"  # and the update that says so is still on its way
    await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    await later(stage, clock)
    assert any("Không gửi được cho Nguyễn Thị An" in one for one in texts(stage.staff))


async def test_who_talks_with_a_person_is_not_answered_by_the_bot_between(
    stage: Stage, an: Person, hoa: Person
) -> None:
    card = await complain(stage, an)
    await write(stage, hoa, "Chị chờ em nhé", chat_id=STAFF_CHAT, reply_to=card.message_id)
    await write(stage, an, "Ok em")
    assert texts(an.chat)[-1] == "Ok em"


async def test_the_messages_of_a_talk_are_confirmed_once_an_hour(stage: Stage, an: Person) -> None:
    await complain(stage, an)
    confirmed = "Bên em đã nhận được tin"
    for words in ("Alo", "Có ai không"):
        await write(stage, an, words)
    assert sum(said.startswith(confirmed) for said in texts(an.chat)) == 1


async def test_a_colleague_who_is_not_staff_cannot_write_to_the_customer(stage: Stage, an: Person) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    guest = stage.person(77, name="Khách")
    stage.staff.people.append(guest.user)
    seen = len(an.chat.messages)
    await write(stage, guest, "Chào", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    assert len(an.chat.messages) == seen
    assert "chưa có trong danh sách nhân viên" in texts(stage.staff)[-1]


@pytest.mark.parametrize("tap", [ClaimCase(1), ResolveCase(1, "other", "solved")])
async def test_a_customer_cannot_tap_what_is_for_staff(
    stage: Stage, an: Person, database: Database, tap: ClaimCase | ResolveCase
) -> None:
    await complain(stage, an)
    newest = max(an.chat.messages)
    an.send_callback(newest, tap.pack())
    await stage.settle()
    untouched = row(database, "support_case")
    assert (untouched["claimed_by"], untouched["resolved_at"]) == (None, None)


async def test_cases_lists_the_most_urgent_first_and_opens_a_card_to_answer(
    stage: Stage, an: Person, hoa: Person, database: Database, clock: HandClock
) -> None:
    await complain(stage, an)
    clock.advance(timedelta(hours=3))
    add_customer(database, name="Trần Bình", chat_id=CHAT + 1)
    await complain(stage, stage.person(1, name="Trần Bình"), "Giao thiếu")
    await write(stage, hoa, "/cases")
    *_, page = hoa.chat.messages.values()
    assert text(page).index("Nguyễn Thị An") < text(page).index("Trần Bình")
    await tapped(stage, hoa, page, "2")
    *_, card = hoa.chat.messages.values()
    assert labels(card) == CARD
    await write(stage, hoa, "Chào anh", reply_to=card.message_id)
    assert texts(stage.messenger.chats[CHAT + 1])[-1] == "Hoa (Hoa Mai):\n\nChào anh"


async def test_staff_open_a_case_and_log_a_call(stage: Stage, an: Person, hoa: Person, database: Database) -> None:
    await write(stage, hoa, "/case an: gọi lại về hợp đồng")
    opened = row(database, "support_case")
    assert (opened["source"], opened["words"], opened["opened_by"]) == ("staff", "gọi lại về hợp đồng", hoa.user.id)
    assert texts(hoa.chat)[-1].startswith(f"Đã mở yêu cầu #{opened['id']} cho Nguyễn Thị An.")
    await write(stage, hoa, "/case an: máy hỏng rồi")
    assert texts(hoa.chat)[-1].startswith(f"📝 Đã ghi thêm vào yêu cầu #{opened['id']} đang mở của Nguyễn Thị An.")
    await write(stage, hoa, "/log an: gọi đã thống nhất giá")
    logged = row(database, "interaction", kind="call")
    assert (logged["body"], logged["case_id"]) == ("đã thống nhất giá", opened["id"])
    spoken_with = row(database, "support_case")
    assert (spoken_with["first_answer_at"], spoken_with["claimed_by"]) == (START, hoa.user.id)
    await write(stage, hoa, "/log an: linh tinh")
    assert "/log Nguyễn An" in texts(hoa.chat)[-1]
    assert len(rows(database, "interaction", staff_id=hoa.user.id)) == 1


async def test_who_is_forgotten_takes_the_topic_with_them(stage: Stage, an: Person, clock: HandClock) -> None:
    open_forum(stage)
    await complain(stage, an, "Máy hỏng rồi")
    an.send_text("/forget")
    await stage.settle()
    asked = list(an.chat.messages.values())[-1]
    an.tap(asked.message_id, labels(asked)[0][0])
    await later(stage, clock)
    assert stage.staff.topics == {}
    assert not any("Máy hỏng rồi" in one for one in texts(stage.staff))


async def test_an_edit_of_somebody_who_works_here_no_more_reaches_no_customer(
    stage: Stage, an: Person, hoa: Person, database: Database, clock: HandClock
) -> None:
    open_forum(stage)
    card = await complain(stage, an)
    answer = await write(stage, hoa, "Chào chị", chat_id=STAFF_CHAT, thread_id=card.thread_id or 0)
    database.write_now(remove_staff, rules=stage.app.bot_data.rules, user_id=hoa.user.id)
    hoa.edit_text(answer.message_id, "Biến đi", chat_id=STAFF_CHAT)
    await stage.settle()
    await later(stage, clock)
    assert texts(an.chat)[-1] == "Hoa (Hoa Mai):\n\nChào chị"


async def test_a_case_in_the_chat_of_somebody_who_works_here_no_more_goes_on_with_a_colleague(
    stage: Stage, an: Person, hoa: Person, database: Database, clock: HandClock
) -> None:
    owner = colleague(stage, database, 101, "Lan")
    rules = replace(stage.app.bot_data.rules, staff_chat_id=None, admin_ids=frozenset({owner.user.id}))
    stage.app.bot_data.rules = rules
    database.write_now(change, table="customer", row_id=1, csm_id=hoa.user.id)
    await write(stage, an, "/feedback Máy hỏng rồi")
    assert labels(last(hoa.chat)) == CARD
    seen = len(hoa.chat.messages)

    database.write_now(remove_staff, rules=rules, user_id=hoa.user.id)
    await stage.settle()
    assert labels(last(owner.chat)) == CARD
    await write(stage, an, "Có ai không?")
    await later(stage, clock)

    assert len(hoa.chat.messages) == seen
    assert texts(owner.chat)[-1].endswith("Có ai không?")
    await write(stage, owner, "Chào chị", reply_to=last(owner.chat).message_id)
    assert texts(an.chat)[-1] == "Lan (Hoa Mai):\n\nChào chị"
