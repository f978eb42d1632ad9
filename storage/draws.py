"""A stable sample of customers or other rows, for pages that look at each: of a large business some say enough of all.

One is drawn of every so many who follow each other by number. Which one, a hash of their place says: a fixed distance
would meet the same few again and again wherever customers are dealt out in turn, as they are among staff. Numbers are
made and then looked up, so that no other row is read.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, select

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from storage.database import Tx
from storage.tables import customer


@dataclass(frozen=True)
class Draw:
    """Which rows of a table are looked at: one of every so many; of one each, all."""

    every: int = 1

    def whom(self, owner: ColumnElement[Any], of: ColumnElement[Any] = customer.c.id) -> list[ColumnElement[bool]]:
        """The rows of what is looked at, customers if nothing else, by a column with their numbers."""
        return [owner.in_(numbers(self.every, of))] if self.every > 1 else []


ALL = Draw()


def draw(tx: Tx, *, most: int, of: ColumnElement[Any] = customer.c.id) -> Draw:
    """So many customers, or down to two thirds as many, or all where there are no more than twice as many."""
    highest = tx.execute(select(func.max(of))).scalar() or 0
    return Draw(-(-highest // most)) if highest > 2 * most else ALL


def numbers(every: int, of: ColumnElement[Any] = customer.c.id) -> Select[Any]:
    """A number of each run of so many: Knuth's hash of the place of the run times the next place."""
    highest = select(func.max(of)).scalar_subquery()
    step, first = literal(every, BigInteger()), select(literal(0, BigInteger()).label("place"))
    places = first.cte("places", recursive=True)
    place, following = places.c.place, places.c.place + 1
    places = places.union_all(select(following).where(following * step < highest))
    place = places.c.place
    chance = place * HASH_FACTOR % HASH_RANGE * (place + 1) % HASH_RANGE
    return select(place * step + chance * step // HASH_RANGE + 1)
