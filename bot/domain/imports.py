"""Importing: which column of a table is which, and what each row says or why it cannot be used."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

from bot.domain.cells import UnreadableError, is_text, read_currency, read_instant
from bot.domain.names import search_key
from bot.domain.rules import Rules

T = TypeVar("T")
V = TypeVar("V", str, str | None)
When = TypeVar("When", date, datetime)

LONGEST = 200
"""Characters of a cell, where its column says nothing else."""


class Reason(StrEnum):
    """Why a cell, and with it its row, cannot be used."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    TOO_LONG = "too_long"
    IN_FUTURE = "in_future"
    TOO_EARLY = "too_early"  # the end of something, before its beginning
    REPEATED = "repeated"  # an earlier row of the file has it
    TAKEN = "taken"  # another customer has it
    UNKNOWN = "unknown"  # there is no such customer
    FORGOTTEN = "forgotten"  # the person asked to be forgotten, and no import brings anybody back
    NO_FIELD = "no_field"  # a row that names its own fields names one that means nothing


@dataclass(frozen=True)
class RowError:
    """One reason why a row was left out; rows count as in a spreadsheet, where the header is row 1."""

    row: int
    column: str
    reason: Reason
    value: str


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What an import did, or would do."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: tuple[RowError, ...] = ()

    def __add__(self, other: "ImportResult") -> "ImportResult":
        return ImportResult(
            **{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)}
        )


@dataclass(frozen=True, kw_only=True)
class Layout(Generic[T]):
    """The columns of a kind of table, each with the other names that people give it, and those without which none is.

    Names are compared without accents and case. `read` makes a record of a row, or None of one with errors.
    """

    required: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]
    read: "Callable[[Row], T | None]"


@dataclass(frozen=True, kw_only=True)
class Header:
    """Which column of a table holds what. `unknown` are read past; without `missing` nothing can be imported."""

    positions: Mapping[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def read_header(cells: Sequence[str], layout: Layout[T]) -> Header:
    """Find the columns by their names in either language, whatever their accents, case and order."""
    names = {
        search_key(name): column for column, others in layout.columns.items() for name in (_spaced(column), *others)
    }
    found = [(names.get(search_key(_spaced(cell))), position, cell) for position, cell in enumerate(cells)]
    positions: dict[str, int] = {}
    for column, position, _ in found:
        if column is not None:
            positions.setdefault(column, position)
    return Header(
        positions=positions,
        unknown=tuple(cell for column, position, cell in found if positions.get(column or "") != position and cell),
        missing=tuple(column for column in layout.required if column not in positions),
    )


def _spaced(name: str) -> str:
    return name.replace("_", " ")


@dataclass
class RowReader(Generic[T]):
    """Reads the rows of one table in turn, and remembers what must not come twice."""

    layout: Layout[T]
    rules: Rules
    now: datetime
    seen: set[tuple[str, str]] = field(default_factory=set)

    def cells(self, header: Header, row: int, cells: Sequence[str]) -> T | list[RowError]:
        """The record of a spreadsheet's row, or all that is wrong with it."""
        found = {column: cells[place] for column, place in header.positions.items() if place < len(cells)}
        return self._read(Row(row, found, self))

    def fields(self, row: int, fields: Mapping[str, str]) -> T | list[RowError]:
        """The record of a row that names its own fields, or all that is wrong with it."""
        this = Row(row, fields, self)
        for name in fields:
            if name not in self.layout.columns:
                this.refuse(name[:LONGEST], Reason.NO_FIELD, "")
        return self._read(this)

    def _read(self, row: "Row") -> T | list[RowError]:
        record = self.layout.read(row)
        return row.errors if record is None or row.errors else record


@dataclass(frozen=True)
class Batch(Generic[T]):
    """So many rows of a file that one transaction takes: what can be used, and what cannot."""

    rows: int
    records: list[T]
    errors: list[RowError]


def read_batches(
    read: Callable[[int, Sequence[str]], T | list[RowError]], rows: Iterable[tuple[int, Sequence[str]]], *, size: int
) -> Iterator[Batch[T]]:
    """Read numbered rows, `size` at a time; empty rows are nothing at all."""
    left = iter(rows)
    while chunk := list(islice(left, size)):
        yield sort_out(len(chunk), (read(row, cells) for row, cells in chunk if any(cells)))


def sort_out(rows: int, results: Iterable[T | list[RowError]]) -> Batch[T]:
    """What can be used of so many rows, beside what is wrong with the others."""
    batch: Batch[T] = Batch(rows, [], [])
    for result in results:
        if isinstance(result, list):
            batch.errors.extend(result)
        else:
            batch.records.append(result)
    return batch


class Row:
    """One row as it is read; whatever cannot be used is noted, so that all of it is told at once."""

    def __init__(self, number: int, cells: Mapping[str, str], reader: RowReader[T]) -> None:
        self.errors: list[RowError] = []
        self.number = number
        self.rules = reader.rules
        self._cells = cells
        self._now = reader.now
        self._seen = reader.seen

    def text(self, column: str, *, longest: int = LONGEST) -> str | None:
        """What the cell says, without the spaces around it; None when that is nothing."""
        text = self._cells.get(column, "").strip()
        if len(text) > longest:
            self.refuse(column, Reason.TOO_LONG, f"{text[:20]}…")
        elif not is_text(text):
            self.refuse(column, Reason.UNREADABLE, "")
        else:
            return text or None
        return None

    def required(self, column: str) -> str:
        """What a cell says that must say something."""
        before = len(self.errors)
        text = self.text(column)
        if text is None and len(self.errors) == before:
            self.refuse(column, Reason.MISSING, "")
        return text or ""

    def read(self, column: str, reader: Callable[[str], T]) -> T | None:
        """What the cell means."""
        text = self.text(column)
        try:
            return None if text is None else reader(text)
        except UnreadableError:
            self.refuse(column, Reason.UNREADABLE, text or "")
            return None

    def needed(self, column: str, reader: Callable[[str], T]) -> T | None:
        """What a cell means that must mean something."""
        return self.read(column, reader) if self.required(column) else None

    def once(self, column: str, value: V) -> V:
        """A value that no other row of the table may have."""
        if value and (column, value) in self._seen:
            self.refuse(column, Reason.REPEATED, value)
        elif value:
            self._seen.add((column, value))
        return value

    def past(self, column: str, *, needed: bool = False) -> datetime | None:
        """An instant that has come."""
        read = self.needed if needed else self.read
        instant = read(column, partial(read_instant, timezone=self.rules.timezone))
        if instant is not None and instant > self._now:
            self.refuse(column, Reason.IN_FUTURE, self._cells[column].strip())
        return instant

    def not_before(self, column: str, end: When | None, beginning: When | None) -> None:
        """Refuse an end that comes before the beginning."""
        if end is not None and beginning is not None and end < beginning:
            self.refuse(column, Reason.TOO_EARLY, self._cells[column].strip())

    def currency(self) -> str:
        """The currency of the row's amounts: the business's own where the row names none."""
        return self.read("currency", read_currency) or self.rules.currency

    def refuse(self, column: str, reason: Reason, value: str) -> None:
        """Note why the row cannot be used."""
        self.errors.append(RowError(self.number, column, reason, value))
