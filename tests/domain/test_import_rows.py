from datetime import UTC, date, datetime
from functools import partial
from typing import Any

import pytest

from bot.domain.cells import Birthday
from bot.domain.imports import (
    ImportResult,
    Layout,
    Reason,
    RowError,
    RowReader,
    read_batches,
    read_header,
)
from bot.domain.messages import Language
from bot.domain.records import (
    CONTRACTS,
    CUSTOMERS,
    EVENTS,
    LAYOUTS,
    NPS,
    PURCHASES,
    TICKETS,
    ContractRecord,
    CustomerRecord,
    EventRecord,
    PurchaseRecord,
    ScoreRecord,
    TicketRecord,
)
from bot.domain.rules import Rules

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)


def reader(header: str, layout: Layout[Any] = CUSTOMERS, rules: Rules | None = None) -> Any:
    """Reads rows of one table under this header."""
    return partial(RowReader(layout, rules or Rules(), NOW).cells, read_header(header.split(";"), layout))


@pytest.mark.parametrize("layout", LAYOUTS.values())
def test_every_column_is_found_by_its_own_name_and_by_each_other_name(layout: Layout[Any]) -> None:
    for column, others in layout.columns.items():
        for name in (column, column.upper(), column.replace("_", " "), *others):
            assert read_header([name], layout).positions == {column: 0}


def test_vietnamese_headers_are_understood_in_any_order() -> None:
    header = read_header(["Họ và tên", "Mã khách hàng", "SĐT", "Ngày sinh", "Xưng hô"], CUSTOMERS)

    assert header.positions == {"name": 0, "external_id": 1, "phone": 2, "birthday": 3, "salutation": 4}
    assert (header.unknown, header.missing) == ((), ())


def test_unknown_and_doubled_columns_are_told_and_read_past() -> None:
    header = read_header(["Mã khách", "Tên", "Sở thích", "", "Họ tên"], CUSTOMERS)

    assert header.positions == {"external_id": 0, "name": 1}
    assert header.unknown == ("Sở thích", "Họ tên")


def test_missing_columns_are_told() -> None:
    assert read_header(["Ngày"], PURCHASES).missing == ("external_id", "customer_external_id", "amount")


def test_a_full_row_becomes_a_customer() -> None:
    columns = (
        "external_id;name;phone;birthday;language;timezone;plan;location;title;channel;tags;salutation;csm_id;joined_at"
    )
    cells = "K1|Nguyễn Thị Ân |0912345678|31/05|en|Asia/Tokyo|vàng|Huế"
    cells += "|kế toán|facebook|vip; đại  lý,vip|chị|5000000000001|04/03/2026"

    assert reader(columns)(2, cells.split("|")) == CustomerRecord(
        row=2,
        external_id="K1",
        name="Nguyễn Thị Ân",
        phone="+84912345678",
        birthday=Birthday(day=31, month=5, year=None),
        language=Language.EN,
        timezone="Asia/Tokyo",
        plan="vàng",
        location="Huế",
        title="kế toán",
        channel="facebook",
        tags=("vip", "đại lý"),
        salutation="chị",
        csm_id=5_000_000_000_001,
        joined_at=datetime(2026, 3, 3, 17, tzinfo=UTC),
    )


def test_empty_and_missing_cells_say_nothing() -> None:
    expected = CustomerRecord(row=2, external_id="K1", name="An")

    assert reader("external_id;name;phone;plan")(2, ["K1", "An", " "]) == expected


def test_all_that_is_wrong_with_a_row_is_told_at_once() -> None:
    header = "external_id;name;phone;birthday;language;timezone;salutation;csm_id;joined_at"
    cells = ";;12;31/02;fr;Hà Nội;ơi;x;20/11/2027"

    errors = reader(header)(7, cells.split(";"))

    assert errors == [
        RowError(7, "external_id", Reason.MISSING, ""),
        RowError(7, "name", Reason.MISSING, ""),
        RowError(7, "phone", Reason.UNREADABLE, "12"),
        RowError(7, "birthday", Reason.UNREADABLE, "31/02"),
        RowError(7, "language", Reason.UNREADABLE, "fr"),
        RowError(7, "timezone", Reason.UNREADABLE, "Hà Nội"),
        RowError(7, "salutation", Reason.UNREADABLE, "ơi"),
        RowError(7, "csm_id", Reason.UNREADABLE, "x"),
        RowError(7, "joined_at", Reason.IN_FUTURE, "20/11/2027"),
    ]


