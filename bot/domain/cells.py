"""Reading what people write into the cells of a spreadsheet, in Vietnamese and in English."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import TypeVar
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
from babel.numbers import get_currency_precision, list_currencies

from bot.domain.messages import Language
from bot.domain.names import search_key

T = TypeVar("T")

DAY_FIRST = re.compile(r"(\d{1,2})[/.-](\d{1,2})(?:[/.-](\d{4}))?(?:[ T]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?")
PLAIN = re.compile(r"(?P<sign>-)?(?P<whole>\d+)(?:[.,](?P<cents>\d+))?")
GROUPED = re.compile(
    r"(?P<sign>-)?(?P<whole>\d{1,3}(?P<mark>[., \u00a0])\d{3}(?P<more>(?:(?P=mark)\d{3})+)?)"
    r"(?:(?!(?P=mark))[.,](?P<cents>\d+))?"
)
NOT_A_DIGIT = re.compile(r"\D")
DIVIDER = re.compile(r"[,;]")
SURROGATE = re.compile(r"[\ud800-\udfff]")
LEAP_YEAR = 2000
MOST_MINOR = 10**15
"""An amount beyond this is a mistake, and sums of such would not fit into 64 bits."""
MOST_DIGITS = 18
NO_GROUP = 4
"""Digits behind a mark that are no group of thousands."""
LONGEST_TAG = 40
LANGUAGES = {
    "vi": Language.VI,
    "vn": Language.VI,
    "tieng viet": Language.VI,
    "vietnamese": Language.VI,
    "en": Language.EN,
    "tieng anh": Language.EN,
    "english": Language.EN,
}
SALUTATIONS = {
    **dict.fromkeys(("anh", "ong", "mr", "mr.", "nam", "male"), "anh"),
    **dict.fromkeys(("chi", "ba", "co", "ms", "ms.", "mrs", "mrs.", "nu", "female"), "chị"),
}


class UnreadableError(ValueError):
    """The cell holds something else."""


@dataclass(frozen=True, kw_only=True)
class Birthday:
    """A birthday; many people do not tell the year."""

    day: int
    month: int
    year: int | None


def read_phone(text: str, *, region: str) -> str:
    """A phone number in E.164; without +, as it is dialled in `region`.

    Raises:
        UnreadableError: it is no number that anybody could have.
    """
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException as error:
        raise UnreadableError(text) from error
    if not phonenumbers.is_valid_number(number):
        raise UnreadableError(text)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def read_birthday(text: str) -> Birthday:
    """A birthday as YYYY-MM-DD, DD/MM/YYYY or DD/MM.

    Raises:
        UnreadableError: there is no such day.
    """
    match = DAY_FIRST.fullmatch(text)
    if match and match[3] is None:
        born = _date(LEAP_YEAR, int(match[2]), int(match[1]))
        return Birthday(day=born.day, month=born.month, year=None)
    day = _local(text).date()
    return Birthday(day=day.day, month=day.month, year=day.year)


def read_instant(text: str, *, timezone: str) -> datetime:
    """A date or a time as YYYY-MM-DD or DD/MM/YYYY, with or without HH:MM[:SS]; local unless it names an offset.

    Raises:
        UnreadableError: there is no such instant.
    """
    local = _local(text)
    try:
        return (local if local.tzinfo else local.replace(tzinfo=_zone(timezone))).astimezone(UTC)
    except OverflowError as error:
        raise UnreadableError(text) from error


def read_date(text: str) -> date:
    """A day as YYYY-MM-DD or DD/MM/YYYY; a time of day beside it is read past.

    Raises:
        UnreadableError: there is no such day.
    """
    return _local(text).date()


def _local(text: str) -> datetime:
    match = DAY_FIRST.fullmatch(text)
    try:
        if match is None or match[3] is None:
            return datetime.fromisoformat(text)
        hour, minute, second = (int(part or 0) for part in match.group(4, 5, 6))
        clock = time(hour, minute, second)
    except ValueError as error:
        raise UnreadableError(text) from error
    return datetime.combine(_date(int(match[3]), int(match[2]), int(match[1])), clock)


def _date(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise UnreadableError(f"{day}/{month}/{year}") from error


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def read_amount(text: str, *, currency: str) -> int:
    """An amount in minor units: 1250000, 1.250.000 or 1,250,000 for VND; 12.50, 1,234.50 or 1.234,50 for USD.

    Raises:
        UnreadableError: it is no amount in this currency, or 1.234 could be either one thing or a thousand of it.
    """
    digits = currency_digits(currency)
    match = GROUPED.fullmatch(text)
    if match is None or (digits and match["more"] is None and match["cents"] is None):
        match = PLAIN.fullmatch(text)
    cents = (match["cents"] or "").rstrip("0") if match else ""
    if match is None or len(cents) > digits:
        raise UnreadableError(text)
    amount = int(NOT_A_DIGIT.sub("", match["whole"]) + cents.ljust(digits, "0")) * (-1 if match["sign"] else 1)
    if abs(amount) > MOST_MINOR:
        raise UnreadableError(text)
    return amount


def read_price(text: str, *, currency: str) -> int:
    """An amount in minor units that is not negative.

    Raises:
        UnreadableError: it is no such amount in this currency.
    """
    amount = read_amount(text, currency=currency)
    if amount < 0:
        raise UnreadableError(text)
    return amount


def amount_cell(number: Decimal) -> str:
    """A number as a cell that is read as just that: 1.234 of a number is no thousand of anything."""
    if abs(number.adjusted()) > MOST_DIGITS:
        return str(number)
    whole, _, cents = f"{number:f}".partition(".")
    return f"{whole}.{cents.ljust(NO_GROUP, '0')}" if cents.strip("0") else whole


@cache
def currency_digits(currency: str) -> int:
    """How many decimals a currency has: VND none, USD two (Unicode CLDR, after ISO 4217)."""
    return get_currency_precision(currency)


def read_currency(text: str) -> str:
    """An ISO 4217 code.

    Raises:
        UnreadableError: there is no such currency.
    """
    return _one_of(_currencies(), text.upper())


def read_language(text: str) -> Language:
    """A language by its code or its name.

    Raises:
        UnreadableError: it is none that the bot speaks.
    """
    return _one_of(LANGUAGES, search_key(text))


def read_salutation(text: str) -> str:
    """How a person is addressed: "anh" or "chị"; "" leaves it open.

    Raises:
        UnreadableError: it is none of the usual words.
    """
    return _one_of(SALUTATIONS, search_key(text))


def read_tags(text: str) -> tuple[str, ...]:
    """The tags that a comma or a semicolon divides, each once.

    Raises:
        UnreadableError: one is too long to be a tag.
    """
    tags = dict.fromkeys(" ".join(tag.split()) for tag in DIVIDER.split(text) if tag.strip())
    if any(len(tag) > LONGEST_TAG for tag in tags):
        raise UnreadableError(text)
    return tuple(tags)


def read_timezone(text: str) -> str:
    """The name of a time zone.

    Raises:
        UnreadableError: there is no such zone.
    """
    return _one_of(_zones(), text)


def read_id(text: str) -> int:
    """A Telegram id.

    Raises:
        UnreadableError: it is no whole number of 64 bits.
    """
    if not re.fullmatch(r"\d{1,18}", text):
        raise UnreadableError(text)
    return int(text)


def read_number(text: str, *, among: range) -> int:
    """A whole number within bounds.

    Raises:
        UnreadableError: it is none of them.
    """
    number = read_id(text)
    if number not in among:
        raise UnreadableError(text)
    return number


def is_text(text: str) -> bool:
    """Whether a database can keep it: no NUL, and no half of a surrogate pair."""
    return "\0" not in text and not SURROGATE.search(text)


def _one_of(known: Mapping[str, T], text: str) -> T:
    if text not in known:
        raise UnreadableError(text)
    return known[text]


@cache
def _zones() -> dict[str, str]:
    return {name: name for name in available_timezones()}


@cache
def _currencies() -> dict[str, str]:
    return {code: code for code in list_currencies()}
