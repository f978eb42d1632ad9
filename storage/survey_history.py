"""Since when there have been answers, and whether that is too late to compare with."""

from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, func, select

from bot.domain import periods
from bot.domain.periods import Period
from bot.domain.reports import KINDS, Metric
from bot.domain.touchpoints import Kind
from storage import takings
from storage.database import Tx
from storage.tables import answer


def first_answer_at(tx: Tx, kinds: tuple[Kind, ...]) -> datetime | None:
    """When the first answer to a survey of these kinds was given; None while there is none."""
    return min((first for first in tx.execute(_firsts(kinds)).one() if first is not None), default=None)


def late_start(tx: Tx, metric: Metric, before: Period) -> datetime | None:
    """When the data of a metric began, where they lack days of the period that it would be held against."""
    kinds = KINDS[metric]
    return periods.late_start(before, first_answer_at(tx, kinds) if kinds else takings.first_at(tx))


@cache
def _firsts(kinds: tuple[Kind, ...]) -> Select[Any]:
    """Of each kind by itself: each is found at the end of an index. Built once: an overview asks for every metric."""
    given = select(func.min(answer.c.answered_at))
    return select(*(given.where(answer.c.kind == kind).scalar_subquery() for kind in kinds))
