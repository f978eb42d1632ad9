"""Since when there have been answers, and whether that is too late to compare with."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import bindparam, func, select

from bot.domain import periods
from bot.domain.periods import Period
from bot.domain.reports import KINDS, Metric
from bot.domain.touchpoints import Kind
from storage import takings
from storage.database import Tx
from storage.tables import answer


def first_answer_at(tx: Tx, kinds: Collection[Kind]) -> datetime | None:
    """When the first answer to a survey of these kinds was given; None while there is none."""
    firsts = (tx.execute(_FIRST, {"kind": kind}).scalar() for kind in kinds)
    return min((first for first in firsts if first is not None), default=None)


def late_start(tx: Tx, metric: Metric, before: Period) -> datetime | None:
    """When the data of a metric began, where they lack days of the period that it would be held against."""
    kinds = KINDS[metric]
    return periods.late_start(before, first_answer_at(tx, kinds) if kinds else takings.first_at(tx))


# Built once: an overview asks it for every metric.
_FIRST = select(func.min(answer.c.answered_at)).where(answer.c.kind == bindparam("kind"))
