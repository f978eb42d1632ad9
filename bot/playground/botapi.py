"""The Bot API as a bot meets it: a method's name and its parameters go in, a result or a refusal comes out."""

from collections.abc import Callable, Mapping

from bot.playground import sending, topics
from bot.playground.messenger import Messenger
from bot.playground.parameters import Upload, method_named, read_parameters
from bot.playground.refusals import JsonObject, bad_request
from bot.playground.world import Chat

LONGEST_ANSWER = 200
LONGEST_DESCRIPTIONS = {"description": 512, "short_description": 120}


async def call_method(
    messenger: Messenger, name: str, wire: Mapping[str, str], uploads: Mapping[str, Upload]
) -> object:
    """Run one method.

    Args:
        messenger: the world it acts on.
        name: the method's name, in any case of letters.
        wire: the parameters as they travel in a form: every value a text, composed ones as JSON.
        uploads: the files that came along, by the name of the parameter or of their attach:// address.

    Raises:
        Refusal: with the status and the words that Telegram would answer.
    """
    method = method_named(name)
    call = read_parameters(method, wire, uploads)
    if method == "getUpdates":
        return await messenger.updates.poll(
            offset=call.get("offset", 0),
            limit=call.get("limit", 100),
            timeout=call.get("timeout", 0),
            allowed=call.get("allowed_updates"),
        )
    return _METHODS[method](messenger, call)


def _get_me(messenger: Messenger, _call: JsonObject) -> JsonObject:
    abilities = {
        "can_join_groups": True,
        "can_read_all_group_messages": False,
        "supports_inline_queries": False,
        "can_connect_to_business": False,
        "has_main_web_app": False,
    }
    return messenger.bot.to_json() | abilities


def _get_webhook_info(messenger: Messenger, _call: JsonObject) -> JsonObject:
    return {
        "url": "",
        "has_custom_certificate": False,
        "pending_update_count": messenger.updates.unconfirmed,
    }


def _delete_webhook(messenger: Messenger, call: JsonObject) -> bool:
    if call.get("drop_pending_updates"):
        messenger.updates.clear()
    return True


def _get_file(messenger: Messenger, call: JsonObject) -> JsonObject:
    file = messenger.files.find(call["file_id"])
    return file.to_json() | {"file_path": file.path}


def _get_chat(messenger: Messenger, call: JsonObject) -> JsonObject:
    chat = messenger.chat_for_bot(call["chat_id"])
    gifts = dict.fromkeys(
        ("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription", "gifts_from_channels"),
        False,
    )
    return chat.to_json() | {"accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def _answer_callback_query(messenger: Messenger, call: JsonObject) -> bool:
    if len(call.get("text", "")) > LONGEST_ANSWER:
        raise bad_request("MESSAGE_TOO_LONG")
    query = messenger.close_query(call["callback_query_id"])
    messenger.changes.publish(
        "answer",
        chat_id=query.chat.id,
        message_id=query.message_id,
        user_id=query.person.id,
        text=call.get("text", ""),
        show_alert=call.get("show_alert", False),
    )
    return True


def _set_my_commands(messenger: Messenger, call: JsonObject) -> bool:
    messenger.menus.set(call["commands"], _scope(messenger, call), call.get("language_code", ""))
    messenger.changes.publish("commands")
    return True


def _get_my_commands(messenger: Messenger, call: JsonObject) -> list[JsonObject]:
    return messenger.menus.get(_scope(messenger, call), call.get("language_code", ""))


def _delete_my_commands(messenger: Messenger, call: JsonObject) -> bool:
    messenger.menus.delete(_scope(messenger, call), call.get("language_code", ""))
    messenger.changes.publish("commands")
    return True


def _scope(messenger: Messenger, call: JsonObject) -> JsonObject | None:
    """A scope that names a chat is good only for a chat that the bot knows."""
    scope: JsonObject | None = call.get("scope")
    if scope and "chat_id" in scope:
        chat: Chat = messenger.chat_for_bot(scope["chat_id"])
        return scope | {"chat_id": chat.id}
    return scope


def _describe(field: str) -> "Callable[[Messenger, JsonObject], bool]":
    def describe(messenger: Messenger, call: JsonObject) -> bool:
        text = call.get(field, "")
        if len(text) > LONGEST_DESCRIPTIONS[field]:
            raise bad_request("BOT_DESCRIPTION_TOO_LONG")
        messenger.descriptions[field, call.get("language_code", "")] = text
        return True

    return describe


_METHODS: Mapping[str, Callable[[Messenger, JsonObject], object]] = {
    "getMe": _get_me,
    "getWebhookInfo": _get_webhook_info,
    "deleteWebhook": _delete_webhook,
    "getFile": _get_file,
    "getChat": _get_chat,
    "sendMessage": sending.send_message,
    "sendPhoto": sending.send_photo,
    "sendDocument": sending.send_document,
    "copyMessage": sending.copy_message,
    "createForumTopic": topics.create_forum_topic,
    "closeForumTopic": topics.close_forum_topic,
    "reopenForumTopic": topics.reopen_forum_topic,
    "deleteForumTopic": topics.delete_forum_topic,
    "sendChatAction": sending.send_chat_action,
    "setMessageReaction": sending.set_message_reaction,
    "editMessageText": sending.edit_message_text,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageMedia": sending.edit_message_media,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "answerCallbackQuery": _answer_callback_query,
    "setMyCommands": _set_my_commands,
    "getMyCommands": _get_my_commands,
    "deleteMyCommands": _delete_my_commands,
    "setMyDescription": _describe("description"),
    "setMyShortDescription": _describe("short_description"),
}
