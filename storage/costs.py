"""What help costs: the tickets of the business's help desk that say what solving them cost.

How many were solved is of every ticket; what they cost is of the customers who are looked at.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select, union_all

from bot.domain.metrics.resampling import MOST_RESAMPLED, Sample, Sums
from bot.domain.periods import Period
from storage import samples as sampling
from storage.database import Tx
from storage.money import Ledger
from storage.tables import purchase, ticket


@dataclass(frozen=True)
class Solved:
    """Tickets that were solved in a period: those with a cost in the ledger's currency, and the others."""

    priced: int
    unpriced: int


def count_solved(tx: Tx, ledger: Ledger, period: Period) -> Solved:
    """How many tickets were solved, and of how many the cost is known."""
    priced = func.count().filter(ticket.c.currency == ledger.currency)
    row = tx.execute(select(func.count().label("n"), priced.label("priced")).where(*_solved(period))).one()
    return Solved(row.priced, row.n - row.priced)


def load_cases(tx: Tx, ledger: Ledger, period: Period) -> Sample:
    """For each customer with tickets that were solved: what these cost, and how many they were."""
    return sampling.load(tx, _spent(ledger, period))


def list_costs(tx: Tx, ledger: Ledger, period: Period, first: int, last: int) -> list[int]:
    """The costs of solved tickets from this place to that, both counted from 0 in the order of costs."""
    own = ledger.of(ticket.c.customer_id, ticket.c.currency)
    ordered = (
        select(ticket.c.cost_minor)
        .where(*own, *_solved(period))
        .order_by(ticket.c.cost_minor)
        .offset(first)
        .limit(last - first + 1)
    )
    return list(tx.execute(ordered).scalars())


def load_per_customer(tx: Tx, ledger: Ledger, period: Period, *, customers: int) -> Sample:
    """For each of so many customers what their tickets cost, nothing for who had none, and 1."""
    of_those = sampling.load(tx, _spent(ledger, period), bottom="one")
    sums, n = of_those.sums, max(customers, of_those.sums.n)
    if n <= MOST_RESAMPLED:
        return Sample.of([*of_those.rows, *[(0.0, 1.0)] * (n - sums.n)])
    return Sample(Sums(n, sums.top, n, sums.top_squares, sums.top, n))


def load_of_revenue(tx: Tx, ledger: Ledger, period: Period) -> Sample:
    """For each customer who bought or had tickets solved: what these cost, and what the customer spent."""
    bought = select(purchase.c.customer_id, literal(0).label("cost"), purchase.c.amount_minor.label("revenue")).where(
        *ledger.of(purchase.c.customer_id, purchase.c.currency),
        purchase.c.purchased_at >= period.start,
        purchase.c.purchased_at < period.end,
    )
    helped = select(ticket.c.customer_id, ticket.c.cost_minor.label("cost"), literal(0).label("revenue")).where(
        *ledger.of(ticket.c.customer_id, ticket.c.currency), *_solved(period)
    )
    both = union_all(bought, helped).subquery()
    sums = (func.sum(both.c.cost).label("top"), func.sum(both.c.revenue).label("bottom"))
    return sampling.load(tx, select(both.c.customer_id, *sums).group_by(both.c.customer_id).subquery())


def _solved(period: Period) -> list[ColumnElement[bool]]:
    return [ticket.c.solved_at >= period.start, ticket.c.solved_at < period.end]


def _spent(ledger: Ledger, period: Period) -> Any:  # noqa: ANN401  a subquery
    columns = (func.sum(ticket.c.cost_minor).label("top"), func.count().label("bottom"), literal(1).label("one"))
    own = ledger.of(ticket.c.customer_id, ticket.c.currency)
    statement = select(ticket.c.customer_id, *columns).where(*own, *_solved(period))
    return statement.group_by(ticket.c.customer_id).subquery()
