"""The commands menu, and what the bot's page says."""

from dataclasses import replace
from http import HTTPStatus

import pytest

from bot.domain.messages import Language, Message
from bot.domain.rules import Rules
from bot.playground.refusals import Refusal
from handlers import commands
from handlers.routes import COMMANDS
from storage.database import Database
from tests.factories import CHAT, STAFF_CHAT, add_staff
from tests.stage import Stage

CUSTOMERS = [
    "help",
    "feedback",
    "cancel",
    "language",
    "settings",
    "stop",
    "resume",
    "privacy",
    "mydata",
    "forget",
    "plan",
]
STAFF = [command.name for command in COMMANDS if command.role is not None]


def menu(stage: Stage, scope: dict[str, object], language: str = "") -> dict[str, str]:
    return {one["command"]: one["description"] for one in stage.messenger.menus.get(scope, language)}


def chat(chat_id: int) -> dict[str, object]:
    return {"type": "chat", "chat_id": chat_id}


async def test_customers_see_their_commands_in_their_language(stage: Stage) -> None:
    await commands.register(stage.app)
    everybody: dict[str, object] = {"type": "all_private_chats"}
    assert list(menu(stage, everybody)) == list(menu(stage, everybody, "en")) == CUSTOMERS
    assert menu(stage, everybody)["feedback"] == menu(stage, everybody, "vi")["feedback"] == "Gửi góp ý"
    assert menu(stage, everybody, "en")["feedback"] == "Tell us what you think"


async def test_staff_and_owners_see_theirs_too_each_in_their_language(stage: Stage, database: Database) -> None:
    add_staff(database, CHAT, language="en")
    stage.person()
    stage.person(1)
    stage.app.bot_data.rules = replace(stage.app.bot_data.rules, admin_ids=frozenset({CHAT, CHAT + 1}))
    await commands.register(stage.app)
    assert list(menu(stage, chat(CHAT))) == STAFF + [name for name in CUSTOMERS if name not in STAFF]
    assert menu(stage, chat(CHAT))["why"].startswith("What is sent")
    assert menu(stage, chat(CHAT + 1))["why"].startswith("Sắp gửi gì")
    assert list(menu(stage, chat(STAFF_CHAT))) == STAFF


async def test_staff_who_have_not_opened_the_chat_do_not_keep_the_others_from_theirs(
    stage: Stage, database: Database
) -> None:
    add_staff(database, CHAT, name="A")
    add_staff(database, CHAT + 1, name="B")
    stage.person(1)
    await commands.register(stage.app)
    assert menu(stage, chat(CHAT)) == {}
    assert list(menu(stage, chat(CHAT + 1))) == STAFF + [name for name in CUSTOMERS if name not in STAFF]


async def test_a_staff_group_with_a_new_id_does_not_keep_the_bot_from_starting(stage: Stage) -> None:
    stage.staff.people.append(stage.person().user)
    stage.messenger.upgrade_group(STAFF_CHAT, to=STAFF_CHAT - 1)
    await commands.register(stage.app)
    assert menu(stage, chat(STAFF_CHAT)) == {}


async def test_a_messenger_that_fails_does_not_keep_the_bot_from_starting(
    stage: Stage, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise Refusal(HTTPStatus.BAD_GATEWAY, "Bad Gateway")

    monkeypatch.setattr(stage.messenger.menus, "set", fail)
    await commands.register(stage.app)
    assert "the menus were not set (NetworkError)" in caplog.text


@pytest.mark.parametrize("language", Language)
async def test_every_command_has_words_that_telegram_takes(stage: Stage, language: Language) -> None:
    for command in (*commands.FOR_STAFF, *commands.OFFERED_TO_CUSTOMERS):
        words = stage.app.bot_data.renderer.part(Message("commands", language), command)
        assert 1 <= len(words) <= 256


async def test_a_long_business_name_still_fits_the_bots_page(database: Database, stage: Stage) -> None:
    stage.app.bot_data.renderer = type(stage.app.bot_data.renderer)(Rules(business="Hoa Mai " * 200))
    await commands.register(stage.app)
    written = stage.messenger.descriptions
    assert {field: len(words) for (field, _), words in written.items()} == {
        "description": 512,
        "short_description": 120,
    }
    assert {language for _, language in written} == {"", "vi", "en"}
