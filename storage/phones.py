"""Phone numbers: how a number that may be encrypted is stored, found and kept unique.

Beside the number stand two blind indexes, of the whole number, which is unique, and of its last digits, by which staff
look for it in whatever form they know it. Without keys both hold the digits themselves. While texts are re-encrypted an
index may still be by an older key, so every question asks for all of them.
"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, String, false, type_coerce

from bot.domain.portfolio import LEAST_PHONE_DIGITS
from storage.columns import keyring_of
from storage.database import Tx
from storage.tables import customer


def columns(phone: str | None) -> dict[str, str | None]:
    """What the row of a customer holds of a number in E.164."""
    return {"phone": phone, "phone_index": phone, "phone_ending": phone and phone[-LEAST_PHONE_DIGITS:]}


def is_any(tx: Tx, phones: Iterable[str]) -> ColumnElement[bool]:
    """Customers with one of these numbers in E.164."""
    keyring, index = keyring_of(tx.dialect), customer.c.phone_index
    return _is_in(index, [one for phone in phones for one in keyring.indexes(phone, "customer.phone")])


def ends_like(tx: Tx, digits: str) -> ColumnElement[bool]:
    """Customers whose number has the same last digits; whether all of `digits` fit is for the reader to see."""
    ending = digits[-LEAST_PHONE_DIGITS:]
    return _is_in(customer.c.phone_ending, keyring_of(tx.dialect).indexes(ending, "customer.phone_ending"))


def _is_in(index: ColumnElement[str], values: list[str]) -> ColumnElement[bool]:
    return type_coerce(index, String).in_(values) if values else false()