def test_an_id_or_a_phone_number_comes_once_in_a_file() -> None:
    rows = reader("external_id;name;phone")
    rows(2, ["K1", "An", "0912345678"])

    assert rows(3, ["K1", "Bình", ""]) == [RowError(3, "external_id", Reason.REPEATED, "K1")]
    assert rows(4, ["K2", "Chi", "+84912345678"]) == [RowError(4, "phone", Reason.REPEATED, "+84912345678")]
    assert isinstance(rows(5, ["K3", "Dung", ""]), CustomerRecord)
    assert isinstance(rows(6, ["K4", "Em", ""]), CustomerRecord)


def test_a_full_row_becomes_a_purchase() -> None:
    rows = reader("external_id;customer_external_id;purchased_at;amount;currency", PURCHASES)

    assert rows(2, ["H1", "K1", "04/03/2026 10:30", "-1,234.50", "usd"]) == PurchaseRecord(
        row=2,
        external_id="H1",
        customer_external_id="K1",
        purchased_at=datetime(2026, 3, 4, 3, 30, tzinfo=UTC),
        amount_minor=-123_450,
        currency="USD",
    )


def test_a_purchase_without_currency_is_in_the_currency_of_the_business() -> None:
    rows = reader("external_id;customer_external_id;purchased_at;amount", PURCHASES, Rules(currency="JPY"))

    purchase = rows(2, ["H1", "K1", "2026-03-04", "1.250"])

    assert isinstance(purchase, PurchaseRecord)
    assert (purchase.amount_minor, purchase.currency) == (1_250, "JPY")


@pytest.mark.parametrize(
    ("cells", "column", "reason"),
    [
        ("H1;K1;04/03/2026;", "amount", Reason.MISSING),
        ("H1;K1;04/03/2026;nhiều", "amount", Reason.UNREADABLE),
        ("H1;K1;;5", "purchased_at", Reason.MISSING),
        ("H1;K1;sớm;5", "purchased_at", Reason.UNREADABLE),
        ("H1;K1;2026-11-20 10:01;5", "purchased_at", Reason.IN_FUTURE),
        ("H1;;04/03/2026;5", "customer_external_id", Reason.MISSING),
        (";K1;04/03/2026;5", "external_id", Reason.MISSING),
    ],
)
def test_a_purchase_that_cannot_be_used_says_why(cells: str, column: str, reason: Reason) -> None:
    errors = reader("external_id;customer_external_id;purchased_at;amount", PURCHASES)(2, cells.split(";"))

    assert isinstance(errors, list)
    assert [(error.row, error.column, error.reason) for error in errors] == [(2, column, reason)]


def test_a_full_row_becomes_an_event() -> None:
    rows = reader("external_id;customer_external_id;name;happened_at;count", EVENTS)

    assert rows(2, ["E1", "K1", "login", "04/03/2026 10:30", "3"]) == EventRecord(
        row=2,
        external_id="E1",
        customer_external_id="K1",
        name="login",
        happened_at=datetime(2026, 3, 4, 3, 30, tzinfo=UTC),
        quantity=3,
    )


def test_a_full_row_becomes_a_ticket() -> None:
    rows = reader("external_id;customer_external_id;opened_at;solved_at;category;cost;currency", TICKETS)

    assert rows(2, ["T1", "K1", "04/03/2026", "05/03/2026", "giao hàng", "12.50", "usd"]) == TicketRecord(
        row=2,
        external_id="T1",
        customer_external_id="K1",
        opened_at=datetime(2026, 3, 3, 17, tzinfo=UTC),
        solved_at=datetime(2026, 3, 4, 17, tzinfo=UTC),
        category="giao hàng",
        cost_minor=1250,
        currency="USD",
    )


def test_a_ticket_that_tells_no_cost_tells_no_currency_either() -> None:
    ticket = reader("external_id;customer_external_id;opened_at", TICKETS)(2, ["T1", "K1", "04/03/2026"])

    assert isinstance(ticket, TicketRecord)
    assert (ticket.cost_minor, ticket.currency, ticket.solved_at, ticket.category) == (None, None, None, None)


def test_a_full_row_becomes_a_contract() -> None:
    rows = reader("external_id;customer_external_id;starts_on;ends_on;price;currency;renewals", CONTRACTS)

    assert rows(2, ["C1", "K1", "01/01/2027", "2027-12-31T00:00:00", "12.000.000", "", "2"]) == ContractRecord(
        row=2,
        external_id="C1",
        customer_external_id="K1",
        starts_on=date(2027, 1, 1),
        ends_on=date(2027, 12, 31),
        price_minor=12_000_000,
        currency="VND",
        renewals=2,
    )


