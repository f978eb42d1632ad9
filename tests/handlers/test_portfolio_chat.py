"""What staff do about their customers, in their private chat and in the staff group."""

import pytest

from bot.domain.taps import CloseInteraction, ListPage, PickCustomer, ShowCustomer
from bot.playground.persons import Person
from bot.playground.world import Chat, Message
from storage.database import Database
from tests.factories import CHAT, STAFF_CHAT, add_customer, add_staff, row, rows
from tests.stage import Stage, labels, last, text

CSM = 100


def csm(stage: Stage, database: Database, **columns: object) -> Person:
    """Hoa, who speaks Vietnamese and is in the staff group."""
    add_staff(database, CHAT + CSM, **{"name": "Hoa", "language": "vi", **columns})
    hoa = stage.person(CSM, name="Hoa", language="en")
    stage.staff.people.append(hoa.user)
    return hoa


def two_namesakes(database: Database) -> tuple[int, int]:
    return (
        add_customer(database, name="Nguyễn Thị An", external_id="KH-1"),
        add_customer(database, name="Trần Ân", external_id="KH-2", chat_id=CHAT + 1, plan=""),
    )


async def said(stage: Stage, person: Person, words: str) -> Message:
    """What the bot answers to a command."""
    person.send_text(words)
    await stage.settle()
    return last(person.chat)


async def tapped(stage: Stage, person: Person, message: Message, label: str, chat: Chat | None = None) -> str:
    """What the message says after a tap on one of its buttons."""
    person.tap(message.message_id, label, chat_id=chat.id if chat else None)
    await stage.settle()
    return text(message)


async def test_a_profile_is_found_without_accents(stage: Stage, database: Database) -> None:
    two_namesakes(database)
    page = await said(stage, csm(stage, database), "/customer nguyen thi an")
    assert text(page).startswith("Nguyễn Thị An · KH-1\nGói gold")
    assert labels(page) == [["Sắp gửi gì?", "Lộ trình", "Sức khỏe"]]


async def test_namesakes_are_offered_and_the_choice_becomes_the_profile_and_leads_on_from_there(
    stage: Stage, database: Database
) -> None:
    two_namesakes(database)
    hoa = csm(stage, database)
    choice = await said(stage, hoa, "/customer an")
    assert labels(choice) == [["Nguyễn Thị An · gold · KH-1"], ["Trần Ân · KH-2"]]
    assert (await tapped(stage, hoa, choice, "Trần Ân · KH-2")).startswith("Trần Ân · KH-2")
    assert "Sắp tới\nKhông có tin nào sắp gửi." in await tapped(stage, hoa, choice, "Sắp gửi gì?")
    assert (await tapped(stage, hoa, choice, "Hồ sơ")).startswith("Trần Ân · KH-2")
    assert "/start" not in await tapped(stage, hoa, choice, "Lộ trình")


@pytest.mark.parametrize("command", ["customer", "why", "note", "survey", "plan", "lost"])
async def test_a_command_without_a_name_says_how_it_is_written(stage: Stage, database: Database, command: str) -> None:
    page = await said(stage, csm(stage, database), f"/{command}")
    assert f"/{command} " in text(page)


async def test_a_note_is_kept_as_it_was_written(stage: Stage, database: Database) -> None:
    an, _ = two_namesakes(database)
    page = await said(stage, csm(stage, database), "/note nguyen thi an: thích gọi sáng\nvà trà")
    kept = row(database, "interaction")
    assert (kept["customer_id"], kept["body"]) == (an, "thích gọi sáng\nvà trà")
    assert (kept["kind"], kept["staff_id"]) == ("note", CHAT + CSM)
    assert text(page) == "Đã ghi vào hồ sơ Nguyễn Thị An: thích gọi sáng và trà"
    assert rows(database, "command_text") == []


async def test_a_long_note_for_one_of_several_survives_the_choice_and_is_kept_once(
    stage: Stage, database: Database
) -> None:
    _, an = two_namesakes(database)
    hoa = csm(stage, database)
    note = "thích được gọi buổi sáng " * 100
    choice = await said(stage, hoa, f"/note an: {note}")
    assert rows(database, "interaction") == []
    hoa.tap(choice.message_id, "Trần Ân · KH-2")
    assert "Đã ghi vào hồ sơ Trần Ân" in await tapped(stage, hoa, choice, "Trần Ân · KH-2")
    kept = row(database, "interaction")
    assert (kept["customer_id"], kept["body"]) == (an, note.strip())


async def test_a_message_becomes_a_note_by_a_reply(stage: Stage, database: Database) -> None:
    two_namesakes(database)
    hoa = csm(stage, database)
    about = hoa.send_text("An dặn giao sau sáu giờ", chat_id=STAFF_CHAT)
    hoa.send_text("/note nguyen thi an", chat_id=STAFF_CHAT, reply_to=about.message_id)
    await stage.settle()
    assert row(database, "interaction", kind="note")["body"] == "An dặn giao sau sáu giờ"


