from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from bot.domain.cells import (
    Birthday,
    UnreadableError,
    amount_cell,
    currency_digits,
    read_amount,
    read_birthday,
    read_currency,
    read_date,
    read_id,
    read_instant,
    read_language,
    read_phone,
    read_salutation,
    read_tags,
    read_timezone,
)

SAIGON = "Asia/Ho_Chi_Minh"


@pytest.mark.parametrize("text", ["0912345678", "912345678", "+84 912 345 678", "84912345678", "091.234.5678"])
def test_a_vietnamese_phone_number_is_understood_however_it_is_written(text: str) -> None:
    assert read_phone(text, region="VN") == "+84912345678"


def test_a_foreign_phone_number_keeps_its_country() -> None:
    assert read_phone("+44 20 7946 0958", region="VN") == "+442079460958"


@pytest.mark.parametrize("text", ["12", "không có", "+84 1", "0000000000"])
def test_what_nobody_could_dial_is_no_phone_number(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_phone(text, region="VN")


@pytest.mark.parametrize(
    ("text", "birthday"),
    [
        ("1990-05-31", Birthday(day=31, month=5, year=1990)),
        ("1990-05-31T00:00:00", Birthday(day=31, month=5, year=1990)),
        ("31/05/1990", Birthday(day=31, month=5, year=1990)),
        ("31-5-1990", Birthday(day=31, month=5, year=1990)),
        ("31/5", Birthday(day=31, month=5, year=None)),
        ("29/02", Birthday(day=29, month=2, year=None)),
        ("29/02/2000", Birthday(day=29, month=2, year=2000)),
    ],
)
def test_a_birthday_is_read_day_first_with_or_without_its_year(text: str, birthday: Birthday) -> None:
    assert read_birthday(text) == birthday


@pytest.mark.parametrize("text", ["05/31/1990", "29/02/2001", "30/02", "31/05/90", "1990", "mai", "2001-02-29"])
def test_a_day_that_does_not_exist_is_no_birthday(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_birthday(text)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-04", datetime(2026, 3, 3, 17, 0, tzinfo=UTC)),
        ("04/03/2026", datetime(2026, 3, 3, 17, 0, tzinfo=UTC)),
        ("04/03/2026 10:30", datetime(2026, 3, 4, 3, 30, tzinfo=UTC)),
        ("4.3.2026 9:05:07", datetime(2026, 3, 4, 2, 5, 7, tzinfo=UTC)),
        ("2026-03-04 10:30:00", datetime(2026, 3, 4, 3, 30, tzinfo=UTC)),
        ("2026-03-04T10:30:00+00:00", datetime(2026, 3, 4, 10, 30, tzinfo=UTC)),
    ],
)
def test_an_instant_is_local_unless_it_says_otherwise(text: str, instant: datetime) -> None:
    assert read_instant(text, timezone=SAIGON) == instant


@pytest.mark.parametrize("text", ["04/03", "04/03/2026 25:00", "hôm qua", "2026-13-01"])
def test_what_is_no_instant_is_refused(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_instant(text, timezone=SAIGON)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1250000", "VND", 1_250_000),
        ("1.250.000", "VND", 1_250_000),
        ("1,250,000", "VND", 1_250_000),
        ("1 250 000", "VND", 1_250_000),
        ("1\u00a0250\u00a0000", "VND", 1_250_000),
        ("1.250", "VND", 1_250),
        ("1250000.00", "VND", 1_250_000),
        ("-450.000", "VND", -450_000),
        ("0", "VND", 0),
        ("12.5", "USD", 1_250),
        ("12,50", "USD", 1_250),
        ("1,234.50", "USD", 123_450),
        ("1.234,50", "USD", 123_450),
        ("1.234.567", "USD", 123_456_700),
        ("-0.05", "USD", -5),
        ("1.500", "KWD", 1_500),
    ],
)
def test_an_amount_is_read_in_minor_units_of_its_currency(text: str, currency: str, minor: int) -> None:
    assert read_amount(text, currency=currency) == minor


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("1.234", "USD"),  # one dollar and something, or more than a thousand
        ("12.345", "USD"),
        ("1250.5", "VND"),
        ("1.25.000", "VND"),
        ("1.234.56", "USD"),
        ("100k", "VND"),
        ("--5", "VND"),
        ("", "VND"),
    ],
)
def test_an_amount_that_could_mean_two_things_is_refused(text: str, currency: str) -> None:
    with pytest.raises(UnreadableError):
        read_amount(text, currency=currency)


