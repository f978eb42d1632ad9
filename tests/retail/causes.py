"""The pages of causes on the shop's books, with answers and owners that have nothing to do with who stays.

Both are drawn by lot, so that what the pages find between them and churn is what chance makes: a control that must come
out empty. Segments are real: what a customer spent, and the country.
"""

import re
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from sqlalchemy import insert, select

from bot.domain.messages import Language
from bot.domain.report_messages import Report
from bot.domain.report_requests import parse_report_request
from bot.domain.rules import Rules
from bot.domain.surveys import SCALE_NAMES
from bot.domain.touchpoints import Kind
from bot.render import Renderer
from bot.services import loyalty_reports, reports, team_reports, win_back
from handlers.report_pictures import draw
from storage.database import Database, Tx
from storage.tables import answer, customer, ownership, survey_run
from tests.retail import opinions
from tests.retail.command_line import touchpoint
from tests.retail.conversion import CURRENCY, CUSTOMERS, PURCHASES

SEED = 2012
DAY = timedelta(days=1)
PAGES: Mapping[str, reports.Page] = {
    "loyalty 90d": loyalty_reports.loyalty,
    "loyalty 180d": loyalty_reports.loyalty,
    "opportunities 90d": loyalty_reports.opportunities,
    "team 90d": team_reports.team,
}


def run(folder: Path, say: Callable[[str], None], *, now: datetime) -> None:
    """Import both files into a fresh database in `folder`, make up answers and owners, and say and draw each page."""
    path = folder / "causes.sqlite3"
    for old in folder.glob(f"{path.name}*"):
        old.unlink()
    touchpoint(path, "migrate")
    for noun, name in (("customers", CUSTOMERS), ("purchases", PURCHASES)):
        touchpoint(path, "import", noun, name)
    rules, database = Rules(business="Online Retail", currency=CURRENCY), Database(f"sqlite:///{path}", now=lambda: now)
    while database.write_now(win_back.plan_silence, rules=rules):
        pass
    database.write_now(_make_up)
    for words in PAGES:
        say(_page(database, words, rules, folder))
    database.close()


def _page(database: Database, words: str, rules: Rules, folder: Path) -> str:
    """What a page says, and the processor time it took; its picture goes into the folder."""
    facts = {"request": parse_report_request(words.split()), "page": PAGES[words], "language": Language.EN}
    started = time.process_time()
    found = database.read_now(reports.report, rules=rules, **facts)
    reckoned = time.process_time()
    assert isinstance(found, Report)
    renderer = Renderer(rules)
    (folder / f"{words.replace(' ', '-')}.png").write_bytes(draw(found, renderer))
    took = f"{reckoned - started:.2f} s of processor time, and {time.process_time() - reckoned:.2f} s to draw"
    return f"/report {words}: {took}\n{re.sub('<[^>]*>', '', renderer.render(found.message).text)}\n"


def _make_up(tx: Tx, *, now: datetime) -> None:
    """One NPS survey each, sent on a day of the last year, and one of four owners since joining, all by lot."""
    chance = Random(SEED)
    people = tx.execute(select(customer.c.id, customer.c.joined_at).order_by(customer.c.id)).all()
    owned = [{"customer_id": one.id, "since": one.joined_at, "csm_id": 1 + chance.randrange(4)} for one in people]
    tx.execute(insert(ownership), owned)
    runs = [_run(one.id, now - chance.uniform(20, 365) * DAY) for one in people]
    ids = tx.execute(insert(survey_run).returning(survey_run.c.id, sort_by_parameter_order=True), runs).scalars()
    given = opinions.draw((str(one.id) for one in people), seed=SEED)
    tx.execute(insert(answer), list(_answers(dict(zip(ids, runs, strict=True)), given)))


def _run(customer_id: int, sent_at: datetime) -> dict[str, Any]:
    times = {
        "planned_at": sent_at,
        "sent_at": sent_at,
        "closes_at": sent_at + 14 * DAY,
        "closed_at": sent_at + 14 * DAY,
    }
    words = {"kind": Kind.NPS, "trigger": "manual", "subject": "", "wording": "nps-1"}
    return {"customer_id": customer_id, **words, **times}


def _answers(runs: Mapping[int, Mapping[str, Any]], given: Mapping[str, opinions.Opinion]) -> Iterator[dict[str, Any]]:
    for run_id, one in runs.items():
        opinion = given[str(one["customer_id"])]
        if opinion.when != "never":
            facts = {"run_id": run_id, "customer_id": one["customer_id"], "kind": Kind.NPS, "score": opinion.score}
            yield {**facts, "scale": SCALE_NAMES[Kind.NPS], "answered_at": one["sent_at"] + DAY}
