"""From one pair of numbers a customer to what an interval needs."""

from typing import Any

from sqlalchemy import Float, cast, select

from bot.domain.metrics.resampling import Sample
from storage.database import Tx


def load(tx: Tx, pairs: Any, top: str = "top", bottom: str = "bottom") -> Sample:  # noqa: ANN401  a subquery
    """The sample of a subquery with a row a customer, by its columns `top`, `bottom` and `customer_id`."""
    above, below = cast(pairs.c[top], Float), cast(pairs.c[bottom], Float)
    return Sample.of((row[0], row[1]) for row in tx.execute(select(above, below).order_by(pairs.c.customer_id)))
