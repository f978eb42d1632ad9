"""Revenue: what customers bought in a period, in one currency, with what intervals need.

A cancellation is a purchase with a negative amount, and is netted. What a period took is of every purchase; what is
said of customers one by one is of about 10,000 of them at most, each so-manieth by number, so that it stays fast.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, and_, case, cast, exists, func, literal, or_, select

from bot.domain.health import Colour
from bot.domain.metrics.resampling import MOST_RESAMPLED, Sample, Sums
from bot.domain.metrics.revenue_churn import Move, RetentionSamples, samples
from bot.domain.metrics.totals import Takings
from bot.domain.periods import Period
from storage import samples as sampling
from storage.columns import UtcDateTime
from storage.database import Tx
from storage.tables import customer, health, loss, purchase

MOST_EXAMINED = 10_000


@dataclass(frozen=True)
class Ledger:
    """Whose money is looked at: that of one currency, and one by one every so-manieth customer by number."""

    currency: str
    every: int = 1

    def of(self, owner: ColumnElement[Any], currency: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The rows of this currency and of the customers who are looked at."""
        return [currency == self.currency, *self.whom(owner)]

    def whom(self, owner: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        return [owner % self.every == 0] if self.every > 1 else []


def open_ledger(tx: Tx, currency: str, *, most: int = MOST_EXAMINED) -> Ledger:
    """The ledger of a currency that looks at no more than about so many customers."""
    highest = tx.execute(select(func.max(customer.c.id))).scalar() or 0
    return Ledger(currency, max(1, -(-highest // most)))


def count_takings(tx: Tx, ledger: Ledger, periods: Sequence[Period]) -> list[Takings]:
    """What each of the periods took: one pass over the index for each, which needs no sorting of rows into periods."""
    return [_takings(tx, ledger, period) for period in periods]


def _takings(tx: Tx, ledger: Ledger, period: Period) -> Takings:
    amount = purchase.c.amount_minor
    totals = select(
        func.coalesce(func.sum(amount), 0).label("minor"),
        func.count().filter(amount > 0).label("sales"),
        func.count().filter(amount < 0).label("cancelled"),
        func.coalesce(func.sum(amount).filter(amount < 0), 0).label("cancelled_minor"),
    ).where(purchase.c.currency == ledger.currency, *_during([period]))
    total, spent = tx.execute(totals).one(), _spent(ledger, period).subquery()
    minor = cast(spent.c.top, Float)
    squares = select(func.count().label("customers"), func.coalesce(func.sum(minor * minor), 0.0).label("squares"))
    square = tx.execute(squares.select_from(spent)).one()
    return Takings(
        minor=int(total.minor),
        sales=total.sales,
        cancelled=total.cancelled,
        cancelled_minor=-int(total.cancelled_minor),
        customers=square.customers * ledger.every,
        squares=float(square.squares) * ledger.every,
    )


def _spent(ledger: Ledger, period: Period) -> Select[Any]:
    """For each customer what they spent in the period, and how often they bought."""
    amount = purchase.c.amount_minor
    return (
        select(
            purchase.c.customer_id,
            func.sum(amount).label("top"),
            func.count().filter(amount > 0).label("bottom"),
        )
        .where(*ledger.of(purchase.c.customer_id, purchase.c.currency), *_during([period]))
        .group_by(purchase.c.customer_id)
    )


def _during(periods: Sequence[Period]) -> list[ColumnElement[bool]]:
    at = purchase.c.purchased_at
    return [at >= min(each.start for each in periods), at < max(each.end for each in periods)]


def count_other_currencies(tx: Tx, ledger: Ledger, period: Period) -> int:
    """Purchases in another currency, which are left out."""
    statement = select(func.count()).select_from(purchase)
    return int(tx.execute(statement.where(purchase.c.currency != ledger.currency, *_during([period]))).scalar_one())


def load_deals(tx: Tx, ledger: Ledger, period: Period) -> Sample:
    """For each customer what they spent, cancellations netted, and how often they bought."""
    return sampling.load(tx, _spent(ledger, period).subquery())


def list_sales(tx: Tx, ledger: Ledger, period: Period, first: int, last: int) -> list[int]:
    """The amounts of the sales from this place to that, both counted from 0 in the order of amounts."""
    amount = purchase.c.amount_minor
    statement = select(amount).where(purchase.c.currency == ledger.currency, amount > 0, *_during([period]))
    return list(tx.execute(statement.order_by(amount).offset(first).limit(last - first + 1)).scalars())


def load_moves(tx: Tx, ledger: Ledger, before: Period, period: Period) -> RetentionSamples:
    """What each customer spent in the period before and in this one."""
    at, amount = purchase.c.purchased_at, purchase.c.amount_minor
    earlier = func.coalesce(func.sum(amount).filter(at < before.end), 0)
    moves = (
        select(
            purchase.c.customer_id,
            earlier.label("before"),
            func.coalesce(func.sum(amount).filter(at >= period.start), 0).label("now"),
        )
        .where(*ledger.of(purchase.c.customer_id, purchase.c.currency), *_during([before, period]))
        .group_by(purchase.c.customer_id)
        .having(earlier > 0)
        .subquery()
    )
    found = _summed_moves(tx, moves)
    if found.kept.sums.n > MOST_RESAMPLED:
        return found
    rows = tx.execute(select(moves.c.before, moves.c.now).order_by(moves.c.customer_id))
    return samples(Move(float(row.before), float(row.now)) for row in rows)


def _summed_moves(tx: Tx, moves: Any) -> RetentionSamples:  # noqa: ANN401  a subquery
    """The same as `samples` makes of the moves one by one, added up by the database."""
    was, spent = cast(moves.c.before, Float), cast(moves.c.now, Float)
    now = case((spent > 0, spent), else_=0.0)
    tops = {"kept": case((now < was, now), else_=was), "now": now, "lost": case((now > 0, 0.0), else_=was)}
    sums = [was, was * was, *(product for top in tops.values() for product in (top, top * top, top * was))]
    columns = [func.coalesce(func.sum(one), 0.0) for one in sums]
    n, bottom, bottoms, *rest = tx.execute(select(func.count(), *columns)).one()
    found = {}
    for place, name in enumerate(tops):
        top, squares, products = rest[3 * place : 3 * place + 3]
        found[name] = Sample(Sums(n, top, bottom, squares, products, bottoms))
    return RetentionSamples(**found)


def load_lives(tx: Tx, ledger: Ledger, period: Period) -> Sample:
    """Of each customer at the start of the period: what they spent in it, and 1 if they were lost in it."""
    own = purchase.c.customer_id == customer.c.id
    spent = select(func.coalesce(func.sum(purchase.c.amount_minor), 0)).where(
        own, purchase.c.currency == ledger.currency, *_during([period])
    )
    lost = exists().where(
        loss.c.customer_id == customer.c.id, loss.c.lost_at >= period.start, loss.c.lost_at < period.end
    )
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
    bought = exists().where(
        purchase.c.customer_id == customer.c.id, purchase.c.purchased_at < at, purchase.c.amount_minor > 0
    )
    gone = exists().where(earlier.c.customer_id == customer.c.id, earlier.c.lost_at < at, back)
    return [customer.c.joined_at < at, ~gone, bought]


def load_at_risk(tx: Tx, currency: str) -> Takings:
    """What the customers who are red spent in a year."""
    minor = health.c.value_minor
    squares = func.coalesce(func.sum(cast(minor, Float) * minor), 0.0)
    statement = (
        select(func.count().label("n"), func.coalesce(func.sum(minor), 0).label("minor"), squares.label("squares"))
        .join(customer, and_(health.c.customer_id == customer.c.id, customer.c.lost_at.is_(None)))
        .where(health.c.colour == Colour.RED, health.c.currency == currency)
    )
    row = tx.execute(statement).one()
    return Takings(minor=int(row.minor), customers=row.n, squares=float(row.squares))
