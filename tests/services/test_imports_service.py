from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.cells import Birthday
from bot.domain.imports import ImportResult, Reason, RowError
from bot.domain.messages import Language
from bot.domain.records import CustomerRecord, PurchaseRecord
from bot.domain.rules import Rules
from bot.services.imports import import_customers, import_purchases
from bot.services.win_back import plan_past_losses
from storage.database import Database
from storage.losses import mark_lost
from tests import factories
from tests.stories import look

RULES = Rules(timezone="Asia/Tokyo", language=Language.EN)
JOINED = datetime(2025, 3, 4, tzinfo=UTC)
FULL = CustomerRecord(
    row=2,
    external_id="K1",
    name="Nguyễn Thị Ân",
    phone="+84912345678",
    birthday=Birthday(day=31, month=5, year=None),
    language=Language.VI,
    timezone="Asia/Ho_Chi_Minh",
    plan="vàng",
    location="Huế",
    title="kế toán",
    channel="facebook",
    tags=("vip", "đại lý"),
    salutation="chị",
    csm_id=5_000_000_000_001,
    joined_at=JOINED,
)
BARE = CustomerRecord(row=3, external_id="K2", name="Bình")
BOUGHT = datetime(2026, 11, 1, 3, tzinfo=UTC)
PURCHASE = PurchaseRecord(
    row=2, external_id="H1", customer_external_id="K1", purchased_at=BOUGHT, amount_minor=1_250_000, currency="VND"
)


def bring_in(database: Database, *records: CustomerRecord, dry_run: bool = False) -> ImportResult:
    return database.write_now(import_customers, records=records, rules=RULES, dry_run=dry_run)


def buy(database: Database, *records: PurchaseRecord, dry_run: bool = False) -> ImportResult:
    result = database.write_now(import_purchases, records=records, rules=RULES, dry_run=dry_run)
    database.write_now(plan_past_losses, rules=RULES, settled=timedelta(0))
    return result


def customers(database: Database) -> Sequence[Any]:
    return database.read_now(look, table="customer")


def test_a_new_customer_is_added_with_all_that_the_row_says(database: Database, clock: Any) -> None:
    assert bring_in(database, FULL) == ImportResult(created=1)

    (row,) = customers(database)
    assert (row.external_id, row.name, row.search_name, row.phone) == (
        "K1",
        "Nguyễn Thị Ân",
        "nguyen thi an",
        FULL.phone,
    )
    assert (row.birth_day, row.birth_month, row.birth_year) == (31, 5, None)
    assert (row.language, row.timezone, row.plan, row.location) == ("vi", "Asia/Ho_Chi_Minh", "vàng", "Huế")
    assert (row.title, row.channel, row.tags) == ("kế toán", "facebook", ["vip", "đại lý"])
    assert (row.salutation, row.csm_id, row.joined_at) == ("chị", 5_000_000_000_001, JOINED)
    assert (row.created_at, row.chat_id, row.next_nps_at) == (clock.now(), None, None)


def test_what_a_new_customers_row_does_not_say_is_as_the_business_is(database: Database, clock: Any) -> None:
    bring_in(database, BARE)

    (row,) = customers(database)
    assert (row.language, row.timezone, row.joined_at) == ("en", "Asia/Tokyo", clock.now())
    assert (row.phone, row.birth_day, row.plan, row.location, row.salutation) == (None, None, "", "", "")


def test_importing_the_same_again_changes_nothing(database: Database, clock: Any) -> None:
    bring_in(database, FULL, BARE)
    before = customers(database)
    clock.advance(timedelta(days=1))

    assert bring_in(database, FULL, BARE) == ImportResult(unchanged=2)
    assert customers(database) == before


def test_only_what_a_row_says_is_changed(database: Database) -> None:
    bring_in(database, FULL)

    assert bring_in(database, CustomerRecord(row=2, external_id="K1", name="Trần Ân", plan="bạc")) == ImportResult(
        changed=1
    )

    (row,) = customers(database)
    assert (row.name, row.search_name, row.plan) == ("Trần Ân", "tran an", "bạc")
    assert (row.phone, row.birth_day, row.location, row.joined_at) == (FULL.phone, 31, "Huế", JOINED)


def test_rows_that_change_different_things_keep_them_apart(database: Database) -> None:
    bring_in(database, FULL, BARE)

    result = bring_in(database, replace(FULL, plan="bạc"), replace(BARE, location="Vinh"))

    assert result == ImportResult(changed=2)
    assert [(row.plan, row.location) for row in customers(database)] == [("bạc", "Huế"), ("", "Vinh")]


def test_a_phone_number_of_another_customer_is_refused_and_good_rows_are_kept(database: Database) -> None:
    bring_in(database, FULL)

    result = bring_in(database, replace(BARE, phone=FULL.phone), replace(BARE, row=4, external_id="K3"))

    assert result == ImportResult(created=1, errors=(RowError(3, "phone", Reason.TAKEN, "+84912345678"),))
    assert [row.external_id for row in customers(database)] == ["K1", "K3"]


def test_who_signed_up_alone_with_that_phone_number_becomes_the_customer(database: Database) -> None:
    alone = factories.add_customer(database, external_id=None, phone=FULL.phone, chat_id=factories.CHAT)

    assert bring_in(database, FULL) == ImportResult(changed=1)

    (row,) = customers(database)
    assert (row.id, row.external_id, row.name, row.chat_id) == (alone, "K1", FULL.name, factories.CHAT)


