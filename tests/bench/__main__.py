"""`make bench`: each figure beside its floor, measured in the same run.

The bots are processes of their own; so is the Bot API server that they talk to. Absolute figures are this machine's of
today: the ratios are what to compare.
"""

import asyncio
import csv
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from telegram import Bot
from telegram.request import HTTPXRequest

from handlers.transport import AiohttpRequest
from tests.bench import data, reports, years
from tests.telegram_process import ROOT, Server, bot_api, bot_environment, process, tap, wait_until

TAPS = 2000
PATIENCE_SECONDS = 600.0
SENDS = 3000
ROWS = 50_000
ROUNDS = 3
OURS = [sys.executable, "-m", "bot", "run"]
RULES = """
[contact]
country = ""
quiet_from = "00:00"
quiet_until = "00:00"
[delivery]
per_second = 10000
in_flight = 64
"""


@dataclass(frozen=True)
class Speed:
    """A speed a second, and for taps the latency from Telegram handing the tap out to the edit, in ms."""

    per_second: float
    p50: float | None = None
    p99: float | None = None


def contender(name: str, server: Server, folder: Path) -> list[str]:
    return [
        sys.executable,
        str(ROOT / "tests" / "bench" / "contenders.py"),
        name,
        server.url,
        str(folder / "bare.sqlite3"),
    ]


def measure_taps(name: str) -> Speed:
    """Taps a second from start to the last edit, all waiting at once, each from a person of its own."""
    with tempfile.TemporaryDirectory() as at, bot_api() as server:
        folder = Path(at)
        url = f"sqlite:///{folder / 'ours.sqlite3'}"
        if name == "touchpoint":
            data.with_open_surveys(url, TAPS)
        server.set(recording=False)
        command = OURS if name == "touchpoint" else contender(name, server, folder)
        with process(command, **bot_environment(server, url)):
            wait_until(lambda: server.counts().get("getUpdates", 0) > 0, f"{name} asks for updates")
            started = time.perf_counter()
            server.push([_tap(number) for number in range(1, TAPS + 1)])
            edited = partial(_has_edited, server)
            wait_until(edited, f"{name} has edited {TAPS} messages", patience=PATIENCE_SECONDS)
            seconds = time.perf_counter() - started
            latencies = sorted(1000 * latency for latency in server.state()["latencies"])
        if name == "touchpoint":
            _assert_answers(folder / "ours.sqlite3")
        return Speed(TAPS / seconds, statistics.median(latencies), latencies[int(0.99 * len(latencies))])


def _has_edited(server: Server) -> bool:
    return server.counts().get("editMessageText", 0) >= TAPS


def _tap(number: int) -> dict[str, Any]:
    return tap(number, data.FIRST_CHAT + number, number, f"s:{number}:{number % 11}:{number}")


