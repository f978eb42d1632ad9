"""Saying a reply: rendering it, editing what was tapped, sending what comes after."""

import logging
import re
from collections.abc import Awaitable, Iterable
from dataclasses import replace
from html import unescape
from typing import Any

from telegram import (
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    InputMediaPhoto,
    KeyboardButton,
    LinkPreviewOptions,
    Message,
    ReplyKeyboardMarkup,
    ReplyParameters,
)
from telegram.constants import MessageLimit, ParseMode
from telegram.error import BadRequest, Forbidden, NetworkError
from telegram.ext import ExtBot

from bot.domain import messages
from bot.domain.messages import Reply
from bot.render import Rendered
from bot.services import customers
from handlers.context import Context
from handlers.transport import NotSentError

logger = logging.getLogger(__name__)

NO_PREVIEW = LinkPreviewOptions(is_disabled=True)
NOT_MODIFIED = "message is not modified"
TAG = re.compile(r"<[^<>]*>")


async def say(
    context: Context,
    chat_id: int,
    reply: Reply,
    *,
    tapped: int | None = None,
    thread_id: int | None = None,
    reply_to: int | None = None,
) -> None:
    """Say what a use case answered: edit the message that was tapped (or that the reply names), then send the rest.

    In a group what is sent goes into a topic (`thread_id`), or answers a message (`reply_to`).
    """
    target = reply.edit_message_id if reply.edit_message_id is not None else tapped
    if reply.edit is not None and target is not None:
        await edit(context, chat_id, target, reply.edit)
    for message in reply.send:
        await send(context, chat_id, message, thread_id=thread_id, reply_to=reply_to)


async def send(
    context: Context,
    chat_id: int,
    message: messages.Message,
    *,
    thread_id: int | None = None,
    reply_to: int | None = None,
) -> None:
    """Send one message in reply."""
    rendered = context.bot_data.renderer.render(message)
    sending = send_rendered(context.bot, chat_id, rendered, thread_id=thread_id, reply_to=reply_to)
    await _attempt(context, chat_id, sending, message.template)


async def send_picture(context: Context, chat_id: int, picture: bytes, message: messages.Message) -> None:
    """Send a picture in reply: the message is its caption, or follows it when it is too long for one."""
    rendered = context.bot_data.renderer.render(message)
    fits = _length(rendered.text) <= MessageLimit.CAPTION_LENGTH
    photo = context.bot.send_photo(
        chat_id,
        picture,
        caption=rendered.text if fits else None,
        parse_mode=ParseMode.HTML,
        reply_markup=inline(rendered.rows),
    )
    await _attempt(context, chat_id, photo, message.template)
    if not fits:
        await send(context, chat_id, replace(message, keyboard=()))


async def edit_picture(
    context: Context, chat_id: int, message_id: int, picture: bytes, message: messages.Message
) -> None:
    """Put another picture with its caption in the place of one; what does not fit there is sent."""
    rendered = context.bot_data.renderer.render(message)
    if _length(rendered.text) > MessageLimit.CAPTION_LENGTH:
        await send_picture(context, chat_id, picture, message)
        return
    media = InputMediaPhoto(picture, caption=rendered.text, parse_mode=ParseMode.HTML)
    rows = inline(rendered.rows)
    try:
        await context.bot.edit_message_media(media, chat_id=chat_id, message_id=message_id, reply_markup=rows)
    except BadRequest as error:
        logger.info("message %s could not be edited, so it is sent: %s", message_id, error.message)
        await send_picture(context, chat_id, picture, message)


async def send_document(context: Context, chat_id: int, content: bytes, name: str, caption: str | None = None) -> None:
    """Send a file in reply, with plain words under it."""
    sending = context.bot.send_document(chat_id, content, filename=name, caption=caption)
    await _attempt(context, chat_id, sending, name)


async def send_file(context: Context, chat_id: int, name: str, message: messages.Message) -> None:
    """Send what is too long for a message as a text file; its caption is the template's part `caption`."""
    renderer = context.bot_data.renderer
    body, caption = (renderer.part(message, part) for part in ("text", "caption"))
    document = context.bot.send_document(chat_id, InputFile(body.encode(), filename=name), caption=caption)
    await _attempt(context, chat_id, document, message.template)


async def _attempt(context: Context, chat_id: int, sending: Awaitable[Message], template: str) -> None:
    """Send a reply.

    An error that leaves it open whether the message arrived is not tried again: a reply said twice is worse than one
    that the person can ask for once more.
    """
    try:
        await sending
    except Forbidden:
        await _note_blocked(context, chat_id)
    except (NotSentError, BadRequest):
        raise
    except NetworkError:
        logger.warning("nobody knows whether a reply arrived (%s)", template)


async def _note_blocked(context: Context, chat_id: int) -> None:
    house = context.bot_data
    await house.db.write(customers.note_blocked, rules=house.rules, chat_id=chat_id, blocked=True)


def _length(text: str) -> int:
    """How long Telegram finds a text: in UTF-16 units, without its markup."""
    return len(unescape(TAG.sub("", text)).encode("utf-16-le")) // 2


async def edit(context: Context, chat_id: int, message_id: int, message: messages.Message) -> None:
    """Change a message; one that is so already, or that the person has deleted, is no error."""
    rendered = context.bot_data.renderer.render(message)
    try:
        await edit_rendered(context.bot, chat_id, message_id, rendered)
    except Forbidden:
        await _note_blocked(context, chat_id)
    except BadRequest as error:
        if NOT_MODIFIED not in error.message.lower():
            logger.info("message %s could not be edited, so it is sent: %s", message_id, error.message)
            await send(context, chat_id, message)


def answering(message_id: int | None) -> ReplyParameters | None:
    """As an answer to a message, which may have been deleted since."""
    return ReplyParameters(message_id, allow_sending_without_reply=True) if message_id is not None else None


async def send_rendered(
    bot: ExtBot[Any],
    chat_id: int,
    rendered: Rendered,
    *,
    thread_id: int | None = None,
    reply_to: int | None = None,
    rate_limit_args: str | None = None,
) -> Message:
    """Send words with their buttons."""
    return await bot.send_message(
        chat_id,
        rendered.text,
        parse_mode=ParseMode.HTML,
        reply_markup=inline(rendered.rows) or _contact(rendered.contact_label),
        link_preview_options=NO_PREVIEW,
        message_thread_id=thread_id,
        reply_parameters=answering(reply_to),
        rate_limit_args=rate_limit_args,
    )


async def edit_rendered(
    bot: ExtBot[Any], chat_id: int, message_id: int, rendered: Rendered, *, rate_limit_args: str | None = None
) -> None:
    """Change a message's words and buttons."""
    await bot.edit_message_text(
        rendered.text,
        chat_id=chat_id,
        message_id=message_id,
        parse_mode=ParseMode.HTML,
        reply_markup=inline(rendered.rows),
        link_preview_options=NO_PREVIEW,
        rate_limit_args=rate_limit_args,
    )


def inline(rows: Iterable[Iterable[tuple[str, str]]]) -> InlineKeyboardMarkup | None:
    """Buttons under a message, or None when there are none."""
    buttons = [[InlineKeyboardButton(label, callback_data=data) for label, data in row] for row in rows]
    return InlineKeyboardMarkup(buttons) if buttons else None


def _contact(label: str | None) -> ReplyKeyboardMarkup | None:
    if label is None:
        return None
    button = KeyboardButton(label, request_contact=True)
    return ReplyKeyboardMarkup([[button]], resize_keyboard=True, one_time_keyboard=True)
