"""What is there: people, the chats they share with the bot, and the messages in them."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from bot.playground.refusals import JsonObject

Role = Literal["customer", "csm", "manager", "admin"]
ChatType = Literal["private", "group", "supergroup"]


@dataclass(frozen=True, kw_only=True)
class User:
    """A Telegram account. `phone_number` is told to a bot only by sharing a contact."""

    id: int
    first_name: str
    last_name: str = ""
    username: str = ""
    language_code: str = ""
    phone_number: str = ""
    is_bot: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()

    @property
    def given_name(self) -> str:
        """What they are called by: in a Vietnamese name the last word."""
        return self.first_name.split()[-1]

    def to_json(self) -> JsonObject:
        return {"id": self.id, "is_bot": self.is_bot, "first_name": self.first_name} | _given(
            last_name=self.last_name, username=self.username, language_code=self.language_code
        )


@dataclass(kw_only=True, eq=False)
class Message:
    """One message; `content` holds the fields that make its kind: text and entities, photo and caption, and so on."""

    message_id: int
    chat: "Chat"
    sender: User
    date: datetime
    content: JsonObject
    reply_markup: JsonObject | None = None
    reply_to: "Message | None" = None
    edited_at: datetime | None = None
    thread_id: int | None = None
    reactions: list[JsonObject] = field(default_factory=list)

    @property
    def inline_keyboard(self) -> list[list[JsonObject]]:
        rows: list[list[JsonObject]] = (self.reply_markup or {}).get("inline_keyboard", [])
        return rows

    def to_json(self) -> JsonObject:
        """The message as the Bot API shows it."""
        shown: JsonObject = {
            "message_id": self.message_id,
            "from": self.sender.to_json(),
            "chat": self.chat.to_json(),
            "date": int(self.date.timestamp()),
            **self.content,
        }
        if self.edited_at is not None:
            shown["edit_date"] = int(self.edited_at.timestamp())
        if self.inline_keyboard:
            shown["reply_markup"] = {"inline_keyboard": self.inline_keyboard}
        if self.thread_id is not None:
            shown |= {"message_thread_id": self.thread_id, "is_topic_message": True}
        if self.reply_to is not None:
            shown["reply_to_message"] = self.reply_to.without_reply()
        return shown

    def without_reply(self) -> JsonObject:
        """Telegram nests replies one level deep."""
        return {key: value for key, value in self.to_json().items() if key != "reply_to_message"}


@dataclass(kw_only=True)
class Topic:
    """A topic of a forum, known by the id of the message that created it."""

    thread_id: int
    name: str
    closed: bool = False


@dataclass(kw_only=True, eq=False)
class Chat:
    """A conversation the bot may be part of.

    `bot_status` is the bot's standing as ChatMember.status has it; in a private chat "kicked" means blocked.
    `started` says whether the person of a private chat has ever written to the bot. `topics` is None unless the chat is
    a forum.
    """

    id: int
    type: ChatType
    title: str = ""
    people: list[User] = field(default_factory=list)
    bot_status: Literal["member", "administrator", "kicked", "left"] = "member"
    started: bool = False
    migrated_to: int | None = None
    messages: dict[int, Message] = field(default_factory=dict)
    reply_keyboard: JsonObject | None = None
    topics: dict[int, Topic] | None = None

    @property
    def is_private(self) -> bool:
        return self.type == "private"

    def to_json(self) -> JsonObject:
        if not self.is_private:
            forum = {"is_forum": True} if self.topics is not None else {}
            return {"id": self.id, "type": self.type, "title": self.title, **forum}
        person = self.people[0]
        return {"id": self.id, "type": self.type, "first_name": person.first_name} | _given(
            last_name=person.last_name, username=person.username
        )


def _given(**fields: str) -> JsonObject:
    return {name: value for name, value in fields.items() if value}
