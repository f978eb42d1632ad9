"""Revenue: what customers bought in a period, in one currency, with what intervals need.

A cancellation is a purchase with a negative amount, and is netted. What a period took is of every purchase; what is
said of customers one by one is of all of up to 10,000, and of more of each so-manieth by number, so that it stays fast.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, case, cast, func, literal, or_, select

from bot.domain.metrics.resampling import Sample
from bot.domain.metrics.spending import Spending
from bot.domain.metrics.totals import Takings
from bot.domain.periods import Period
from storage import samples as sampling
from storage import takings
from storage.columns import UtcDateTime
from storage.database import Tx
from storage.health import RED
from storage.tables import customer, health, loss, purchase

EXAMINED = 5_000
"""About so many customers are looked at one by one, where there are more than twice as many."""


@dataclass(frozen=True)
class Ledger:
    """Whose money is looked at: that of one currency, and one by one every so-manieth customer by number."""

    currency: str
    every: int = 1

    def of(self, owner: ColumnElement[Any], currency: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The rows of this currency and of the customers who are looked at."""
        return [currency == self.currency, *self.whom(owner)]

    def whom(self, owner: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The rows of the customers who are looked at: by a list of their numbers, so that no other row is read."""
        return [owner.in_(_numbers(self.every))] if self.every > 1 else []


def _numbers(every: int) -> Select[Any]:
    highest = select(func.max(customer.c.id)).scalar_subquery()
    first = select(literal(every, customer.c.id.type).label("number")).where(highest >= every)
    numbers = first.cte("numbers", recursive=True)
    following = numbers.c.number + every
    return select(numbers.union_all(select(following).where(following <= highest)).c.number)


def open_ledger(tx: Tx, currency: str, *, most: int = EXAMINED) -> Ledger:
    """The ledger of a currency that looks at about so many customers one by one, unless there are hardly more."""
    highest = tx.execute(select(func.max(customer.c.id))).scalar() or 0
    return Ledger(currency, -(-highest // most) if highest > 2 * most else 1)


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


def load_spending(tx: Tx, ledger: Ledger, periods: Sequence[Period]) -> Spending:
    """What the customers who are looked at spent in these periods: one pass, whatever is asked of them."""
    edges = sorted({instant for each in periods for instant in (each.start, each.end)})
    at, amount = purchase.c.purchased_at, purchase.c.amount_minor
    stretch = case(*((at < edge, place) for place, edge in enumerate(edges[1:])))
    bought = (
        select(purchase.c.customer_id, stretch.label("stretch"), amount)
        .where(*ledger.of(purchase.c.customer_id, purchase.c.currency), at >= edges[0], at < edges[-1])
        .subquery()
    )
    columns = (bought.c.customer_id, bought.c.stretch)
    minor, sales = cast(func.sum(bought.c.amount_minor), Float), func.count().filter(bought.c.amount_minor > 0)
    rows = tx.execute(select(*columns, minor, sales).group_by(*columns))
    return Spending(edges, [tuple(row) for row in rows])


def list_sales(tx: Tx, ledger: Ledger, period: Period, first: int, last: int) -> list[int]:
    """The amounts of sales to those who are looked at from this place to that, from 0 in the order of amounts."""
    amount = purchase.c.amount_minor
    own = (*ledger.of(purchase.c.customer_id, purchase.c.currency), amount > 0, *_during(period))
    statement = select(amount).where(*own).order_by(amount).offset(first).limit(last - first + 1)
    return list(tx.execute(statement).scalars())


def _during(period: Period) -> list[ColumnElement[bool]]:
    return [purchase.c.purchased_at >= period.start, purchase.c.purchased_at < period.end]


def load_lives(tx: Tx, ledger: Ledger, period: Period) -> Sample:
    """Of each customer at the start of the period: what they spent in it, and 1 if they were lost in it."""
    own = purchase.c.customer_id == customer.c.id
    spent = select(func.coalesce(func.sum(purchase.c.amount_minor), 0)).where(
        own, purchase.c.currency == ledger.currency, *_during(period)
    )
    lost = _any(loss.c.customer_id == customer.c.id, loss.c.lost_at >= period.start, loss.c.lost_at < period.end)
    lives = (
        select(
            customer.c.id.label("customer_id"),
            spent.scalar_subquery().label("top"),
            case((lost, 1), else_=0).label("bottom"),
        )
        .where(*_there(period.start), *ledger.whom(customer.c.id))
        .subquery()
    )
    return sampling.load(tx, lives)


def _there(instant: datetime) -> list[ColumnElement[bool]]:
    """The customers at an instant who ever bought before it: joined, and not lost then."""
    at = literal(instant, UtcDateTime())
    earlier = loss.alias("earlier")
    back = or_(earlier.c.recovered_at.is_(None), earlier.c.recovered_at >= at)
    bought = _any(purchase.c.customer_id == customer.c.id, purchase.c.purchased_at < at, purchase.c.amount_minor > 0)
    gone = _any(earlier.c.customer_id == customer.c.id, earlier.c.lost_at < at, back)
    return [customer.c.joined_at < at, bought, ~gone]


def _any(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Whether there is a row, without reading one: of `SELECT *` SQLite reads it, though an index says enough."""
    return select(literal(1)).where(*conditions).exists()


def load_at_risk(tx: Tx, currency: str) -> Takings:
    """What the customers who are red spent in a year."""
    minor = health.c.value_minor
    squares = func.coalesce(func.sum(cast(minor, Float) * minor), 0.0)
    statement = select(
        func.count().label("n"), func.coalesce(func.sum(minor), 0).label("minor"), squares.label("squares")
    ).where(RED, health.c.currency == currency)
    row = tx.execute(statement).one()
    return Takings(minor=int(row.minor), customers=row.n, squares=float(row.squares))
