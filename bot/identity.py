"""Who the bot is: one question to Telegram, for those who need no more than that."""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import aiohttp

from bot.settings import Settings

TIMEOUT_SECONDS = 8.0


@dataclass(frozen=True, kw_only=True)
class Identity:
    """The bot's user name, and the time by Telegram's clock when it said so."""

    username: str
    telegram_time: datetime | None


class UnreachableError(Exception):
    """Telegram did not answer, or not as Telegram does. The message says what to do, and never holds the token."""


class UnknownTokenError(Exception):
    """Telegram knows no bot with this token."""

    def __init__(self) -> None:
        super().__init__("Telegram does not know this token; copy it again from @BotFather (/mybots, API Token)")


def ask_identity(settings: Settings) -> Identity:
    """Ask Telegram who the bot is, by getMe.

    Raises:
        SettingsError: there is no token.
        UnreachableError: there was no answer.
        UnknownTokenError: the token is wrong.
    """
    return asyncio.run(_ask(settings, settings.require_token()))


async def _ask(settings: Settings, token: str) -> Identity:
    url = f"{settings.bot_api_url}/bot{token}/getMe"
    timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout) as session,
            session.get(url, proxy=settings.bot_proxy) as response,
        ):
            if response.status in {401, 404}:
                raise UnknownTokenError
            date = response.headers.get("Date")
            username = str((await response.json())["result"]["username"])
    except (aiohttp.ClientError, TimeoutError, ValueError, KeyError, TypeError) as error:
        # The error's own words hold the address, and that holds the token.
        advice = "check the network; where Telegram is blocked, set BOT_PROXY or another BOT_API_URL"
        raise UnreachableError(f"no answer from {settings.bot_api_url} ({type(error).__name__}): {advice}") from None
    return Identity(username=username, telegram_time=parsedate_to_datetime(date) if date else None)
