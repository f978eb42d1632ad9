"""Reports: a picture with its figures."""

from functools import partial

from telegram import Update

from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.services import reports
from handlers import auditing, choosing, drawing, replies
from handlers.context import Context, message
from handlers.report_pictures import draw


async def report(update: Update, context: Context) -> None:
    """`/report`, and after it a metric, a period and what to break it down by."""
    by, house, came = await choosing.asker(update, context), context.bot_data, message(update)
    words = tuple(context.args or ())
    deed = Deed(staff_id=by.user_id, command="report")
    found = await auditing.look(context, deed, reports.report, rules=house.rules, words=words, language=by.language)
    if isinstance(found, Message):
        await replies.send(context, came.chat_id, found)
    else:
        await drawing.send(context, came.chat_id, partial(draw, found, house.renderer), found.message)
