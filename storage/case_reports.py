"""Counting for the report of cases: when things happened, never to whom."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select

from bot.domain.case_reports import COMPLAINTS, CaseCounts, CaseTimes, CaseTotals
from bot.domain.cases import Source
from bot.domain.periods import Period
from storage.database import Tx
from storage.tables import answer, support_case

ENDED_BY_NOBODY = and_(support_case.c.resolved_at.is_not(None), support_case.c.resolved_by.is_(None))
"""Joined with the customer's other case, or closed since the customer was forgotten."""

MOST_EXAMINED = 3_000
"""Of more cases each so-manieth by number is looked at one by one."""


def count(tx: Tx, period: Period, *, most: int = MOST_EXAMINED) -> CaseCounts:
    """What `/report cases` is made of."""
    opened = _within(support_case.c.opened_at, period)
    excluded = select(func.count()).select_from(support_case).where(opened, ENDED_BY_NOBODY)
    totals = _count_totals(tx, opened)
    every = max(1, -(-totals.opened // most))
    return CaseCounts(
        opened=_list_times(tx, opened, every),
        every=every,
        totals=totals,
        excluded=int(tx.execute(excluded).scalar_one()),
        scores=_list_scores(tx, period),
    )


def count_parts(tx: Tx, parts: Sequence[Period]) -> tuple[Mapping[Period, int], Mapping[Period, int]]:
    """How many cases were opened, and how many resolved, in each part of a period; parts follow each other."""
    opened = _by_part(tx, support_case.c.opened_at, parts)
    return opened, _by_part(tx, support_case.c.resolved_at, parts)


def _by_part(tx: Tx, at: ColumnElement[Any], parts: Sequence[Period]) -> dict[Period, int]:
    here = and_(at >= parts[0].start, at < parts[-1].end)
    place = case(*((at < part.end, place) for place, part in enumerate(parts))).label("place")
    placed = select(place).where(here, ~ENDED_BY_NOBODY).subquery()
    found = tx.execute(select(placed.c.place, func.count().label("n")).group_by(placed.c.place))
    return dict.fromkeys(parts, 0) | {parts[row.place]: row.n for row in found}


def _count_totals(tx: Tx, opened: ColumnElement[bool]) -> CaseTotals:
    still = support_case.c.resolved_at.is_(None)
    columns = (
        func.count().label("opened"),
        func.count().filter(support_case.c.source.in_(COMPLAINTS)).label("complaints"),
        func.count().filter(still).label("open"),
        func.min(support_case.c.opened_at).filter(still).label("oldest_at"),
    )
    row = tx.execute(select(*columns).where(opened, ~ENDED_BY_NOBODY)).one()
    return CaseTotals(opened=row.opened, complaints=row.complaints, open=row.open, oldest_at=row.oldest_at)


def _list_times(tx: Tx, opened: ColumnElement[bool], every: int) -> tuple[CaseTimes, ...]:
    columns = (
        "source",
        "opened_at",
        "answered_at",
        "first_resolved_at",
        "resolved_at",
        "solve_due_at",
        "reopened",
        "reason",
        "csm_id",
    )
    statement = select(*(support_case.c[column] for column in columns)).where(opened, ~ENDED_BY_NOBODY)
    chosen = statement.where(support_case.c.id % every == 0) if every > 1 else statement
    return tuple(
        CaseTimes(**{**row, "source": Source(row["source"])})
        for row in tx.execute(chosen.order_by(support_case.c.id)).mappings()
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
