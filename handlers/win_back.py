"""Customers who left: staff say so, and the customers say why and whether they want to talk."""

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.portfolio import Chosen
from bot.domain.win_back import read_command
from bot.services import win_back
from handlers import auditing, choosing, replies
from handlers.context import Context, language_of, message, person

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


async def give_reason(update: Update, context: Context, tap: taps.LeavingReason) -> None:
    """A customer says why they left."""
    user, house = person(update), context.bot_data
    message_id = message(update).id
    reply = await house.db.write(
        win_back.record_reason,
        rules=house.rules,
        chat_id=user.id,
        message_id=message_id,
        language=language_of(user, house.rules),
        tap=tap,
    )
    await replies.say(context, user.id, reply, tapped=message_id)


async def answer_offer(update: Update, context: Context, tap: taps.OfferAnswer) -> None:
    """A customer answers the offer."""
    user, house = person(update), context.bot_data
    message_id = message(update).id
    reply = await house.db.write(
        win_back.answer_offer,
        rules=house.rules,
        chat_id=user.id,
        message_id=message_id,
        language=language_of(user, house.rules),
        tap=tap,
    )
    await replies.say(context, user.id, reply, tapped=message_id)
