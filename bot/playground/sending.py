"""The methods that put messages into chats, change them there and take them away."""

from datetime import timedelta

from bot.playground.detection import with_detected
from bot.playground.formatting import FormattedText, parse_html, trimmed, utf16_length
from bot.playground.keyboards import read_reply_markup
from bot.playground.messenger import Messenger
from bot.playground.refusals import JsonObject, bad_request
from bot.playground.world import Chat, Message

LONGEST_TEXT = 4096
LONGEST_CAPTION = 1024
DELETABLE_FOR = timedelta(hours=48)
CHAT_ACTIONS = frozenset(
    {
        "typing",
        "upload_photo",
        "record_video",
        "upload_video",
        "record_voice",
        "upload_voice",
        "upload_document",
        "choose_sticker",
        "find_location",
        "record_video_note",
        "upload_video_note",
    }
)


def send_message(messenger: Messenger, call: JsonObject) -> JsonObject:
    return _send(messenger, call, _text_content(call))


def send_photo(messenger: Messenger, call: JsonObject) -> JsonObject:
    return _send(messenger, call, messenger.files.photo(call["photo"]) | _caption_content(call))


def send_document(messenger: Messenger, call: JsonObject) -> JsonObject:
    return _send(messenger, call, messenger.files.document(call["document"]) | _caption_content(call))


def copy_message(messenger: Messenger, call: JsonObject) -> JsonObject:
    """Service messages cannot be copied; a caption takes the place of the one that was there."""
    source = messenger.chat_for_bot(call["from_chat_id"]).messages.get(call["message_id"])
    if source is None:
        raise bad_request("message to copy not found")
    media = _media(source.content)
    if not media and "text" not in source.content:
        raise bad_request("message can't be copied")
    content = dict(source.content)
    if media and "caption" in call:
        content = media | _caption_content(call)
    sent = _send(messenger, call, content)
    return {"message_id": sent["message_id"]}


def send_chat_action(messenger: Messenger, call: JsonObject) -> bool:
    chat = messenger.chat_to_write(call["chat_id"])
    if call["action"] not in CHAT_ACTIONS:
        raise bad_request("wrong parameter action in request")
    messenger.changes.publish("action", chat_id=chat.id, action=call["action"])
    return True


def edit_message_text(messenger: Messenger, call: JsonObject) -> JsonObject:
    message = _message_to_edit(messenger, call)
    if "text" not in message.content:
        raise bad_request("there is no text in the message to edit")
    return _edit(messenger, message, _text_content(call), call)


def edit_message_caption(messenger: Messenger, call: JsonObject) -> JsonObject:
    message = _message_to_edit(messenger, call)
    if not _media(message.content):
        raise bad_request("there is no caption in the message to edit")
    return _edit(messenger, message, _media(message.content) | _caption_content(call), call)


def edit_message_media(messenger: Messenger, call: JsonObject) -> JsonObject:
    message = _message_to_edit(messenger, call)
    media = call["media"]
    if not media.get("media"):
        raise bad_request("can't parse InputMedia: media not found")
    match media.get("type"):
        case "photo":
            content = messenger.files.photo(media["media"])
        case "document":
            content = messenger.files.document(media["media"])
        case other:
            raise bad_request(f'can\'t parse InputMedia: type "{other}" is unsupported')
    return _edit(messenger, message, content | _caption_content(media), call)


def edit_message_reply_markup(messenger: Messenger, call: JsonObject) -> JsonObject:
    message = _message_to_edit(messenger, call)
    return _edit(messenger, message, message.content, call)


def delete_message(messenger: Messenger, call: JsonObject) -> bool:
    chat = messenger.chat_for_bot(call["chat_id"])
    message = chat.messages.get(call["message_id"])
    if message is None:
        raise bad_request("message to delete not found")
    own = message.sender == messenger.bot
    if messenger.now() - message.date > DELETABLE_FOR or not (
        own or chat.is_private or chat.bot_status == "administrator"
    ):
        raise bad_request("message can't be deleted for everyone")
    del chat.messages[message.message_id]
    messenger.changes.publish("delete", chat_id=chat.id, message_id=message.message_id)
    return True


