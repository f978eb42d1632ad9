"""A stable sample of customers or other rows, for pages that look at each: of a large business some say enough of all.

One is drawn of every so many who follow each other by number. Which one, a hash of their place says: a fixed distance
would meet the same few again and again wherever customers are dealt out in turn, as they are among staff. Numbers are
made and then looked up, so that no other row is read.

Of very many customers those are drawn who have indexes of their own, which lie in few pages.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, func, literal, literal_column, select

from bot.domain.audiences import HASH_FACTOR, HASH_RANGE
from storage.database import Tx
from storage.tables import APART, customer

EXAMINED = 5_000
"""So many customers at most are looked at one by one, where there are more than twice as many."""

KEPT = 32
"""Statements that are kept, of a sample each."""


@dataclass(frozen=True)
class Draw:
    """Which rows of a table are looked at: one of every so many; of one each, all."""

    every: int = 1

    def which(self, number: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The rows that are looked at, by the column with the numbers of all."""
        return [number.in_(numbers(self.every, number))] if self.every > 1 else []


ALL = Draw()


def draw(tx: Tx, *, most: int, of: ColumnElement[Any]) -> Draw:
    """So many rows, or down to two thirds as many, or all where there are no more than twice as many."""
    return Draw(_every(tx, most, of))


def _every(tx: Tx, most: int, of: ColumnElement[Any]) -> int:
    """Of how many numbers one is drawn, so that there are so many at most; all up to twice as many."""
    highest = tx.execute(select(func.max(of))).scalar() or 0
    return -(-highest // most) if highest > 2 * most else 1


def numbers(every: int, of: ColumnElement[Any]) -> Select[Any]:
    """A number of each run of so many: Knuth's hash of the place of the run times the next place."""
    highest = select(func.max(of)).scalar_subquery()
    step, first = literal(every, BigInteger()), select(literal(0, BigInteger()).label("place"))
    places = first.cte("places", recursive=True)
    place, following = places.c.place, places.c.place + 1
    places = places.union_all(select(following).where(following * step < highest))
    place = places.c.place
    chance = place * HASH_FACTOR % HASH_RANGE * (place + 1) % HASH_RANGE
    return select(place * step + chance * step // HASH_RANGE + 1)


@dataclass(frozen=True)
class CustomerDraw:
    """Which customers are looked at: one of every so many, chosen by number; of one each, all."""

    every: int = field(default=1, kw_only=True)

    def whom(self, owner: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The rows of the customers who are looked at: by a list of their numbers, so that no other row is read."""
        return [*self.apart(owner), owner.in_(drawn_numbers(self.every))] if self.every > 1 else []

    def among(self, owner: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """The same, sought among those with indexes of their own, where that is less than to look for each of them."""
        apart = self.apart(owner)
        return [*apart, _is_drawn(owner, self.every)] if apart else self.whom(owner)

    def apart(self, owner: ColumnElement[Any]) -> list[ColumnElement[bool]]:
        """Who has indexes of their own, where all who are looked at do: said in the words of these indexes."""
        return [_is_apart(owner)] if self.every % APART == 0 else []


EVERYBODY = CustomerDraw()


def draw_customers(tx: Tx, *, most: int = EXAMINED) -> CustomerDraw:
    """So many customers at most, unless there are hardly more: of very many one in 61, or in a multiple of that.

    It is half as many at the least, by their numbers.
    """
    every = _every(tx, most, customer.c.id)
    return CustomerDraw(every=every if every < APART else APART * -(-every // APART))


@lru_cache(maxsize=KEPT)
def drawn_numbers(every: int) -> Select[Any]:
    """Who is looked at: of those with indexes of their own, where there are so many, or one of each run of so many."""
    if every % APART:
        return numbers(every, customer.c.id)
    return select(customer.c.id).where(_is_apart(customer.c.id), _is_drawn(customer.c.id, every))


def _is_apart(number: ColumnElement[int]) -> ColumnElement[bool]:
    return number % literal_column(str(APART)) == literal_column("0")


def _is_drawn(number: ColumnElement[int], every: int) -> ColumnElement[bool]:
    """Some of those with indexes of their own, by a hash of their place among them: at no distance that may repeat."""
    chance = number // APART * HASH_FACTOR % HASH_RANGE
    return chance < HASH_RANGE * APART // every
