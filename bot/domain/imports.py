"""Importing customers and purchases: which column is which, and what each row says or why it cannot be used."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import Generic, TypeVar

from bot.domain.cells import (
    Birthday,
    UnreadableError,
    read_amount,
    read_birthday,
    read_currency,
    read_id,
    read_instant,
    read_language,
    read_phone,
    read_salutation,
    read_timezone,
)
from bot.domain.messages import Language
from bot.domain.names import search_key
from bot.domain.rules import Rules

T = TypeVar("T")
V = TypeVar("V", str, str | None)


@dataclass(frozen=True, kw_only=True)
class Layout:
    """The columns of a kind of file, each with the other names that people give it, and those without which none is.

    Names are compared without accents and case.
    """

    required: tuple[str, ...]
    columns: Mapping[str, tuple[str, ...]]


CUSTOMERS = Layout(
    required=("external_id", "name"),
    columns={
        "external_id": ("customer id", "customer code", "ma khach", "ma khach hang", "ma kh"),
        "name": ("full name", "customer name", "ho ten", "ho va ten", "ten", "ten khach", "ten khach hang"),
        "phone": ("phone number", "mobile", "dien thoai", "so dien thoai", "sdt", "di dong"),
        "birthday": ("birth date", "date of birth", "dob", "ngay sinh", "sinh nhat"),
        "language": ("ngon ngu",),
        "timezone": ("time zone", "mui gio"),
        "plan": ("goi", "goi dich vu", "package"),
        "location": ("city", "province", "khu vuc", "tinh thanh", "tinh", "thanh pho", "noi o"),
        "salutation": ("title", "gender", "xung ho", "danh xung", "gioi tinh"),
        "csm_id": ("csm", "nguoi phu trach", "nguoi cham soc"),
        "joined_at": ("joined", "join date", "ngay tham gia", "ngay dang ky", "khach tu ngay"),
    },
)
PURCHASES = Layout(
    required=("external_id", "customer_external_id", "purchased_at", "amount"),
    columns={
        "external_id": ("invoice", "invoice no", "invoice id", "ma hoa don", "so hoa don", "ma don", "ma don hang"),
        "customer_external_id": ("customer id", "customer code", "ma khach", "ma khach hang", "ma kh"),
        "purchased_at": ("purchase date", "invoice date", "date", "ngay mua", "ngay", "ngay hoa don"),
        "amount": ("total", "so tien", "thanh tien", "tong tien", "tong cong"),
        "currency": ("tien te", "loai tien"),
    },
)


class Reason(StrEnum):
    """Why a cell, and with it its row, cannot be used."""

    MISSING = "missing"
    UNREADABLE = "unreadable"
    IN_FUTURE = "in_future"
    REPEATED = "repeated"  # an earlier row of the file has it
    TAKEN = "taken"  # another customer has it
    UNKNOWN = "unknown"  # there is no such customer
    FORGOTTEN = "forgotten"  # the person asked to be forgotten, and no import brings anybody back


@dataclass(frozen=True)
class RowError:
    """One reason why a row was left out; rows count as in a spreadsheet, where the header is row 1."""

    row: int
    column: str
    reason: Reason
    value: str


@dataclass(frozen=True, kw_only=True)
class CustomerRecord:
    """What a row says of a customer. None is what it does not say: that stays as it is."""

    row: int
    external_id: str
    name: str
    phone: str | None = None
    birthday: Birthday | None = None
    language: Language | None = None
    timezone: str | None = None
    plan: str | None = None
    location: str | None = None
    salutation: str | None = None
    csm_id: int | None = None
    joined_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PurchaseRecord:
    """What a row says of an invoice; a cancellation has a negative amount."""

    row: int
    external_id: str
    customer_external_id: str
    purchased_at: datetime
    amount_minor: int
    currency: str


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
class Header:
    """Which column of a table holds what. `unknown` are read past; without `missing` nothing can be imported."""

    positions: Mapping[str, int]
    unknown: tuple[str, ...]
    missing: tuple[str, ...]


def read_header(cells: Sequence[str], layout: Layout) -> Header:
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
class RowReader:
    """Reads the rows of one file in turn, and remembers what must not come twice."""

    header: Header
    rules: Rules
    now: datetime
    seen: set[tuple[str, str]] = field(default_factory=set)

    def customer(self, row: int, cells: Sequence[str]) -> CustomerRecord | list[RowError]:
        """The customer of a row, or all that is wrong with it."""
        this = _Row(row, cells, self)
        record = CustomerRecord(
            row=row,
            external_id=this.once("external_id", this.required("external_id")),
            name=this.required("name"),
            phone=this.once("phone", this.read("phone", partial(read_phone, region=self.rules.phone_region))),
            birthday=this.read("birthday", read_birthday),
            language=this.read("language", read_language),
            timezone=this.read("timezone", read_timezone),
            plan=this.text("plan"),
            location=this.text("location"),
            salutation=this.read("salutation", read_salutation),
            csm_id=this.read("csm_id", read_id),
            joined_at=this.past("joined_at"),
        )
        return this.errors or record

    def purchase(self, row: int, cells: Sequence[str]) -> PurchaseRecord | list[RowError]:
        """The invoice of a row, or all that is wrong with it."""
        this = _Row(row, cells, self)
        currency = this.read("currency", read_currency) or self.rules.currency
        external_id = this.once("external_id", this.required("external_id"))
        customer_external_id = this.required("customer_external_id")
        this.required("purchased_at")
        this.required("amount")
        purchased_at = this.past("purchased_at")
        amount_minor = this.read("amount", partial(read_amount, currency=currency))
        if purchased_at is None or amount_minor is None or this.errors:
            return this.errors
        return PurchaseRecord(
            row=row,
            external_id=external_id,
            customer_external_id=customer_external_id,
            purchased_at=purchased_at,
            amount_minor=amount_minor,
            currency=currency,
        )


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
        batch: Batch[T] = Batch(len(chunk), [], [])
        for row, cells in chunk:
            result = read(row, cells) if any(cells) else []
            if isinstance(result, list):
                batch.errors.extend(result)
            else:
                batch.records.append(result)
        yield batch


class _Row:
    def __init__(self, row: int, cells: Sequence[str], reader: RowReader) -> None:
        self.errors: list[RowError] = []
        self._row = row
        self._cells = cells
        self._reader = reader

    def text(self, column: str) -> str | None:
        position = self._reader.header.positions.get(column)
        return self._cells[position].strip() or None if position is not None and position < len(self._cells) else None

    def required(self, column: str) -> str:
        text = self.text(column)
        if text is None:
            self._refuse(column, Reason.MISSING, "")
        return text or ""

    def read(self, column: str, reader: Callable[[str], T]) -> T | None:
        text = self.text(column)
        try:
            return None if text is None else reader(text)
        except UnreadableError:
            self._refuse(column, Reason.UNREADABLE, text or "")
            return None

    def once(self, column: str, value: V) -> V:
        if value and (column, value) in self._reader.seen:
            self._refuse(column, Reason.REPEATED, value)
        elif value:
            self._reader.seen.add((column, value))
        return value

    def past(self, column: str) -> datetime | None:
        instant = self.read(column, partial(read_instant, timezone=self._reader.rules.timezone))
        if instant is not None and instant > self._reader.now:
            self._refuse(column, Reason.IN_FUTURE, self.text(column) or "")
        return instant

    def _refuse(self, column: str, reason: Reason, value: str) -> None:
        self.errors.append(RowError(self._row, column, reason, value))
