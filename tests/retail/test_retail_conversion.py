"""The conversion of the Online Retail data, on a made-up sample of the same format."""

import csv
import gzip
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.domain.imports import Layout, RowReader, read_batches, read_header
from bot.domain.records import CUSTOMERS, PURCHASES
from bot.domain.rules import Rules
from bot.spreadsheets import read_spreadsheet
from tests.retail import conversion
from tests.retail.conversion import Summary, plans_by_spending, prepare

SAMPLE = """\
InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country
500001,85123A,"HOLDER, WHITE",6,2010-12-01 08:26:00,2.55,17850.0,United Kingdom
500001,71053,LANTERN,2,2010-12-01 08:25:00,3.39,17850.0,United Kingdom
500002,22086,CHAIN,1,2010-12-02 09:00:00,0.99,,United Kingdom
500003,22086,CHAIN,80,2010-12-03 10:00:00,2.55,12680.0,France
C500004,22086,CHAIN,-80,2010-12-04 11:00:00,2.55,12680.0,France
500005,GIFT,GIFT,1,2010-12-05 12:00:00,0,13047.0,Spain
500006,22086,CHAIN,1,2010-12-09 12:50:00,0.001,17850.0,Norway
"""
AS_OF = date(2026, 11, 22)


@pytest.fixture
def sample(tmp_path: Path) -> Path:
    path = tmp_path / "retail.csv"
    path.write_text(SAMPLE, encoding="utf-8")
    return path


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_lines_of_an_invoice_become_one_purchase_at_the_time_of_the_first(sample: Path, tmp_path: Path) -> None:
    prepare(sample, tmp_path, as_of=date(2010, 12, 10))
    assert _rows(tmp_path / conversion.PURCHASES)[0] == {
        "external_id": "500001",
        "customer_external_id": "17850",
        "purchased_at": "2010-12-01 08:25:00",
        "amount": "22.08",
        "currency": "GBP",
    }


def test_a_cancellation_is_a_purchase_of_its_own_with_a_negative_amount(sample: Path, tmp_path: Path) -> None:
    prepare(sample, tmp_path, as_of=AS_OF)
    amounts = {row["external_id"]: row["amount"] for row in _rows(tmp_path / conversion.PURCHASES)}
    assert amounts == {
        "500001": "22.08",
        "500003": "204.00",
        "C500004": "-204.00",
        "500005": "0.00",
        "500006": "0.00",
    }


def test_what_is_left_out_is_counted(sample: Path, tmp_path: Path) -> None:
    assert prepare(sample, tmp_path, as_of=AS_OF) == Summary(
        lines=7,
        without_customer=1,
        customers=3,
        invoices=5,
        cancellations=1,
        worth_nothing=2,
        first_day=date(2010, 12, 1),
        last_day=date(2010, 12, 9),
        shifted_days=5826,
    )


def test_the_last_day_becomes_the_day_before_and_times_of_day_stay(sample: Path, tmp_path: Path) -> None:
    prepare(sample, tmp_path, as_of=AS_OF)
    instants = [datetime.fromisoformat(row["purchased_at"]) for row in _rows(tmp_path / conversion.PURCHASES)]
    assert instants[-1] == datetime(2026, 11, 21, 12, 50)  # noqa: DTZ001  the shop's own time, as in the file
    assert instants[-1] - instants[0] == timedelta(days=8, hours=4, minutes=25)


def test_a_customer_joined_with_the_first_invoice_and_lives_where_the_last_one_went(
    sample: Path, tmp_path: Path
) -> None:
    prepare(sample, tmp_path, as_of=date(2010, 12, 10))
    assert _rows(tmp_path / conversion.CUSTOMERS) == [
        _customer("12680", "basic", "France", "2010-12-03 10:00:00"),
        _customer("13047", "silver", "Spain", "2010-12-05 12:00:00"),
        _customer("17850", "gold", "Norway", "2010-12-01 08:25:00"),
    ]


def _customer(number: str, plan: str, location: str, joined_at: str) -> dict[str, str]:
    said = {"external_id": number, "name": f"Khách {number}", "plan": plan}
    return {**said, "location": location, "joined_at": joined_at}


def test_plans_are_thirds_by_spending() -> None:
    spent = dict(zip("abcdefg", (5, 3, 9, 1, 1, 7, 2), strict=True))
    assert plans_by_spending(spent) == {
        "d": "basic",
        "e": "basic",
        "g": "basic",
        "b": "silver",
        "a": "silver",
        "f": "gold",
        "c": "gold",
    }


def test_a_packed_source_gives_the_same_files(sample: Path, tmp_path: Path) -> None:
    packed = tmp_path / "retail.csv.gz"
    packed.write_bytes(gzip.compress(SAMPLE.encode()))
    prepare(sample, tmp_path / "plain", as_of=AS_OF)
    prepare(packed, tmp_path / "packed", as_of=AS_OF)
    for name in (conversion.CUSTOMERS, conversion.PURCHASES):
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "packed" / name).read_bytes()


def test_the_importer_refuses_no_row(sample: Path, tmp_path: Path) -> None:
    prepare(sample, tmp_path, as_of=AS_OF)
    layouts: dict[str, tuple[Layout[Any], int]] = {
        conversion.CUSTOMERS: (CUSTOMERS, 3),
        conversion.PURCHASES: (PURCHASES, 5),
    }
    for name, (layout, n) in layouts.items():
        sheet = read_spreadsheet(tmp_path / name)
        header = read_header(sheet.header, layout)
        reader = RowReader(layout, Rules(), datetime(2026, 11, 22, tzinfo=UTC))
        (batch,) = read_batches(partial(reader.cells, header), sheet.rows, size=100)
        assert (header.unknown, header.missing, batch.errors, len(batch.records)) == ((), (), [], n)
