"""Where customers stand among the others by what they buy: counted and ranked once a day, a chunk at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, delete, func, or_, select, update

from bot.domain.metrics.totals import Takings
from storage.database import Tx, insert_for
from storage.money import Ledger
from storage.tables import customer, purchase, standing, standing_round

YEAR = timedelta(days=365)
MOST_COMPARED = 100_000


@dataclass(frozen=True)
class Round:
    """How far a day's standings have come; a place is the last customer who is done, None when all are.

    `sums` add up by segment those who are ranked: how many, what they spent in a year, and the squares of that.
    """

    counted_to: int | None
    ranked_to: int | None
    cuts: Mapping[str, Sequence[int]] | None
    sums: Mapping[str, Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class Counted:
    """What a customer bought: the day of the last purchase, and purchases and minor units of a year."""

    customer_id: int
    last_on: date
    sales: int
    value_minor: int


@dataclass(frozen=True, kw_only=True)
class Ranked:
    """Where a customer stands."""

    customer_id: int
    value_band: int | None
    rfm: str


def load_round(tx: Tx, day: date) -> Round:
    """How far the day has come; a day that has not begun begins, and of those before it the last whole one is kept."""
    row = tx.execute(select(standing_round).where(standing_round.c.day == day)).first()
    if row is None:
        tx.execute(delete(standing_round).where(standing_round.c.day.is_distinct_from(load_day(tx))))
        tx.execute(insert_for(tx)(standing_round).values(day=day, counted_to=0, ranked_to=0))
        return Round(0, 0, None, {})
    return Round(row.counted_to, row.ranked_to, row.cuts, (row.sums or {}).get("segments", {}))


def save_round(tx: Tx, day: date, **changes: Any) -> None:  # noqa: ANN401  columns of the round
    """Keep how far the day has come: fields of `Round`."""
    tx.execute(update(standing_round).where(standing_round.c.day == day).values(changes))


def save_ranking(
    tx: Tx, day: date, *, ranked_to: int | None, currency: str, sums: Mapping[str, Sequence[float]]
) -> None:
    """Keep up to whom the day is ranked, and what those who are add up to; a whole day takes the place of the last."""
    save_round(tx, day, ranked_to=ranked_to, sums={"currency": currency, "segments": sums})
    if ranked_to is None:
        tx.execute(delete(standing_round).where(standing_round.c.day != day))


def list_buyers(tx: Tx, *, after: int, limit: int) -> list[int]:
    """Customers who ever bought, in the order of their ids."""
    known = (customer.c.id > after, customer.c.last_purchase_at.is_not(None), customer.c.forgotten_at.is_(None))
    return list(tx.execute(select(customer.c.id).where(*known).order_by(customer.c.id).limit(limit)).scalars())


def load_years(tx: Tx, ids: Sequence[int], *, now: datetime) -> dict[int, list[tuple[str, int, int]]]:
    """What each bought in the year before `now`, as (currency, purchases, minor units), the most bought in first."""
    at, sales = purchase.c.purchased_at, func.count().filter(purchase.c.amount_minor > 0)
    statement = (
        select(
            purchase.c.customer_id,
            purchase.c.currency,
            sales.label("sales"),
            func.sum(purchase.c.amount_minor).label("minor"),
        )
        .where(purchase.c.customer_id.in_(ids), at > now - YEAR, at <= now)
        .group_by(purchase.c.customer_id, purchase.c.currency)
        .order_by(sales.desc(), purchase.c.currency)
    )
    found: dict[int, list[tuple[str, int, int]]] = {}
    for row in tx.execute(statement):
        found.setdefault(row.customer_id, []).append((row.currency, row.sales, int(row.minor)))
    return found


def load_last_purchases(tx: Tx, ids: Sequence[int]) -> dict[int, datetime]:
    """When each bought last."""
    statement = select(customer.c.id, customer.c.last_purchase_at).where(customer.c.id.in_(ids))
    return {row.id: row.last_purchase_at for row in tx.execute(statement)}


def save_counts(tx: Tx, day: date, counted: Mapping[str, Sequence[Counted]]) -> None:
    """Keep what customers bought, by the currency in which they did; their ranks stay until they are ranked again."""
    rows = [
        {
            "customer_id": one.customer_id,
            "day": day,
            "last_on": one.last_on,
            "sales": one.sales,
            "value_minor": one.value_minor,
            "currency": currency,
            "rfm": "",
        }
        for currency, theirs in counted.items()
        for one in theirs
    ]
    statement = insert_for(tx)(standing)
    changed = ("day", "last_on", "sales", "value_minor", "currency")
    changes = {name: statement.excluded[name] for name in changed}
    tx.execute(statement.on_conflict_do_update(index_elements=["customer_id"], set_=changes), rows)


def list_ranked(tx: Tx, ledger: Ledger) -> dict[int, str]:
    """The RFM segment of each customer who is looked at and has one."""
    ranked = (*ledger.of(standing.c.customer_id, standing.c.currency), standing.c.rfm != "")
    return {
        row.customer_id: row.rfm for row in tx.execute(select(standing.c.customer_id, standing.c.rfm).where(*ranked))
    }


def list_counted(tx: Tx, *, currency: str, after: int, limit: int) -> list[Counted]:
    """Those who pay in this currency, in the order of their ids."""
    statement = select(standing).where(standing.c.currency == currency, standing.c.customer_id > after)
    return _counted(tx, statement.order_by(standing.c.customer_id).limit(limit))


def list_compared(tx: Tx, *, currency: str, most: int = MOST_COMPARED) -> list[Counted]:
    """Those whom the others are compared with: all who pay in this currency, or each so-manieth by number."""
    statement = select(standing).where(standing.c.currency == currency)
    every = -(-count(tx, currency=currency) // most)
    return _counted(tx, statement.where(standing.c.customer_id % every == 0) if every > 1 else statement)


def _counted(tx: Tx, statement: Any) -> list[Counted]:  # noqa: ANN401  a select
    return [
        Counted(customer_id=row.customer_id, last_on=row.last_on, sales=row.sales, value_minor=row.value_minor)
        for row in tx.execute(statement)
    ]


def count(tx: Tx, *, currency: str) -> int:
    """How many pay in this currency."""
    statement = select(func.count()).select_from(standing).where(standing.c.currency == currency)
    return int(tx.execute(statement).scalar_one())


def save_ranks(tx: Tx, ranked: Sequence[Ranked]) -> None:
    """Keep where customers stand, of those whose place has changed."""
    statement = (
        update(standing)
        .where(
            standing.c.customer_id == bindparam("whom"),
            or_(
                standing.c.rfm != bindparam("segment"),
                standing.c.value_band.is_distinct_from(bindparam("band")),
            ),
        )
        .values(rfm=bindparam("segment"), value_band=bindparam("band"))
    )
    tx.execute(statement, [{"whom": one.customer_id, "segment": one.rfm, "band": one.value_band} for one in ranked])


def unrank_others(tx: Tx, *, currency: str) -> None:
    """Who pays in another currency now has no place among the others."""
    ranked = or_(standing.c.rfm != "", standing.c.value_band.is_not(None))
    tx.execute(update(standing).where(standing.c.currency != currency, ranked).values(rfm="", value_band=None))


def load_segments(tx: Tx, *, currency: str) -> dict[str, Takings]:
    """The customers of each segment on the last day that was ranked, and what they had spent in a year."""
    sums = tx.execute(select(standing_round.c.sums).where(standing_round.c.day == load_day(tx))).scalar() or {}
    if sums.get("currency") != currency:
        return {}
    return {
        name: Takings(minor=int(minor), customers=n, squares=float(squares))
        for name, (n, minor, squares) in sums["segments"].items()
    }


def load_day(tx: Tx) -> date | None:
    """The day of which everybody's place is known."""
    done = standing_round.c.ranked_to.is_(None)
    found: date | None = tx.execute(select(func.max(standing_round.c.day)).where(done)).scalar()
    return found
