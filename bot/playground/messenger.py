"""An imitation of Telegram in one process: people on one side, one bot on the other."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count

from bot.playground.changes import Changes
from bot.playground.commands import CommandMenus
from bot.playground.files import FileStore
from bot.playground.limits import SpeedLimits
from bot.playground.persons import Person
from bot.playground.refusals import JsonObject, bad_request, forbidden
from bot.playground.updates import UpdateQueue
from bot.playground.world import Chat, Message, Role, User

BOT = User(id=7_000_000_000, first_name="Touchpoint", username="touchpoint_demo_bot", is_bot=True)
QUERY_LIFETIME = timedelta(seconds=15)


@dataclass(frozen=True)
class CallbackQuery:
    """A tap that waits for the bot's answer."""

    id: str
    person: User
    chat: Chat
    message_id: int
    asked_at: datetime


class Messenger:
    """The world behind the Bot API.

    Args:
        now: the playground's clock, aware UTC.
        bot: the bot's own account.
        limits_enforced: whether Telegram's speed limits are enforced (`limits.enforced` changes it later).
    """

    def __init__(self, *, now: Callable[[], datetime], bot: User = BOT, limits_enforced: bool = True) -> None:
        self.now = now
        self.bot = bot
        self.updates = UpdateQueue()
        self.changes = Changes()
        self.menus = CommandMenus()
        self.files = FileStore()
        self.limits = SpeedLimits(now=now, enforced=limits_enforced)
        self.descriptions: dict[tuple[str, str], str] = {}
        self.chats: dict[int, Chat] = {}
        self.persons: dict[int, Person] = {}
        self._queries: dict[str, CallbackQuery] = {}
        self._message_ids = count(1)
        self._query_ids = count(4_611_686_018_427_387_905)

    def add_person(
        self, user: User, *, role: Role = "customer", start_payload: str = "", featured: bool = True
    ) -> Person:
        """Let somebody use the messenger; the bot cannot reach them before they start it.

        Args:
            user: the account.
            role: the heading under which the page shows this person.
            start_payload: what their Start button sends along, as if they had followed a deep link.
            featured: whether the page lists this person; the others are found by their name.
        """
        person = Person(self, user, role=role, start_payload=start_payload, featured=featured)
        self.persons[user.id] = person
        self.chats[user.id] = Chat(id=user.id, type="private", people=[user])
        self.changes.publish("chat", chat_id=user.id)
        return person

    def add_group(
        self, chat_id: int, title: str, members: list[User], *, bot_is_admin: bool = True, is_forum: bool = False
    ) -> Chat:
        """Open a group or, by its id (-100…), a supergroup, in which the bot is; a forum has topics."""
        self.chats[chat_id] = Chat(
            id=chat_id,
            type="supergroup" if str(chat_id).startswith("-100") else "group",
            title=title,
            people=list(members),
            bot_status="administrator" if bot_is_admin else "member",
            topics={} if is_forum else None,
        )
        self.changes.publish("chat", chat_id=chat_id)
        return self.chats[chat_id]

    def chat_for_bot(self, chat_id: int | str) -> Chat:
        """The chat the bot means.

        Raises:
            Refusal: 400 for a chat that the bot does not know, or that became a supergroup under another id.
        """
        chat = self.chats.get(chat_id) if isinstance(chat_id, int) else None
        if chat is None or (chat.is_private and not chat.started and not self._shares_group(chat)):
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=chat.migrated_to)
        return chat

    def chat_to_write(self, chat_id: int | str) -> Chat:
        """The chat, if the bot may write there.

        Raises:
            Refusal: 400 as above; 403 when the person never started the bot or blocked it, or the group dropped it.
        """
        chat = self.chat_for_bot(chat_id)
        if chat.is_private and not chat.started:
            raise forbidden("bot can't initiate conversation with a user")
        if chat.bot_status == "kicked":
            where = "bot was blocked by the user" if chat.is_private else f"bot was kicked from the {chat.type} chat"
            raise forbidden(where)
        if chat.bot_status == "left":
            raise forbidden(f"bot is not a member of the {chat.type} chat")
        return chat

    def post(
        self,
        chat: Chat,
        sender: User,
        content: JsonObject,
        *,
        reply_markup: JsonObject | None = None,
        reply_to: Message | None = None,
        thread_id: int | None = None,
    ) -> Message:
        """Put a message into a chat and show it to everybody there."""
        message = Message(
            message_id=next(self._message_ids),
            chat=chat,
            sender=sender,
            date=self.now(),
            content=content,
            reply_markup=reply_markup,
            reply_to=reply_to,
            thread_id=thread_id,
        )
        chat.messages[message.message_id] = message
        self._take_reply_keyboard(chat, reply_markup)
        self.changes.publish("message", chat_id=chat.id, message=message.to_json())
        return message

    def show_edit(self, message: Message) -> None:
        self.changes.publish("edit", chat_id=message.chat.id, message=message.to_json())

    def show_reply_keyboard(self, chat: Chat, markup: JsonObject | None) -> None:
        chat.reply_keyboard = markup
        self.changes.publish("keyboard", chat_id=chat.id, reply_keyboard=markup)

    def open_query(self, person: User, message: Message) -> CallbackQuery:
        query = CallbackQuery(str(next(self._query_ids)), person, message.chat, message.message_id, self.now())
        self._queries[query.id] = query
        return query

    def close_query(self, query_id: str) -> CallbackQuery:
        """Raises: Refusal: 400 for a tap that was answered already, is too old or never happened."""
        query = self._queries.pop(query_id, None)
        if query is None or self.now() - query.asked_at > QUERY_LIFETIME:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        return query

    def upgrade_group(self, chat_id: int, *, to: int) -> Chat:
        """Make a group a supergroup under a new id, as Telegram does by itself when a group outgrows its kind."""
        old = self.chats[chat_id]
        new = self.add_group(to, old.title, old.people, bot_is_admin=old.bot_status == "administrator")
        old.migrated_to = to
        for chat, content in ((old, {"migrate_to_chat_id": to}), (new, {"migrate_from_chat_id": chat_id})):
            self.updates.add("message", self.post(chat, old.people[0], content).to_json())
        return new

    def _shares_group(self, chat: Chat) -> bool:
        return any(chat.people[0] in other.people for other in self.chats.values() if not other.is_private)

    def _take_reply_keyboard(self, chat: Chat, markup: JsonObject | None) -> None:
        if markup and "keyboard" in markup:
            self.show_reply_keyboard(chat, markup)
        elif markup and markup.get("remove_keyboard"):
            self.show_reply_keyboard(chat, None)
