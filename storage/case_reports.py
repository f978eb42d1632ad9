"""Counting for the report of cases: when things happened, never to whom."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, bindparam, func, select

from bot.domain.case_reports import COMPLAINTS, CaseCounts, CaseTimes, CaseTotals
from bot.domain.periods import Period
from storage.columns import bare, instants
from storage.database import Tx
from storage.tables import answer, support_case

ENDED_BY_NOBODY = and_(support_case.c.resolved_at.is_not(None), support_case.c.resolved_by.is_(None))
"""Joined with the customer's other case, or closed since the customer was forgotten."""

INSTANTS = ("opened_at", "answered_at", "first_resolved_at", "resolved_at", "solve_due_at")
COLUMNS = (*INSTANTS, "reopened", "reason", "csm_id", "customer_id")
"""What is read of a case, as `CaseTimes` has it."""

MOST_EXAMINED = 3_000
"""Of more cases each so-manieth by number is looked at one by one."""


def count(tx: Tx, period: Period, *, most: int = MOST_EXAMINED) -> CaseCounts:
    """What `/report cases` is made of."""
    within = {"start": period.start, "end": period.end}
    row = tx.execute(_TOTALS, within).one()
    every = max(1, -(-row.opened // most))
    return CaseCounts(
        opened=_list_times(tx, within, every),
        every=every,
        totals=CaseTotals(opened=row.opened, complaints=row.complaints, open=row.open, oldest_at=row.oldest_at),
        excluded=int(tx.execute(_EXCLUDED, within).scalar_one()),
        scores=tuple((before, after) for before, after in tx.execute(_SCORES, within).all()),
    )


def count_parts(tx: Tx, parts: Sequence[Period]) -> tuple[Mapping[Period, int], Mapping[Period, int]]:
    """How many cases were opened, and how many resolved, in each part of a period."""
    return _by_part(tx, _OPENED, parts), _by_part(tx, _RESOLVED, parts)


def _by_part(tx: Tx, statement: Select[int], parts: Sequence[Period]) -> dict[Period, int]:
    """A query for each part, which only looks into an index: telling rows which part they are in takes longer."""
    return {each: int(tx.execute(statement, {"start": each.start, "end": each.end}).scalar_one()) for each in parts}


def _list_times(tx: Tx, within: Mapping[str, datetime], every: int) -> CaseTimes:
    statement = _TIMES if every == 1 else _SOME_TIMES
    rows = tx.execute(statement, {**within, "every": every}).all()
    columns = dict(zip(COLUMNS, zip(*rows, strict=True), strict=True)) if rows else {}
    return CaseTimes(**{name: instants(each) if name in INSTANTS else each for name, each in columns.items()})


def _within(instant: ColumnElement[Any]) -> ColumnElement[bool]:
    return and_(instant >= bindparam("start"), instant < bindparam("end"))


def _number(at: ColumnElement[Any], which: ColumnElement[bool]) -> Select[int]:
    return select(func.count()).select_from(support_case).where(_within(at), which)


# Built once: a trend asks some of them for each of its parts, and building took as long as answering.
_opened, _resolved = support_case.c.opened_at, support_case.c.resolved_at
_OPENED, _RESOLVED = _number(_opened, ~ENDED_BY_NOBODY), _number(_resolved, ~ENDED_BY_NOBODY)
_EXCLUDED = _number(_opened, ENDED_BY_NOBODY)
_TOTALS = select(
    func.count().label("opened"),
    func.count().filter(support_case.c.source.in_(COMPLAINTS)).label("complaints"),
    func.count().filter(_resolved.is_(None)).label("open"),
    func.min(_opened).filter(_resolved.is_(None)).label("oldest_at"),
).where(_within(_opened), ~ENDED_BY_NOBODY)
_TIMES = (
    select(*(bare(support_case.c[name]) if name in INSTANTS else support_case.c[name] for name in COLUMNS))
    .where(_within(_opened), ~ENDED_BY_NOBODY)
    .order_by(support_case.c.id)
)
_SOME_TIMES = _TIMES.where(support_case.c.id % bindparam("every", type_=Integer) == 0)
_SCORES = (
    select(support_case.c.nps_before, answer.c.score)
    .join(answer, answer.c.run_id == support_case.c.nps_run_id)
    .where(_within(answer.c.answered_at), support_case.c.nps_before.is_not(None))
)
"""The NPS before a case and the one asked after it, of answers given in a period."""
