"""Since when there have been answers, and whether that is too late to compare with."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select

from bot.domain import periods
from bot.domain.periods import Period
from bot.domain.reports import KINDS, Metric
from bot.domain.rollups import SURVEYS
from bot.domain.touchpoints import Kind
from storage import takings
from storage.database import Tx, remember
from storage.tables import answer


def first_answer_at(tx: Tx, kinds: Collection[Kind]) -> datetime | None:
    """When the first answer to a survey of these kinds was given; None while there is none."""
    firsts = remember(tx, first_answer_at, lambda: dict(zip(SURVEYS, tx.execute(_FIRSTS).one(), strict=True)))
    return min((first for kind in kinds if (first := firsts[kind]) is not None), default=None)


def late_start(tx: Tx, metric: Metric, before: Period) -> datetime | None:
    """When the data of a metric began, where they lack days of the period that it would be held against."""
    kinds = KINDS[metric]
    return periods.late_start(before, first_answer_at(tx, kinds) if kinds else takings.first_at(tx))


# Of each kind by itself: each is found at the end of an index.
_FIRSTS = select(
    *(select(func.min(answer.c.answered_at)).where(answer.c.kind == kind).scalar_subquery() for kind in SURVEYS)
)
