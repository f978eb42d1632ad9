"""NPS answers that superseded another one: of each customer only the latest in a period counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, select, tuple_

from bot.domain.periods import Period
from bot.domain.touchpoints import Kind
from storage.columns import unindexed
from storage.database import Tx
from storage.tables import answer


@dataclass(frozen=True)
class Repeat:
    """An answer that a later one superseded."""

    answered_at: datetime
    score: int
    superseded_at: datetime


def latest(tx: Tx) -> datetime | None:
    """When the last NPS answer was given."""
    found: datetime | None = tx.execute(
        select(func.max(answer.c.answered_at)).where(answer.c.kind == Kind.NPS)
    ).scalar()
    return found


def list_in(tx: Tx, period: Period) -> Iterable[Repeat]:
    """What the answers of a period superseded: of each the answer that its customer had given before."""
    return [Repeat(*row) for row in tx.execute(_REPEATS, {"start": period.start, "end": period.end})]


def _repeats() -> Select[Any]:
    before, earlier = answer.alias("before"), answer.alias("earlier")
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
        select(before.c.answered_at, before.c.score, answer.c.answered_at.label("superseded_at"))
        .select_from(answer)
        .join(before, before.c.run_id == last)
        .where(answer.c.kind == Kind.NPS, *within)
    )


_REPEATS = _repeats()  # asked of each day that is counted
