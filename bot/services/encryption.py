"""Encryption at rest: no start without the keys that the database needs, and every text under the first of them."""

from datetime import datetime

import storage.encryption
from storage.database import Tx
from storage.encryption import Batch, Key
from storage.keyring import Keyring

BATCH = 500


def list_missing(tx: Tx, *, now: datetime, keyring: Keyring) -> list[str]:
    """The ids of keys with which texts here are encrypted, and which are not in the keyring."""
    return sorted(storage.encryption.list_key_ids(tx) - keyring.ids)


def take_keys(tx: Tx, *, now: datetime, keyring: Keyring) -> list[str]:
    """Begin to write with the first key, unless keys are missing: returns the ids of those, and changes nothing."""
    missing = list_missing(tx, now=now, keyring=keyring)
    if not missing and keyring.writer is not None:
        storage.encryption.add_key_id(tx, keyring.writer.id, now=now)
    return missing


def count_to_do(tx: Tx, *, now: datetime) -> dict[str, int]:
    """How many texts of each column are not as they would be written now."""
    return {place: storage.encryption.count(tx, place) for place in storage.encryption.list_places()}


def is_any_left(tx: Tx, *, now: datetime) -> bool:
    """Whether any text is not as it would be written now."""
    return storage.encryption.is_any_left(tx)


def write_again(tx: Tx, *, now: datetime, place: str, after: Key | None) -> Batch:
    """Write some texts of a column again, under the first key or plain; twice does no harm."""
    return storage.encryption.write_again(tx, place, after=after, limit=BATCH)


def settle(tx: Tx, *, now: datetime, keyring: Keyring) -> bool:
    """Need no other key any more, if every text is as it would be written now; False when not."""
    if storage.encryption.is_any_left(tx):
        return False
    storage.encryption.keep_only_key_id(tx, keyring.writer.id if keyring.writer else None)
    return True
