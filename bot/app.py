"""The composition: what the bot is made of, how it starts, and how it stops without losing anything."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import cast

from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application
from telegram.request import BaseRequest

from bot import scheduler
from bot.clock import utc_now
from bot.domain.rules import Rules
from bot.domain.webhooks import read_secret
from bot.keys import require_keys
from bot.render import Renderer
from bot.serving import PortTakenError, listen, serve as serve_http
from bot.settings import Settings, SettingsError
from handlers import commands
from handlers.context import App, Database, House
from handlers.ingest import ingest_app
from handlers.limiter import ReplyLimiter
from handlers.routes import add_routes
from handlers.sender import Sender
from handlers.transport import AiohttpRequest
from handlers.updates import LONG_POLL_SECONDS, Intake
from handlers.webhooks import WebhookSender
from storage import database

logger = logging.getLogger(__name__)

CONNECTIONS = 100
REPLY_SECONDS = 20.0
UNREACHABLE = "Where Telegram is blocked, set BOT_PROXY, or BOT_API_URL to a server of your own."
FIRST_TRY_AGAIN_SECONDS = 1.0
LONGEST_TRY_AGAIN_SECONDS = 60.0


def build(
    rules: Rules, db: Database, *, token: str, api_url: str, request: BaseRequest, updates_request: BaseRequest
) -> App:
    """The application with its routes, over whatever transport it is given."""
    built = (
        Application.builder()
        .token(token)
        .base_url(f"{api_url}/bot")
        .base_file_url(f"{api_url}/file/bot")
        .request(request)
        .get_updates_request(updates_request)
        .updater(None)
        .job_queue(None)
        .rate_limiter(ReplyLimiter(db))
        .build()
    )
    app = cast("App", built)
    app.bot_data = House(db, rules, Renderer(rules))
    add_routes(app)
    return app


def run(settings: Settings) -> None:
    """Run the bot on Telegram until it is told to stop.

    Raises:
        SettingsError: the token is missing, or Telegram does not know it; or a key of the encryption is missing.
    """
    token = settings.require_token()
    db = database.Database(settings.database_url, now=utc_now, keyring=settings.keyring)
    try:
        require_keys(db, settings.keyring)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_run(settings, db, token))
    except InvalidToken:
        advice = "Telegram does not know this token; copy it again from @BotFather (/mybots, API Token)"
        raise SettingsError([f"BOT_TOKEN: {advice}"]) from None
    finally:
        db.close()


async def _run(settings: Settings, db: database.Database, token: str) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    proxy = settings.bot_proxy
    requests = (
        AiohttpRequest(connections=CONNECTIONS, total=REPLY_SECONDS, proxy=proxy),
        AiohttpRequest(connections=1, total=LONG_POLL_SECONDS + REPLY_SECONDS, proxy=proxy),
    )
    app = build(
        settings.rules,
        db,
        token=token,
        api_url=settings.bot_api_url,
        request=requests[0],
        updates_request=requests[1],
    )
    try:
        async with data_door(app.bot_data, settings), webhooks(app.bot_data, settings, stop):
            if await _initialize(app, stop):
                logger.info("@%s is ready", app.bot.username)
                await serve(app, stop)
    finally:
        await app.shutdown()
        for request in requests:  # an application that never came up leaves them open
            await request.shutdown()


@asynccontextmanager
async def data_door(house: House, settings: Settings) -> AsyncIterator[None]:
    """Take data in by HTTP meanwhile, if there is a token for it; also while Telegram cannot be reached.

    Raises:
        SettingsError: the port is taken.
    """
    if settings.api_token is None:
        yield
        return
    try:
        listener = listen(settings.api_host, settings.api_port)
    except PortTakenError as error:
        raise SettingsError([f"TOUCHPOINT_API_PORT: {error}"]) from None
    logger.info("taking data in at http://%s:%d/v1/docs", settings.api_host, settings.api_port)
    door = asyncio.create_task(serve_http(ingest_app(house, token=settings.api_token.get_secret_value()), listener))
    try:
        yield
    finally:
        door.cancel()
        with suppress(asyncio.CancelledError):
            await door


@asynccontextmanager
async def webhooks(house: House, settings: Settings, stop: asyncio.Event) -> AsyncIterator[None]:
    """Tell another system of answers and cases meanwhile, if there is an address for it."""
    if not house.rules.webhook_url or settings.webhook_secret is None:
        yield
        return
    secret = read_secret(settings.webhook_secret.get_secret_value())
    sender = WebhookSender(house, url=house.rules.webhook_url, secret=secret, owner=_owner())
    calling = asyncio.create_task(sender.run(stop))
    try:
        yield
    finally:
        stop.set()
        await calling


def _owner() -> str:
    return f"{socket.gethostname()}:{os.getpid()}"


async def _initialize(app: App, stop: asyncio.Event) -> bool:
    """Reach Telegram, however long that takes; False when told to stop before."""
    wait = FIRST_TRY_AGAIN_SECONDS
    while not stop.is_set():
        try:
            await app.initialize()
        except NetworkError as error:
            logger.warning(
                "Telegram cannot be reached (%s); trying again in %.0f s. %s", error.message, wait, UNREACHABLE
            )
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), wait)
            wait = min(wait * 2, LONGEST_TRY_AGAIN_SECONDS)
        else:
            return True
    return False


async def serve(app: App, stop: asyncio.Event) -> None:
    """Take updates, plan and send until told to stop; then finish what is in hand.

    Raises:
        InvalidToken: Telegram took the token back.
    """
    house = app.bot_data
    sender = Sender(app.bot, house, owner=_owner())
    await commands.register(app)
    planning = scheduler.start(house.db, house.rules)
    sending = asyncio.create_task(sender.run(stop))
    try:
        await Intake(app).poll(stop)
    finally:
        stop.set()
        planning.shutdown(wait=False)
        await sending


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # noqa: PLC0415  there is none for Windows
    except ImportError:
        return None
    return uvloop.new_event_loop
