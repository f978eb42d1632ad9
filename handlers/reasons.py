"""Staff look at why customers say what they say, put it right, and keep the themes."""

from telegram import Update

from bot.domain import taps
from bot.domain.audit import Deed
from bot.domain.messages import Message
from bot.domain.reasons.editing import parse_theme_request
from bot.domain.report_requests import Page
from bot.services import reasons as reason_services, themes as theme_services
from handlers import auditing, choosing, replies, reports
from handlers.context import Context, message

REASONS, THEMES = "reasons", "themes"


async def reasons(update: Update, context: Context) -> None:
    """`/reasons [nps|ces|csat] [period]`: that page of the report."""
    await reports.show(update, context, (Page.REASONS, *(context.args or ())), command=REASONS)


async def show_phrases(update: Update, context: Context, tap: taps.ShowPhrases) -> None:
    """What detractors say that promoters do not."""
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command=REASONS)
    facts = {"rules": house.rules, "language": by.language, "tap": tap}
    said = await auditing.look(context, deed, reason_services.show_phrases, **facts)
    await replies.send(context, message(update).chat_id, said)


async def show_theme(update: Update, context: Context, tap: taps.ShowTheme) -> None:
    """The quotes of a theme: below the picture of the report, or another page in their place."""
    by, house, tapped = await choosing.asker(update, context), context.bot_data, message(update)
    deed = Deed(staff_id=by.user_id, command=REASONS)
    facts = {"rules": house.rules, "language": by.language, "tap": tap}
    said = await auditing.look(context, deed, reason_services.show_theme, **facts)
    if tapped.photo:
        await replies.send(context, tapped.chat_id, said)
    else:
        await replies.edit(context, tapped.chat_id, tapped.id, said)


async def open_reason(update: Update, context: Context, tap: taps.OpenReason) -> None:
    """One reason, to say what it is about; the quotes stay where they are."""
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command=REASONS)
    facts = {"rules": house.rules, "by": by, "run_id": tap.run_id}
    said = await auditing.look(context, deed, reason_services.open_reason, **facts)
    await replies.send(context, message(update).chat_id, said)


async def set_theme(update: Update, context: Context, tap: taps.SetTheme) -> None:
    """A reason is about a theme, or is not."""
    by, house, tapped = await choosing.asker(update, context), context.bot_data, message(update)
    deed = Deed(staff_id=by.user_id, command="set_theme")
    said = await auditing.act(context, deed, reason_services.set_theme, rules=house.rules, by=by, tap=tap)
    await replies.edit(context, tapped.chat_id, tapped.id, said)


async def themes(update: Update, context: Context) -> None:
    """`/themes`, one of them, or a change to it."""
    by, house = await choosing.asker(update, context), context.bot_data
    request = parse_theme_request(" ".join(context.args or ()))
    facts = {"rules": house.rules, "by": by, "request": request}
    if request.change is None:
        said = await auditing.look(
            context, Deed(staff_id=by.user_id, command=THEMES), theme_services.show_themes, **facts
        )
    else:
        deed = Deed(staff_id=by.user_id, command="edit_themes")
        said = await auditing.act(context, deed, theme_services.edit_themes, **facts)
    await replies.send(context, message(update).chat_id, said)


async def open_theme(update: Update, context: Context, tap: taps.EditTheme) -> None:
    """A theme of the list, or the list again."""
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command=THEMES)
    facts = {"rules": house.rules, "by": by, "key": tap.theme}
    await _become(update, context, await auditing.look(context, deed, theme_services.open_theme, **facts))


async def hide_theme(update: Update, context: Context, tap: taps.HideTheme) -> None:
    """Out of sight, or back."""
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command="hide_theme")
    facts = {"rules": house.rules, "by": by, "tap": tap}
    await _become(update, context, await auditing.act(context, deed, theme_services.hide_theme, **facts))


async def drop_seed(update: Update, context: Context, tap: taps.DropSeed) -> None:
    """A theme is known by one word less."""
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command="drop_seed")
    facts = {"rules": house.rules, "by": by, "tap": tap}
    await _become(update, context, await auditing.act(context, deed, theme_services.drop_seed, **facts))


async def merge_theme(update: Update, context: Context, tap: taps.MergeTheme) -> None:
    """A theme becomes part of another; first, which one is asked."""
    by, house = await choosing.asker(update, context), context.bot_data
    deed = Deed(staff_id=by.user_id, command="merge_theme")
    facts = {"rules": house.rules, "by": by, "tap": tap}
    await _become(update, context, await auditing.act(context, deed, theme_services.merge_theme, **facts))


async def _become(update: Update, context: Context, said: Message) -> None:
    """The message that was tapped becomes another."""
    tapped = message(update)
    await replies.edit(context, tapped.chat_id, tapped.id, said)
