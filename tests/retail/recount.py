"""The figures of a report once more, counted without the product: from the two files and the scores that were given."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from math import sqrt
from pathlib import Path
from zoneinfo import ZoneInfo

from tests.retail.conversion import CUSTOMERS, PURCHASES

SILENCE = timedelta(days=90)
Z = 1.959964


@dataclass(frozen=True)
class Sale:
    """One row of purchases.csv; `at` is aware UTC."""

    number: str
    customer: str
    at: datetime
    pence: int


@dataclass(frozen=True)
class Books:
    """What the files say: when each customer joined, and every sale, oldest first."""

    joined: Mapping[str, datetime]
    sales: Sequence[Sale]

    @property
    def bought(self) -> dict[str, list[datetime]]:
        """When each customer bought; a cancellation and a gift are no purchase."""
        found: dict[str, list[datetime]] = {customer: [] for customer in self.joined}
        for sale in self.sales:
            if sale.pence > 0:
                found[sale.customer].append(sale.at)
        return found


@dataclass(frozen=True)
class Loss:
    """One silence of 90 days: from when it was complete until the next purchase, if there was one."""

    customer: str
    lost_at: datetime
    back_at: datetime | None


@dataclass(frozen=True)
class Churn:
    lost: int
    at_start: int
    active: int


def read_books(folder: Path, timezone: str) -> Books:
    zone = ZoneInfo(timezone)

    def instant(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)

    joined = {row["external_id"]: instant(row["joined_at"]) for row in _rows(folder / CUSTOMERS)}
    sales = [
        Sale(row["external_id"], row["customer_external_id"], instant(row["purchased_at"]), _pence(row["amount"]))
        for row in _rows(folder / PURCHASES)
    ]
    return Books(joined, sorted(sales, key=lambda sale: sale.at))


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _pence(amount: str) -> int:
    return int(amount.replace(".", ""))


def again_a_year_later(books: Books, *, since: datetime, after: timedelta) -> list[Sale]:
    """Every sale of the files from `since` on, once more so much later."""
    return [
        Sale(f"{sale.number}+", sale.customer, sale.at + after, sale.pence) for sale in books.sales if sale.at >= since
    ]


def last_losses(books: Books, *, now: datetime) -> list[Loss]:
    """Who has been silent for 90 days at `now`."""
    last = {customer: bought[-1] for customer, bought in books.bought.items() if bought}
    return [Loss(customer, at + SILENCE, None) for customer, at in last.items() if at + SILENCE <= now]


def all_losses(books: Books, *, now: datetime) -> list[Loss]:
    """Every silence of 90 days at `now`, also those that a purchase ended."""
    bought = {customer: [at for at in each if at <= now] for customer, each in books.bought.items()}
    return [
        Loss(customer, before + SILENCE, after)
        for customer, each in bought.items()
        for before, after in [*pairwise(each), *((at, None) for at in each[-1:])]
        if (before + SILENCE < after if after else before + SILENCE <= now)
    ]


def churn(books: Books, losses: Iterable[Loss], *, first_day: date, days: int, timezone: str, now: datetime) -> Churn:
    """Churn over whole local days: the lost of those who were customers at the start; and the customers at the end."""
    start, end = (_midnight(first_day + timedelta(days=offset), timezone) for offset in (0, days))
    known = [loss for loss in losses if loss.lost_at <= now]
    at_start = _members(books, known, start)
    lost = {loss.customer for loss in known if start <= loss.lost_at < end} & at_start
    return Churn(len(lost), len(at_start), len(_members(books, known, end)))


def _members(books: Books, losses: Iterable[Loss], at: datetime) -> set[str]:
    away = {loss.customer for loss in losses if loss.lost_at < at and (loss.back_at is None or loss.back_at >= at)}
    buyers = {customer for customer, bought in books.bought.items() if bought}
    return {customer for customer in buyers if books.joined[customer] < at} - away


def _midnight(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone)).astimezone(UTC)


def nps(scores: Sequence[int]) -> tuple[int, int, int]:
    """The NPS and its adjusted Wald interval in whole points, straight from the formula of Rocks 2016."""
    n, promoters, detractors = len(scores), sum(score >= 9 for score in scores), sum(score <= 6 for score in scores)
    size = n + 3
    high, low = (promoters + 0.75) / size, (detractors + 0.75) / size
    reach = Z * sqrt((high + low - (high - low) ** 2) / size)
    points = (promoters - detractors) / n, high - low - reach, high - low + reach
    value, lower, upper = (_whole(100 * max(-1.0, min(1.0, point))) for point in points)
    return value, lower, upper


def _whole(value: float) -> int:
    """Halves away from zero."""
    return int(value + (0.5 if value > 0 else -0.5))
