"""From the lines of the Online Retail data to the two files that `touchpoint import` takes.

The data: Daqing Chen, "Online Retail", UCI Machine Learning Repository, 2015, https://doi.org/10.24432/C5BW33. Each row
is one line of an invoice of a British gift shop; an invoice whose number begins with C is a cancellation.
"""

import csv
import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter
from pathlib import Path

CUSTOMERS, PURCHASES = "customers.csv", "purchases.csv"
CURRENCY = "GBP"
PENNY = Decimal("0.01")
PLANS = ("basic", "silver", "gold")
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Invoice:
    """What one customer was charged at once, in GBP; a cancellation is negative. `at` is the shop's local time."""

    number: str
    customer: str
    at: datetime
    amount: Decimal
    country: str

    @property
    def charged(self) -> Decimal:
        """The amount in whole pence: a few unit prices are parts of a penny."""
        return self.amount.quantize(PENNY)


@dataclass(frozen=True, kw_only=True)
class Summary:
    """What was in the data, what was left out, and by how many days the rest was shifted."""

    lines: int
    without_customer: int
    customers: int
    invoices: int
    cancellations: int
    worth_nothing: int
    first_day: date
    last_day: date
    shifted_days: int


def prepare(source: Path, folder: Path, *, as_of: date) -> Summary:
    """Write customers.csv and purchases.csv; every date moves by as many days as bring the last one before `as_of`."""
    lines = list(read_lines(source))
    named = [line for line in lines if line["CustomerID"]]
    invoices = add_up(named)
    days = [invoice.at.date() for invoice in invoices]
    shift = as_of - ONE_DAY - max(days)
    folder.mkdir(parents=True, exist_ok=True)
    _write(folder / CUSTOMERS, customer_rows(invoices, shift))
    _write(folder / PURCHASES, purchase_rows(invoices, shift))
    return Summary(
        lines=len(lines),
        without_customer=len(lines) - len(named),
        customers=len({invoice.customer for invoice in invoices}),
        invoices=len(invoices),
        cancellations=sum(invoice.charged < 0 for invoice in invoices),
        worth_nothing=sum(invoice.charged == 0 for invoice in invoices),
        first_day=min(days),
        last_day=max(days),
        shifted_days=shift.days,
    )


def read_lines(source: Path) -> Iterator[dict[str, str]]:
    """The rows of the file, which may be packed with gzip."""
    unpack = gzip.open if source.suffix == ".gz" else open
    with unpack(source, "rt", encoding="utf-8-sig", newline="") as file:
        yield from csv.DictReader(file)


def add_up(lines: Iterable[Mapping[str, str]]) -> list[Invoice]:
    """One invoice for each number and customer, in the order of time: its lines' sum, and the time of the first."""
    found: dict[tuple[str, str], Invoice] = {}
    for line in lines:
        key = (line["InvoiceNo"], line["CustomerID"].removesuffix(".0"))
        at = datetime.fromisoformat(line["InvoiceDate"])
        amount = int(line["Quantity"]) * Decimal(line["UnitPrice"])
        known = found.get(key, Invoice(*key, at, Decimal(0), line["Country"]))
        found[key] = Invoice(*key, min(at, known.at), known.amount + amount, line["Country"])
    return sorted(found.values(), key=attrgetter("at", "number", "customer"))


def customer_rows(invoices: Sequence[Invoice], shift: timedelta) -> Iterator[dict[str, object]]:
    """A customer each, by id: joined with the first invoice, living where the last one went."""
    by_customer = attrgetter("customer")
    groups = {customer: list(group) for customer, group in groupby(sorted(invoices, key=by_customer), key=by_customer)}
    plans = plans_by_spending({customer: sum(each.amount for each in own) for customer, own in groups.items()})
    for customer, own in groups.items():
        yield {
            "external_id": customer,
            "name": f"Khách {customer}",
            "plan": plans[customer],
            "location": own[-1].country,
            "joined_at": own[0].at + shift,
        }


def plans_by_spending(spent: Mapping[str, Decimal | int]) -> dict[str, str]:
    """The third that spent least is basic, the third that spent most is gold; ties go by id."""
    ranked = sorted(spent, key=lambda customer: (spent[customer], customer))
    return {customer: PLANS[len(PLANS) * rank // len(ranked)] for rank, customer in enumerate(ranked)}


def purchase_rows(invoices: Iterable[Invoice], shift: timedelta) -> Iterator[dict[str, object]]:
    """A purchase each, oldest first."""
    for invoice in invoices:
        yield {
            "external_id": invoice.number,
            "customer_external_id": invoice.customer,
            "purchased_at": invoice.at + shift,
            "amount": invoice.charged,
            "currency": CURRENCY,
        }


def _write(path: Path, rows: Iterable[Mapping[str, object]]) -> None:
    first, *others = rows
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, first.keys())
        writer.writeheader()
        writer.writerows([first, *others])
