"""Counting for the report of cases: when things happened, never to whom."""

from typing import Any

from sqlalchemy import ColumnElement, and_, func, select

from bot.domain.case_reports import CaseCounts, CaseTimes
from bot.domain.cases import Source
from bot.domain.periods import Period
from storage.database import Tx
from storage.tables import answer, support_case

ENDED_BY_NOBODY = and_(support_case.c.resolved_at.is_not(None), support_case.c.resolved_by.is_(None))
"""Joined with the customer's other case, or closed since the customer was forgotten."""


def count(tx: Tx, period: Period) -> CaseCounts:
    """What `/report cases` is made of."""
    opened = _within(support_case.c.opened_at, period)
    excluded = select(func.count()).select_from(support_case).where(opened, ENDED_BY_NOBODY)
    resolved = select(support_case.c.resolved_at).where(_within(support_case.c.resolved_at, period), ~ENDED_BY_NOBODY)
    return CaseCounts(
        opened=_list_times(tx, opened),
        resolved=tuple(tx.execute(resolved).scalars()),
        excluded=int(tx.execute(excluded).scalar_one()),
        scores=_list_scores(tx, period),
    )


def _list_times(tx: Tx, opened: ColumnElement[bool]) -> tuple[CaseTimes, ...]:
    columns = (
        "source",
        "opened_at",
        "answered_at",
        "first_resolved_at",
        "resolved_at",
        "solve_due_at",
        "reopened",
        "reason",
    )
    statement = select(*(support_case.c[column] for column in columns)).where(opened, ~ENDED_BY_NOBODY)
    return tuple(
        CaseTimes(**{**row, "source": Source(row["source"])})
        for row in tx.execute(statement.order_by(support_case.c.id)).mappings()
    )


def _list_scores(tx: Tx, period: Period) -> tuple[tuple[int, int], ...]:
    """The NPS before a case and the one asked after it, of answers given in the period."""
    statement = (
        select(support_case.c.nps_before, answer.c.score)
        .join(answer, answer.c.run_id == support_case.c.nps_run_id)
        .where(_within(answer.c.answered_at, period), support_case.c.nps_before.is_not(None))
    )
    return tuple((row.nps_before, row.score) for row in tx.execute(statement))


def _within(instant: ColumnElement[Any], period: Period) -> ColumnElement[bool]:
    return and_(instant >= period.start, instant < period.end)
