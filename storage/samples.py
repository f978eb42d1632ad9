"""From one pair of numbers a customer to what an interval needs."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Float, Select, cast, select

from bot.domain.metrics.resampling import Sample
from storage.database import Tx


def pairs(found: Any, top: str = "top", bottom: str = "bottom") -> Select[Any]:  # noqa: ANN401  a subquery
    """The pairs of a subquery with a row a customer, by its columns `top`, `bottom` and `customer_id`."""
    return select(cast(found.c[top], Float), cast(found.c[bottom], Float)).order_by(found.c.customer_id)


def load(tx: Tx, statement: Select[Any], asked: Mapping[str, Any]) -> Sample:
    """The sample of such pairs."""
    rows = tx.execute(statement, asked).all()
    return Sample.of_columns(*zip(*rows, strict=True)) if rows else Sample.of(())
