"""Survey waves: managers plan and switch them, staff see who has not answered."""

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.touchpoints import Kind
from bot.services import waves
from handlers import auditing, choosing, replies
from handlers.context import Context, message


async def wave(update: Update, context: Context) -> None:
    """`/wave nps|ces|csat [about what, whom, when]`; alone, how to write it, and the waves begun last."""
    by, house, came = await choosing.asker(update, context), context.bot_data, message(update)
    words = context.args or []
    if words:
        said = await auditing.act(
            context,
            Deed(staff_id=by.user_id, command="wave"),
            waves.draft_wave,
            rules=house.rules,
            staff_id=by.user_id,
            language=by.language,
            text=" ".join(words),
        )
    else:
        said = await auditing.look(
            context, Deed(staff_id=by.user_id, command="wave"), waves.show_waves, language=by.language
        )
    await replies.send(context, came.chat_id, said)


async def switch(update: Update, context: Context, tap: taps.SwitchWave) -> None:
    """A button of a wave was pressed; its message becomes what the wave is then."""
    by, house, tapped = await choosing.asker(update, context), context.bot_data, message(update)
    said = await auditing.act(
        context,
        Deed(staff_id=by.user_id, command="switch_wave"),
        waves.switch_wave,
        rules=house.rules,
        chat_id=tapped.chat_id,
        message_id=tapped.id,
        language=by.language,
        tap=tap,
    )
    await replies.edit(context, tapped.chat_id, tapped.id, said)


async def send_list(update: Update, context: Context, tap: taps.ListWave) -> None:
    """The customers of a wave, as a file."""
    by, house, tapped = await choosing.asker(update, context), context.bot_data, message(update)
    listed = await auditing.look(
        context,
        Deed(staff_id=by.user_id, command="list_wave"),
        waves.list_recipients,
        rules=house.rules,
        language=by.language,
        tap=tap,
    )
    if listed is None:
        await replies.send(context, tapped.chat_id, Message("customers/stale_button", by.language))
    else:
        await replies.send_file(context, tapped.chat_id, f"wave-{tap.wave_id}.txt", listed)


async def who(update: Update, context: Context) -> None:
    """`/who nps|ces|csat`: who was asked and has not answered."""
    by, came = await choosing.asker(update, context), message(update)
    kind = (context.args or [Kind.NPS])[0].casefold()
    said = await auditing.look(
        context, Deed(staff_id=by.user_id, command="who"), waves.list_unanswered, kind=kind, language=by.language
    )
    await replies.send(context, came.chat_id, said)


async def turn_page(update: Update, context: Context, tap: taps.UnansweredPage) -> None:
    """Another page of those who have not answered."""
    by, tapped = await choosing.asker(update, context), message(update)
    said = await auditing.look(
        context,
        Deed(staff_id=by.user_id, command="who"),
        waves.list_unanswered,
        kind=tap.kind,
        language=by.language,
        page=tap.page,
    )
    await replies.edit(context, tapped.chat_id, tapped.id, said)
