"""NPS answers that superseded another one: of each customer only the latest in a period counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select, tuple_

from bot.domain.periods import Period
from bot.domain.segments import Dimension
from bot.domain.touchpoints import Kind
from storage import dimensions
from storage.columns import unindexed
from storage.database import Tx
from storage.tables import answer, segmentation

_before = answer.alias("before")


@dataclass(frozen=True)
class Repeat:
    """An answer that a later one superseded, and the segments in which it was given."""

    answered_at: datetime
    score: int
    segments: Sequence[str]


def list_in(tx: Tx, period: Period, *, by: Dimension | None = None) -> list[Repeat]:
    """What the answers of a period superseded: of each the answer that its customer had given before."""
    rows = tx.execute(_repeats(by), {"start": period.start, "end": period.end})
    return [Repeat(answered_at, score, dimensions.read(by, segment)) for answered_at, score, segment in rows]


def tell(tx: Tx, period: Period) -> Sequence[Sequence[Any]]:
    """The same as rows of instant, score, and the columns of the segmentation by dimension."""
    return tx.execute(_TOLD, {"start": period.start, "end": period.end}).all()


@cache
def _repeats(by: Dimension | None) -> Select[Any]:
    return _superseded().add_columns(dimensions.then(by))


def _superseded() -> Select[Any]:
    earlier = answer.alias("earlier")
    sooner = tuple_(earlier.c.answered_at, earlier.c.run_id) < tuple_(answer.c.answered_at, answer.c.run_id)
    last = (
        select(earlier.c.run_id)
        .where(earlier.c.customer_id == answer.c.customer_id, unindexed(earlier.c.kind) == Kind.NPS, sooner)
        .order_by(earlier.c.answered_at.desc(), earlier.c.run_id.desc())
        .limit(1)
        .scalar_subquery()
    )
    within = (answer.c.answered_at >= bindparam("start"), answer.c.answered_at < bindparam("end"))
    return (
        select(_before.c.answered_at, _before.c.score)
        .select_from(answer)
        .join(_before, _before.c.run_id == last)
        .outerjoin(segmentation, segmentation.c.id == _before.c.segmentation_id)
        .where(answer.c.kind == Kind.NPS, *within)
    )


_TOLD = _superseded().add_columns(*(dimensions.then(by).label(by) for by in Dimension))  # asked of each day
