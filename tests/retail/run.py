"""The run on real input: the files through the command line, then a hundred customers in the playground, for a year."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from bot import scheduler
from bot.playground.persons import Person
from bot.rules_file import read_rules
from bot.services import win_back
from storage.history import PurchaseRecord
from tests.factories import STAFF_CHAT
from tests.retail import opinions, recount
from tests.retail.command_line import import_books
from tests.retail.conversion import CURRENCY
from tests.retail.ledger import Ledger
from tests.retail.opinions import Opinion
from tests.retail.policy import Sent, breaches
from tests.retail.recount import Books, Churn, Sale
from tests.retail.reports import keep, read_churn, read_nps, read_responses
from tests.retail.scene import Scene, is_asked, open_scene

BUSINESS, TIMEZONE = "Online Retail", "Asia/Ho_Chi_Minh"
SEED = 2011
ACTIVE, LOST = 100, 20
DAY = timedelta(days=1)
MORNING = timedelta(hours=9, minutes=5)
A_YEAR = 364 * DAY
"""52 weeks, so that what was sold on a Thursday is sold on a Thursday again."""
PERIOD_DAYS = 90
NEW = timedelta(days=30)
"""Whoever joined later is not asked for an NPS yet."""
NEVER = datetime.min.replace(tzinfo=UTC)
LATELY = timedelta(days=60)
"""Whoever bought in these days is not lost before the survey is over."""
REMINDED, CLOSED = timedelta(days=4, hours=1), timedelta(days=11)


async def run(folder: Path, say: Callable[[str], None], *, year: bool) -> list[str]:
    """Play everything in a fresh database in `folder`, to the end of the survey or of a year.

    Returns what did not agree.
    """
    path = _fresh_database(folder)
    books, ledger = recount.read_books(folder, TIMEZONE), Ledger(say)
    say("The command line")
    import_books(path, books, ledger)
    start = _morning_after(books)
    later = recount.again_a_year_later(books, since=start - MORNING - A_YEAR, after=A_YEAR)
    said = {"business": BUSINESS, "timezone": TIMEZONE, "staff_chat_id": STAFF_CHAT}
    rules, sales = read_rules(None, said=said, now=start), _as_records(later, path)
    async with open_scene(rules, f"sqlite:///{path}", start=start, sales=sales) as scene:
        await _mark_the_silent(scene, books, path, ledger)
        await _report_of_the_data(scene, books, folder, ledger)
        people = await _link(scene, books, ledger)
        given = await _survey(scene, people, ledger)
        await _report_of_the_wave(scene, Books(books.joined, [*books.sales, *later]), given, folder, ledger)
        if year:
            say("The rest of the year")
            with ledger.timed("every planner and every message at its own time"):
                await scene.mover.advance(start + A_YEAR)
        say(f"The contact policy, {(scene.now() - start).days} days after the links were made")
        _check_policy(scene, people, path, ledger)
    return ledger.disagreements


def _fresh_database(folder: Path) -> Path:
    path = folder / "retail.sqlite3"
    for old in folder.glob(f"{path.name}*"):
        old.unlink()
    return path


def _morning_after(books: Books) -> datetime:
    last = books.sales[-1].at.astimezone(ZoneInfo(TIMEZONE)).replace(hour=0, minute=0, second=0)
    return (last + DAY + MORNING).astimezone(UTC)


def _as_records(sales: Sequence[Sale], path: Path) -> list[PurchaseRecord]:
    ids = dict(query(path, "select external_id, id from customer"))
    return [
        PurchaseRecord(
            external_id=sale.number,
            customer_id=ids[sale.customer],
            purchased_at=sale.at,
            amount_minor=sale.pence,
            currency=CURRENCY,
        )
        for sale in sales
    ]


def query(path: Path, statement: str) -> list[Any]:
    """Rows of the database, past the product."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchall()


async def _mark_the_silent(scene: Scene, books: Books, path: Path, ledger: Ledger) -> None:
    ledger.say("The planner of silence")
    with ledger.timed("marking"):
        marked = await scheduler.run_planner(scene.stage.database, scene.rules, win_back.plan_silence)
    ledger.check("customers marked as lost", marked, len(recount.last_losses(books, now=scene.now())))
    never = sum(not bought for bought in books.bought.values())
    ended = sum(loss.back_at is not None for loss in recount.all_losses(books, now=scene.now()))
    kept = query(path, "select count(*) from loss where recovered_at is not null")[0][0]
    ledger.say(
        f"  {never} customers have nothing but cancellations and gifts: they count neither as active nor as lost"
    )
    ledger.check("losses of the past, which a purchase ended", kept, ended)


async def _report_of_the_data(scene: Scene, books: Books, folder: Path, ledger: Ledger) -> None:
    ledger.say("/report on the first morning")
    with ledger.timed("asked, counted, drawn and sent"):
        message = await scene.ask("/report")
    text = keep(scene, message, folder / "report-first-morning")
    _check_churn(scene, text, books, ledger)
    before = _churn(scene, books, first_day=_first_day(scene) - PERIOD_DAYS * DAY)
    ledger.say(f"  the 90 days before: {before.lost} of {before.at_start}")


def _check_churn(scene: Scene, text: str, books: Books, ledger: Ledger) -> None:
    ledger.check("churn and active customers", read_churn(text), _churn(scene, books, first_day=_first_day(scene)))


