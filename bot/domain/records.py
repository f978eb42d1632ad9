"""What each kind of table says: its columns, and the record that a row of it becomes.

An `external_id` is what the business's own books call the thing; by it an import knows again what it has brought.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import partial
from types import MappingProxyType
from typing import Any

from bot.domain.cells import (
    Birthday,
    read_amount,
    read_birthday,
    read_date,
    read_id,
    read_language,
    read_number,
    read_phone,
    read_price,
    read_salutation,
    read_tags,
    read_timezone,
)
from bot.domain.imports import Layout, Row
from bot.domain.messages import Language

LONGEST_REASON = 4000
COUNTS = range(1, 1_000_000_000)
RENEWALS = range(1000)
NPS_SCORES = range(11)
OWNER = ("customer id", "customer code", "ma khach", "ma khach hang", "ma kh")
CURRENCY = ("tien te", "loai tien")


class Noun(StrEnum):
    """What can be brought in."""

    CUSTOMERS = "customers"
    PURCHASES = "purchases"
    EVENTS = "events"
    TICKETS = "tickets"
    CONTRACTS = "contracts"
    NPS = "nps"


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
    title: str | None = None
    channel: str | None = None
    tags: tuple[str, ...] | None = None
    salutation: str | None = None
    csm_id: int | None = None
    joined_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class OwnedRecord:
    """What a row says of something that belongs to a customer; the fields are the columns that keep it.

    None is what it does not say: that stays as it is.
    """

    row: int
    external_id: str
    customer_external_id: str


@dataclass(frozen=True, kw_only=True)
class PurchaseRecord(OwnedRecord):
    """An invoice; a cancellation has a negative amount."""

    purchased_at: datetime
    amount_minor: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class EventRecord(OwnedRecord):
    """Something that the customer did with the product, so many times."""

    name: str
    happened_at: datetime
    quantity: int | None = None


@dataclass(frozen=True, kw_only=True)
class TicketRecord(OwnedRecord):
    """A request for help in the business's own help desk; `cost_minor` is what solving it cost."""

    opened_at: datetime
    solved_at: datetime | None = None
    category: str | None = None
    cost_minor: int | None = None
    currency: str | None = None


@dataclass(frozen=True, kw_only=True)
class ContractRecord(OwnedRecord):
    """A contract by its first and last day, both of them in it; `price_minor` is for all of that time."""

    starts_on: date
    ends_on: date | None = None
    price_minor: int
    currency: str
    renewals: int | None = None


@dataclass(frozen=True, kw_only=True)
class ScoreRecord(OwnedRecord):
    """An answer to NPS that another tool has collected."""

    score: int
    answered_at: datetime
    reason: str | None = None


def _customer(row: Row) -> CustomerRecord:
    return CustomerRecord(
        row=row.number,
        external_id=row.once("external_id", row.required("external_id")),
        name=row.required("name"),
        phone=row.once("phone", row.read("phone", partial(read_phone, region=row.rules.phone_region))),
        birthday=row.read("birthday", read_birthday),
        language=row.read("language", read_language),
        timezone=row.read("timezone", read_timezone),
        plan=row.text("plan"),
        location=row.text("location"),
        title=row.text("title"),
        channel=row.text("channel"),
        tags=row.read("tags", read_tags),
        salutation=row.read("salutation", read_salutation),
        csm_id=row.read("csm_id", read_id),
        joined_at=row.past("joined_at"),
    )


def _owned(row: Row) -> dict[str, Any]:
    external_id = row.once("external_id", row.required("external_id"))
    owner = row.required("customer_external_id")
    return {"row": row.number, "external_id": external_id, "customer_external_id": owner}


def _purchase(row: Row) -> PurchaseRecord | None:
    owned, currency = _owned(row), row.currency()
    purchased_at = row.past("purchased_at", needed=True)
    amount = row.needed("amount", partial(read_amount, currency=currency))
    if purchased_at is None or amount is None:
        return None
    return PurchaseRecord(**owned, purchased_at=purchased_at, amount_minor=amount, currency=currency)


def _event(row: Row) -> EventRecord | None:
    owned, name = _owned(row), row.required("name")
    happened_at = row.past("happened_at", needed=True)
    quantity = row.read("count", partial(read_number, among=COUNTS))
    if happened_at is None:
        return None
    return EventRecord(**owned, name=name, happened_at=happened_at, quantity=quantity)


def _ticket(row: Row) -> TicketRecord | None:
    owned, currency = _owned(row), row.currency()
    opened_at, solved_at = row.past("opened_at", needed=True), row.past("solved_at")
    row.not_before("solved_at", solved_at, opened_at)
    category = row.text("category")
    cost = row.read("cost", partial(read_price, currency=currency))
    if opened_at is None:
        return None
    return TicketRecord(
        **owned,
        opened_at=opened_at,
        solved_at=solved_at,
        category=category,
        cost_minor=cost,
        currency=None if cost is None else currency,
    )