def set_message_reaction(messenger: Messenger, call: JsonObject) -> bool:
    message = messenger.chat_to_write(call["chat_id"]).messages.get(call["message_id"])
    if message is None:
        raise bad_request("message to react not found")
    reactions = call.get("reaction", [])
    if len(reactions) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    if any(reaction.get("type") != "emoji" or not reaction.get("emoji") for reaction in reactions):
        raise bad_request("REACTION_INVALID")
    message.reactions = reactions
    messenger.changes.publish("reaction", chat_id=message.chat.id, message_id=message.message_id, reaction=reactions)
    return True


def _send(messenger: Messenger, call: JsonObject, content: JsonObject) -> JsonObject:
    chat = messenger.chat_to_write(call["chat_id"])
    markup = read_reply_markup(call.get("reply_markup"))
    reply_to = _message_to_answer(chat, call.get("reply_parameters"))
    thread_id = _thread(chat, call.get("message_thread_id"))
    if thread_id is None and reply_to is not None:
        thread_id = reply_to.thread_id
    messenger.limits.take(chat.id, group=not chat.is_private)
    return messenger.post(
        chat, messenger.bot, content, reply_markup=markup, reply_to=reply_to, thread_id=thread_id
    ).to_json()


def _thread(chat: Chat, thread_id: int | None) -> int | None:
    """The topic to write into. An administrator may write into a closed one."""
    if thread_id is None:
        return None
    topic = (chat.topics or {}).get(thread_id)
    if topic is None:
        raise bad_request("message thread not found")
    if topic.closed and chat.bot_status != "administrator":
        raise bad_request("TOPIC_CLOSED")
    return topic.thread_id


def _message_to_answer(chat: Chat, reply: JsonObject | None) -> Message | None:
    if reply is None:
        return None
    message = chat.messages.get(reply.get("message_id", 0))
    if message is None and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def _message_to_edit(messenger: Messenger, call: JsonObject) -> Message:
    if "chat_id" not in call:
        raise bad_request("chat_id is empty")
    if "message_id" not in call:
        raise bad_request("message identifier is not specified")
    message = messenger.chat_to_write(call["chat_id"]).messages.get(call["message_id"])
    if message is None:
        raise bad_request("message to edit not found")
    if message.sender != messenger.bot:
        raise bad_request("message can't be edited")
    return message


def _edit(messenger: Messenger, message: Message, content: JsonObject, call: JsonObject) -> JsonObject:
    markup = read_reply_markup(call.get("reply_markup"), inline_only=True)
    if content == message.content and (markup or {}).get("inline_keyboard", []) == message.inline_keyboard:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are exactly the same as a"
            " current content and reply markup of the message"
        )
    if content != message.content:
        message.edited_at = messenger.now()
    message.content = content
    message.reply_markup = markup
    messenger.show_edit(message)
    return message.to_json()


def _text_content(call: JsonObject) -> JsonObject:
    if "text" not in call:
        raise bad_request("message text is empty")
    formatted = _formatted(call["text"], call.get("parse_mode", ""), call.get("entities", []))
    if not formatted.text:
        raise bad_request("message text is empty")
    if utf16_length(formatted.text) > LONGEST_TEXT:
        raise bad_request("message is too long")
    return _without_empty(text=formatted.text, entities=list(formatted.entities))


def _caption_content(call: JsonObject) -> JsonObject:
    formatted = _formatted(call.get("caption", ""), call.get("parse_mode", ""), call.get("caption_entities", []))
    if utf16_length(formatted.text) > LONGEST_CAPTION:
        raise bad_request("message caption is too long")
    return _without_empty(caption=formatted.text, caption_entities=list(formatted.entities))


def _formatted(text: str, parse_mode: str, entities: list[JsonObject]) -> FormattedText:
    """What people will see. Only HTML is spoken here: the bot's templates use nothing else."""
    if parse_mode.lower() not in {"", "html"}:
        raise bad_request("unsupported parse_mode")
    return with_detected(trimmed(parse_html(text) if parse_mode else FormattedText(text, tuple(entities))))


def _media(content: JsonObject) -> JsonObject:
    return {name: value for name, value in content.items() if name in {"photo", "document"}}


def _without_empty(**fields: object) -> JsonObject:
    return {name: value for name, value in fields.items() if value}
