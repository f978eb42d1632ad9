"""From a segment of a report to the customers in it."""

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.services import segment_lists
from handlers import auditing, choosing, replies
from handlers.context import Context, message


async def show(update: Update, context: Context, tap: taps.ShowSegment) -> None:
    """Who answered in it, below the report."""
    said = await _find(update, context, tap, page=0)
    await replies.send(context, message(update).chat_id, said)


async def turn_page(update: Update, context: Context, tap: taps.SegmentPage) -> None:
    """Another page of them."""
    tapped = message(update)
    await replies.edit(context, tapped.chat_id, tapped.id, await _find(update, context, tap, page=tap.page))


async def _find(update: Update, context: Context, tap: taps.ShowSegment | taps.SegmentPage, *, page: int) -> Message:
    by, house = await choosing.asker(update, context), context.bot_data
    return await auditing.look(
        context,
        Deed(staff_id=by.user_id, command="segment"),
        segment_lists.list_answered,
        rules=house.rules,
        by=by,
        words=tap.words,
        segment=tap.segment,
        page=page,
    )