def _contract(row: Row) -> ContractRecord | None:
    owned, currency = _owned(row), row.currency()
    starts_on, ends_on = row.needed("starts_on", read_date), row.read("ends_on", read_date)
    row.not_before("ends_on", ends_on, starts_on)
    price = row.needed("price", partial(read_price, currency=currency))
    renewals = row.read("renewals", partial(read_number, among=RENEWALS))
    if starts_on is None or price is None:
        return None
    return ContractRecord(
        **owned, starts_on=starts_on, ends_on=ends_on, price_minor=price, currency=currency, renewals=renewals
    )


def _score(row: Row) -> ScoreRecord | None:
    owned = _owned(row)
    score = row.needed("score", partial(read_number, among=NPS_SCORES))
    answered_at = row.past("answered_at", needed=True)
    reason = row.text("reason", longest=LONGEST_REASON)
    if score is None or answered_at is None:
        return None
    return ScoreRecord(**owned, score=score, answered_at=answered_at, reason=reason)


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
        "title": ("job title", "job", "position", "chuc danh", "chuc vu", "nghe nghiep"),
        "channel": ("source", "came from", "kenh", "nguon", "nguon khach", "den tu"),
        "tags": ("tag", "labels", "the", "nhan"),
        "salutation": ("gender", "xung ho", "danh xung", "gioi tinh"),
        "csm_id": ("csm", "nguoi phu trach", "nguoi cham soc"),
        "joined_at": ("joined", "join date", "ngay tham gia", "ngay dang ky", "khach tu ngay"),
    },
    read=_customer,
)
PURCHASES = Layout(
    required=("external_id", "customer_external_id", "purchased_at", "amount"),
    columns={
        "external_id": ("invoice", "invoice no", "invoice id", "ma hoa don", "so hoa don", "ma don", "ma don hang"),
        "customer_external_id": OWNER,
        "purchased_at": ("purchase date", "invoice date", "date", "ngay mua", "ngay", "ngay hoa don"),
        "amount": ("total", "so tien", "thanh tien", "tong tien", "tong cong"),
        "currency": CURRENCY,
    },
    read=_purchase,
)
EVENTS = Layout(
    required=("external_id", "customer_external_id", "name", "happened_at"),
    columns={
        "external_id": ("event id", "ma su kien"),
        "customer_external_id": OWNER,
        "name": ("event", "event name", "su kien", "ten su kien", "hanh dong"),
        "happened_at": ("timestamp", "time", "date", "thoi gian", "thoi diem", "luc", "ngay"),
        "count": ("quantity", "times", "so lan", "so luong"),
    },
    read=_event,
)
TICKETS = Layout(
    required=("external_id", "customer_external_id", "opened_at"),
    columns={
        "external_id": ("ticket", "ticket id", "ma yeu cau", "ma ticket", "so phieu"),
        "customer_external_id": OWNER,
        "opened_at": ("opened", "created at", "ngay mo", "mo luc", "ngay tao"),
        "solved_at": ("solved", "resolved at", "closed at", "ngay xong", "ngay xu ly xong", "xong luc", "ngay dong"),
        "category": ("type", "loai", "phan loai", "nhom"),
        "cost": ("chi phi",),
        "currency": CURRENCY,
    },
    read=_ticket,
)
CONTRACTS = Layout(
    required=("external_id", "customer_external_id", "starts_on", "price"),
    columns={
        "external_id": ("contract", "contract id", "contract no", "ma hop dong", "so hop dong"),
        "customer_external_id": OWNER,
        "starts_on": ("start", "start date", "ngay bat dau", "tu ngay", "hieu luc tu"),
        "ends_on": ("end", "end date", "ngay ket thuc", "den ngay", "het han"),
        "price": ("amount", "value", "gia", "gia tri", "gia tri hop dong"),
        "currency": CURRENCY,
        "renewals": ("so lan gia han", "gia han"),
    },
    read=_contract,
)
NPS = Layout(
    required=("external_id", "customer_external_id", "score", "answered_at"),
    columns={
        "external_id": ("response id", "answer id", "ma tra loi", "ma phan hoi"),
        "customer_external_id": OWNER,
        "score": ("nps", "nps score", "rating", "diem", "diem nps"),
        "answered_at": ("date", "responded at", "submitted at", "ngay", "ngay tra loi", "tra loi luc"),
        "reason": ("comment", "feedback", "why", "ly do", "nhan xet", "gop y"),
    },
    read=_score,
)
LAYOUTS: Mapping[Noun, Layout[Any]] = MappingProxyType(
    {
        Noun.CUSTOMERS: CUSTOMERS,
        Noun.PURCHASES: PURCHASES,
        Noun.EVENTS: EVENTS,
        Noun.TICKETS: TICKETS,
        Noun.CONTRACTS: CONTRACTS,
        Noun.NPS: NPS,
    }
)
