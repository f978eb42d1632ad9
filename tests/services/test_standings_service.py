"""Standings: everybody who ever bought is counted once a day, and ranked among the others."""

from datetime import date, timedelta

import pytest
from sqlalchemy import insert

from bot.domain.metrics.rfm import Segment
from bot.domain.metrics.totals import Takings
from bot.domain.rules import Rules
from bot.services import standings
from storage import forgetting, standings as storage_standings
from storage.database import Database, Tx
from storage.money import Ledger
from storage.tables import customer, purchase
from tests.conftest import START, HandClock
from tests.factories import put, row, rows

RULES = Rules()
DAY = date(2026, 11, 20)


def fill(database: Database, n: int, *, currency: str = "VND") -> None:
    """Customers of whom number i bought i times, the last i days ago, for 1 to n millions in all."""

    def add(tx: Tx, **_: object) -> None:
        people = [
            {
                "id": i,
                "name": "An",
                "search_name": "an",
                "language": "vi",
                "timezone": "Asia/Ho_Chi_Minh",
                "joined_at": START - timedelta(days=900),
                "created_at": START,
                "last_purchase_at": START - timedelta(days=i),
            }
            for i in range(1, n + 1)
        ]
        bought = [
            {
                "external_id": f"{i}.{k}",
                "customer_id": i,
                "purchased_at": START - timedelta(days=i),
                "amount_minor": 1_000_000 * (n + 1 - i) // i,
                "currency": currency,
            }
            for i in range(1, n + 1)
            for k in range(i)
        ]
        tx.execute(insert(customer), people)
        tx.execute(insert(purchase), bought)

    database.write_now(add)


def run(database: Database, rules: Rules = RULES) -> int:
    rounds = 0
    while database.write_now(standings.plan_standings, rules=rules):
        rounds += 1
    return rounds


def test_everybody_who_ever_bought_is_counted_and_ranked_once_a_day(database: Database, clock: HandClock) -> None:
    fill(database, 40)
    assert run(database) == 4  # counted, borders drawn, ranked, found to be done
    assert not run(database)
    first, last = row(database, "standing", customer_id=1), row(database, "standing", customer_id=40)
    assert (first["day"], first["last_on"], first["sales"], first["value_minor"]) == (
        DAY,
        date(2026, 11, 19),
        1,
        40_000_000,
    )
    assert (first["value_band"], last["value_band"]) == (4, 1)
    assert (first["rfm"], last["rfm"]) == (Segment.LOYAL, Segment.LOYAL)
    assert database.read_now(lambda tx, now: storage_standings.load_day(tx)) == DAY
    clock.advance(timedelta(days=200))
    assert database.write_now(standings.plan_standings, rules=RULES)
    assert database.read_now(lambda tx, now: storage_standings.load_day(tx)) == DAY
    of_each = database.read_now(lambda tx, now: storage_standings.load_segments(tx, currency="VND"))
    segments = rows(database, "standing", rfm=Segment.LOYAL)
    spent = [one["value_minor"] for one in segments]
    assert of_each[Segment.LOYAL] == Takings(
        customers=len(spent), minor=sum(spent), squares=float(sum(minor**2 for minor in spent))
    )
    assert not database.read_now(lambda tx, now: storage_standings.load_segments(tx, currency="USD"))
    ranked = {one["customer_id"]: one["rfm"] for one in rows(database, "standing")}
    assert database.read_now(lambda tx, now: storage_standings.list_ranked(tx, Ledger("VND"))) == ranked
    assert not database.read_now(lambda tx, now: storage_standings.list_ranked(tx, Ledger("USD")))
    assert run(database) == 3
    assert row(database, "standing", customer_id=1)["rfm"] == Segment.AT_RISK
    assert len(rows(database, "standing_round")) == 1


def test_a_chunk_is_of_two_hundred_and_fifths_begin_at_five_hundred(database: Database) -> None:
    def add(tx: Tx, **_: object) -> None:
        common = {"name": "An", "search_name": "an", "language": "vi", "timezone": "Asia/Ho_Chi_Minh"}
        times = {"joined_at": START, "created_at": START}
        people = [{"id": i, **common, **times, "last_purchase_at": START - timedelta(days=i)} for i in range(1, 501)]
        bought = [
            {
                "external_id": str(i),
                "customer_id": i,
                "purchased_at": START - timedelta(days=i),
                "amount_minor": 10_000 * i,
                "currency": "VND",
            }
            for i in range(1, 501)
        ]
        tx.execute(insert(customer), people)
        tx.execute(insert(purchase), bought)

    database.write_now(add)
    assert run(database) == 3 + 1 + 3 + 1
    counted = database.read_now(lambda tx, now: storage_standings.load_segments(tx, currency="VND"))
    assert sum(one.customers for one in counted.values()) == 500
    assert counted[Segment.ASLEEP] == Takings(
        customers=136
    )  # of the two fifths who were silent longest, those with an empty year


@pytest.mark.parametrize("n", [0, 24])
def test_too_few_are_not_ranked(database: Database, n: int) -> None:
    if n:
        fill(database, n)
    run(database)
    assert {(one["rfm"], one["value_band"]) for one in rows(database, "standing")} <= {("", None)}
    assert database.read_now(lambda tx, now: storage_standings.load_day(tx)) == DAY


def test_who_pays_in_another_currency_has_no_place_among_the_others(database: Database, clock: HandClock) -> None:
    fill(database, 30)
    run(database)
    for k in range(3):
        put(
            database,
            "purchase",
            external_id=f"usd{k}",
            customer_id=1,
            purchased_at=START,
            amount_minor=99,
            currency="USD",
        )
    clock.advance(timedelta(days=1))
    run(database)
    found = row(database, "standing", customer_id=1)
    assert (found["currency"], found["value_minor"], found["rfm"], found["value_band"]) == ("USD", 297, "", None)


def test_who_is_forgotten_has_no_standing(database: Database, clock: HandClock) -> None:
    fill(database, 30)
    run(database)
    database.write_now(lambda tx, now: forgetting.erase(tx, 30, timezone=RULES.timezone, now=now))
    assert not rows(database, "standing", customer_id=30)
    clock.advance(timedelta(days=1))
    run(database)
    assert not rows(database, "standing", customer_id=30)
