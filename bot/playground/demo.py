"""`touchpoint demo`: the unchanged bot over an imitated messenger, a simulated business and a page to look at both."""

import asyncio
import signal
import socket
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import storage.history
from bot.app import build
from bot.clock import utc_now
from bot.domain.rules import Rules
from bot.playground import opening
from bot.playground.clock import ClockMover, MovableClock
from bot.playground.crowd import Crowd
from bot.playground.engine import Engine
from bot.playground.messenger import Messenger
from bot.playground.recollection import recall
from bot.playground.server import HOST, PORT, serve_playground
from bot.playground.shop import Shop
from bot.playground.simulation.cast import business
from bot.playground.simulation.people import YEAR
from bot.playground.simulation.purchases import CURRENCY
from bot.playground.simulation.story import Simulation, simulate
from bot.playground.spoken import Spoken
from bot.playground.transport import PlaygroundRequest
from bot.playground.views import Playground
from bot.playground.web import playground_app
from bot.services import health
from bot.serving import PortTakenError, listen
from bot.settings import Settings, SettingsError
from handlers import commands
from handlers.context import App
from handlers.updates import Intake
from storage.database import Database
from storage.migrate import migrate

TOKEN = "demo"  # noqa: S105  the imitated messenger takes any
API_URL = "http://playground"  # where calls go in name only
DATABASE = "playground.sqlite3"
SEED = 2026


def run(settings: Settings, *, port: int = PORT, keep: Path | None = None, say: Callable[[str], None] = print) -> None:
    """Open the playground on this machine until Ctrl+C or SIGTERM.

    Args:
        settings: only the rules count; no token is needed and none is used.
        port: where the page is served.
        keep: a folder that keeps the database; without one it is gone afterwards.
        say: prints a line.

    Raises:
        SettingsError: the port is taken, or the folder holds a playground's database already.
    """
    try:
        listener = listen(HOST, port)
    except PortTakenError as error:
        raise SettingsError([f"{error}; choose another one with --port"]) from None
    with listener, tempfile.TemporaryDirectory(prefix="touchpoint-") as folder:
        path = Path(keep or folder) / DATABASE
        if path.exists():
            raise SettingsError([f"{path} is there already; the playground starts afresh, so choose another folder"])
        path.parent.mkdir(parents=True, exist_ok=True)
        asyncio.run(_serve(settings.rules, f"sqlite:///{path}", listener, say))


async def _serve(rules: Rules, url: str, listener: socket.socket, say: Callable[[str], None]) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with open_playground(rules, url, base=utc_now) as playground:
        page = playground_app(playground)
        serving = asyncio.create_task(serve_playground(page, listener))
        for line in _welcome(listener.getsockname()[1]):
            say(line)
        stopping = asyncio.create_task(stop.wait())
        await asyncio.wait({serving, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def _welcome(port: int) -> list[str]:
    return [
        f"The playground is open: http://{HOST}:{port}",
        "",
        "  A customer: open Nguyễn Thị An (or Emily Carter, in English) and tap a score, then say why.",
        "  Your staff: open Lê Thu Hà and send /report, /customers or /why Trần Quốc Bảo.",
        "  The clock:  press +1 day or +30 days and see what is sent, and what is not.",
        "",
        "Nothing leaves this machine. Ctrl+C ends it.",
    ]


@asynccontextmanager
async def open_playground(
    rules: Rules, url: str, *, base: Callable[[], datetime], seed: int = SEED
) -> AsyncIterator[Playground]:
    """The bot and its simulated world, running, with the opening played.

    Args:
        rules: the business's; the staff's chat, the currency, who is an administrator and, where the settings leave it
            open, the business's name are the playground's own.
        url: an empty SQLite database.
        base: the clock underneath the one that is moved.
        seed: which world; the same seed and day give the same one.
    """
    rules = _own(rules)
    opens_at = opening.opening_time(base(), rules)
    clock = MovableClock(base, start=opens_at - 2 * YEAR)
    messenger = Messenger(now=clock.now)
    await asyncio.to_thread(migrate, url)
    database = Database(url, now=clock.now)
    try:
        async with _running(rules, messenger, database, clock, opens_at=opens_at, seed=seed) as playground:
            yield playground
    finally:
        database.close()


def _own(rules: Rules) -> Rules:
    business_name = business() if rules.business == Rules().business else rules.business
    return replace(
        rules,
        business=business_name,
        staff_chat_id=opening.STAFF_GROUP,
        admin_ids=frozenset(),
        currency=CURRENCY,
    )


@asynccontextmanager
async def _running(
    rules: Rules, messenger: Messenger, database: Database, clock: MovableClock, *, opens_at: datetime, seed: int
) -> AsyncIterator[Playground]:
    simulation = simulate(seed=seed, rules=rules, now=opens_at)
    app = build(
        rules,
        database,
        token=TOKEN,
        api_url=API_URL,
        request=PlaygroundRequest(messenger),
        updates_request=PlaygroundRequest(messenger),
    )
    intake = Intake(app)
    shop = Shop(database, simulation.sales_to_come, time_zone=rules.timezone)
    crowd = Crowd(messenger, simulation.crowd, seed=seed, time_zone=rules.timezone, since=opens_at)
    engine = Engine(app, intake, messenger, shop, crowd, clock=clock)
    mover = ClockMover(clock, next_due=engine.next_due, settle=engine.settle)
    stop = asyncio.Event()
    async with app:
        await _furnish(app, messenger, database, clock, simulation, opens_at=opens_at, seed=seed)
        listening = asyncio.create_task(intake.poll(stop))
        try:
            await opening.play(messenger, mover, simulation)
            beating = asyncio.create_task(engine.run(stop))
            spoken = Spoken(
                app=app, database=database, messenger=messenger, simulation=simulation, language=rules.language
            )
            yield Playground(messenger, mover, rules.timezone, rules.language, spoken.speak)
            stop.set()
            await beating
        finally:
            stop.set()
            await listening


async def _furnish(
    app: App,
    messenger: Messenger,
    database: Database,
    clock: MovableClock,
    simulation: Simulation,
    *,
    opens_at: datetime,
    seed: int,
) -> None:
    """Bring people, chats, books and the clock to the instant of the opening."""
    rules = app.bot_data.rules
    clock.hold()
    opening.seat(messenger, simulation, seed=seed, language=rules.language)
    await recall(app, messenger, simulation, clock)
    clock.jump(opens_at)
    clock.release()
    await database.write(storage.history.add, history=simulation.history)
    await _score_past(database, rules)
    await opening.hire(database, simulation, rules.language)
    await opening.make_links(database, simulation, rules, seed=seed)
    await commands.register(app)


async def _score_past(database: Database, rules: Rules) -> None:
    """Customers' health as it was, so that the first look at it has something to show."""
    after: int | None = 0
    while after is not None:
        after = await database.write(health.score_past, rules=rules, after=after, weeks=health.PAST_WEEKS)
