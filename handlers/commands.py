"""The commands menu and the words on the bot's own page, by audience and language.

The menu is display only: what a person may do is asked on every command and tap.
"""

import logging
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from telegram import BotCommand, BotCommandScope, BotCommandScopeAllPrivateChats, BotCommandScopeChat
from telegram.constants import BotDescriptionLimit
from telegram.error import BadRequest, ChatMigrated, Forbidden, NetworkError, RetryAfter

from bot.domain.messages import Language, Message
from bot.services import staff
from handlers.context import App, House
from handlers.routes import COMMANDS, FOR_CUSTOMERS

logger = logging.getLogger(__name__)

WORDS = "commands"
FOR_STAFF = tuple(command.name for command in COMMANDS if command.role is not None)
# Clients offer /start by themselves.
OFFERED_TO_CUSTOMERS = tuple(name for name in FOR_CUSTOMERS if name != "start")
OWN = frozenset(command.name for command in COMMANDS if command.own)
"""What means something else to customers, by words of its own."""

Call = Callable[[], Coroutine[Any, Any, object]]


async def register(app: App) -> None:
    """Tell Telegram which commands to show to whom, and what the bot's page says.

    Nothing here may keep the bot from starting: a menu that could not be set is set at the next start.
    """
    for call in await _calls(app):
        try:
            await call()
        except (BadRequest, Forbidden, ChatMigrated) as error:
            logger.info("a menu was not set, since its chat is not open to the bot: %s", error.message)
        except (NetworkError, RetryAfter) as error:
            logger.warning("the menus were not set (%s); they will be at the next start", type(error).__name__)
            return


async def _calls(app: App) -> list[Call]:
    rules = app.bot_data.rules
    codes: list[Language | None] = [None, *Language]
    public = BotCommandScopeAllPrivateChats()
    calls = [_page(app, code or rules.language, code) for code in codes]
    calls += [_menu(app, OFFERED_TO_CUSTOMERS, public, code or rules.language, code, own=True) for code in codes]
    for user_id, language in (await _staff_languages(app.bot_data)).items():
        names = dict.fromkeys(FOR_STAFF + OFFERED_TO_CUSTOMERS)
        calls.append(_menu(app, names, BotCommandScopeChat(user_id), language))
    if rules.staff_chat_id is not None:
        calls.append(_menu(app, FOR_STAFF, BotCommandScopeChat(rules.staff_chat_id), rules.language))
    return calls


async def _staff_languages(house: House) -> dict[int, Language]:
    known = await house.db.read(staff.list_staff)
    return dict.fromkeys(sorted(house.rules.admin_ids), house.rules.language) | {
        one.user_id: one.language for one in known
    }


def _menu(
    app: App,
    names: Iterable[str],
    scope: BotCommandScope,
    language: Language,
    code: Language | None = None,
    *,
    own: bool = False,
) -> Call:
    words = Message(WORDS, language)
    parts = {name: f"own_{name}" if own and name in OWN else name for name in names}
    menu = [BotCommand(name, app.bot_data.renderer.part(words, part)) for name, part in parts.items()]
    return lambda: app.bot.set_my_commands(menu, scope=scope, language_code=code)


def _page(app: App, language: Language, code: Language | None) -> Call:
    words, renderer = Message(WORDS, language), app.bot_data.renderer
    long = renderer.part(words, "description")[: BotDescriptionLimit.MAX_DESCRIPTION_LENGTH]
    short = renderer.part(words, "short_description")[: BotDescriptionLimit.MAX_SHORT_DESCRIPTION_LENGTH]

    async def set_page() -> None:
        await app.bot.set_my_description(long, language_code=code)
        await app.bot.set_my_short_description(short, language_code=code)

    return set_page
