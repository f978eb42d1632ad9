"""The bot's menu of commands, kept by scope and language."""

import re
from typing import Any

from bot.playground.refusals import JsonObject, bad_request
from bot.playground.world import Chat, User

MOST_COMMANDS = 100
_NAME = re.compile(r"[a-z0-9_]{1,32}")
_SCOPES = frozenset(
    {
        "default",
        "all_private_chats",
        "all_group_chats",
        "all_chat_administrators",
        "chat",
        "chat_administrators",
        "chat_member",
    }
)
_Key = tuple[str, int, int, str]


class CommandMenus:
    """setMyCommands, and which of the lists a person sees.

    Source: https://core.telegram.org/bots/api#determining-list-of-commands
    """

    def __init__(self) -> None:
        self._lists: dict[_Key, list[JsonObject]] = {}

    def set(self, commands: list[Any], scope: JsonObject | None, language: str) -> None:
        key = _key(scope, language)
        if len(commands) > MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        self._lists[key] = [_command(command) for command in commands]

    def get(self, scope: JsonObject | None, language: str) -> list[JsonObject]:
        return self._lists.get(_key(scope, language), [])

    def delete(self, scope: JsonObject | None, language: str) -> None:
        self._lists.pop(_key(scope, language), None)

    def seen_by(self, user: User, chat: Chat) -> list[JsonObject]:
        """The first list that is not empty, narrowest scope first, the person's language before none."""
        for scope in _scopes_of(user, chat):
            for language in (user.language_code[:2], ""):
                if commands := self._lists.get((*scope, language)):
                    return commands
        return []


def _scopes_of(user: User, chat: Chat) -> list[tuple[str, int, int]]:
    if chat.is_private:
        return [("chat", chat.id, 0), ("all_private_chats", 0, 0), ("default", 0, 0)]
    return [("chat_member", chat.id, user.id), ("chat", chat.id, 0), ("all_group_chats", 0, 0), ("default", 0, 0)]


def _key(scope: JsonObject | None, language: str) -> _Key:
    scope = scope or {"type": "default"}
    if scope.get("type") not in _SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    needs_chat = scope["type"] in {"chat", "chat_administrators", "chat_member"}
    if needs_chat and not scope.get("chat_id"):
        raise bad_request("can't parse BotCommandScope: Empty chat_id specified")
    if scope["type"] == "chat_member" and not scope.get("user_id"):
        raise bad_request("can't parse BotCommandScope: Invalid user_id specified")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("LANG_CODE_INVALID")
    return scope["type"], int(scope.get("chat_id", 0)), int(scope.get("user_id", 0)), language


def _command(command: Any) -> JsonObject:  # noqa: ANN401  JSON from the bot
    if not isinstance(command, dict):
        raise bad_request("can't parse BotCommand: expected an Object")
    name, description = str(command.get("command", "")), str(command.get("description", ""))
    if not _NAME.fullmatch(name.removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(description.strip()) <= 256:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
    return {"command": name.removeprefix("/"), "description": description.strip()}
