"""Customers choose what they hear of and when."""

from telegram import Update

from bot.services import preferences
from handlers import replies
from handlers.context import Context, language_of, person


async def settings(update: Update, context: Context) -> None:
    """`/settings`."""
    user, house = person(update), context.bot_data
    reply = await house.db.read(
        preferences.show_settings, rules=house.rules, chat_id=user.id, language=language_of(user, house.rules)
    )
    await replies.say(context, user.id, reply)