def test_a_full_row_becomes_an_answer() -> None:
    rows = reader("external_id;customer_external_id;score;answered_at;reason", NPS)

    assert rows(2, ["A1", "K1", "0", "04/03/2026", "đắt " * 100]) == ScoreRecord(
        row=2,
        external_id="A1",
        customer_external_id="K1",
        score=0,
        answered_at=datetime(2026, 3, 3, 17, tzinfo=UTC),
        reason=("đắt " * 100).strip(),
    )


@pytest.mark.parametrize(
    ("layout", "cells", "column", "reason"),
    [
        (EVENTS, "E1;K1;;04/03/2026;1", "name", Reason.MISSING),
        (EVENTS, "E1;K1;login;;1", "happened_at", Reason.MISSING),
        (EVENTS, "E1;K1;login;2026-11-20 10:01;1", "happened_at", Reason.IN_FUTURE),
        (EVENTS, "E1;K1;login;04/03/2026;0", "count", Reason.UNREADABLE),
        (EVENTS, "E1;K1;login;04/03/2026;nhiều", "count", Reason.UNREADABLE),
        (EVENTS, f"E1;K1;{'x' * 201};04/03/2026;1", "name", Reason.TOO_LONG),
        (EVENTS, "E1;K1;lo\0gin;04/03/2026;1", "name", Reason.UNREADABLE),
        (EVENTS, "E1;K1;lo\ud800gin;04/03/2026;1", "name", Reason.UNREADABLE),
        (TICKETS, "T1;K1;;05/03/2026;;;", "opened_at", Reason.MISSING),
        (TICKETS, "T1;K1;04/03/2026;03/03/2026;;;", "solved_at", Reason.TOO_EARLY),
        (TICKETS, "T1;K1;04/03/2026;;;-5;", "cost", Reason.UNREADABLE),
        (CONTRACTS, "C1;K1;;2027-12-31;5;;", "starts_on", Reason.MISSING),
        (CONTRACTS, "C1;K1;mai;2027-12-31;5;;", "starts_on", Reason.UNREADABLE),
        (CONTRACTS, "C1;K1;2027-01-01;2026-12-31;5;;", "ends_on", Reason.TOO_EARLY),
        (CONTRACTS, "C1;K1;2027-01-01;;;;", "price", Reason.MISSING),
        (CONTRACTS, "C1;K1;2027-01-01;;5;;-1", "renewals", Reason.UNREADABLE),
        (NPS, "A1;K1;11;04/03/2026;", "score", Reason.UNREADABLE),
        (NPS, "A1;K1;;04/03/2026;", "score", Reason.MISSING),
        (NPS, "A1;K1;9;;", "answered_at", Reason.MISSING),
        (NPS, f"A1;K1;9;04/03/2026;{'x' * 4001}", "reason", Reason.TOO_LONG),
    ],
)
def test_a_row_that_cannot_be_used_says_why(layout: Layout[Any], cells: str, column: str, reason: Reason) -> None:
    errors = reader(";".join(layout.columns), layout)(2, cells.split(";"))

    assert isinstance(errors, list)
    assert [(error.row, error.column, error.reason) for error in errors] == [(2, column, reason)]


def test_a_row_may_name_its_own_fields_and_none_that_means_nothing() -> None:
    rows = RowReader(EVENTS, Rules(), NOW)
    fields = {"external_id": "E1", "customer_external_id": "K1", "name": "login", "happened_at": "2026-03-04"}

    assert isinstance(rows.fields(0, fields), EventRecord)
    assert rows.fields(1, fields | {"external_id": "E2", "nmae": "x"}) == [RowError(1, "nmae", Reason.NO_FIELD, "")]
    assert rows.fields(2, fields) == [RowError(2, "external_id", Reason.REPEATED, "E1")]


def test_rows_are_read_in_batches_and_empty_rows_are_nothing() -> None:
    rows = reader("external_id;name")
    table = [(2, ["K1", "An"]), (3, ["", ""]), (4, ["K2", ""]), (5, ["K3", "Chi"]), (6, ["K4", "Dung"])]

    batches = list(read_batches(rows, table, size=3))

    assert [batch.rows for batch in batches] == [3, 2]
    assert [[record.external_id for record in batch.records] for batch in batches] == [["K1"], ["K3", "K4"]]
    assert [batch.errors for batch in batches] == [[RowError(4, "name", Reason.MISSING, "")], []]


def test_results_of_batches_add_up() -> None:
    error = RowError(2, "name", Reason.MISSING, "")
    one = ImportResult(created=1, changed=2, unchanged=3, errors=(error,))

    assert one + one == ImportResult(created=2, changed=4, unchanged=6, errors=(error, error))
