"""A customer's taps: all go the same way, and differ in the use case alone."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update

from bot.domain.messages import Reply
from bot.domain.taps import Tap
from handlers import replies
from handlers.context import Context, language_of, message, person

TapCallback = Callable[[Update, Context, Any], Coroutine[Any, Any, None]]


def by_customer(use_case: Callable[..., Reply]) -> TapCallback:
    """The way of a button that a customer taps; the use case compares the button's owner with the person."""

    async def tapped(update: Update, context: Context, tap: Tap) -> None:
        user, house = person(update), context.bot_data
        message_id = message(update).id
        reply = await house.db.write(
            use_case,
            rules=house.rules,
            chat_id=user.id,
            message_id=message_id,
            language=language_of(user, house.rules),
            tap=tap,
        )
        await replies.say(context, user.id, reply, tapped=message_id)

    return tapped