async def test_the_staff_group_is_answered_in_the_group_in_the_askers_language(
    stage: Stage, database: Database
) -> None:
    two_namesakes(database)
    hoa = csm(stage, database, language="en")
    hoa.send_text("/customer an", chat_id=STAFF_CHAT)
    await stage.settle()
    choice = last(stage.staff)
    assert "Whom do you mean?" in text(choice)
    assert "Customer since" in await tapped(stage, hoa, choice, "Trần Ân · KH-2", stage.staff)
    assert hoa.chat.messages == {}


async def test_a_survey_is_queued_for_the_customer_who_is_picked_and_arrives(stage: Stage, database: Database) -> None:
    two_namesakes(database)
    an, hoa = stage.person(1), csm(stage, database)
    choice = await said(stage, hoa, "/survey csat an về buổi đào tạo")
    assert "khảo sát CSAT về “buổi đào tạo” cho Trần Ân" in await tapped(stage, hoa, choice, "Trần Ân · KH-2")
    await stage.settle()
    assert "buổi đào tạo" in text(last(an.chat))
    assert "Hôm nay đã có khảo sát CSAT" in text(await said(stage, hoa, "/survey csat KH-2"))


async def test_the_list_is_numbered_and_turned_and_stays_when_a_profile_is_opened(
    stage: Stage, database: Database
) -> None:
    for number in range(10):
        add_customer(database, name=f"Lan {number}", chat_id=CHAT + number)
    hoa = csm(stage, database)
    page = await said(stage, hoa, "/customers lan")
    assert labels(page) == [list("1234"), list("5678"), ["Sau ›"]]
    assert "10 khách hàng có “lan” trong tên. Đang xem 1–8" in text(page)
    assert "9. Lan 8" in await tapped(stage, hoa, page, "Sau ›")
    assert labels(page) == [["9", "10"], ["‹ Trước"]]
    await tapped(stage, hoa, page, "10")
    assert text(last(hoa.chat)).startswith("Lan 9 · #10")
    assert "9. Lan 8" in text(page)


async def test_an_empty_list_says_what_to_do(stage: Stage, database: Database) -> None:
    hoa = csm(stage, database)
    assert "touchpoint import customers" in text(await said(stage, hoa, "/customers"))
    assert "Không có khách hàng nào" in text(await said(stage, hoa, "/customers Bình"))


async def test_a_message_is_marked_as_dealt_with_once(stage: Stage, database: Database) -> None:
    add_customer(database)
    an, hoa = stage.person(), csm(stage, database)
    an.send_text("Giao hàng chậm")
    await stage.settle()
    notice = last(stage.staff)
    assert "Đã xử lý xong – Hoa" in await tapped(stage, hoa, notice, "Đã xử lý xong", stage.staff)
    assert labels(notice) == []
    assert row(database, "interaction")["closed_by"] == CHAT + CSM
    hoa.send_callback(notice.message_id, CloseInteraction(1).pack(), chat_id=STAFF_CHAT)
    await stage.settle()
    assert "đã được xử lý trước đó" in text(notice)


@pytest.mark.parametrize("tap", [PickCustomer("customer", 1, ""), ShowCustomer(1), ListPage(0, 0), CloseInteraction(1)])
async def test_a_customer_cannot_tap_what_staff_tap(
    stage: Stage, database: Database, tap: PickCustomer | ShowCustomer | ListPage | CloseInteraction
) -> None:
    add_customer(database)
    an = stage.person()
    help_page = await said(stage, an, "/help")
    an.send_callback(help_page.message_id, tap.pack())
    await stage.settle()
    assert "chỉ dành cho nhân viên" in text(last(an.chat))
    assert "gold" not in " ".join(text(message) for message in an.chat.messages.values())


async def test_a_choice_for_a_command_that_does_not_exist_is_a_stale_button(stage: Stage, database: Database) -> None:
    add_customer(database)
    hoa = csm(stage, database)
    page = await said(stage, hoa, "/customers")
    hoa.send_callback(page.message_id, PickCustomer("nothing", 1, "").pack())
    await stage.settle()
    assert last(hoa.chat).message_id > page.message_id
    assert rows(database, "inbox") == []


async def test_an_owner_needs_no_row_to_look(stage: Stage, database: Database) -> None:
    add_customer(database, phone="+84901234567")
    owner = stage.person(CSM)
    house = stage.app.bot_data
    house.rules = type(house.rules)(admin_ids=frozenset({owner.user.id}))
    assert "+84901234567" in text(await said(stage, owner, "/customer an"))
