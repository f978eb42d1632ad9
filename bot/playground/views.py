"""The playground as the page shows it: plain JSON for chats, people and the clock."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import islice

from bot.domain.messages import Language
from bot.playground.clock import ClockMover
from bot.playground.messenger import Messenger
from bot.playground.refusals import JsonObject
from bot.playground.world import Chat, Message

SHOWN_MESSAGES = 200


@dataclass(frozen=True)
class Playground:
    """Everything the page looks at. `time_zone` is the business's, by its IANA name; `language` is vi or en.

    `speak` tells the bot the language in which the page was opened.
    """

    messenger: Messenger
    mover: ClockMover
    time_zone: str
    language: str
    speak: Callable[[Language], Awaitable[None]]

    def clock(self) -> JsonObject:
        """The playground's time in milliseconds since 1970, as JavaScript counts."""
        return {"now": int(self.messenger.now().timestamp() * 1000), "moving": self.mover.moving}

    def overview(self) -> JsonObject:
        chats = [self.summary(chat) for chat in self.messenger.chats.values() if chat.migrated_to is None]
        return {
            "clock": self.clock(),
            "time_zone": self.time_zone,
            "bot": self.messenger.bot.to_json(),
            "chats": chats,
        }

    def summary(self, chat: Chat) -> JsonObject:
        """One line of the list of chats."""
        last = next(reversed(chat.messages.values()), None)
        return {
            "id": chat.id,
            "type": chat.type,
            "title": chat.title or chat.people[0].full_name,
            "initial": (chat.title or chat.people[0].given_name)[0].upper(),
            "role": self.messenger.persons[chat.id].role if chat.is_private else "group",
            "featured": not chat.is_private or self.messenger.persons[chat.id].featured,
            "started": chat.started or not chat.is_private,
            "blocked": chat.is_private and chat.bot_status == "kicked",
            "last": None if last is None else last.to_json(),
        }

    def conversation(self, chat: Chat) -> JsonObject:
        """One chat, opened: its latest messages and all that can be done in it."""
        older = max(len(chat.messages) - SHOWN_MESSAGES, 0)
        return {
            "chat": self.summary(chat),
            "messages": [_shown(message) for message in islice(chat.messages.values(), older, None)],
            "people": [
                {
                    "id": person.id,
                    "name": person.full_name,
                    "has_phone": bool(person.phone_number),
                    "commands": self.messenger.menus.seen_by(person, chat),
                }
                for person in chat.people
            ],
            "topics": {topic.thread_id: topic.name for topic in (chat.topics or {}).values()},
            "reply_keyboard": chat.reply_keyboard,
            "description": self._description(chat),
        }

    def _description(self, chat: Chat) -> str:
        spoken = chat.people[0].language_code[:2]
        texts = self.messenger.descriptions
        return texts.get(("description", spoken)) or texts.get(("description", ""), "")


def _shown(message: Message) -> JsonObject:
    return message.to_json() | ({"reactions": message.reactions} if message.reactions else {})
