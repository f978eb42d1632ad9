"""What a delivery does in a chat: send, edit, copy, delete, and open and close forum topics."""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from telegram.constants import ForumTopicLimit, ParseMode
from telegram.error import BadRequest
from telegram.ext import ExtBot

from bot.domain.delivery import Act, Delivery
from bot.domain.messages import Message
from bot.render import Renderer
from handlers import drawing, plan_pictures, replies, review_pictures
from handlers.limiter import PACED

TOPIC_NOT_MODIFIED = "topic_not_modified"
THREAD_GONE = "thread not found"

PICTURES: Mapping[str, Callable[[Message, Renderer], bytes]] = MappingProxyType(
    {"plan": plan_pictures.draw, "nps": review_pictures.draw, "health": review_pictures.draw}
)
"""What draws the picture that a message's facts name."""

Bot = ExtBot[Any]
Performer = Callable[[Bot, Renderer, Delivery], Coroutine[Any, Any, int | None]]


async def perform(bot: Bot, renderer: Renderer, one: Delivery) -> int | None:
    """Do what a delivery says; returns the message (or the topic) that it became, None when it became none."""
    return await PERFORMERS[one.act](bot, renderer, one)


async def _send(bot: Bot, renderer: Renderer, one: Delivery) -> int:
    async def send(thread_id: int | None) -> int:
        sent = await replies.send_rendered(
            bot,
            one.chat_id,
            renderer.render(one.message),
            thread_id=thread_id,
            reply_to=one.reply_to,
            rate_limit_args=PACED,
        )
        return sent.message_id

    return await _into_thread(one, send)


async def _send_picture(bot: Bot, renderer: Renderer, one: Delivery) -> int:
    """A picture with the words as its caption: what proves that it was sent is the same as for words."""
    rendered = renderer.render(one.message)
    photo = await bot.send_photo(
        one.chat_id,
        await drawing.make(partial(PICTURES[str(one.message.facts["picture"])], one.message, renderer)),
        caption=rendered.text,
        parse_mode=ParseMode.HTML,
        reply_markup=replies.inline(rendered.rows),
        rate_limit_args=PACED,
    )
    return photo.message_id


async def _into_thread(one: Delivery, send: Callable[[int | None], Coroutine[Any, Any, int]]) -> int:
    """Send into the topic; where staff have deleted that, into the chat, since somebody must read it."""
    try:
        return await send(one.thread_id)
    except BadRequest as error:
        if one.thread_id is None or THREAD_GONE not in error.message.lower():
            raise
        return await send(None)


async def _edit(bot: Bot, renderer: Renderer, one: Delivery) -> int:
    message_id = _edited(one)
    await replies.edit_rendered(bot, one.chat_id, message_id, renderer.render(one.message), rate_limit_args=PACED)
    return message_id


async def _edit_caption(bot: Bot, renderer: Renderer, one: Delivery) -> int:
    message_id = _edited(one)
    await bot.edit_message_caption(
        one.chat_id,
        message_id,
        caption=renderer.render(one.message).text,
        parse_mode=ParseMode.HTML,
        rate_limit_args=PACED,
    )
    return message_id


async def _copy(bot: Bot, renderer: Renderer, one: Delivery) -> int:
    rendered = renderer.render(one.message)

    async def copy(thread_id: int | None) -> int:
        assert one.copied is not None, "a copy says of what"
        copied = await bot.copy_message(
            one.chat_id,
            one.copied.chat_id,
            one.copied.message_id,
            caption=rendered.text,
            parse_mode=ParseMode.HTML,
            message_thread_id=thread_id,
            reply_markup=replies.inline(rendered.rows),
            reply_parameters=replies.answering(one.reply_to),
            rate_limit_args=PACED,
        )
        return copied.message_id

    return await _into_thread(one, copy)


async def _create_topic(bot: Bot, renderer: Renderer, one: Delivery) -> int:
    name = renderer.part(one.message, "text")[: ForumTopicLimit.MAX_NAME_LENGTH]
    topic = await bot.create_forum_topic(one.chat_id, name, rate_limit_args=PACED)
    return topic.message_thread_id


async def _close_topic(bot: Bot, renderer: Renderer, one: Delivery) -> None:
    assert one.thread_id is not None, "only a case with a topic closes it"
    await bot.close_forum_topic(one.chat_id, one.thread_id, rate_limit_args=PACED)


async def _reopen_topic(bot: Bot, renderer: Renderer, one: Delivery) -> None:
    assert one.thread_id is not None, "only a case with a topic opens it again"
    await bot.reopen_forum_topic(one.chat_id, one.thread_id, rate_limit_args=PACED)


async def _delete_topic(bot: Bot, renderer: Renderer, one: Delivery) -> None:
    assert one.thread_id is not None, "only a case with a topic deletes it"
    await bot.delete_forum_topic(one.chat_id, one.thread_id, rate_limit_args=PACED)


async def _delete(bot: Bot, renderer: Renderer, one: Delivery) -> int:
    message_id = _edited(one)
    await bot.delete_message(one.chat_id, message_id, rate_limit_args=PACED)
    return message_id


def _edited(one: Delivery) -> int:
    assert one.edit_message_id is not None, "an edit says of what"
    return one.edit_message_id


PERFORMERS: Mapping[Act, Performer] = MappingProxyType(
    {
        Act.SEND: _send,
        Act.SEND_PICTURE: _send_picture,
        Act.EDIT: _edit,
        Act.EDIT_CAPTION: _edit_caption,
        Act.COPY: _copy,
        Act.CREATE_TOPIC: _create_topic,
        Act.CLOSE_TOPIC: _close_topic,
        Act.REOPEN_TOPIC: _reopen_topic,
        Act.DELETE_TOPIC: _delete_topic,
        Act.DELETE: _delete,
    }
)
