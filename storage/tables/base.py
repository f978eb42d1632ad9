"""What every table is made of: where they are registered, and the columns and indexes that many of them have."""

from typing import Any

from sqlalchemy import Column, Index, MetaData, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from storage.columns import NAMING, Id, SecretJson, SecretText, UtcDateTime


class Table(SQLModel, registry=registry(metadata=MetaData(naming_convention=NAMING))):
    """Where the tables below are registered."""


metadata = Table.metadata

# A query must say these in the same words to be given the index that is of them alone.
IN_TURN = f"run_id * {HASH_FACTOR} % {HASH_RANGE}"
"""A stable order of answers that has nothing to do with who gave them, or when."""
DRAWN = {part: text(f"reason <> '' and {IN_TURN} < {HASH_RANGE // part}") for part in (128, 8)}
"""One in so many reasons: the first ones of that order."""
UNSCORED = text("kind in ('message', 'feedback') and body <> ''")
"""What a customer wrote without a score."""

APART = 61
"""One customer in so many, by number, has indexes of their own: a sample of them is read from a few pages.

It is a prime, so that it meets as many customers of each member of staff where they are dealt out in turn.
"""

BY_KEY = {"sqlite_with_rowid": False}
"""A table whose rows lie in the order of its key, so that neighbours are read together."""


def instant(**options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(sa_type=UtcDateTime, **options)


def row_id(**options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(default=None, primary_key=True, sa_type=Id, **options)


def reference(column: str, **options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(foreign_key=column, sa_type=Id, **options)


def index_apart(table: str, *columns: str, owner: str = "customer_id") -> Index:
    """An index of these customers alone."""
    only = text(f"{owner} % {APART} = 0")
    return Index(f"ix_{table}_apart", *columns, sqlite_where=only, postgresql_where=only)


def secret(place: str, **options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(sa_type=SecretText(place), **options)


def secret_facts(place: str, **options: Any) -> Any:  # noqa: ANN401  sqlmodel's Field is typed so
    return Field(sa_column=Column(SecretJson(place), nullable=False), **options)
