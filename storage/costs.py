"""What help costs: the tickets of the business's help desk that say what solving them cost.

How many were solved is of every ticket; what they cost is of the customers who are looked at.
"""

from dataclasses import dataclass
from functools import lru_cache

from sqlalchemy import bindparam, func, literal, select, union_all

from bot.domain.metrics.resampling import MOST_RESAMPLED, Sample, Sums
from bot.domain.periods import Period
from storage import samples as sampling
from storage.database import Tx
from storage.money import KEPT, Ledger, Statement, during, ends
from storage.tables import purchase, ticket


@dataclass(frozen=True)
class Solved:
    """Tickets that were solved in a period: those with a cost in the ledger's currency, and the others."""

    priced: int
    unpriced: int


def count_solved(tx: Tx, ledger: Ledger, period: Period) -> Solved:
    """How many tickets were solved, and of how many the cost is known."""
    row = tx.execute(_COUNTED, {**ends(period), "currency": ledger.currency}).one()
    return Solved(row.priced, row.n - row.priced)


def load_cases(tx: Tx, ledger: Ledger, period: Period) -> Sample:
    """For each customer with tickets that were solved: what these cost, and how many they were."""
    return sampling.load(tx, _spent(ledger, "solved"), ends(period))


def list_costs(tx: Tx, ledger: Ledger, period: Period, first: int, last: int) -> list[int]:
    """The costs of solved tickets from this place to that, both counted from 0 in the order of costs."""
    own = ledger.of(ticket.c.customer_id, ticket.c.currency)
    ordered = select(ticket.c.cost_minor).where(*own, *_SOLVED).order_by(ticket.c.cost_minor)
    return list(tx.execute(ordered.offset(first).limit(last - first + 1), ends(period)).scalars())


def load_per_customer(tx: Tx, ledger: Ledger, period: Period, *, customers: int) -> Sample:
    """For each of so many customers what their tickets cost, nothing for who had none, and 1."""
    of_those = sampling.load(tx, _spent(ledger, "one"), ends(period))
    sums, n = of_those.sums, max(customers, of_those.sums.n)
    if n <= MOST_RESAMPLED:
        return Sample.of([*of_those.rows, *[(0.0, 1.0)] * (n - sums.n)])
    return Sample(Sums(n, sums.top, n, sums.top_squares, sums.top, n))


@lru_cache(maxsize=KEPT)
def _spent(ledger: Ledger, bottom: str) -> Statement:
    """What the solved tickets of each customer cost, over how many they were or over one."""
    columns = (func.sum(ticket.c.cost_minor).label("top"), func.count().label("solved"), literal(1).label("one"))
    own = ledger.of(ticket.c.customer_id, ticket.c.currency)
    found = select(ticket.c.customer_id, *columns).where(*own, *_SOLVED).group_by(ticket.c.customer_id)
    return sampling.pairs(found.subquery(), bottom=bottom)


def load_of_revenue(tx: Tx, ledger: Ledger, period: Period) -> Sample:
    """For each customer who bought or had tickets solved: what these cost, and what the customer spent."""
    return sampling.load(tx, _of_revenue(ledger), ends(period))


@lru_cache(maxsize=KEPT)
def _of_revenue(ledger: Ledger) -> Statement:
    bought = select(purchase.c.customer_id, literal(0).label("cost"), purchase.c.amount_minor.label("revenue")).where(
        *ledger.of(purchase.c.customer_id, purchase.c.currency), *during(purchase.c.purchased_at)
    )
    helped = select(ticket.c.customer_id, ticket.c.cost_minor.label("cost"), literal(0).label("revenue")).where(
        *ledger.of(ticket.c.customer_id, ticket.c.currency), *_SOLVED
    )
    both = union_all(bought, helped).subquery()
    sums = (func.sum(both.c.cost).label("top"), func.sum(both.c.revenue).label("bottom"))
    return sampling.pairs(select(both.c.customer_id, *sums).group_by(both.c.customer_id).subquery())


# Built once, as are those above of each ledger: building them took as long as answering.
_SOLVED = during(ticket.c.solved_at)
_COUNTED = select(
    func.count().label("n"), func.count().filter(ticket.c.currency == bindparam("currency")).label("priced")
).where(*_SOLVED)