def test_a_known_customer_does_not_take_the_record_of_who_signed_up_with_their_number(database: Database) -> None:
    bring_in(database, BARE)
    factories.add_customer(database, external_id=None, phone=FULL.phone)

    result = bring_in(database, replace(BARE, phone=FULL.phone))

    assert [error.reason for error in result.errors] == [Reason.TAKEN]


def test_a_dry_run_reports_the_same_and_keeps_nothing(database: Database) -> None:
    bring_in(database, FULL)
    before = customers(database)
    records = (replace(FULL, plan="bạc"), BARE)

    foreseen = bring_in(database, *records, dry_run=True)

    assert customers(database) == before
    assert foreseen == bring_in(database, *records) == ImportResult(created=1, changed=1)


def test_a_purchase_is_added_and_kept_as_the_customers_last(database: Database) -> None:
    bring_in(database, FULL)

    assert buy(database, PURCHASE) == ImportResult(created=1)

    (row,) = database.read_now(look, table="purchase")
    assert (row.external_id, row.purchased_at, row.amount_minor, row.currency) == ("H1", BOUGHT, 1_250_000, "VND")
    assert customers(database)[0].last_purchase_at == BOUGHT


def test_importing_the_same_purchases_again_changes_nothing(database: Database) -> None:
    bring_in(database, FULL)
    buy(database, PURCHASE)

    assert buy(database, PURCHASE) == ImportResult(unchanged=1)


def test_the_last_purchase_is_the_latest_that_is_no_cancellation(database: Database) -> None:
    bring_in(database, FULL)
    later, earlier = BOUGHT + timedelta(days=2), BOUGHT - timedelta(days=9)

    buy(
        database,
        PURCHASE,
        replace(PURCHASE, external_id="H2", purchased_at=later, amount_minor=-1_250_000),
        replace(PURCHASE, external_id="H3", purchased_at=earlier),
    )

    assert customers(database)[0].last_purchase_at == BOUGHT


def test_a_corrected_purchase_moves_the_last_one_of_both_its_customers(database: Database) -> None:
    bring_in(database, FULL, BARE)
    buy(database, PURCHASE, replace(PURCHASE, external_id="H2", purchased_at=BOUGHT - timedelta(days=1)))

    assert buy(database, replace(PURCHASE, customer_external_id="K2")) == ImportResult(changed=1)

    assert [row.last_purchase_at for row in customers(database)] == [BOUGHT - timedelta(days=1), BOUGHT]


def test_a_purchase_of_nobody_known_is_refused_and_good_rows_are_kept(database: Database) -> None:
    bring_in(database, FULL)

    result = buy(database, replace(PURCHASE, customer_external_id="K9"), replace(PURCHASE, row=3, external_id="H2"))

    assert result == ImportResult(created=1, errors=(RowError(2, "customer_external_id", Reason.UNKNOWN, "K9"),))


@pytest.mark.parametrize(("bought_after", "is_back"), [(timedelta(days=1), True), (timedelta(days=-1), False)])
def test_a_lost_customer_is_back_by_a_purchase_after_the_loss(
    database: Database, bought_after: timedelta, is_back: bool
) -> None:
    bring_in(database, FULL)
    (row,) = customers(database)
    lost_at = BOUGHT - bought_after
    database.write_now(mark_lost, customer_id=row.id, lost_at=lost_at, source="staff")

    buy(database, PURCHASE)

    (loss,) = database.read_now(look, table="loss")
    assert loss.recovered_at == (BOUGHT if is_back else None)
    assert customers(database)[0].lost_at == (None if is_back else lost_at)


def test_a_dry_run_of_purchases_keeps_nothing(database: Database) -> None:
    bring_in(database, FULL)

    assert buy(database, PURCHASE, dry_run=True) == ImportResult(created=1)
    assert database.read_now(look, table="purchase") == []
    assert customers(database)[0].last_purchase_at is None


@pytest.mark.parametrize(("source", "left"), [("silence", 0), ("staff", 1)])
def test_a_purchase_that_comes_late_to_the_books_undoes_a_silence_that_never_was(
    database: Database, clock: Any, source: str, left: int
) -> None:
    bring_in(database, FULL)
    silent_after = RULES.win_back.silent_after
    assert silent_after is not None
    customer_id = customers(database)[0].id
    lost_at = BOUGHT + silent_after - timedelta(days=1)
    database.write_now(mark_lost, customer_id=customer_id, lost_at=lost_at, source=source)
    buy(database, PURCHASE)
    assert len(database.read_now(look, table="loss")) == left
    assert (customers(database)[0].lost_at is None) == (left == 0)


def test_a_silence_that_was_long_enough_stands(database: Database, clock: Any) -> None:
    bring_in(database, FULL)
    silent_after = RULES.win_back.silent_after
    assert silent_after is not None
    customer_id = customers(database)[0].id
    database.write_now(mark_lost, customer_id=customer_id, lost_at=BOUGHT + silent_after, source="silence")
    buy(database, PURCHASE)
    assert len(database.read_now(look, table="loss")) == 1


def test_who_turns_out_to_have_bought_nothing_was_never_silent(database: Database) -> None:
    bring_in(database, FULL, BARE)
    buy(database, PURCHASE)
    database.write_now(
        mark_lost, customer_id=customers(database)[0].id, lost_at=BOUGHT + timedelta(days=90), source="silence"
    )

    buy(database, replace(PURCHASE, customer_external_id="K2"))

    assert database.read_now(look, table="loss") == []
    assert customers(database)[0].lost_at is None
