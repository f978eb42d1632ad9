"""The real application over the playground's strict transport, on a clock moved by hand: the bot as people meet it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, Protocol

from bot.app import build
from bot.domain.rules import DeliveryRules, ReviewRules, Rules
from bot.playground.messenger import Messenger
from bot.playground.persons import Person
from bot.playground.transport import PlaygroundRequest
from bot.playground.world import Chat, Message, User
from handlers.sender import Sender
from handlers.updates import ALLOWED, Intake
from storage.database import Database
from tests.factories import CHAT, STAFF_CHAT

TOKEN = "1:demo"  # noqa: S105  of a messenger that takes any
# A standing clock would hold everything back that comes after the first burst; reviews have tests of their own.
RULES = Rules(
    business="Hoa Mai",
    staff_chat_id=STAFF_CHAT,
    delivery=DeliveryRules(per_second=1000),
    reviews=ReviewRules(weekly_at=None, monthly_at=None),
)


class Clock(Protocol):
    def now(self) -> datetime: ...


class Stage:
    """People, their chats, and the bot, which acts when told to `settle`."""

    def __init__(self, database: Database, clock: Clock, rules: Rules) -> None:
        self.database = database
        self.messenger = Messenger(now=clock.now, limits_enforced=False)
        transport = PlaygroundRequest(self.messenger)
        self.app = build(
            rules, database, token=TOKEN, api_url="https://playground", request=transport, updates_request=transport
        )
        self.intake = Intake(self.app)
        self.sender = Sender(self.app.bot, self.app.bot_data, owner="stage")
        self.staff = self.messenger.add_group(STAFF_CHAT, "Staff", [])
        self._offset = 0

    def person(self, number: int = 0, *, name: str = "An", started: bool = True, language: str = "vi") -> Person:
        """Somebody with Telegram, whose private chat with the bot is open unless they never started it."""
        user = User(id=CHAT + number, first_name=name, language_code=language, phone_number=f"+8491234567{number}")
        person = self.messenger.add_person(user)
        person.chat.started = started
        return person

    async def settle(self) -> None:
        """Let the bot handle what people did, and send what may go now."""
        while batch := await self.app.bot.get_updates(offset=self._offset, timeout=0, allowed_updates=ALLOWED):
            await self.intake.accept(batch)
            await self.intake.finish()
            self._offset = batch[-1].update_id + 1
        await self.sender.drain()


@asynccontextmanager
async def open_stage(database: Database, clock: Clock, rules: Rules = RULES) -> AsyncIterator[Stage]:
    """A bot that is initialized."""
    stage = Stage(database, clock, rules)
    async with stage.app:
        yield stage


def last(chat: Chat) -> Message:
    """The newest message of a chat."""
    return chat.messages[max(chat.messages)]


def text(message: Message) -> str:
    return str(message.content.get("text", ""))


def labels(message: Message) -> list[list[str]]:
    """The labels of a message's inline buttons."""
    markup: dict[str, Any] = message.reply_markup or {}
    return [[button["text"] for button in row] for row in markup.get("inline_keyboard", [])]
