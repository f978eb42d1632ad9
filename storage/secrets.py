"""Where encrypted texts stand, in the tables as they are."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, Connection, String, cast, select, type_coerce

from storage.columns import SecretJson, SecretText
from storage.keyring import SecretError
from storage.tables import metadata


def columns() -> Iterator[Column[Any]]:
    """Every column whose texts are encrypted, when there are keys."""
    for table in metadata.sorted_tables:
        yield from (column for column in table.c if isinstance(column.type, SecretText | SecretJson))


def stored_text(column: Column[Any]) -> Any:  # noqa: ANN401  an expression over any column
    """What stands in a column, without decrypting; of facts the JSON text, in which a ciphertext is in quotes."""
    return cast(column, String) if isinstance(column.type, SecretJson) else type_coerce(column, String)


def as_stored(column: Column[Any], ciphertext: str) -> str:
    """A ciphertext as `stored_text` gives it."""
    return f'"{ciphertext}"' if isinstance(column.type, SecretJson) else ciphertext


def find_row(tx: Connection, error: SecretError) -> Any:  # noqa: ANN401  a key of any table
    """The primary key of the row with the text that cannot be read, which the error's words name from here on.

    None when it is there no more.
    """
    name, column_name = error.place.split(".")
    table = metadata.tables[name]
    column = table.c[column_name]
    same = stored_text(column) == as_stored(column, error.stored)
    found = tx.execute(select(*table.primary_key).where(same).limit(1)).first()
    if found is None:
        return None
    error.row = f"table {name}, row {', '.join(map(str, found))}"
    return tuple(found)
