"""Which keys a database needs, and bringing what was written before under the first of them."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, bindparam, delete, func, literal, select, tuple_, update

from storage import phones
from storage.columns import SecretJson, SecretText, keyring_of
from storage.database import Tx, connect, insert_for, is_sqlite
from storage.keyring import CIPHERTEXT, Keyring, SecretError
from storage.secrets import columns, find_row, stored_text
from storage.tables import customer, encryption_key, metadata

Key = tuple[Any, ...]
"""A primary key: how far a pass over a table has come."""


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Texts that were written again; `last` is where the next batch goes on from, None at the end."""

    changed: int
    unreadable: tuple[str, ...]
    last: Key | None


def list_key_ids(tx: Tx) -> set[str]:
    """The ids of the keys with which something in this database may be encrypted."""
    return set(tx.execute(select(encryption_key.c.key_id)).scalars())


def add_key_id(tx: Tx, key_id: str, *, now: datetime) -> None:
    """Note, before anything is encrypted with a key, that it is needed from now on."""
    statement = insert_for(tx)(encryption_key).values(key_id=key_id, added_at=now)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["key_id"]))


def keep_only_key_id(tx: Tx, key_id: str | None) -> None:
    """No key but this one is needed any more."""
    tx.execute(delete(encryption_key).where(encryption_key.c.key_id.is_distinct_from(key_id)))


def list_places() -> list[str]:
    """Every column that is encrypted, as "table.column"."""
    return [f"{column.table.name}.{column.name}" for column in columns()]


def count(tx: Tx, place: str) -> int:
    """How many texts of a column are not as they would be written now."""
    column = _column(place)
    statement = select(func.count()).select_from(column.table)
    return int(tx.execute(statement.where(*_to_do(column, keyring_of(tx.dialect)))).scalar_one())


def write_again(tx: Tx, place: str, *, after: Key | None, limit: int) -> Batch:
    """Read up to `limit` such texts of a column, in the order of their keys, and write them as they are written now.

    The rows are locked (SQLite has one writer), so that nothing that the bot writes meanwhile is written over.
    """
    column = _column(place)
    keys = list(column.table.primary_key)
    further = [] if after is None else [tuple_(*keys) > tuple_(*after)]
    statement = select(*keys, stored_text(column).label("stored"))
    statement = statement.where(*_to_do(column, keyring_of(tx.dialect)), *further)
    rows = tx.execute(statement.order_by(*keys).limit(limit).with_for_update()).all()
    texts: list[tuple[Key, Any]] = []
    unreadable: list[str] = []
    for row in rows:
        try:
            texts.append((tuple(row[:-1]), _read(tx, column, row.stored)))
        except SecretError as error:
            find_row(tx, error)
            unreadable.append(str(error))
    _write(tx, column, texts)
    last = tuple(rows[-1][:-1]) if len(rows) == limit else None
    return Batch(changed=len(texts), unreadable=tuple(unreadable), last=last)


def _column(place: str) -> Column[Any]:
    table, _, name = place.partition(".")
    return next(column for column in columns() if (column.table.name, column.name) == (table, name))


def _to_do(column: Column[Any], keyring: Keyring) -> list[ColumnElement[bool]]:
    stored, quote = stored_text(column), '"' if isinstance(column.type, SecretJson) else ""
    mark = quote + (keyring.writer.mark if keyring.writer else CIPHERTEXT)
    # No LIKE: on SQLite it takes capitals for small letters, and a customer can write capitals.
    begins = func.substr(stored, 1, len(mark))
    return [begins != mark, stored.not_in(("", "{}"))] if keyring.writer else [begins == mark]


def _read(tx: Tx, column: Column[Any], stored: str) -> Any:  # noqa: ANN401  a text, or facts
    if isinstance(column.type, SecretJson):
        return column.type.process_result_value(json.loads(stored), tx.dialect)
    assert isinstance(column.type, SecretText)  # noqa: S101  there is no third type
    return column.type.process_result_value(stored, tx.dialect)


def _write(tx: Tx, column: Column[Any], texts: Sequence[tuple[Key, Any]]) -> None:
    if not texts:
        return
    rows = [
        {f"key_{place}": part for place, part in enumerate(key)}
        | (phones.columns(value) if column is customer.c.phone else {column.name: value})
        for key, value in texts
    ]
    names = [name for name in rows[0] if not name.startswith("key_")]
    statement = update(metadata.tables[column.table.name]).values({name: bindparam(name) for name in names})
    this = [part == bindparam(f"key_{place}") for place, part in enumerate(column.table.primary_key)]
    tx.execute(statement.where(*this), rows)


def sweep(url: str) -> bool:
    """Let a SQLite file forget what was written over; False when somebody who has it open keeps it from that.

    PostgreSQL forgets by itself, when its autovacuum comes round.
    """
    if not is_sqlite(url):
        return True
    with connect(url) as connection:
        connection.rollback()
        driver = connection.connection.driver_connection
        assert driver is not None  # noqa: S101  an open connection has one
        driver.execute("VACUUM")
        busy, *_ = driver.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def is_any_left(tx: Tx) -> bool:
    """Whether any text is not as it would be written now."""
    keyring = keyring_of(tx.dialect)
    for column in columns():
        statement = select(literal(1)).select_from(column.table).where(*_to_do(column, keyring)).limit(1)
        if tx.execute(statement).first() is not None:
            return True
    return False
