"""What people ask about what is kept of them."""

from telegram import Update

from bot.domain.privacy import FILE_NAME
from bot.services import privacy
from handlers import replies
from handlers.context import Context, language_of, person


async def notice(update: Update, context: Context) -> None:
    """`/privacy`."""
    user, house = person(update), context.bot_data
    asked = {"chat_id": user.id, "language": language_of(user, house.rules)}
    await replies.say(context, user.id, await house.db.read(privacy.show_notice, rules=house.rules, **asked))


async def my_data(update: Update, context: Context) -> None:
    """`/mydata`: a page to read, and a file with everything."""
    user, house = person(update), context.bot_data
    asked = {"chat_id": user.id, "language": language_of(user, house.rules)}
    page, document = await house.db.read(privacy.show_my_data, rules=house.rules, **asked)
    await replies.send(context, user.id, page)
    if document is not None:
        await replies.send_document(context, user.id, document.to_json(), FILE_NAME)


async def forget(update: Update, context: Context) -> None:
    """`/forget`: ask once."""
    user, house = person(update), context.bot_data
    asked = {"chat_id": user.id, "language": language_of(user, house.rules)}
    await replies.say(context, user.id, await house.db.read(privacy.ask_to_forget, rules=house.rules, **asked))
