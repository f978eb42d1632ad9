"""Customers choose what they hear of and when, by buttons that are edited in place."""

from collections.abc import Callable

from telegram import Update

from bot.domain.messages import Reply
from bot.domain.taps import ChooseHours, SwitchTopic, Tap
from bot.services import preferences
from handlers import replies
from handlers.context import Context, language_of, message, person


async def settings(update: Update, context: Context) -> None:
    """`/settings`."""
    user, house = person(update), context.bot_data
    reply = await house.db.read(preferences.show_settings, chat_id=user.id, language=language_of(user, house.rules))
    await replies.say(context, user.id, reply)


async def switch_topic(update: Update, context: Context, tap: SwitchTopic) -> None:
    """A topic is turned on or off."""
    await _change(update, context, preferences.switch_topic, tap)


async def choose_hours(update: Update, context: Context, tap: ChooseHours) -> None:
    """A time of day is chosen."""
    await _change(update, context, preferences.choose_hours, tap)


async def _change(update: Update, context: Context, use_case: Callable[..., Reply], tap: Tap) -> None:
    user, house = person(update), context.bot_data
    reply = await house.db.write(use_case, chat_id=user.id, language=language_of(user, house.rules), tap=tap)
    await replies.say(context, user.id, reply, tapped=message(update).id)
