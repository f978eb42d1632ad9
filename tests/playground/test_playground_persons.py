"""The person's side: every act makes the update that Telegram would make."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.playground.messenger import Messenger
from bot.playground.persons import NotPossible, Person
from bot.playground.world import Chat, User

Call = Callable[..., Awaitable[Any]]


async def heard(call: Call) -> list[dict[str, Any]]:
    """Take all updates and confirm them."""
    updates: list[dict[str, Any]] = await call("getUpdates")
    if updates:
        await call("getUpdates", offset=updates[-1]["update_id"] + 1)
    return updates


async def test_a_start_from_a_deep_link_carries_its_payload(call: Call, stranger: Person) -> None:
    stranger.start("abc_1-Z")
    (update,) = await heard(call)
    assert update["message"]["text"] == "/start abc_1-Z"
    assert update["message"]["entities"] == [{"type": "bot_command", "offset": 0, "length": 6}]
    assert update["message"]["from"] == {
        "id": 7_000_000_001,
        "is_bot": False,
        "first_name": "Nguyễn Thị An",
        "language_code": "vi",
    }


async def test_a_start_button_sends_the_payload_it_was_given(call: Call, messenger: Messenger) -> None:
    messenger.add_person(User(id=5, first_name="Đức"), start_payload="code1").start()
    (update,) = await heard(call)
    assert update["message"]["text"] == "/start code1"


@pytest.mark.parametrize("payload", ["a" * 65, "a b", "ấ"])
def test_a_payload_outside_the_alphabet_or_the_length_is_not_possible(stranger: Person, payload: str) -> None:
    with pytest.raises(NotPossible):
        stranger.start(payload)


async def test_blocking_and_starting_again_are_told_to_the_bot(call: Call, an: Person) -> None:
    await heard(call)
    an.block()
    an.start()
    blocked, unblocked, start = await heard(call)
    assert blocked["my_chat_member"]["new_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["old_chat_member"]["status"] == "kicked"
    assert unblocked["my_chat_member"]["new_chat_member"]["status"] == "member"
    assert start["message"]["text"] == "/start"


def test_nothing_can_be_written_to_a_blocked_bot(an: Person) -> None:
    an.block()
    with pytest.raises(NotPossible):
        an.send_text("a")
    with pytest.raises(NotPossible):
        an.block()


def test_a_bot_that_was_never_started_cannot_be_blocked(stranger: Person) -> None:
    with pytest.raises(NotPossible):
        stranger.block()


@pytest.mark.parametrize("text", [" \n ", "a" * 4097])
def test_a_text_has_1_to_4096_characters(an: Person, text: str) -> None:
    with pytest.raises(NotPossible):
        an.send_text(text)


async def test_an_own_text_can_be_edited(call: Call, an: Person, clock: Any) -> None:
    sent = an.send_text("Tốt")
    await heard(call)
    clock.step(minutes=1)
    an.edit_text(sent.message_id, "Rất tốt")
    (update,) = await heard(call)
    edited = update["edited_message"]
    assert (edited["message_id"], edited["text"]) == (sent.message_id, "Rất tốt")
    assert edited["edit_date"] - edited["date"] == 60


async def test_the_bots_text_cannot_be_edited_by_a_person(call: Call, an: Person) -> None:
    sent = await call("sendMessage", chat_id=an.user.id, text="a")
    with pytest.raises(NotPossible):
        an.edit_text(sent["message_id"], "b")


async def test_an_own_contact_carries_the_own_id(call: Call, an: Person) -> None:
    await heard(call)
    an.share_contact()
    (update,) = await heard(call)
    assert update["message"]["contact"] == {
        "phone_number": "+84901234567",
        "first_name": "Nguyễn Thị An",
        "user_id": an.user.id,
    }


async def test_a_foreign_contact_carries_the_foreign_id(call: Call, an: Person) -> None:
    await heard(call)
    an.share_contact(User(id=9, first_name="Bình", last_name="Trần", phone_number="+8490"))
    (update,) = await heard(call)
    assert (update["message"]["from"]["id"], update["message"]["contact"]["user_id"]) == (an.user.id, 9)


def test_who_has_no_phone_has_no_contact(hoa: Person) -> None:
    with pytest.raises(NotPossible):
        hoa.share_contact()


async def offer(call: Call, chat_id: int, markup: dict[str, Any]) -> int:
    sent = await call("sendMessage", chat_id=chat_id, text="?", reply_markup=markup)
    message_id: int = sent["message_id"]
    return message_id


SCORES = {
    "inline_keyboard": [
        [{"text": "0", "callback_data": "nps:0"}, {"text": "1", "callback_data": "nps:1"}],
        [{"text": "Web", "url": "https://a.vn"}],
    ]
}


async def test_a_tap_tells_who_tapped_what_where(call: Call, an: Person) -> None:
    message_id = await offer(call, an.user.id, SCORES)
    await heard(call)
    by_label, by_place = an.tap(message_id, "1"), an.tap_at(message_id, 0, 1)
    first, second = await heard(call)
    assert (first["callback_query"]["id"], second["callback_query"]["id"]) == (by_label, by_place)
    for query in (first["callback_query"], second["callback_query"]):
        assert (query["data"], query["from"]["id"]) == ("nps:1", an.user.id)
        assert query["message"]["reply_markup"] == SCORES


async def test_a_stale_app_can_send_data_that_is_no_longer_on_a_button(call: Call, an: Person) -> None:
    message_id = await offer(call, an.user.id, SCORES)
    await heard(call)
    an.send_callback(message_id, "nps:10")
    (update,) = await heard(call)
    assert update["callback_query"]["data"] == "nps:10"


@pytest.mark.parametrize(("row", "column"), [(0, 2), (2, 0), (-1, 0), (1, 0)])
async def test_only_a_button_that_is_there_and_speaks_to_the_bot_can_be_tapped(
    call: Call, an: Person, row: int, column: int
) -> None:
    message_id = await offer(call, an.user.id, SCORES)
    with pytest.raises(NotPossible):
        an.tap_at(message_id, row, column)


async def test_a_label_that_is_not_there_cannot_be_tapped(call: Call, an: Person) -> None:
    message_id = await offer(call, an.user.id, SCORES)
    with pytest.raises(NotPossible):
        an.tap(message_id, "11")
    with pytest.raises(NotPossible):
        an.tap(message_id + 1, "0")


async def test_a_one_time_keyboard_goes_when_it_was_used(call: Call, an: Person) -> None:
    keyboard = {"keyboard": [[{"text": "Để sau"}]], "one_time_keyboard": True}
    await offer(call, an.user.id, keyboard)
    assert an.chat.reply_keyboard == keyboard
    an.send_text("Để sau")
    assert an.chat.reply_keyboard is None


async def test_a_keyboard_stays_until_the_bot_removes_it(call: Call, an: Person) -> None:
    await offer(call, an.user.id, {"keyboard": [["Để sau"]]})
    an.send_text("Để sau")
    assert an.chat.reply_keyboard is not None
    await offer(call, an.user.id, {"remove_keyboard": True})
    assert an.chat.reply_keyboard is None


async def test_an_administrator_bot_hears_everything_in_a_group(call: Call, hoa: Person, staff_group: Chat) -> None:
    hoa.send_text("Chào cả nhà", chat_id=staff_group.id)
    (update,) = await heard(call)
    assert update["message"]["chat"] == {"id": staff_group.id, "type": "supergroup", "title": "Staff"}


async def test_a_member_bot_hears_commands_and_replies_only(call: Call, hoa: Person, staff_group: Chat) -> None:
    staff_group.bot_status = "member"
    sent = await call("sendMessage", chat_id=staff_group.id, text="?")
    hoa.send_text("Chào cả nhà", chat_id=staff_group.id)
    hoa.send_text("/report", chat_id=staff_group.id)
    hoa.send_text("Để em", chat_id=staff_group.id, reply_to=sent["message_id"])
    assert [update["message"]["text"] for update in await heard(call)] == ["/report", "Để em"]


def test_who_is_no_member_cannot_write_in_a_group(an: Person, staff_group: Chat) -> None:
    with pytest.raises(NotPossible):
        an.send_text("a", chat_id=staff_group.id)