def _assert_answers(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        (count,) = connection.execute("select count(*) from answer").fetchone()
    if count != TAPS:
        raise AssertionError(f"{count} answers for {TAPS} taps")


def measure_sends() -> Speed:
    """Messages a second through the outbox: claimed under the contact policy, sent, and the result kept."""
    with tempfile.TemporaryDirectory() as at, bot_api() as server:
        folder = Path(at)
        url = f"sqlite:///{folder / 'ours.sqlite3'}"
        data.with_queue(url, SENDS)
        server.set(recording=False)
        rules = folder / "rules.toml"
        rules.write_text(RULES)
        with process(OURS, **bot_environment(server, url, TOUCHPOINT_RULES=str(rules))):
            wait_until(lambda: server.counts().get("sendMessage", 0) > 0, "the first message leaves")
            first, started = server.counts()["sendMessage"], time.perf_counter()
            wait_until(lambda: server.counts()["sendMessage"] >= SENDS, f"{SENDS} messages have left")
            return Speed((SENDS - first) / (time.perf_counter() - started))


def measure_bare_sends(*, aiohttp: bool) -> Speed:
    """The floor: sendMessage, 64 at a time, and nothing kept; over the library's transport or over ours."""

    async def send_all(server: Server) -> float:
        request = AiohttpRequest(connections=64, total=20) if aiohttp else HTTPXRequest(connection_pool_size=64)
        async with Bot("1:token", base_url=f"{server.url}/bot", request=request) as bot:
            room = asyncio.Semaphore(64)

            async def send(number: int) -> None:
                async with room:
                    await bot.send_message(data.FIRST_CHAT + number, "Chúc mừng sinh nhật")

            started = time.perf_counter()
            await asyncio.gather(*(send(number) for number in range(SENDS)))
            return SENDS / (time.perf_counter() - started)

    with bot_api() as server:
        server.set(recording=False)
        return Speed(asyncio.run(send_all(server)))


def measure_start(name: str) -> tuple[float, float]:
    """Seconds from the command to the first request for updates, and MB of memory a moment later."""
    with tempfile.TemporaryDirectory() as at, bot_api() as server:
        folder = Path(at)
        url = f"sqlite:///{folder / 'ours.sqlite3'}"
        data.with_customers(url, 1000)
        command = OURS if name == "touchpoint" else contender(name, server, folder)
        started = time.perf_counter()
        with process(command, **bot_environment(server, url)) as running:
            wait_until(lambda: server.counts().get("getUpdates", 0) > 0, f"{name} asks for updates", every=0.005)
            seconds = time.perf_counter() - started
            time.sleep(3)  # at rest: what start-up made has been let go
            return seconds, _resident_mb(running.pid)


def _resident_mb(pid: int) -> float:
    pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def measure_import(kind: str) -> Speed:
    """Rows a second from the file to the database, as the command line imports them."""
    with tempfile.TemporaryDirectory() as at:
        folder = Path(at)
        environment = {"DATABASE_URL": f"sqlite:///{folder / 'ours.sqlite3'}"}
        if kind == "purchases":
            _import(data.write_customers(folder / "customers.csv", ROWS), "customers", environment)
        path = getattr(data, f"write_{kind}")(folder / f"{kind}.csv", ROWS)
        started = time.perf_counter()
        _import(path, kind, environment)
        return Speed(ROWS / (time.perf_counter() - started))


def _import(path: Path, kind: str, environment: dict[str, str]) -> None:
    with process([sys.executable, "-m", "bot", "import", kind, str(path)], **environment) as running:
        if running.wait() != 0:
            raise AssertionError(f"the import of {kind} failed")


def measure_bare_import() -> Speed:
    """The floor: csv and sqlite3 alone, nothing looked at, one INSERT a row in transactions of a thousand."""
    with tempfile.TemporaryDirectory() as at:
        path = data.write_customers(Path(at) / "customers.csv", ROWS)
        started = time.perf_counter()
        with closing(sqlite3.connect(Path(at) / "bare.sqlite3")) as connection, path.open(encoding="utf-8") as file:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute(
                "CREATE TABLE customer (id TEXT UNIQUE, name TEXT, phone TEXT, birthday TEXT, plan TEXT)"
            )
            reader = csv.reader(file)
            next(reader)
            while rows := list(islice(reader, 1000)):
                connection.executemany("INSERT INTO customer VALUES (?, ?, ?, ?, ?)", rows)
                connection.commit()
        return Speed(ROWS / (time.perf_counter() - started))


def rounds(measures: dict[str, Callable[[], Speed]]) -> dict[str, Speed]:
    """The median of a few rounds of each, the contenders in turn: the machine is shared, and its speed drifts."""
    taken: dict[str, list[Speed]] = {name: [] for name in measures}
    for _ in range(ROUNDS):
        for name, measure in measures.items():
            taken[name].append(measure())
    return {name: sorted(speeds, key=lambda one: one.per_second)[ROUNDS // 2] for name, speeds in taken.items()}


def show(title: str, speeds: dict[str, Speed]) -> None:
    """A table of speeds; the first is ours, and the others say how many times theirs it is."""
    table = Table("", "a second", "p50 ms", "p99 ms", "ours is", title=title, title_justify="left")
    ours = next(iter(speeds.values()))
    for name, speed in speeds.items():
        latencies = ("" if value is None else f"{value:.0f}" for value in (speed.p50, speed.p99))
        table.add_row(name, f"{speed.per_second:.0f}", *latencies, f"{ours.per_second / speed.per_second:.2f}×")
    Console(width=120).print(table)


def main() -> None:
    """Measure everything, or only the parts that are named; `reports sqlite` measures reports on that database alone.

    `BENCH_CUSTOMERS` are a million unless it is set; the databases of a `BENCH_FOLDER` are kept for the next time.
    """
    parts = sys.argv[1:] or ["taps", "sends", "imports", "start", "reports"]
    if "taps" in parts:
        contenders = {
            "Touchpoint: owner checked, decided, stored at FULL, answered, edited": "touchpoint",
            "floor: python-telegram-bot, answer and edit, nothing stored": "telegram-idle",
            "python-telegram-bot, one bare sqlmodel insert": "telegram",
            "python-telegram-bot, concurrent_updates, one bare insert": "telegram-concurrent",
            "aiogram 3, one bare sqlmodel insert": "aiogram",
        }
        show(
            f"{TAPS} taps that wait", rounds({label: partial(measure_taps, name) for label, name in contenders.items()})
        )
    if "sends" in parts:
        floors: dict[str, Callable[[], Speed]] = {
            "Touchpoint: claimed under the policy, sent, the result kept at FULL": measure_sends,
            "floor: sendMessage in a loop, our transport, nothing kept": partial(measure_bare_sends, aiohttp=True),
            "floor: sendMessage in a loop, the library's transport": partial(measure_bare_sends, aiohttp=False),
        }
        show(f"{SENDS} messages through the outbox", rounds(floors))
    if "imports" in parts:
        imports: dict[str, Callable[[], Speed]] = {
            "touchpoint import customers": partial(measure_import, "customers"),
            "touchpoint import purchases": partial(measure_import, "purchases"),
            "floor: csv and sqlite3, nothing checked": measure_bare_import,
        }
        show(f"{ROWS} rows", rounds(imports))
    if "start" in parts:
        table = Table("", "s to the first update", "MB at rest", title="starting", title_justify="left")
        for label, name in (("Touchpoint", "touchpoint"), ("floor: python-telegram-bot, bare", "telegram-idle")):
            seconds, megabytes = measure_start(name)
            table.add_row(label, f"{seconds:.2f}", f"{megabytes:.0f}")
        Console(width=120).print(table)
    if "reports" in parts:
        folder = os.environ.get("BENCH_FOLDER")
        customers = int(os.environ.get("BENCH_CUSTOMERS", years.CUSTOMERS))
        reports.run(customers, parts, Path(folder) if folder else None)


if __name__ == "__main__":
    main()