@given(st.integers(-(10**12), 10**12), st.sampled_from(["VND", "USD", "JPY", "KWD"]))
def test_a_plain_amount_comes_back_exactly(minor: int, currency: str) -> None:
    digits = currency_digits(currency)
    written = f"{Decimal(minor).scaleb(-digits):.{digits}f}"

    assert read_amount(written, currency=currency) == minor


def test_words_are_understood_with_and_without_accents() -> None:
    assert [read_language(text) for text in ("VI", "Tiếng Việt", "tieng anh")] == ["vi", "vi", "en"]
    assert [read_salutation(text) for text in ("Anh", "chi", "Ông", "Bà", "Ms.")] == ["anh", "chị", "anh", "chị", "chị"]
    assert read_currency("usd") == "USD"
    assert read_timezone("Europe/Paris") == "Europe/Paris"
    assert read_id("5000000000001") == 5_000_000_000_001


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_language, "fr"),
        (read_salutation, "bạn"),
        (read_tags, f"vip, {'x' * 41}"),
        (read_currency, "XYZ1"),
        (read_timezone, "Asia/Hanoi"),
        (read_id, "12a"),
        (read_id, "9" * 19),
    ],
)
def test_words_of_another_kind_are_refused(read: object, text: str) -> None:
    assert callable(read)
    with pytest.raises(UnreadableError):
        read(text)


@pytest.mark.parametrize(("text", "amount"), [("1000000000000000", 10**15), ("-1000000000000000", -(10**15))])
def test_the_largest_amount_is_read(text: str, amount: int) -> None:
    assert read_amount(text, currency="VND") == amount


@pytest.mark.parametrize("text", ["1000000000000001", "99999999999999999999999"])
def test_an_amount_beyond_all_reason_is_a_mistake(text: str) -> None:
    with pytest.raises(UnreadableError):
        read_amount(text, currency="VND")


@pytest.mark.parametrize("text", ["2027-01-01", "01/01/2027", "2027-01-01T00:00:00", "1.1.2027 09:30"])
def test_a_day_is_read_whatever_time_stands_beside_it(text: str) -> None:
    assert read_date(text).isoformat() == "2027-01-01"


def test_an_instant_before_time_began_is_none() -> None:
    with pytest.raises(UnreadableError):
        read_instant("0001-01-01", timezone=SAIGON)


@pytest.mark.parametrize(
    ("number", "currency", "minor"),
    [
        ("1250000", "VND", 1_250_000),
        ("1250000.0", "VND", 1_250_000),
        ("1.5E+6", "VND", 1_500_000),
        ("12.5", "USD", 1250),
        ("-12.50", "USD", -1250),
        ("1234.5", "USD", 123_450),
        ("0.001", "KWD", 1),
        ("1.234", "VND", None),
        ("1.5", "VND", None),
        ("1.234", "USD", None),
        ("1E+999999", "VND", None),
        ("1E-999999", "VND", None),
    ],
)
def test_a_number_means_itself_and_never_thousands(number: str, currency: str, minor: int | None) -> None:
    cell = amount_cell(Decimal(number))
    if minor is None:
        with pytest.raises(UnreadableError):
            read_amount(cell, currency=currency)
    else:
        assert read_amount(cell, currency=currency) == minor
