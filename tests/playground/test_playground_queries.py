"""Taps, the menu of commands, descriptions, speed: the rest of the bot's side."""

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from bot.playground.messenger import Messenger
from bot.playground.persons import Person
from bot.playground.refusals import Refusal
from bot.playground.world import Chat

Call = Callable[..., Awaitable[Any]]
TOO_OLD = "Bad Request: query is too old and response timeout expired or query ID is invalid"


@pytest.fixture
async def query(call: Call, an: Person) -> str:
    button = {"text": "9", "callback_data": "nps:9"}
    sent = await call("sendMessage", chat_id=an.user.id, text="?", reply_markup={"inline_keyboard": [[button]]})
    return an.tap(sent["message_id"], "9")


async def test_a_tap_is_answered_once(call: Call, query: str) -> None:
    assert await call("answerCallbackQuery", callback_query_id=query, text="Cảm ơn")
    with pytest.raises(Refusal, match=TOO_OLD):
        await call("answerCallbackQuery", callback_query_id=query)


async def test_a_tap_that_waited_too_long_is_not_answered(call: Call, query: str, clock: Any) -> None:
    clock.step(seconds=16)
    with pytest.raises(Refusal, match=TOO_OLD):
        await call("answerCallbackQuery", callback_query_id=query)


async def test_an_answer_has_at_most_200_characters_and_a_longer_one_can_be_mended(call: Call, query: str) -> None:
    with pytest.raises(Refusal, match="MESSAGE_TOO_LONG"):
        await call("answerCallbackQuery", callback_query_id=query, text="a" * 201)
    assert await call("answerCallbackQuery", callback_query_id=query, text="a" * 200)


async def test_the_bot_introduces_itself(call: Call) -> None:
    me = await call("getMe")
    assert (me["id"], me["is_bot"], me["can_read_all_group_messages"]) == (7_000_000_000, True, False)


async def test_a_chat_can_be_looked_up(call: Call, an: Person, staff_group: Chat) -> None:
    assert (await call("getChat", chat_id=an.user.id))["first_name"] == "Nguyễn Thị An"
    assert (await call("getChat", chat_id=staff_group.id))["title"] == "Staff"


MENU = [{"command": "help", "description": "Trợ giúp"}]


def named(name: str) -> list[dict[str, str]]:
    return [{"command": name, "description": "x"}]


async def test_commands_are_kept_by_scope_and_language(call: Call) -> None:
    await call("setMyCommands", commands=MENU, scope={"type": "all_private_chats"}, language_code="vi")
    assert await call("getMyCommands", scope={"type": "all_private_chats"}, language_code="vi") == MENU
    assert await call("getMyCommands") == []
    assert await call("deleteMyCommands", scope={"type": "all_private_chats"}, language_code="vi")
    assert await call("getMyCommands", scope={"type": "all_private_chats"}, language_code="vi") == []


async def test_a_person_sees_the_narrowest_list_in_their_language(
    call: Call, messenger: Messenger, an: Person, hoa: Person, staff_group: Chat
) -> None:
    hoa.start()
    await call("setMyCommands", commands=named("default"))
    await call("setMyCommands", commands=named("tieng_viet"), language_code="vi")
    await call("setMyCommands", commands=named("one_chat"), scope={"type": "chat", "chat_id": hoa.user.id})
    await call("setMyCommands", commands=named("groups"), scope={"type": "all_group_chats"})

    def seen(person: Person, chat: Chat) -> str:
        name: str = messenger.menus.seen_by(person.user, chat)[0]["command"]
        return name

    assert [seen(an, an.chat), seen(hoa, hoa.chat), seen(hoa, staff_group)] == [
        "tieng_viet",
        "one_chat",
        "groups",
    ]


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"commands": named("Help")}, "BOT_COMMAND_INVALID"),
        ({"commands": named("a" * 33)}, "BOT_COMMAND_INVALID"),
        ({"commands": [{"command": "help", "description": " "}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": [{"command": "help", "description": "a" * 257}]}, "BOT_COMMAND_DESCRIPTION_INVALID"),
        ({"commands": MENU * 101}, "BOT_COMMANDS_TOO_MUCH"),
        ({"commands": ["help"]}, "can't parse BotCommand: expected an Object"),
        ({"commands": MENU, "scope": {"type": "galaxy"}}, "Unsupported type specified"),
        ({"commands": MENU, "scope": {"type": "chat"}}, "Empty chat_id specified"),
        ({"commands": MENU, "scope": {"type": "chat", "chat_id": 5}}, "chat not found"),
        (
            {"commands": MENU, "scope": {"type": "chat_member", "chat_id": -1_002_000_000_001}},
            "Invalid user_id specified",
        ),
        ({"commands": MENU, "language_code": "vietnamese"}, "LANG_CODE_INVALID"),
    ],
)
@pytest.mark.usefixtures("staff_group")
async def test_a_menu_outside_the_rules_is_refused(call: Call, parameters: dict[str, Any], words: str) -> None:
    with pytest.raises(Refusal, match=words):
        await call("setMyCommands", **parameters)


@pytest.mark.parametrize(
    ("method", "field", "longest"),
    [("setMyDescription", "description", 512), ("setMyShortDescription", "short_description", 120)],
)
async def test_a_description_has_its_longest_length(call: Call, method: str, field: str, longest: int) -> None:
    assert await call(method, **{field: "a" * longest})
    with pytest.raises(Refusal, match="BOT_DESCRIPTION_TOO_LONG"):
        await call(method, **{field: "a" * (longest + 1)})


async def send(call: Call, chat_id: int, times: int) -> None:
    for number in range(times):
        await call("sendMessage", chat_id=chat_id, text=str(number))


async def test_one_chat_takes_a_short_burst_and_then_one_message_a_second(call: Call, an: Person, clock: Any) -> None:
    await send(call, an.user.id, 5)
    with pytest.raises(Refusal) as refused:
        await send(call, an.user.id, 1)
    assert refused.value.to_json() == {
        "ok": False,
        "error_code": 429,
        "description": "Too Many Requests: retry after 5",
        "parameters": {"retry_after": 5},
    }
    clock.step(seconds=5)
    await send(call, an.user.id, 5)


async def test_a_group_takes_twenty_messages_a_minute(call: Call, staff_group: Chat, clock: Any) -> None:
    await send(call, staff_group.id, 20)
    clock.step(seconds=30)
    with pytest.raises(Refusal, match="Too Many Requests: retry after 30"):
        await send(call, staff_group.id, 1)


async def test_all_chats_together_take_thirty_messages_a_second(
    call: Call, messenger: Messenger, an: Person, clock: Any
) -> None:
    groups = [messenger.add_group(-1_002_000_000_100 - number, "G", [an.user]) for number in range(2)]
    for group in groups:
        await send(call, group.id, 15)
    with pytest.raises(Refusal, match="Too Many Requests: retry after 1"):
        await send(call, an.user.id, 1)
    clock.step(seconds=1)
    await send(call, an.user.id, 1)


async def test_a_refused_message_counts_for_nothing(call: Call, an: Person) -> None:
    for _ in range(10):
        with pytest.raises(Refusal, match="message is too long"):
            await call("sendMessage", chat_id=an.user.id, text="a" * 5000)
    await send(call, an.user.id, 5)


async def test_the_speed_limits_can_be_switched_off(call: Call, messenger: Messenger, an: Person) -> None:
    messenger.limits.enforced = False
    await send(call, an.user.id, 40)
