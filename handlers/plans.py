"""Success plans: staff start and change them, customers look at their own."""

from collections.abc import Callable
from dataclasses import replace

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message, Reply
from bot.domain.portfolio import Chosen, read_note
from bot.services import own_plans, plans
from handlers import auditing, choosing, replies
from handlers.context import Context, language_of, message, person

PLAN = "plan"


async def plan(update: Update, context: Context) -> None:
    """`/plan CUSTOMER`, and after a colon what to change; alone, who is a customer too sees their own plan."""
    query, words = read_note(" ".join(context.args or ()))
    if not query and await _has_own(update, context):
        await own_plan(update, context)
    else:
        await choosing.act(update, context, PLAN, show, query=query, words=words)


async def _has_own(update: Update, context: Context) -> bool:
    chat_id = message(update).chat_id
    return chat_id == person(update).id and await context.bot_data.db.read(own_plans.is_customer, chat_id=chat_id)


async def own_plan(update: Update, context: Context) -> None:
    """`/plan` of a customer."""
    user, house = person(update), context.bot_data
    language = language_of(user, house.rules)
    said = await house.db.read(own_plans.show_own, rules=house.rules, chat_id=user.id, language=language)
    await replies.send(context, user.id, said)


async def show(update: Update, context: Context, chosen: Chosen) -> Message:
    """The customer's plan, changed if the words say so, or the templates to start from."""
    by, house = await choosing.asker(update, context), context.bot_data
    facts = {"rules": house.rules, "customer_id": chosen.customer_id, "language": by.language}
    deed = Deed(staff_id=by.user_id, command=PLAN, customer_id=chosen.customer_id)
    if not chosen.words:
        return await auditing.look(context, deed, plans.show_plan, **facts)
    changing = replace(deed, command="change_plan")
    return await auditing.act(context, changing, plans.change_plan, words=chosen.words, **facts)


async def list_late(update: Update, context: Context) -> None:
    """`/plans`: what is stuck or behind."""
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command="plans")
    facts = {"rules": house.rules, "staff_id": by.user_id, "language": by.language}
    said = await auditing.look(context, deed, plans.list_late, **facts)
    await replies.send(context, message(update).chat_id, said)


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
    """A milestone was reached, or the customer's own tick is confirmed."""
    await _change(update, context, tap, "complete_milestone", plans.complete_milestone)


async def reject_milestone(update: Update, context: Context, tap: taps.RejectMilestone) -> None:
    """A milestone that the customer ticked is not reached yet."""
    await _change(update, context, tap, "reject_milestone", plans.reject_milestone)


async def move_milestone(update: Update, context: Context, tap: taps.MoveMilestone) -> None:
    """A milestone is put off."""
    await _change(update, context, tap, "move_milestone", plans.move_milestone)


async def _change(
    update: Update,
    context: Context,
    tap: taps.CompleteMilestone | taps.RejectMilestone | taps.MoveMilestone,
    command: str,
    use_case: Callable[..., Reply],
) -> None:
    by = await choosing.asker(update, context)
    reply = await auditing.act(
        context,
        Deed(staff_id=by.user_id, command=command, milestone_id=tap.milestone_id),
        use_case,
        rules=context.bot_data.rules,
        staff_id=by.user_id,
        language=by.language,
        tap=tap,
    )
    tapped = message(update)
    await replies.say(context, tapped.chat_id, reply, tapped=tapped.id)
