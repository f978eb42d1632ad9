"""The one door to the database: one clock reading, one transaction, nothing said before it is durable."""

import asyncio
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

import storage.database
from storage.database import Database, DatabaseClosedError, Tx
from storage.tables import customer, rate
from tests.compiled import Engines
from tests.conftest import HandClock
from tests.factories import add_customer, row, rows


def put(tx: Tx, *, now: datetime, name: str) -> datetime:
    tx.execute(insert(rate).values(name=name, arrival_at=now))
    return now


def count_up(tx: Tx, *, now: datetime) -> None:
    """Read, then write: what loses updates when two transactions read the same."""
    seen = tx.execute(select(customer.c.birth_year).with_for_update()).scalar_one()
    tx.execute(update(customer).values(birth_year=(seen or 0) + 1))


async def test_a_use_case_is_given_the_time_and_is_committed(database: Database, clock: HandClock) -> None:
    assert await database.write(put, name="a") == clock.now()
    assert row(database, "rate")["arrival_at"] == clock.now()


async def test_a_use_case_that_fails_leaves_nothing_and_hurts_no_neighbour(database: Database) -> None:
    def fail(tx: Tx, *, now: datetime) -> None:
        put(tx, now=now, name="half")
        raise LookupError("half way")

    calls = (database.write(put, name="a"), database.write(fail), database.write(put, name="b"))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert isinstance(outcomes[1], LookupError)
    assert [found["name"] for found in rows(database, "rate")] == ["a", "b"]


async def test_a_broken_constraint_belongs_to_who_broke_it(database: Database) -> None:
    calls = (database.write(put, name="a"), database.write(put, name="a"), database.write(put, name="b"))
    outcomes = await asyncio.gather(*calls, return_exceptions=True)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 1
    assert [found["name"] for found in rows(database, "rate")] == ["a", "b"]


async def test_reading_and_then_writing_loses_no_update(database: Database) -> None:
    add_customer(database)
    await asyncio.gather(*(database.write(count_up) for _ in range(40)))
    assert row(database, "customer")["birth_year"] == 40


async def test_two_processes_doors_lose_no_update(database_url: str, clock: HandClock) -> None:
    doors = [Database(database_url, now=clock.now) for _ in range(2)]
    add_customer(doors[0])
    await asyncio.gather(*(door.write(count_up) for door in doors for _ in range(20)))
    assert row(doors[1], "customer")["birth_year"] == 40
    for door in doors:
        door.close()


async def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError):
        await database.read(put, name="a")


async def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    may_end = threading.Event()

    def linger(tx: Tx, *, now: datetime) -> bool:
        put(tx, now=now, name="a")
        return may_end.wait(30)

    writing = asyncio.create_task(database.write(linger))
    assert await database.read(lambda tx, *, now: tx.execute(select(rate.c.name)).all()) == []
    may_end.set()
    assert await writing


async def test_a_caller_that_gave_up_does_not_undo_what_it_asked_for(database: Database) -> None:
    started, may_end = threading.Event(), threading.Event()

    def linger(tx: Tx, *, now: datetime) -> None:
        started.set()
        may_end.wait(30)
        put(tx, now=now, name="kept")

    writing = asyncio.create_task(database.write(linger))
    await asyncio.to_thread(started.wait, 30)
    writing.cancel()
    may_end.set()
    await database.write(put, name="after")
    assert {found["name"] for found in rows(database, "rate")} == {"kept", "after"}


def test_a_closed_door_takes_nothing_more(database_url: str, clock: HandClock) -> None:
    door = Database(database_url, now=clock.now)
    door.close()
    with pytest.raises(DatabaseClosedError):
        door.write_now(put, name="a")


def test_what_was_given_before_the_close_is_done(database_url: str, clock: HandClock) -> None:
    async def give_and_close() -> None:
        door = Database(database_url, now=clock.now)
        calls = [asyncio.create_task(door.write(put, name=str(number))) for number in range(10)]
        await asyncio.sleep(0)
        door.close()
        await asyncio.gather(*calls)

    asyncio.run(give_and_close())
    door = Database(database_url, now=clock.now)
    assert len(rows(door, "rate")) == 10
    door.close()


def test_a_naive_time_cannot_be_stored(database: Database) -> None:
    naive = datetime(2026, 11, 20, 3, 0)  # noqa: DTZ001  that it is naive is the point
    with pytest.raises(StatementError, match="naive"):
        database.write_now(lambda tx, *, now: put(tx, now=naive, name="a"))


def test_a_time_of_any_zone_comes_back_as_the_same_instant_in_utc(database: Database) -> None:
    morning = datetime(2026, 11, 20, 10, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
    database.write_now(lambda tx, *, now: put(tx, now=morning, name="a"))
    stored = row(database, "rate")["arrival_at"]
    assert (stored, stored.utcoffset()) == (morning, timedelta(0))


def test_sqlite_is_durable_and_its_keys_are_foreign(
    tmp_path: Path, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage.database, "engine_for", engines.make)
    door = Database(f"sqlite:///{tmp_path / 'a.sqlite3'}", now=lambda: datetime(2026, 1, 1, tzinfo=UTC))

    def pragmas(tx: Tx, *, now: datetime) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [tx.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]

    assert door.write_now(pragmas) == ["wal", 2, 1]
    door.close()


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_sends_for_workers_only_where_much_is_to_be_read(database: Database) -> None:
    cost = database.read_now(lambda tx, *, now: tx.exec_driver_sql("SHOW parallel_setup_cost").scalar_one())
    assert cost == str(storage.database.PARALLEL_SETUP_COST)
