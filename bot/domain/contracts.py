"""Contracts as revenue that recurs: what a month of each is worth, on a day and on another."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bot.domain.calendar_units import MONTH_DAYS
from bot.domain.metrics.prices import Renewal
from bot.domain.metrics.revenue_churn import Move


@dataclass(frozen=True)
class Term:
    """A contract from its first to its last day, both in it, and its price in minor units for all of that time."""

    customer_id: int
    starts_on: date
    ends_on: date
    price_minor: int

    @property
    def monthly(self) -> float:
        """What a month of it is worth: contracts of unequal length compare by it."""
        return self.price_minor * MONTH_DAYS / ((self.ends_on - self.starts_on).days + 1)

    def runs_on(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


@dataclass(frozen=True)
class Renewed:
    """A contract and the one of the same customer before it."""

    old: Term
    new: Term


def monthly_moves(terms: Iterable[Term], start: date, end: date) -> list[Move]:
    """For each customer what a month of their contracts is worth on a day and on a later one."""
    before, now = defaultdict[int, float](float), defaultdict[int, float](float)
    for term in terms:
        before[term.customer_id] += term.monthly * term.runs_on(start)
        now[term.customer_id] += term.monthly * term.runs_on(end)
    return [Move(worth, now[whom]) for whom, worth in before.items()]


def renewals(renewed: Sequence[Renewed], losses: Iterable[tuple[int, date]], *, follow: timedelta) -> list[Renewal]:
    """What each renewal did to the price of a month, and whether the customer was lost in the time after it."""
    lost: dict[int, list[date]] = defaultdict(list)
    for whom, day in losses:
        lost[whom].append(day)
    return [
        Renewal(one.new.customer_id, one.old.monthly, one.new.monthly, _stayed(one.new, lost, follow))
        for one in renewed
    ]


def _stayed(new: Term, lost: Mapping[int, Sequence[date]], follow: timedelta) -> bool:
    return not any(new.starts_on <= day < new.starts_on + follow for day in lost.get(new.customer_id, ()))
