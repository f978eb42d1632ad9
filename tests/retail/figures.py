"""What the product says of a real shop's money: every figure with its interval and n, and how long it took."""

import csv
import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from io import StringIO
from pathlib import Path

from bot.domain.messages import Language
from bot.domain.report_messages import Report
from bot.domain.report_requests import FileForm, Page, ReportRequest
from bot.render import Renderer
from bot.rules_file import read_rules
from bot.services import reports, standings, win_back
from handlers.report_files import HEADINGS, write
from handlers.reports import PAGES
from storage.database import Database
from tests.retail import recount
from tests.retail.command_line import touchpoint
from tests.retail.conversion import CURRENCY, CUSTOMERS, PURCHASES

BUSINESS, TIMEZONE = "Online Retail", "Asia/Ho_Chi_Minh"
PERIOD = "90d"
MONEY = (
    Page.REVENUE,
    Page.DEALS,
    Page.RETENTION,
    Page.CLV,
    Page.RFM,
    Page.JOURNEY,
    Page.COSTS,
    Page.PRICES,
    Page.TASKS,
)
COLUMNS = ("name", "value", "low", "high", "unit", "n", "note")
SHARE = "share"
UNSAID = ("period", "before", "figures", "segments", "raw", "currency")
"""Facts of a page that are no count of what was left out."""


def tell(folder: Path, say: Callable[[str], None]) -> None:
    """Import the two files of `prepare` into a fresh database, and say every figure of every page as a table."""
    path = folder / "figures.sqlite3"
    for old in folder.glob(f"{path.name}*"):
        old.unlink()
    for words in (("migrate",), ("import", "customers", CUSTOMERS), ("import", "purchases", PURCHASES)):
        touchpoint(path, *words)
    now = recount.read_books(folder, TIMEZONE).sales[-1].at
    said = {"business": BUSINESS, "timezone": TIMEZONE, "currency": CURRENCY}
    rules = read_rules(None, said=said, now=now)
    database = Database(f"sqlite:///{path.resolve()}", now=lambda: now)
    try:
        for planner in (win_back.plan_silence, standings.plan_standings):
            _, seconds = _timed(partial(_run, database, planner, rules=rules))
            say(f"{planner.__name__}: {seconds:.2f} s")
        for page in MONEY:
            request = ReportRequest(page=page, period=PERIOD)
            facts = {"rules": rules, "request": request, "page": PAGES[page], "language": Language.EN}
            found, seconds = _timed(partial(database.read_now, reports.report, **facts))
            _say_page(found, seconds, Renderer(rules), say)
    finally:
        database.close()


def _run(database: Database, planner: Callable[..., int], **facts: object) -> None:
    while database.write_now(planner, **facts):
        pass


def _timed(work: Callable[[], object]) -> tuple[object, float]:
    started = time.perf_counter()
    return work(), time.perf_counter() - started


def _say_page(found: object, seconds: float, renderer: Renderer, say: Callable[[str], None]) -> None:
    assert isinstance(found, Report)
    say(f"\n### {renderer.part(found.words, 'title')}, {seconds:.2f} s\n")
    content = write(found, FileForm.CSV, renderer).content.decode("utf-8-sig")
    rows = list(csv.reader(StringIO(content)))
    say("| figure | value | 95 % interval | n | note |\n|---|---:|---:|---:|---|")
    for name, value, low, high, unit, n, note in _columns(rows):
        written = [_number(each, unit) for each in (value, low, high)]
        between = f"{written[1]} to {written[2]}" if value else ""
        say(f"| {name} | {written[0]} | {between} | {n} | {note} |")
    say(f"\n{_left_out(found.message.facts)}")


def _number(text: str, unit: str) -> str:
    """A number of the file as a table has it: shares in percent, everything else with two decimals."""
    if not text:
        return ""
    return f"{100 * float(text):.1f} %" if unit == SHARE else f"{float(text):,.2f}"


def _columns(rows: list[list[str]]) -> Iterable[list[str]]:
    """The columns of the file that the table has, by their places."""
    places = [HEADINGS.index(name) for name in COLUMNS]
    return ([row[place] for place in places] for row in rows[1:])


def _left_out(facts: Mapping[str, object]) -> str:
    told = {key: value for key, value in facts.items() if key not in UNSAID and not isinstance(value, datetime)}
    return "; ".join(f"{key.replace('_', ' ')}: {value}" for key, value in told.items())