def _churn(scene: Scene, books: Books, *, first_day: date) -> Churn:
    now = scene.now()
    losses = recount.all_losses(books, now=now)
    return recount.churn(books, losses, first_day=first_day, days=PERIOD_DAYS, timezone=TIMEZONE, now=now)


def _first_day(scene: Scene) -> date:
    return scene.now().astimezone(ZoneInfo(TIMEZONE)).date() - (PERIOD_DAYS - 1) * DAY


async def _link(scene: Scene, books: Books, ledger: Ledger) -> dict[str, Person]:
    """A hundred who are old enough customers to be asked and have bought lately, then some who are lost."""
    lost = {loss.customer for loss in recount.last_losses(books, now=scene.now())}
    bought = books.bought
    old = {customer for customer, joined in books.joined.items() if joined <= scene.now() - NEW}
    asked = {customer for customer in old if max(bought[customer], default=NEVER) > scene.now() - LATELY}
    chance = Random(SEED)
    chosen = chance.sample(sorted(asked), ACTIVE) + chance.sample(sorted(lost), LOST)
    ledger.say(f"Links for {ACTIVE} customers, and for {LOST} who are lost")
    with ledger.timed("made and followed"):
        return await scene.link(chosen)


async def _survey(scene: Scene, people: Mapping[str, Person], ledger: Ledger) -> dict[str, Opinion]:
    """The wave of the calendar, its answers, its reminders and its end; returns what was answered."""
    ledger.say("The NPS wave")
    asked, lost = list(people)[:ACTIVE], list(people)[ACTIVE:]
    thought = opinions.draw(asked, seed=SEED)
    with ledger.timed("a day later, planned and sent"):
        await scene.wait(DAY)
    ledger.check("customers asked", sum(is_asked(people[customer]) for customer in asked), ACTIVE)
    ledger.check("of the lost asked", sum(is_asked(people[customer]) for customer in lost), 0)
    with ledger.timed("answered at once"):
        await _answer(scene, people, thought, "at once")
    refused = await scene.ask(f"/survey nps Khách {asked[0]}")
    ledger.say(f"  /survey nps for one of them: {str(refused.content['text'])!r}")
    with ledger.timed("reminded, and answered then"):
        await scene.wait(REMINDED)
        await _answer(scene, people, thought, "reminded")
    with ledger.timed("until the survey closed"):
        await scene.wait(CLOSED)
    return {customer: opinion for customer, opinion in thought.items() if opinion.when != "never"}


async def _answer(scene: Scene, people: Mapping[str, Person], thought: Mapping[str, Opinion], when: str) -> None:
    await scene.give([(people[each], one.score, one.reason) for each, one in thought.items() if one.when == when])


async def _report_of_the_wave(
    scene: Scene, books: Books, given: Mapping[str, Opinion], folder: Path, ledger: Ledger
) -> None:
    ledger.say("/report after the wave")
    with ledger.timed("asked, counted, drawn and sent"):
        message = await scene.ask("/report")
    text = keep(scene, message, folder / "report-after-the-wave")
    scores = [opinion.score for opinion in given.values()]
    ledger.say(f"  scores given: {dict(sorted(Counter(scores).items()))}")
    ledger.check("NPS with its interval", read_nps(text), recount.nps(scores))
    ledger.check("answered of closed surveys", read_responses(text), (len(scores), ACTIVE))
    _check_churn(scene, text, books, ledger)
    for words in ("nps 30d", "nps by plan", "churn by plan"):
        keep(scene, await scene.ask(f"/report {words}"), folder / f"report-{words.replace(' ', '-')}")


def _check_policy(scene: Scene, people: Mapping[str, Person], path: Path, ledger: Ledger) -> None:
    """What the messenger saw of every message that the clock sent, against the default rules as plain arithmetic."""
    sent = _sent(people, path)
    holidays = scene.rules.contact.holidays
    found = {chat: list(breaches(each, timezone=TIMEZONE, holidays=holidays)) for chat, each in sent.items()}
    ledger.say(f"  sent to {len(sent)} people: {dict(Counter(one.kind for each in sent.values() for one in each))}")
    ledger.say(f"  at most to one: {max(map(len, sent.values()))}; least between two: {_least_gap(sent)}")
    ledger.check("messages against the contact policy", [breach for each in found.values() for breach in each], [])
    asked_too_late = (
        "select count(*) from outbox join win_back on outbox.dedupe_key = 'win_back:' || win_back.loss_id"
        " join loss on loss.id = win_back.loss_id where outbox.planned_at >= loss.recovered_at"
    )
    ledger.check("questions about a loss that was over", query(path, asked_too_late)[0][0], 0)


def _sent(people: Mapping[str, Person], path: Path) -> dict[int, list[Sent]]:
    """By chat what the clock sent; the kind is the outbox's, the instant is the messenger's."""
    statement = "select message_id, kind from outbox where edit_message_id is null and message_id is not null"
    kinds = dict(query(path, statement))
    return {
        person.chat.id: [
            Sent(message.date, kinds[number]) for number, message in person.chat.messages.items() if number in kinds
        ]
        for person in people.values()
    }


def _least_gap(sent: Mapping[int, Sequence[Sent]]) -> timedelta:
    return min(after.at - before.at for each in sent.values() for before, after in pairwise(sorted(each)))
