from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.messages import Language
from bot.domain.rules import HolidayGreeting
from bot.domain.touchpoints import Kind
from bot.services import greetings
from storage.database import Database
from tests.factories import rows
from tests.stories import RULES, Clock, add_customer

TET = HolidayGreeting(key="tet", lunar="01-01", text={Language.VI: "Chúc mừng năm mới", Language.EN: "Happy New Year"})
TET_RULES = replace(RULES, greetings=(TET,))
NINE = datetime(2027, 2, 6, 2, tzinfo=UTC)


def plan(database: Database) -> int:
    return database.write_now(greetings.plan_holiday_greetings, rules=TET_RULES)


@pytest.fixture
def morning(clock: Clock) -> Clock:
    clock.advance(NINE - clock.now())
    return clock


def test_each_customer_is_greeted_once_however_often_the_planner_looks(database: Database, morning: Clock) -> None:
    for number in range(3):
        add_customer(database, morning, number)
    assert [plan(database), plan(database)] == [3, 0]
    assert {(row["kind"], row["due_at"]) for row in rows(database, "outbox")} == {(Kind.HOLIDAY_GREETING, NINE)}


def test_more_than_a_chunk_is_greeted_chunk_by_chunk(
    database: Database, morning: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greetings, "CHUNK", 2)
    for number in range(5):
        add_customer(database, morning, number)
    assert [plan(database) for _ in range(4)] == [2, 2, 1, 0]
    assert len({row["customer_id"] for row in rows(database, "outbox")}) == 5


def test_who_comes_on_the_day_itself_is_greeted_too(database: Database, morning: Clock) -> None:
    add_customer(database, morning, 1)
    plan(database)
    add_customer(database, morning, 2)
    morning.advance(timedelta(hours=3))
    assert plan(database) == 1


def test_each_zone_has_its_own_morning_and_its_own_end_of_the_day(database: Database, clock: Clock) -> None:
    add_customer(database, clock, 1, timezone="Pacific/Kiritimati")
    add_customer(database, clock, 2, timezone="Pacific/Pago_Pago")
    clock.advance(datetime(2027, 2, 5, 19, tzinfo=UTC) - clock.now())  # nine in Kiritimati
    assert plan(database) == 1
    clock.advance(timedelta(hours=25))  # nine in Pago Pago
    assert plan(database) == 1
    clock.advance(timedelta(hours=24))
    assert plan(database) == 0


@pytest.mark.parametrize("hours", [-1, 15])
def test_nobody_is_greeted_before_the_hour_or_after_the_day(database: Database, clock: Clock, hours: int) -> None:
    clock.advance(NINE + timedelta(hours=hours) - clock.now())
    add_customer(database, clock, 1)
    assert plan(database) == 0
