"""Reports: a picture with its figures."""

from contextlib import suppress

from telegram import Update
from telegram.constants import ChatAction
from telegram.error import Forbidden, NetworkError

from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.services import reports
from handlers import auditing, choosing, replies
from handlers.context import Context, message
from handlers.drawing import drawn
from handlers.report_pictures import draw


async def report(update: Update, context: Context) -> None:
    """`/report`, and after it a metric, a period and what to break it down by."""
    by, house, came = await choosing.asker(update, context), context.bot_data, message(update)
    words = tuple(context.args or ())
    deed = Deed(staff_id=by.user_id, command="report")
    found = await auditing.look(context, deed, reports.report, rules=house.rules, words=words, language=by.language)
    if isinstance(found, Message):
        await replies.send(context, came.chat_id, found)
        return
    with suppress(Forbidden, NetworkError):  # the picture comes all the same, or says why it cannot
        await context.bot.send_chat_action(came.chat_id, ChatAction.UPLOAD_PHOTO)
    picture = await drawn(draw, found, house.renderer)
    await replies.send_picture(context, came.chat_id, picture, found.message)
