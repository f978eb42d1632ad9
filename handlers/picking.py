"""What a customer, picked from several with the name, is picked for."""

from collections.abc import Mapping
from types import MappingProxyType

from telegram import Update

from bot.domain.messages import Message
from bot.domain.taps import PickCustomer
from handlers import cases, choosing, health, plans, portfolio, replies, win_back
from handlers.choosing import Action
from handlers.context import Context, message

ACTIONS: Mapping[str, Action] = MappingProxyType(
    {
        portfolio.CUSTOMER: portfolio.show_profile,
        portfolio.NOTE: portfolio.take_note,
        portfolio.SURVEY: portfolio.request_survey,
        portfolio.WHY: portfolio.explain,
        plans.PLAN: plans.show,
        win_back.LOST: win_back.mark,
        cases.CASE: cases.open_case,
        cases.LOG: cases.log_contact,
        health.HEALTH: health.show_customer,
    }
)


async def pick(update: Update, context: Context, tap: PickCustomer) -> None:
    """Do for the picked customer what the command of the choice does."""
    action = ACTIONS.get(tap.command)
    if action is None:
        by = await choosing.asker(update, context)
        await replies.send(context, message(update).chat_id, Message("customers/stale_button", by.language))
    else:
        await choosing.pick(update, context, tap, action)
