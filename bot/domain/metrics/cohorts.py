"""Cohorts: of the customers who came in one month, the share that is active in each month after it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from bot.domain.metrics.estimates import Estimate, shown
from bot.domain.metrics.proportions import Share, proportion

Cell = tuple[int, int]
"""The place of a cohort's month in the row of months, and how many months after it the cell lies."""


@dataclass(frozen=True)
class CohortCell:
    """The active of a cohort `after` so many months; of a month that is not over it is what is known so far."""

    after: int
    counts: Share
    estimate: Estimate | None
    so_far: bool


@dataclass(frozen=True)
class Cohort:
    """Customers who came in the month at this place, and their months from the one after it; later ones are absent."""

    place: int
    size: int
    cells: Sequence[CohortCell]


def cohorts(sizes: Sequence[int], active: Mapping[Cell, int], *, last_is_over: bool) -> list[Cohort]:
    """One row a month, the earliest first; `sizes` holds the customers who came in each month, 0 where nobody did.

    Wilson's interval; hidden (None) where a cohort has fewer than 5. A month that has not begun has no cell, rather
    than one of nobody.

    Raises:
        ValueError: more are active than a cohort has customers.
    """
    return [
        Cohort(place, size, _cells(place, size, len(sizes), active, last_is_over)) for place, size in enumerate(sizes)
    ]


def _cells(place: int, size: int, months: int, active: Mapping[Cell, int], last_is_over: bool) -> list[CohortCell]:
    found = []
    for after in range(1, months - place):
        counts = Share(active.get((place, after), 0), size)
        so_far = place + after == months - 1 and not last_is_over
        found.append(CohortCell(after, counts, shown(proportion(counts)), so_far))
    return found


def together(rows: Sequence[Cohort], after: int) -> Share:
    """The active of all cohorts whose month `after` theirs is over, and the customers of those cohorts."""
    cells = [cell for row in rows for cell in row.cells if cell.after == after and not cell.so_far]
    return Share(sum(cell.counts.part for cell in cells), sum(cell.counts.whole for cell in cells))


def known_after(
    visits: Mapping[int, Collection[int]], after: int, *, over: int
) -> tuple[frozenset[int], frozenset[int]]:
    """The customers of whom the month `after` that of their first purchase is over, and those of them active in it.

    `visits` are the places of the months in which each bought, of which the earliest is that of the first purchase, and
    `over` says how many of these months are over. Of all customers they are what `together` counts.
    """
    came = {customer_id: min(months) for customer_id, months in visits.items()}
    known = frozenset(customer_id for customer_id, month in came.items() if month + after < over)
    return known, frozenset(customer_id for customer_id in known if came[customer_id] + after in visits[customer_id])
