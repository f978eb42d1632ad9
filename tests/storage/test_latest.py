"""When the last of everything happened that reports count."""

from datetime import datetime, timedelta

from bot.domain.rollups import MEMBERS, REPEATS, SERIES, STANDING, TAKINGS, UNSENT, reasons_of, sent
from bot.domain.touchpoints import Kind
from storage import latest
from storage.database import Database, Tx
from tests.conftest import START
from tests.factories import add_customer, put, queue_survey
from tests.history import Asked, remember

DAY = timedelta(days=1)


def _all(tx: Tx, *, now: datetime) -> dict[str, datetime]:
    return {series: latest.of(tx, series) for series in SERIES}


def test_while_nothing_has_happened_nothing_is_to_be_looked_for(database: Database) -> None:
    assert set(database.read_now(_all).values()) == {latest.NEVER}


def test_of_each_series_the_last_is_found(database: Database) -> None:
    add_customer(database, id=1, joined_at=START - 9 * DAY)
    days = {Kind.NPS: 8, Kind.CES: 7, Kind.CSAT: 6}
    for kind, ago in days.items():
        for more in (0, 30):
            sent_at = START - (ago + more) * DAY
            remember(
                database,
                [Asked(customer_id=1, kind=kind, sent_at=sent_at - DAY, answered_at=sent_at, score=3, reason="vì")],
            )
    remember(database, [Asked(customer_id=1, kind=Kind.CES, sent_at=START - 5 * DAY)])
    queue_survey(database, 1)
    facts = {"external_id": "H", "customer_id": 1, "amount_minor": 1, "currency": "VND"}
    put(database, "purchase", **facts, purchased_at=START - 4 * DAY)
    put(database, "loss", customer_id=1, lost_at=START - 3 * DAY, recovered_at=START - 2 * DAY, source="x")
    expected = {
        **dict.fromkeys((Kind.NPS, STANDING, REPEATS, reasons_of(Kind.NPS)), days[Kind.NPS]),
        **{series: days[kind] for kind in (Kind.CES, Kind.CSAT) for series in (kind, reasons_of(kind))},
        **{sent(kind): 5 for kind in days},
        UNSENT: 0,
        MEMBERS: 2,
        TAKINGS: 4,
    }
    assert database.read_now(_all) == {series: START - ago * DAY for series, ago in expected.items()}


def test_who_joined_or_was_lost_last_counts_where_nobody_came_back(database: Database) -> None:
    add_customer(database, id=1, joined_at=START - 9 * DAY)
    assert database.read_now(_all)[MEMBERS] == START - 9 * DAY
    put(database, "loss", customer_id=1, lost_at=START - 3 * DAY, source="x")
    assert database.read_now(_all)[MEMBERS] == START - 3 * DAY
