"""Column types that every table shares.

Three of them know of encryption. Their keys come with the engine: `give_keys` hangs the keyring on its dialect, which
is what SQLAlchemy hands to a type with each value, so that two engines of one process may hold different keys and
nothing is kept in a global. An engine that was given none reads and writes plain texts.
"""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import JSON, BigInteger, ColumnElement, DateTime, Dialect, Engine, Integer, String, func
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeDecorator

from storage.keyring import PLAIN, Keyring

T = TypeVar("T")

KEYRING = "touchpoint_keyring"

# Telegram ids need 64 bits. SQLite numbers its rows by itself only in a column called INTEGER, which holds 64 bits too.
Id = BigInteger().with_variant(Integer, "sqlite")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(TypeDecorator[datetime]):
    """An aware UTC instant. SQLite keeps it as text without a zone, so it is made naive on the way in and aware again.

    Raises:
        ValueError: a naive datetime was given; nobody could say which instant it means.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a naive datetime cannot be stored: {value!r}")
        instant = value.astimezone(UTC)
        return instant.replace(tzinfo=None) if dialect.name == "sqlite" else instant

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class bare(FunctionElement[Any]):  # noqa: N801  it is called as a function of SQL
    """An instant as the database has it, for `instants`: thousands of them become one array, and none a `datetime`."""

    type = NullType()
    inherit_cache = True


@compiles(bare, "sqlite")
def _as_text(element: bare, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  the compiler's own
    return compiler.process(element.clauses, **options)


@compiles(bare)
def _as_microseconds(element: bare, compiler: SQLCompiler, **options: Any) -> str:  # noqa: ANN401  the compiler's own
    return f"CAST(EXTRACT(EPOCH FROM {compiler.process(element.clauses, **options)}) * 1000000 AS BIGINT)"


def instants(values: Sequence[Any]) -> Any:  # noqa: ANN401  an array of numpy, which a bot at rest does not load
    """What was read of `bare` columns as an array of datetime64[us] in UTC, NaT where there is none."""
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    return np.array(values, dtype="datetime64[us]")


def give_keys(engine: Engine, keyring: Keyring) -> None:
    """Let the types of an engine encrypt and decrypt with these keys."""
    setattr(engine.dialect, KEYRING, keyring)


def keyring_of(dialect: Dialect) -> Keyring:
    """The keys that an engine was given."""
    keyring: Keyring = getattr(dialect, KEYRING, PLAIN)
    return keyring


def _fact(value: object) -> str:
    """Dates in stored facts as ISO text."""
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a fact cannot hold {type(value).__name__}")


to_json = partial(json.dumps, default=_fact)


class SecretText(TypeDecorator[str]):
    """A text that is encrypted at rest, when there are keys; `place` is "table.column", to which it is bound.

    Only `is_(None)` and a comparison with the empty text mean anything in SQL.

    Raises:
        storage.keyring.SecretError: on reading, what is stored cannot be decrypted.
    """

    impl = String
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring_of(dialect).seal(value, self.place)

    def process_result_value(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring_of(dialect).open(value, self.place)


class SecretJson(TypeDecorator[dict[str, Any]]):
    """Facts that are encrypted at rest, when there are keys: then the column holds one JSON string, the ciphertext.

    No facts stay `{}`, for which queries ask.
    """

    impl = JSON
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> dict[str, Any] | str | None:
        keyring = keyring_of(dialect)
        return keyring.seal(to_json(value), self.place) if value and keyring.writer else value

    def process_result_value(self, value: dict[str, Any] | str | None, dialect: Dialect) -> dict[str, Any] | None:
        if not isinstance(value, str):
            return value
        facts: dict[str, Any] = json.loads(keyring_of(dialect).open(value, self.place))
        return facts


class BlindIndex(TypeDecorator[str]):
    """Stands for a value that is encrypted elsewhere, so that it can be found and is unique: written from the value.

    Reading gives what is stored, never the value. Ask with `Keyring.indexes`.
    """

    impl = String
    cache_ok = True

    def __init__(self, place: str) -> None:
        super().__init__()
        self.place = place

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else keyring_of(dialect).index(value, self.place)


def unindexed(column: ColumnElement[T]) -> ColumnElement[T]:
    """A column of which SQLite, which has no statistics, does not think that its index would find fewer rows."""
    return func.coalesce(column, column)
