"""Customers who left: staff say so, and the customers say why and whether they want to talk."""

from telegram import Update

from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.portfolio import Chosen
from bot.domain.win_back import read_command
from bot.services import win_back
from handlers import auditing, choosing
from handlers.context import Context, message

LOST = "lost"


async def lost(update: Update, context: Context) -> None:
    """`/lost CUSTOMER`, and after a colon the reason."""
    _, _, written = (message(update).text or "").partition(" ")
    customer, reason = read_command(written)
    await choosing.act(update, context, LOST, mark, query=customer, words=reason)


async def mark(update: Update, context: Context, chosen: Chosen) -> Message:
    """The customer is lost."""
    by, house = await choosing.asker(update, context), context.bot_data
    return await auditing.act(
        context,
        Deed(staff_id=by.user_id, command=LOST, customer_id=chosen.customer_id),
        win_back.mark_lost,
        rules=house.rules,
        customer_id=chosen.customer_id,
        reason=chosen.words,
        language=by.language,
    )
