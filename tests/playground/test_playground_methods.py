"""The table of methods against the published description of the Bot API."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.playground import botapi
from bot.playground.parameters import METHODS
from bot.playground.persons import Person
from bot.playground.refusals import Refusal

DESCRIPTION = Path("/work/shared/botapi/api.json")
Call = Callable[..., Awaitable[Any]]


@pytest.fixture(scope="module")
def published() -> dict[str, Any]:
    if not DESCRIPTION.exists():
        pytest.skip(f"the published description of the Bot API is not on this machine: {DESCRIPTION}")
    methods: dict[str, Any] = json.loads(DESCRIPTION.read_text())["methods"]
    return methods


@pytest.mark.parametrize("method", METHODS)
def test_a_method_takes_the_parameters_that_telegram_publishes(method: str, published: dict[str, Any]) -> None:
    fields = published[method].get("fields", [])
    ours = {name: (list(parameter.types), parameter.required) for name, parameter in METHODS[method].items()}
    assert ours == {field["name"]: (field["types"], field["required"]) for field in fields}


def test_every_method_of_the_table_is_answered() -> None:
    assert set(METHODS) == set(botapi._METHODS) | {"getUpdates"}  # noqa: SLF001  the table has no other reader


async def test_an_unknown_method_is_not_found(call: Call) -> None:
    with pytest.raises(Refusal) as refused:
        await call("sendTelepathy", chat_id=1)
    assert refused.value.to_json() == {
        "ok": False,
        "error_code": 404,
        "description": "Not Found: method not found",
    }


async def test_a_method_is_known_in_any_case_of_letters(call: Call, an: Person) -> None:
    assert (await call("SENDMESSAGE", chat_id=an.user.id, text="Chào"))["text"] == "Chào"


@pytest.mark.parametrize(
    ("method", "words"),
    [
        ("sendMessage", "chat_id is empty"),
        ("sendChatAction", "chat_id is empty"),
        ("getFile", "file_id not specified"),
        ("setMyCommands", 'parameter "commands" is required'),
        ("answerCallbackQuery", "query is too old"),
    ],
)
async def test_a_missing_parameter_is_named(call: Call, method: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        await call(method)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"message_id": "seven"}, "message_id is not a valid Integer"),
        ({"message_id": 1, "reply_markup": "{"}, "can't parse reply keyboard markup JSON object"),
        ({"message_id": 1, "reply_markup": []}, "expected an Object as reply_markup"),
        ({"message_id": 1, "business_connection_id": "x"}, "business connection not found"),
    ],
)
async def test_a_parameter_of_the_wrong_type_is_refused(
    call: Call, an: Person, parameters: dict[str, Any], words: str
) -> None:
    with pytest.raises(Refusal, match=words):
        await call("editMessageReplyMarkup", chat_id=an.user.id, **parameters)


async def test_a_parameter_unknown_to_the_method_is_ignored(call: Call, an: Person) -> None:
    assert await call("sendMessage", chat_id=an.user.id, text="Chào", colour="red")
