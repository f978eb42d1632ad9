"""Staff look at the health of their customers, and say what no data say."""

from functools import partial

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.portfolio import Chosen
from bot.services import health_pages
from handlers import auditing, choosing, drawing, replies
from handlers.context import Context, message
from handlers.health_pictures import draw

HEALTH, RISKS = "health", "risks"


async def health(update: Update, context: Context) -> None:
    """`/health`: the portfolio; `/health CUSTOMER`: one of it."""
    query = " ".join(context.args or ())
    if query:
        await choosing.act(update, context, HEALTH, show_customer, query=query)
        return
    by = await choosing.asker(update, context)
    deed = Deed(staff_id=by.user_id, command=HEALTH)
    said = await auditing.look(context, deed, health_pages.show_portfolio, by=by)
    await replies.send(context, message(update).chat_id, said)


async def show_customer(update: Update, context: Context, chosen: Chosen) -> Message:
    """One customer's health in words, after the picture of how it went."""
    by, house, customer_id = await choosing.asker(update, context), context.bot_data, chosen.customer_id
    facts = {"rules": house.rules, "customer_id": customer_id, "language": by.language}
    deed = Deed(staff_id=by.user_id, command=HEALTH, customer_id=customer_id)
    said = await auditing.look(context, deed, health_pages.show_customer, **facts)
    trend = await house.db.read(health_pages.load_trend, **facts)
    if trend is not None:
        await drawing.send(context, message(update).chat_id, partial(draw, trend, house.renderer), trend.words)
    return said


async def pick_from_list(update: Update, context: Context, tap: taps.ShowHealth) -> None:
    """A customer of a list or of an alert was tapped; the list stays where it is."""
    chosen = Chosen(customer_id=tap.customer_id, words="", message_id=0)
    await replies.send(context, message(update).chat_id, await show_customer(update, context, chosen))


async def risks(update: Update, context: Context) -> None:
    """`/risks`."""
    await replies.send(context, message(update).chat_id, await _risks(update, context, page=0))


async def turn_page(update: Update, context: Context, tap: taps.RisksPage) -> None:
    """Another page of those at risk; the first one is also asked for from the portfolio."""
    tapped = message(update)
    await replies.edit(context, tapped.chat_id, tapped.id, await _risks(update, context, page=tap.page))


async def _risks(update: Update, context: Context, *, page: int) -> Message:
    by = await choosing.asker(update, context)
    deed = Deed(staff_id=by.user_id, command=RISKS)
    return await auditing.look(context, deed, health_pages.show_risks, rules=context.bot_data.rules, by=by, page=page)


async def switch_cancellation(update: Update, context: Context, tap: taps.SwitchCancellation) -> None:
    """The customer asked to cancel, or stays."""
    by, tapped = await choosing.asker(update, context), message(update)
    said = await auditing.act(
        context,
        Deed(staff_id=by.user_id, command="switch_cancellation", customer_id=tap.customer_id),
        health_pages.switch_cancellation,
        rules=context.bot_data.rules,
        staff_id=by.user_id,
        language=by.language,
        tap=tap,
    )
    await replies.edit(context, tapped.chat_id, tapped.id, said)
