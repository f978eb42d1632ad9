"""Commands about one customer: by name when the name is clear, by a button when several have it."""

from collections.abc import Callable, Coroutine
from typing import Any

from telegram import Update

from bot.domain.messages import Message
from bot.domain.portfolio import Chosen
from bot.domain.roles import Staff
from bot.domain.taps import PickCustomer
from bot.services import portfolio, staff
from handlers import replies
from handlers.context import Context, message, person

Action = Callable[[Update, Context, Chosen], Coroutine[Any, Any, Message]]
"""What a command does with its customer, and says."""


async def asker(update: Update, context: Context) -> Staff:
    """The member of staff who asks; the route has seen to it that there is one."""
    house = context.bot_data
    found = await house.db.read(staff.identify, user_id=person(update).id, rules=house.rules)
    assert found is not None
    return found


async def act(update: Update, context: Context, command: str, action: Action, *, query: str, words: str = "") -> None:
    """Do what a command says with the customer that `query` names, or offer those whom it may mean.

    `words` is the rest of the command: kept until a button is tapped, and handed to the action either way.
    """
    by, came = await asker(update, context), message(update)
    found = await context.bot_data.db.read(
        portfolio.choose_customer,
        message_id=came.id,
        language=by.language,
        command=command,
        query=query,
        words=words,
    )
    if isinstance(found, Chosen):
        await replies.send(context, came.chat_id, await action(update, context, found))
        return
    if found.keyboard and words:
        await keep_words(update, context, words)
    await replies.send(context, came.chat_id, found)


async def keep_words(update: Update, context: Context, words: str) -> None:
    """Keep the words of a command for the buttons of its answer."""
    came = message(update)
    await context.bot_data.db.write(portfolio.keep_words, chat_id=came.chat_id, message_id=came.id, words=words)


async def pick(update: Update, context: Context, tap: PickCustomer, action: Action) -> None:
    """A customer was picked: the choice becomes what the command says."""
    by = await asker(update, context)
    tapped = message(update)
    found = await context.bot_data.db.read(
        portfolio.pick_customer, chat_id=tapped.chat_id, language=by.language, tap=tap
    )
    said = await action(update, context, found) if isinstance(found, Chosen) else found
    await replies.edit(context, tapped.chat_id, tapped.id, said)
