"""What customers spent, by stretches of time: read once, and asked for every period that a page has."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from bot.domain.metrics.resampling import MOST_RESAMPLED, Sample, Sums
from bot.domain.metrics.revenue_churn import RetentionSamples, samples_of
from bot.domain.metrics.totals import Takings
from bot.domain.periods import Period

Array = Any
"""An array of numpy, which a bot at rest does not load."""

OWNER, STRETCH, MINOR, SALES = range(4)


@dataclass(frozen=True)
class Spent:
    """Of each customer by number: minor units netted, how often they bought, and whether they did or cancelled."""

    owners: Array
    minor: Array
    sales: Array
    there: Array

    def of(self, customers: Collection[int]) -> "Spent":
        """What these customers spent."""
        import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

        theirs = np.isin(self.owners, list(customers))
        return Spent(self.owners[theirs], self.minor[theirs], self.sales[theirs], self.there[theirs])

    @property
    def customers(self) -> int:
        return int(self.there.sum())

    def taken(self, every: int) -> Takings:
        """What all took, of whom each so-manieth is here; n stays that of those who are."""
        minor, squares = float(self.minor.sum()) * every, self.squares * every * every
        return Takings(
            minor=round(minor), sales=int(self.sales.sum()) * every, customers=self.customers, squares=squares
        )

    @property
    def squares(self) -> float:
        """What each spent, squared and added up."""
        return float((self.minor * self.minor).sum())

    def deals(self) -> Sample:
        """What each spent, over how often they bought."""
        return Sample.of_columns(self.minor[self.there], self.sales[self.there])

    def visits(self) -> Sample:
        """How often each bought, over 1."""
        sales = self.sales[self.there]
        return Sample.of_columns(sales, sales * 0 + 1)

    def of_all(self, customers: int) -> Sample:
        """What each of so many customers spent, nothing for who is not here, and 1."""
        spent = self.minor[self.there]
        n, squares = max(customers, len(spent)), float((spent * spent).sum())
        if n <= MOST_RESAMPLED:
            return Sample.of_columns([*spent.tolist(), *[0.0] * (n - len(spent))], [1.0] * n)
        return Sample(Sums(n, float(spent.sum()), n, squares, float(spent.sum()), n))

    def beside(self, other: "Spent") -> Sample:
        """What each spent here, over what they spent there, of those who are in either."""
        import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

        both = (self, other)
        owners = np.union1d(*(each.owners[each.there] for each in both))
        columns = np.zeros((2, len(owners)))
        for column, each in zip(columns, both, strict=True):
            column[np.searchsorted(owners, each.owners[each.there])] = each.minor[each.there]
        return Sample.of_columns(*columns)


@dataclass(frozen=True)
class Lives:
    """The customers at the start of a period by number, in that order, and whether each was lost in it."""

    ids: Sequence[int]
    lost: Sequence[bool]

    def of(self, customers: Collection[int]) -> "Lives":
        """Those of these customers."""
        theirs = [(whom, lost) for whom, lost in zip(self.ids, self.lost, strict=True) if whom in customers]
        return Lives([whom for whom, _ in theirs], [lost for _, lost in theirs])


@dataclass(frozen=True)
class Spending:
    """A row for each customer and each stretch in which they bought or cancelled: both, minor units netted, sales.

    Stretch k goes from `edges[k]` to `edges[k + 1]`: whatever is asked for begins and ends at an edge.
    """

    edges: Sequence[datetime]
    rows: Sequence[Sequence[float]]

    def within(self, period: Period) -> Spent:
        """What every customer spent in a period."""
        import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

        columns, owners, places = self._columns
        first, after = self.edges.index(period.start), self.edges.index(period.end)
        here = (columns[:, STRETCH] >= first) & (columns[:, STRETCH] < after)
        theirs, n = places[here], len(owners)
        minor, sales = (np.bincount(theirs, columns[here, which], n) for which in (MINOR, SALES))
        return Spent(owners, minor, sales, np.bincount(theirs, minlength=n) > 0)

    def moves(self, before: Period, now: Period, *, of: Collection[int] | None = None) -> RetentionSamples:
        """What each spent in a period and in one before it, or each of these customers."""
        spent = (self.within(period) for period in (before, now))
        return samples_of(*(each.minor if of is None else each.of(of).minor for each in spent))

    def lives(self, found: Lives, period: Period) -> Sample:
        """Of each customer at the start of a period: what they spent in it, and 1 if they were lost in it."""
        import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

        here = self.within(period)
        _, ours, theirs = np.intersect1d(found.ids, here.owners, assume_unique=True, return_indices=True)
        spent = np.zeros(len(found.ids))
        spent[ours] = here.minor[theirs]
        return Sample.of_columns(spent, found.lost)

    @cached_property
    def _columns(self) -> tuple[Array, Array, Array]:
        """The rows as an array, the customers in the order of their numbers, and the place among them of each row."""
        import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

        columns = np.asarray(self.rows, dtype=float).reshape(-1, 4)
        return columns, *np.unique(columns[:, OWNER], return_inverse=True)
