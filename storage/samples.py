"""From one pair of numbers a customer to what an interval needs: sums of however many, and the pairs of a few."""

from typing import Any

from sqlalchemy import Float, cast, func, select

from bot.domain.metrics.resampling import MOST_RESAMPLED, Sample, Sums
from storage.database import Tx


def load(tx: Tx, pairs: Any, top: str = "top", bottom: str = "bottom") -> Sample:  # noqa: ANN401  a subquery
    """The sample of a subquery with a row a customer, by its columns `top`, `bottom` and `customer_id`.

    Sums are of floating point: the square of a price in VND times a million does not fit into 64 bits.
    """
    above, below = cast(pairs.c[top], Float), cast(pairs.c[bottom], Float)
    products = (above, below, above * above, above * below, below * below)
    n, *sums = tx.execute(select(func.count(), *(func.coalesce(func.sum(each), 0.0) for each in products))).one()
    if n > MOST_RESAMPLED:
        return Sample(Sums(n, *map(float, sums)))
    return Sample.of((row[0], row[1]) for row in tx.execute(select(above, below).order_by(pairs.c.customer_id)))
