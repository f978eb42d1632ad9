"""Reports: a picture with its figures."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from telegram import Update
from telegram.constants import ChatAction
from telegram.error import Forbidden, NetworkError

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.report_messages import Report
from bot.domain.report_requests import FileForm
from bot.services import reports
from handlers import auditing, choosing, replies
from handlers.context import Context, message
from handlers.report_files import write
from handlers.report_pictures import draw

DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draw")
"""Drawing keeps one processor busy for a tenth of a second, so pictures are drawn one after the other."""


async def report(update: Update, context: Context) -> None:
    """`/report`, and after it a metric, a period and what to break it down by."""
    came = message(update)
    found = await _find(update, context, tuple(context.args or ()))
    if isinstance(found, Message):
        await replies.send(context, came.chat_id, found)
        return
    if found.form is not None:
        await _send_file(context, came.chat_id, found, found.form)
        return
    with suppress(Forbidden, NetworkError):  # the picture comes all the same, or says why it cannot
        await context.bot.send_chat_action(came.chat_id, ChatAction.UPLOAD_PHOTO)
    await replies.send_picture(context, came.chat_id, await _draw(context, found), found.message)


async def turn(update: Update, context: Context, tap: taps.ShowReport) -> None:
    """The report becomes another one, in its place."""
    tapped = message(update)
    found = await _find(update, context, tuple(tap.words.split()))
    if isinstance(found, Message):
        await replies.send(context, tapped.chat_id, found)
        return
    if found.form is not None:
        await _send_file(context, tapped.chat_id, found, found.form)
        return
    await replies.edit_picture(context, tapped.chat_id, tapped.id, await _draw(context, found), found.message)


async def _find(update: Update, context: Context, words: tuple[str, ...]) -> Report | Message:
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command="report")
    return await auditing.look(context, deed, reports.report, rules=house.rules, words=words, language=by.language)


async def _send_file(context: Context, chat_id: int, found: Report, form: FileForm) -> None:
    loop, renderer = asyncio.get_running_loop(), context.bot_data.renderer
    name, content = await loop.run_in_executor(DRAWING, write, found, form, renderer)
    await replies.send_document(context, chat_id, content, name)


async def _draw(context: Context, found: Report) -> bytes:
    return await asyncio.get_running_loop().run_in_executor(DRAWING, draw, found, context.bot_data.renderer)
