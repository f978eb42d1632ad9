"""Taps on surveys."""

from telegram import Update

from bot.domain import taps
from bot.services import surveys
from handlers import replies
from handlers.context import Context, language_of, message, person


async def score(update: Update, context: Context, tap: taps.Score) -> None:
    """A score was tapped."""
    user, house = person(update), context.bot_data
    message_id = message(update).id
    reply = await house.db.write(
        surveys.record_score,
        rules=house.rules,
        chat_id=user.id,
        message_id=message_id,
        language=language_of(user, house.rules),
        tap=tap,
    )
    await replies.say(context, user.id, reply, tapped=message_id)


async def skip(update: Update, context: Context, tap: taps.SkipReason) -> None:
    """The question why was skipped."""
    user, house = person(update), context.bot_data
    message_id = message(update).id
    language = language_of(user, house.rules)
    reply = await house.db.write(
        surveys.skip_reason, chat_id=user.id, message_id=message_id, language=language, tap=tap
    )
    await replies.say(context, user.id, reply, tapped=message_id)


async def change(update: Update, context: Context, tap: taps.ChangeScore) -> None:
    """The person wants to see the scores again."""
    user, house = person(update), context.bot_data
    language = language_of(user, house.rules)
    reply = await house.db.write(surveys.show_scores, chat_id=user.id, language=language, tap=tap)
    await replies.say(context, user.id, reply, tapped=message(update).id)
