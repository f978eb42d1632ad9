"""Revenue: what customers bought in a period, in one currency, with what intervals need.

A cancellation is a purchase with a negative amount, and is netted. What a period took is of every purchase; what is
said of customers one by one is of all of up to 10,000, and of more of each so-manieth by number, so that it stays fast.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, bindparam, case, cast, func, literal, or_, select

from bot.domain.metrics.spending import Lives, Spending
from bot.domain.metrics.totals import Takings
from bot.domain.periods import Period
from storage import takings
from storage.columns import UtcDateTime, unindexed
from storage.database import Tx
from storage.draws import EXAMINED, KEPT, CustomerDraw, draw_customers
from storage.tables import customer, loss, purchase

Statement = Select[Any]


@dataclass(frozen=True)
class Ledger(CustomerDraw):
    """Whose money is looked at: that of one currency, and one by one that of some customers."""

    currency: str

    def of(self, owner: ColumnElement[Any], currency: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The rows of this currency and of the customers who are looked at."""
        return [currency == self.currency, *self.whom(owner)]


def open_ledger(tx: Tx, currency: str, *, most: int = EXAMINED) -> Ledger:
    """The ledger of a currency that looks at so many customers at most one by one."""
    return Ledger(currency, every=draw_customers(tx, most=most).every)


def count_takings(tx: Tx, ledger: Ledger, spending: Spending, periods: Sequence[Period]) -> list[Takings]:
    """What each of the periods took; how unlike customers are is of those who are looked at."""
    found = takings.add_up(tx, periods)
    return [_takings(ledger, found[period], spending, period) for period in periods]


def _takings(ledger: Ledger, found: Mapping[str, Counter[int]], spending: Spending, period: Period) -> Takings:
    sums, spent = found.get(ledger.currency, Counter[int]()), spending.within(period)
    others = sum(slots[takings.PURCHASES] for currency, slots in found.items() if currency != ledger.currency)
    return Takings(
        minor=sums[takings.MINOR],
        sales=sums[takings.SALES],
        cancelled=sums[takings.CANCELLED],
        cancelled_minor=sums[takings.CANCELLED_MINOR],
        customers=spent.customers * ledger.every,
        squares=spent.squares * ledger.every,
        others=others,
    )


@dataclass(frozen=True, eq=False)
class Facts:
    """Columns of what a table knows of customers' money: whose it is, when it was, how much, and whether it counts."""

    owner: ColumnElement[Any]
    at: ColumnElement[Any]
    currency: ColumnElement[Any]
    minor: ColumnElement[Any]
    counts: ColumnElement[bool]


def load_spending(tx: Tx, ledger: Ledger, periods: Sequence[Period]) -> Spending:
    """What the customers who are looked at spent in these periods, cancellations netted, and in how many sales."""
    return load_stretches(tx, ledger, periods, _PURCHASES)


def load_stretches(tx: Tx, ledger: Ledger, periods: Sequence[Period], facts: Facts) -> Spending:
    """What is known of the customers who are looked at in these periods: one pass, whatever is asked of them."""
    edges = sorted({instant for each in periods for instant in (each.start, each.end)})
    asked = {f"edge_{place}": edge for place, edge in enumerate(edges)}
    rows = tx.execute(_stretches(ledger, facts, len(edges)), asked).all()
    return Spending(edges, [tuple(row) for row in rows])


@lru_cache(maxsize=KEPT)
def _stretches(ledger: Ledger, facts: Facts, edges: int) -> Statement:
    """A row for each customer and each stretch between two of so many edges."""
    first, *inner, last = (bindparam(f"edge_{place}", type_=UtcDateTime()) for place in range(edges))
    stretch = case(*((facts.at < edge, place) for place, edge in enumerate((*inner, last))))
    within = (*ledger.of(facts.owner, facts.currency), facts.at >= first, facts.at < last)
    named = (stretch.label("stretch"), facts.minor.label("minor"), facts.counts.label("counts"))
    found = select(facts.owner, *named).where(*within).subquery()
    columns = (found.c.customer_id, found.c.stretch)
    sums = (cast(func.sum(found.c.minor), Float), func.count().filter(found.c.counts))
    return select(*columns, *sums).group_by(*columns)


def list_sales(tx: Tx, ledger: Ledger, period: Period, first: int, last: int) -> list[int]:
    """The amounts of sales to those who are looked at from this place to that, from 0 in the order of amounts."""
    amount = purchase.c.amount_minor
    own = (*ledger.of(purchase.c.customer_id, purchase.c.currency), amount > 0, *during(purchase.c.purchased_at))
    statement = select(amount).where(*own).order_by(amount).offset(first).limit(last - first + 1)
    return list(tx.execute(statement, ends(period)).scalars())


def during(at: ColumnElement[Any]) -> list[ColumnElement[bool]]:
    """Within a period that is told when the statement is executed, by `ends`."""
    return [at >= bindparam("start"), at < bindparam("end")]


def ends(period: Period) -> dict[str, datetime]:
    """What `during` asks for."""
    return {"start": period.start, "end": period.end}


def load_lives(tx: Tx, ledger: Ledger, period: Period) -> Lives:
    """The customers at the start of a period, of those who are looked at: joined, not lost then, and had ever bought.

    Who was lost before and came back in the period was lost at its start.
    """
    asked = ends(period)
    buyers = {whom for (whom,) in tx.execute(_buyers(ledger), asked).all()}
    losses = tx.execute(_losses(ledger), asked).all()
    ids = sorted(buyers.difference(row.customer_id for row in losses if row.before))
    lost = {row.customer_id for row in losses if not row.before}
    return Lives(ids, [whom in lost for whom in ids])


@lru_cache(maxsize=KEPT)
def _buyers(ledger: Ledger) -> Statement:
    """Who had joined and bought before an instant."""
    start = bindparam("start", type_=UtcDateTime())
    own = (
        purchase.c.customer_id == customer.c.id,
        unindexed(purchase.c.purchased_at) < start,
        purchase.c.amount_minor > 0,
    )
    # There may be an index of some customers, which is smaller: in it a currency comes before the time.
    sought = (*ledger.apart(purchase.c.customer_id), purchase.c.currency >= "")
    # Of `SELECT *` SQLite would read a row, though an index says enough.
    bought = select(literal(1)).where(*own, *sought).exists()
    return select(customer.c.id).where(*ledger.among(customer.c.id), customer.c.joined_at < start, bought)


@lru_cache(maxsize=KEPT)
def _losses(ledger: Ledger) -> Statement:
    """Who was lost before the end of a period and was not back before its start, and whether it was before that."""
    start, end = (bindparam(name, type_=UtcDateTime()) for name in ("start", "end"))
    away = or_(loss.c.recovered_at.is_(None), loss.c.recovered_at >= start)
    columns = (loss.c.customer_id, (loss.c.lost_at < start).label("before"))
    return select(*columns).where(*ledger.among(loss.c.customer_id), loss.c.lost_at < end, away)


# Built once, as are those above of each ledger: building them took as long as answering.
_PURCHASES = Facts(
    purchase.c.customer_id,
    purchase.c.purchased_at,
    purchase.c.currency,
    purchase.c.amount_minor,
    counts=purchase.c.amount_minor > 0,
)
