"""A stable sample of customers, for pages that look at each of them: of a large business some say enough of all.

One is drawn of every so many who follow each other by number. Which one, a hash of their place says: a fixed distance
would meet the same few again and again wherever customers are dealt out in turn, as they are among staff. Numbers are
made and then looked up, so that of nobody else a row is read.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, select

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from storage.database import Tx
from storage.tables import customer

MOST = 10_000
"""About so many customers are looked at one by one, where there are more than twice as many."""


@dataclass(frozen=True)
class Draw:
    """Who is looked at: one of every so many customers; of one each, all."""

    every: int = 1

    def whom(self, owner: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The rows of the customers who are looked at, by a column with their numbers."""
        return [owner.in_(numbers(self.every))] if self.every > 1 else []


EVERYBODY = Draw()


def draw(tx: Tx, *, most: int = MOST) -> Draw:
    """So many customers, or down to two thirds as many, or all where there are no more than twice as many."""
    highest = tx.execute(select(func.max(customer.c.id))).scalar() or 0
    return Draw(-(-highest // most)) if highest > 2 * most else EVERYBODY


def numbers(every: int) -> Select[Any]:
    """A number of each run of so many: Knuth's hash of the place of the run times the next place."""
    highest = select(func.max(customer.c.id)).scalar_subquery()
    step, first = literal(every, BigInteger()), select(literal(0, BigInteger()).label("place"))
    places = first.cte("places", recursive=True)
    place, following = places.c.place, places.c.place + 1
    places = places.union_all(select(following).where(following * step < highest))
    place = places.c.place
    chance = place * HASH_FACTOR % HASH_RANGE * (place + 1) % HASH_RANGE
    return select(place * step + chance * step // HASH_RANGE + 1)
