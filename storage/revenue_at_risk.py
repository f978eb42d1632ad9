"""Revenue at risk: what customers who are red spent in a year, added up in the transactions that score them.

So nobody is looked at for it but who was lost since. The sums are of the days that `storage.health_days` counts.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from sqlalchemy import Float, cast, func, literal_column, select

import storage.health_days
from bot.domain.health import Colour
from bot.domain.metrics.totals import Takings
from storage.database import Tx, insert_for
from storage.health import RED
from storage.tables import health, revenue_at_risk

_SLOTS = ("customers", "minor", "squares")
_KEPT = [revenue_at_risk.c[slot] for slot in _SLOTS]
_value = health.c.value_minor
_SUMS = (func.count(), func.sum(_value), func.sum(cast(_value, Float) * _value))
_IS_RED = health.c.colour == literal_column(f"'{Colour.RED}'")


def tally(tx: Tx, customer_ids: Sequence[int], day: date) -> Mapping[str, Takings]:
    """What those of these customers spent who are red by a score of this day, by currency."""
    theirs = (health.c.customer_id.in_(customer_ids), health.c.day == day, _IS_RED)
    rows = tx.execute(select(health.c.currency, *_SUMS).where(*theirs).group_by(health.c.currency))
    return {currency: _takings(sums) for currency, *sums in rows}


def count(tx: Tx, day: date, *, before: Mapping[str, Takings], after: Mapping[str, Takings]) -> None:
    """Add up some customers of a day anew, as they are after they were scored instead of as they were before."""
    rows: list[dict[str, Any]] = []
    for currency in sorted(before.keys() | after.keys()):
        change = asdict(_less(after.get(currency, Takings()), before.get(currency, Takings())))
        rows.append({"day": day, "currency": currency, **{slot: change[slot] for slot in _SLOTS}})
    if rows:
        statement = insert_for(tx)(revenue_at_risk)
        added = {column.name: column + statement.excluded[column.name] for column in _KEPT}
        tx.execute(statement.on_conflict_do_update(index_elements=["day", "currency"], set_=added), rows)


def load(tx: Tx, currency: str) -> Takings:
    """What customers who are red spent: as of the last day on which everybody was scored, but for who was lost since.

    Where that is not known, of now.
    """
    day, ours = storage.health_days.last_complete(tx), health.c.currency == currency
    counted = select(*_KEPT).where(revenue_at_risk.c.day == day, revenue_at_risk.c.currency == currency)
    if (sums := tx.execute(counted).first()) is None:
        return _takings(tx.execute(select(*_SUMS).where(RED, ours)).one())
    lost = select(*_SUMS).where(health.c.is_lost, health.c.day == day, _IS_RED, ours)
    return _less(_takings(sums), _takings(tx.execute(lost).one()))


def _takings(sums: Sequence[Any]) -> Takings:
    customers, minor, squares = sums
    return Takings(customers=customers, minor=int(minor or 0), squares=float(squares or 0))


def _less(some: Takings, others: Takings) -> Takings:
    return Takings(
        customers=some.customers - others.customers,
        minor=some.minor - others.minor,
        squares=some.squares - others.squares,
    )
