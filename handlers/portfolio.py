"""Staff look at their customers, note what they learn, and ask for surveys."""

from telegram import Update

from bot.domain import survey_requests, taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.portfolio import Chosen, read_note
from bot.services import conversations, planning, portfolio, profiles, survey_requests as requests
from handlers import auditing, choosing, replies
from handlers.context import Context, message, written

CUSTOMER, NOTE, SURVEY, WHY = "customer", "note", "survey", "why"
DAYS_AHEAD = 365


async def list_customers(update: Update, context: Context) -> None:
    """`/customers`, with a part of a name or without."""
    by, came, search = await choosing.asker(update, context), message(update), written(update)
    if search:
        await choosing.keep_words(update, context, search)
    said = await auditing.look(
        context,
        Deed(staff_id=by.user_id, command="customers"),
        portfolio.list_customers,
        message_id=came.id,
        staff_id=by.user_id,
        language=by.language,
        search=search,
    )
    await replies.send(context, came.chat_id, said)


async def turn_page(update: Update, context: Context, tap: taps.ListPage) -> None:
    """Another page of the list."""
    by, tapped = await choosing.asker(update, context), message(update)
    said = await auditing.look(
        context,
        Deed(staff_id=by.user_id, command="customers"),
        portfolio.turn_page,
        chat_id=tapped.chat_id,
        staff_id=by.user_id,
        language=by.language,
        tap=tap,
    )
    await replies.edit(context, tapped.chat_id, tapped.id, said)


async def customer(update: Update, context: Context) -> None:
    """`/customer NAME`."""
    await choosing.act(update, context, CUSTOMER, show_profile, query=written(update))


async def pick_from_list(update: Update, context: Context, tap: taps.ShowCustomer) -> None:
    """A customer of the list was tapped; the list stays where it is."""
    chosen = Chosen(customer_id=tap.customer_id, words="", message_id=0)
    await replies.send(context, message(update).chat_id, await show_profile(update, context, chosen))


async def show_profile(update: Update, context: Context, chosen: Chosen) -> Message:
    """The customer's profile, as much of it as this role may see."""
    by = await choosing.asker(update, context)
    return await auditing.look(
        context,
        Deed(staff_id=by.user_id, command=CUSTOMER, customer_id=chosen.customer_id),
        profiles.show_profile,
        rules=context.bot_data.rules,
        customer_id=chosen.customer_id,
        role=by.role,
        language=by.language,
    )


async def why(update: Update, context: Context) -> None:
    """`/why CUSTOMER`."""
    await choosing.act(update, context, WHY, explain, query=written(update))


async def explain(update: Update, context: Context, chosen: Chosen) -> Message:
    """What the customer is sent next, what holds it, and what was sent.

    Two readings, since use cases do not call each other; between them no more than a line may change.
    """
    by, house = await choosing.asker(update, context), context.bot_data
    upcoming = await house.db.read(
        planning.upcoming, rules=house.rules, days=DAYS_AHEAD, customer_id=chosen.customer_id
    )
    return await auditing.look(
        context,
        Deed(staff_id=by.user_id, command=WHY, customer_id=chosen.customer_id),
        profiles.explain,
        customer_id=chosen.customer_id,
        upcoming=upcoming,
        days=DAYS_AHEAD,
        language=by.language,
    )


async def note(update: Update, context: Context) -> None:
    """`/note CUSTOMER: text`, or `/note CUSTOMER` in reply to a message, which is then the text."""
    query, body = read_note(written(update))
    answered = message(update).reply_to_message
    quoted = (answered.text or answered.caption or "") if answered is not None else ""
    await choosing.act(update, context, NOTE, take_note, query=query, words=body or quoted)


async def take_note(update: Update, context: Context, chosen: Chosen) -> Message:
    """The note goes onto the customer's profile."""
    by = await choosing.asker(update, context)
    return await auditing.act(
        context,
        Deed(staff_id=by.user_id, command=NOTE, customer_id=chosen.customer_id),
        profiles.take_note,
        customer_id=chosen.customer_id,
        staff_id=by.user_id,
        chat_id=message(update).chat_id,
        message_id=chosen.message_id,
        body=chosen.words,
        language=by.language,
    )


async def survey(update: Update, context: Context) -> None:
    """`/survey nps|ces|csat CUSTOMER [about SUBJECT]`."""
    query, words = survey_requests.read_request(written(update))
    await choosing.act(update, context, SURVEY, request_survey, query=query, words=words)


async def request_survey(update: Update, context: Context, chosen: Chosen) -> Message:
    """The survey is queued, and the contact policy says when it goes."""
    by, house = await choosing.asker(update, context), context.bot_data
    return await auditing.act(
        context,
        Deed(staff_id=by.user_id, command=SURVEY, customer_id=chosen.customer_id),
        requests.request_survey,
        rules=house.rules,
        customer_id=chosen.customer_id,
        words=chosen.words,
        language=by.language,
    )


async def close_interaction(update: Update, context: Context, tap: taps.CloseInteraction) -> None:
    """What a customer wrote is dealt with."""
    by, tapped = await choosing.asker(update, context), message(update)
    reply = await auditing.act(
        context,
        Deed(staff_id=by.user_id, command="close_interaction", interaction_id=tap.interaction_id),
        conversations.close_interaction,
        staff_id=by.user_id,
        language=by.language,
        interaction_id=tap.interaction_id,
    )
    await replies.say(context, tapped.chat_id, reply, tapped=tapped.id)
