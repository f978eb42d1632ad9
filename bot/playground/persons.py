"""The person's side of the messenger: everything a human does in a chat with the bot."""

import re
from typing import TYPE_CHECKING

from bot.playground.detection import with_detected
from bot.playground.formatting import FormattedText, trimmed
from bot.playground.parameters import Upload
from bot.playground.refusals import JsonObject
from bot.playground.world import Chat, Message, Role, User

if TYPE_CHECKING:
    from bot.playground.messenger import Messenger

LONGEST_TEXT = 4096
_PAYLOAD = re.compile(r"[A-Za-z0-9_-]{0,64}")


class NotPossible(Exception):  # noqa: N818  a thing an app would not let a person do, not a failure of the program
    """Telegram's app would not let the person do this."""


class Person:
    """One human with Telegram in hand.

    Every act makes the Update that Telegram would make. `chat_id` names a group; without it the act happens in the
    person's private chat with the bot.

    Raises:
        NotPossible: from any act that the app would not offer: writing to a blocked bot, a button that is not there.
    """

    def __init__(self, messenger: "Messenger", user: User, *, role: Role, start_payload: str, featured: bool) -> None:
        self._messenger = messenger
        self.user = user
        self.role = role
        self.start_payload = start_payload
        self.featured = featured

    @property
    def chat(self) -> Chat:
        """The private chat with the bot."""
        return self._messenger.chats[self.user.id]

    def start(self, payload: str | None = None) -> Message:
        """Press Start, or follow a deep link with a payload of at most 64 of A-Za-z0-9_-."""
        payload = self.start_payload if payload is None else payload
        if not _PAYLOAD.fullmatch(payload):
            raise NotPossible("a start payload has at most 64 characters of A-Z, a-z, 0-9, _ and -")
        if self.chat.bot_status == "kicked":
            self.unblock()
        return self.send_text(f"/start {payload}".strip())

    def send_text(
        self, text: str, *, chat_id: int | None = None, reply_to: int | None = None, thread_id: int | None = None
    ) -> Message:
        """Write; an answer to a message in a topic goes into that topic."""
        return self._send(_text_content(text), chat_id=chat_id, reply_to=reply_to, thread_id=thread_id)

    def send_photo(
        self,
        photo: Upload,
        caption: str = "",
        *,
        chat_id: int | None = None,
        reply_to: int | None = None,
        thread_id: int | None = None,
    ) -> Message:
        content = self._messenger.files.photo(photo) | ({"caption": caption} if caption else {})
        return self._send(content, chat_id=chat_id, reply_to=reply_to, thread_id=thread_id)

    def _send(
        self, content: JsonObject, *, chat_id: int | None, reply_to: int | None, thread_id: int | None
    ) -> Message:
        chat = self._open_chat(chat_id)
        answered = None if reply_to is None else self._message(chat, reply_to)
        thread = answered.thread_id if thread_id is None and answered is not None else thread_id
        if thread is not None and thread not in (chat.topics or {}):
            raise NotPossible("there is no such topic in this chat")
        message = self._messenger.post(chat, self.user, content, reply_to=answered, thread_id=thread)
        self._put_away_keyboard(chat)
        self._tell("message", message)
        return message

    def edit_text(self, message_id: int, text: str, *, chat_id: int | None = None) -> Message:
        message = self._message(self._open_chat(chat_id), message_id)
        if message.sender != self.user or "text" not in message.content:
            raise NotPossible("only one's own text can be edited")
        message.content = _text_content(text)
        message.edited_at = self._messenger.now()
        self._messenger.show_edit(message)
        self._tell("edited_message", message)
        return message

    def share_contact(self, of: User | None = None) -> Message:
        """Share one's own phone number, or somebody else's contact."""
        owner = of or self.user
        if not owner.phone_number:
            raise NotPossible("an account without a phone number has no contact to share")
        contact = {"phone_number": owner.phone_number, "first_name": owner.first_name, "user_id": owner.id}
        if owner.last_name:
            contact["last_name"] = owner.last_name
        chat = self._open_chat(None)
        message = self._messenger.post(chat, self.user, {"contact": contact})
        self._put_away_keyboard(chat)
        self._tell("message", message)
        return message

    def tap(self, message_id: int, label: str, *, chat_id: int | None = None) -> str:
        """Tap the button with this label and return the id of the callback query."""
        message = self._message(self._chat(chat_id), message_id)
        for button in (button for row in message.inline_keyboard for button in row):
            if button["text"] == label and "callback_data" in button:
                return self.send_callback(message_id, button["callback_data"], chat_id=chat_id)
        raise NotPossible(f"message {message_id} has no button {label!r} to tap")

    def tap_at(self, message_id: int, row: int, column: int, *, chat_id: int | None = None) -> str:
        """Tap a button by its place, both counted from 0."""
        keyboard = self._message(self._chat(chat_id), message_id).inline_keyboard
        if not (0 <= row < len(keyboard) and 0 <= column < len(keyboard[row])):
            raise NotPossible(f"message {message_id} has no button at {row}, {column}")
        if "callback_data" not in (button := keyboard[row][column]):
            raise NotPossible("this button sends nothing to the bot")
        return self.send_callback(message_id, button["callback_data"], chat_id=chat_id)

    def send_callback(self, message_id: int, data: str, *, chat_id: int | None = None) -> str:
        """Send any callback data for a message, as a stale or a manipulated app can."""
        chat = self._chat(chat_id)
        message = self._message(chat, message_id)
        query = self._messenger.open_query(self.user, message)
        body: JsonObject = {
            "id": query.id,
            "from": self.user.to_json(),
            "message": message.to_json(),
            "chat_instance": str(chat.id),
            "data": data,
        }
        self._messenger.updates.add("callback_query", body)
        return query.id

    def block(self) -> None:
        self._change_standing("kicked")

    def unblock(self) -> None:
        self._change_standing("member")

    def _change_standing(self, status: str) -> None:
        chat, bot = self.chat, self._messenger.bot.to_json()
        if not chat.started or chat.bot_status == status:
            raise NotPossible(f"the bot is already {status} here, or was never started")
        old = chat.bot_status
        chat.bot_status = "kicked" if status == "kicked" else "member"
        change: JsonObject = {
            "chat": chat.to_json(),
            "from": self.user.to_json(),
            "date": int(self._messenger.now().timestamp()),
            "old_chat_member": _standing(bot, old),
            "new_chat_member": _standing(bot, chat.bot_status),
        }
        self._messenger.updates.add("my_chat_member", change)
        self._messenger.changes.publish("chat", chat_id=chat.id)

    def _chat(self, chat_id: int | None) -> Chat:
        chat = self._messenger.chats.get(self.user.id if chat_id is None else chat_id)
        if chat is None or self.user not in chat.people:
            raise NotPossible(f"{self.user.full_name} is in no chat {chat_id}")
        return chat

    def _open_chat(self, chat_id: int | None) -> Chat:
        chat = self._chat(chat_id)
        if chat.migrated_to is not None or (chat.is_private and chat.bot_status == "kicked"):
            raise NotPossible("nothing can be written in a chat that was left")
        if chat.is_private and not chat.started:
            chat.started = True
            self._messenger.changes.publish("chat", chat_id=chat.id)
        return chat

    def _put_away_keyboard(self, chat: Chat) -> None:
        if (chat.reply_keyboard or {}).get("one_time_keyboard"):
            self._messenger.show_reply_keyboard(chat, None)

    @staticmethod
    def _message(chat: Chat, message_id: int) -> Message:
        if (message := chat.messages.get(message_id)) is None:
            raise NotPossible(f"there is no message {message_id} in this chat")
        return message

    def _tell(self, kind: str, message: Message) -> None:
        if self._bot_hears(message):
            self._messenger.updates.add(kind, message.to_json())

    def _bot_hears(self, message: Message) -> bool:
        """Privacy mode: in a group, a bot that is no administrator hears only commands and replies to itself.

        Source: https://core.telegram.org/bots/features#privacy-mode
        """
        if message.chat.is_private or message.chat.bot_status == "administrator":
            return True
        replied = message.reply_to is not None and message.reply_to.sender == self._messenger.bot
        return message.chat.bot_status == "member" and (replied or message.content.get("text", "").startswith("/"))


def _text_content(text: str) -> JsonObject:
    formatted = with_detected(trimmed(FormattedText(text)))
    if not 1 <= len(formatted.text) <= LONGEST_TEXT:
        raise NotPossible(f"a message has 1 to {LONGEST_TEXT} characters")
    content: JsonObject = {"text": formatted.text}
    return content | ({"entities": list(formatted.entities)} if formatted.entities else {})


def _standing(bot: JsonObject, status: str) -> JsonObject:
    return {"user": bot, "status": status} | ({"until_date": 0} if status == "kicked" else {})
