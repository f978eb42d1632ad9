"""The topics of a forum: a supergroup in which each conversation has a name of its own."""

from bot.playground.messenger import Messenger
from bot.playground.refusals import JsonObject, bad_request
from bot.playground.world import Chat, Topic

LONGEST_NAME = 128
USUAL_COLOR = 0x6FB9F0
COLORS = frozenset({USUAL_COLOR, 0xFFD67E, 0xCB86DB, 0x8EEE98, 0xFF93B2, 0xFB6F5F})


def create_forum_topic(messenger: Messenger, call: JsonObject) -> JsonObject:
    chat, topics = _forum(messenger, call)
    name = call["name"].strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    color = call.get("icon_color", USUAL_COLOR)
    if color not in COLORS:
        raise bad_request("TOPIC_ICON_COLOR_INVALID")
    messenger.limits.take(chat.id, group=True)
    created = {"name": name, "icon_color": color}
    message = messenger.post(chat, messenger.bot, {"forum_topic_created": created})
    message.thread_id = message.message_id
    topics[message.message_id] = Topic(thread_id=message.message_id, name=name)
    messenger.changes.publish("chat", chat_id=chat.id)
    return {"message_thread_id": message.message_id, **created}


def close_forum_topic(messenger: Messenger, call: JsonObject) -> bool:
    return _set_closed(messenger, call, closed=True)


def reopen_forum_topic(messenger: Messenger, call: JsonObject) -> bool:
    return _set_closed(messenger, call, closed=False)


def delete_forum_topic(messenger: Messenger, call: JsonObject) -> bool:
    """Delete a topic with every message in it."""
    chat, topics = _forum(messenger, call)
    topic = topics.pop(call["message_thread_id"], None)
    if topic is None:
        raise bad_request("message thread not found")
    for message_id in [one.message_id for one in chat.messages.values() if one.thread_id == topic.thread_id]:
        del chat.messages[message_id]
    messenger.changes.publish("chat", chat_id=chat.id)
    return True


def _set_closed(messenger: Messenger, call: JsonObject, *, closed: bool) -> bool:
    chat, topics = _forum(messenger, call)
    topic = topics.get(call["message_thread_id"])
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed is closed:
        raise bad_request("TOPIC_NOT_MODIFIED")
    topic.closed = closed
    what: JsonObject = {"forum_topic_closed": {}} if closed else {"forum_topic_reopened": {}}
    messenger.post(chat, messenger.bot, what, thread_id=topic.thread_id)
    return True


def _forum(messenger: Messenger, call: JsonObject) -> tuple[Chat, dict[int, Topic]]:
    chat = messenger.chat_to_write(call["chat_id"])
    if chat.topics is None:
        raise bad_request("the chat is not a forum")
    if chat.bot_status != "administrator":
        raise bad_request("not enough rights to create a topic")
    return chat, chat.topics
