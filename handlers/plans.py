"""Success plans: staff start and tick them, customers say how they go."""

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.portfolio import Chosen
from bot.services import plans
from handlers import auditing, choosing, replies
from handlers.context import Context, message

PLAN = "plan"


async def plan(update: Update, context: Context) -> None:
    """`/plan CUSTOMER`."""
    await choosing.act(update, context, PLAN, show, query=" ".join(context.args or ()))


async def show(update: Update, context: Context, chosen: Chosen) -> Message:
    """The customer's plan, or the templates to start from."""
    by, house = await choosing.asker(update, context), context.bot_data
    return await auditing.look(
        context,
        Deed(staff_id=by.user_id, command=PLAN, customer_id=chosen.customer_id),
        plans.show_plan,
        rules=house.rules,
        customer_id=chosen.customer_id,
        language=by.language,
    )


async def start(update: Update, context: Context, tap: taps.StartPlan) -> None:
    """A template was chosen."""
    by, house = await choosing.asker(update, context), context.bot_data
    reply = await auditing.act(
        context,
        Deed(staff_id=by.user_id, command="start_plan", customer_id=tap.customer_id),
        plans.start_plan,
        rules=house.rules,
        staff_id=by.user_id,
        language=by.language,
        tap=tap,
    )
    tapped = message(update)
    await replies.say(context, tapped.chat_id, reply, tapped=tapped.id)


async def complete_milestone(update: Update, context: Context, tap: taps.CompleteMilestone) -> None:
    """A milestone was reached."""
    by = await choosing.asker(update, context)
    reply = await auditing.act(
        context,
        Deed(staff_id=by.user_id, command="complete_milestone", milestone_id=tap.milestone_id),
        plans.complete_milestone,
        staff_id=by.user_id,
        language=by.language,
        tap=tap,
    )
    tapped = message(update)
    await replies.say(context, tapped.chat_id, reply, tapped=tapped.id)
