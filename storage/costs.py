"""What help costs: the tickets of the business's help desk that say what solving them cost.

How many were solved is of every ticket; what they cost is of the customers who are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import bindparam, func, select

from bot.domain.metrics.spending import Spending
from bot.domain.periods import Period
from storage.database import Tx
from storage.money import Facts, Ledger, during, ends, load_stretches
from storage.tables import ticket


@dataclass(frozen=True)
class Solved:
    """Tickets that were solved in a period: those with a cost in the ledger's currency, and the others."""

    priced: int
    unpriced: int


def count_solved(tx: Tx, ledger: Ledger, period: Period) -> Solved:
    """How many tickets were solved, and of how many the cost is known."""
    row = tx.execute(_COUNTED, {**ends(period), "currency": ledger.currency}).one()
    return Solved(row.priced, row.n - row.priced)


def load_spending(tx: Tx, ledger: Ledger, periods: Sequence[Period]) -> Spending:
    """What solving the tickets of the customers who are looked at cost in these periods, and how many there were."""
    return load_stretches(tx, ledger, periods, _TICKETS)


def list_costs(tx: Tx, ledger: Ledger, period: Period, first: int, last: int) -> list[int]:
    """The costs of solved tickets from this place to that, both counted from 0 in the order of costs."""
    own = ledger.of(ticket.c.customer_id, ticket.c.currency)
    ordered = select(ticket.c.cost_minor).where(*own, *_SOLVED).order_by(ticket.c.cost_minor)
    return list(tx.execute(ordered.offset(first).limit(last - first + 1), ends(period)).scalars())


# Built once: building it took as long as answering.
_SOLVED = during(ticket.c.solved_at)
_COUNTED = select(
    func.count().label("n"), func.count().filter(ticket.c.currency == bindparam("currency")).label("priced")
).where(*_SOLVED)
_COST = ticket.c.cost_minor
_TICKETS = Facts(ticket.c.customer_id, ticket.c.solved_at, ticket.c.currency, _COST, counts=_COST.is_not(None))
