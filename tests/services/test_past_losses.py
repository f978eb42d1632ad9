"""What an import of years of purchases tells of the past: churn counts it, and nobody is written to because of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from bot.domain.imports import CustomerRecord, PurchaseRecord
from bot.domain.periods import parse_period
from bot.domain.reports import EVERYBODY
from bot.domain.rules import Rules, WinBackRules
from bot.domain.touchpoints import Kind
from bot.services.imports import import_customers, import_purchases
from bot.services.win_back import plan_past_losses, plan_silence
from storage.database import Database
from storage.losses import WIN_BACK_KINDS, mark_lost
from storage.reports import count_lost
from tests import factories
from tests.stories import RULES, Clock, Story, change, look, put

DAY = timedelta(days=1)
SILENCE = 90 * DAY
FIRST = datetime(2024, 1, 1, 5, tzinfo=UTC)
BOUGHT = (0, 30, 200, 210, 400, 500)
LOST = [(120, 200), (300, 400), (490, 500)]
JOINED = CustomerRecord(row=2, external_id="K1", name="An", joined_at=FIRST)


def purchases(*days: float, customer: str = "K1") -> list[PurchaseRecord]:
    return [
        PurchaseRecord(
            row=row,
            external_id=f"{customer}-{day}",
            customer_external_id=customer,
            purchased_at=FIRST + day * DAY,
            amount_minor=100,
            currency="VND",
        )
        for row, day in enumerate(days, start=2)
    ]


def bring_in(database: Database, records: Sequence[PurchaseRecord], *, rules: Rules = RULES) -> None:
    """As the command line does: batch after batch, and the past at the end."""
    for start in range(0, len(records), 2):
        database.write_now(import_purchases, records=records[start : start + 2], rules=rules)
    while database.write_now(plan_past_losses, rules=rules, settled=timedelta(0)):
        pass


@pytest.fixture
def customer_id(database: Database, clock: Clock) -> int:
    clock.advance(FIRST + 520 * DAY - clock.now())
    database.write_now(import_customers, records=[JOINED], rules=RULES)
    return int(database.read_now(look, table="customer")[0].id)


def losses(database: Database) -> list[tuple[float, float | None]]:
    """When each loss began and ended, in days."""
    rows = database.read_now(look, table="loss")
    return sorted(((row.lost_at - FIRST) / DAY, row.recovered_at and (row.recovered_at - FIRST) / DAY) for row in rows)


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
def test_every_silence_that_a_purchase_ended_becomes_a_loss_of_its_time_in_whatever_order_it_is_imported(
    database: Database, customer_id: int, seed: int | None
) -> None:
    books = purchases(*BOUGHT)
    if seed is not None:
        Random(seed).shuffle(books)
    bring_in(database, books)
    assert losses(database) == LOST


def test_an_older_file_that_comes_second_is_as_good_as_one_that_comes_first(
    database: Database, customer_id: int
) -> None:
    bring_in(database, purchases(*BOUGHT[3:]))
    bring_in(database, purchases(*BOUGHT[:3]))
    assert losses(database) == LOST


def test_the_same_file_again_leaves_the_very_same_losses(database: Database, customer_id: int) -> None:
    bring_in(database, purchases(*BOUGHT))
    before = database.read_now(look, table="loss")
    bring_in(database, purchases(*BOUGHT))
    assert database.read_now(look, table="loss") == before


def test_a_silence_counts_from_the_instant_at_which_it_is_long_enough(database: Database, customer_id: int) -> None:
    first, second, third = purchases(0, 90, 180)
    bring_in(database, [first, second, replace(third, purchased_at=third.purchased_at + timedelta(microseconds=1))])
    (loss,) = database.read_now(look, table="loss")
    assert (loss.lost_at, loss.recovered_at) == (third.purchased_at, third.purchased_at + timedelta(microseconds=1))


def test_cancellations_and_gifts_end_no_silence(database: Database, customer_id: int) -> None:
    first, cancelled, gift, last = purchases(0, 50, 60, 200)
    bring_in(database, [first, replace(cancelled, amount_minor=-100), replace(gift, amount_minor=0), last])
    assert losses(database) == [(90, 200)]


def test_a_sale_that_was_anothers_takes_its_loss_along(database: Database, customer_id: int) -> None:
    database.write_now(import_customers, records=[replace(JOINED, external_id="K2", name="Bình")], rules=RULES)
    bring_in(database, purchases(0, 200))
    bring_in(database, [replace(purchases(200)[0], customer_external_id="K2")])
    assert losses(database) == []


def test_what_staff_said_stands_and_no_silence_is_counted_beside_it(database: Database, customer_id: int) -> None:
    database.write_now(mark_lost, customer_id=customer_id, lost_at=FIRST + 10 * DAY, source="staff")
    bring_in(database, purchases(0, 200, 400))
    assert losses(database) == [(10, 200), (290, 400)]


def test_a_loss_that_was_lived_through_ends_with_the_first_purchase_after_it(
    database: Database, customer_id: int
) -> None:
    bring_in(database, purchases(0))
    database.write_now(plan_silence, rules=RULES)
    (lived,) = database.read_now(look, table="loss")
    bring_in(database, purchases(200, 400))
    assert losses(database) == [(90, 200), (290, 400)]
    assert lived.id in {row.id for row in database.read_now(look, table="loss", lost_at=lived.lost_at)}


def test_a_loss_that_was_lived_through_and_never_was_takes_its_win_back_along(
    database: Database, customer_id: int
) -> None:
    bring_in(database, purchases(0))
    database.write_now(plan_silence, rules=RULES)
    (lived,) = database.read_now(look, table="loss")
    database.write_now(
        put, table="win_back", customer_id=customer_id, loss_id=lived.id, status="asking", started_at=FIRST
    )
    bring_in(database, purchases(60, 140, 200))
    assert losses(database) == []
    assert database.read_now(look, table="win_back") == []


def test_the_past_is_left_to_staff_where_the_rules_say_so(database: Database, customer_id: int) -> None:
    bring_in(database, purchases(*BOUGHT), rules=replace(RULES, win_back=WinBackRules(silent_after=None)))
    assert losses(database) == []
    assert database.read_now(look, table="customer")[0].purchases_came_at is None


def test_churn_of_the_past_is_right_at_once(database: Database, customer_id: int, clock: Clock) -> None:
    bring_in(database, purchases(*BOUGHT))
    then = parse_period("90d", now=FIRST + 310 * DAY, timezone=RULES.timezone)
    assert database.read_now(_count, periods=[then]) == {(then, EVERYBODY): 1}


def _count(tx: Any, *, now: datetime, periods: Any) -> Any:
    return count_lost(tx, periods)


async def test_nobody_is_written_to_because_of_a_loss_of_the_past(
    database: Database, customer_id: int, clock: Clock
) -> None:
    bring_in(database, purchases(*BOUGHT))
    database.write_now(_link, customer_id=customer_id)
    story = Story(database, clock)
    await story.live(clock.now() + 30 * DAY)
    assert losses(database) == LOST
    assert story.of(*WIN_BACK_KINDS) == []
    await story.live(clock.now() + 60 * DAY)
    assert story.of(*WIN_BACK_KINDS)[0].kind is Kind.WIN_BACK, "the silence of today is asked about"


def _link(tx: Any, *, now: datetime, customer_id: int) -> None:
    change(tx, now=now, table="customer", row_id=customer_id, chat_id=factories.CHAT, linked_at=now)


def test_nobody_is_lost_while_their_purchases_are_coming_in(database: Database, customer_id: int, clock: Clock) -> None:
    database.write_now(import_purchases, records=purchases(0), rules=RULES)
    assert database.write_now(plan_silence, rules=RULES) == 0
    assert database.write_now(plan_past_losses, rules=RULES) == 0


def test_an_import_that_was_interrupted_is_brought_to_its_end(
    database: Database, customer_id: int, clock: Clock
) -> None:
    database.write_now(import_purchases, records=purchases(*BOUGHT), rules=RULES)
    clock.advance(timedelta(minutes=10))
    assert database.write_now(plan_past_losses, rules=RULES) == 1
    assert losses(database) == LOST
