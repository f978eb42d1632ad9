"""Statements that add up what was counted ahead, of days and of pairs of days: several of them are asked as one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    Table,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    union_all,
)

from bot.domain.periods import Period
from bot.domain.reports import EVERYBODY
from bot.domain.rollups import Counted
from storage.columns import unindexed
from storage.database import Tx
from storage.tables import rollup, rollup_pair

_T = TypeVar("_T")

SLOTS = tuple(f"n{slot}" for slot in range(11))

FEW = 8
"""So many sums are asked as one. The days of more are read, and added up afterwards, where there is one segment."""

Statement = Callable[[int, bool], Select[Any]]
"""A statement that is one of several, by its place among them: of everybody, or else of each segment."""


def asked(series: str, counted: Counted, dimension: str, period: Period) -> dict[str, Any]:
    """The days of a period that are counted of a series, but for those that have changed since."""
    days = {"first_day": period.first_day, "after": min(period.after, counted.until)}
    return {"series": series, "dimension": dimension, "changed": list(counted.changed), **days}


def sum_each(
    tx: Tx, statement: Statement, asked: Sequence[tuple[_T, Mapping[str, Any]]], dimension: str
) -> Iterator[tuple[_T, str, Mapping[int, int]]]:
    """The slots of a statement by segment for each of what is asked: a few of them cost as much as one."""
    for first in range(0, len(asked), FEW):
        few = asked[first : first + FEW]
        own = {f"{name}_{place}": value for place, (_, facts) in enumerate(few) for name, value in facts.items()}
        together = _together(statement, len(few), whole=dimension == EVERYBODY)
        for place, segment, *sums in tx.execute(together, own):
            yield few[place][0], segment, _by_slot(sums)


def _by_slot(sums: Iterable[int | None]) -> dict[int, int]:
    return {slot: int(n or 0) for slot, n in enumerate(sums)}


def _sums(table: Table) -> list[ColumnElement[int]]:
    return [func.sum(table.c[slot]) for slot in SLOTS]


# Built once: a trend asks it for each of its parts, and building took longer than answering.
DAYS = (
    select(rollup.c.segment, rollup.c.day, *(rollup.c[slot] for slot in SLOTS))
    .where(rollup.c.series == bindparam("series"), rollup.c.dimension == bindparam("dimension"))
    .where(rollup.c.day >= bindparam("first_day"), rollup.c.day < bindparam("after"))
    .where(not_(rollup.c.day.in_(bindparam("changed", expanding=True))))
    .order_by(rollup.c.segment, rollup.c.day)
)


@cache
def _together(statement: Statement, n: int, *, whole: bool) -> Select[Any] | CompoundSelect[Any]:
    """So many statements as one, each told apart by its place."""
    return union_all(*(statement(place, whole) for place in range(n)))


def of_days(place: int, whole: bool) -> Select[Any]:
    """What was counted on the days that are asked for at a place."""
    return _summed(rollup, place, whole=whole).where(*_within(rollup.c.day, place))


def of_pairs(place: int, whole: bool) -> Select[Any]:
    """What began between the days that are asked for at a place, and was followed up on one of its days."""
    return _summed(rollup_pair, place, whole=whole).where(
        rollup_pair.c.unit == bindparam(f"unit_{place}"),
        rollup_pair.c.first_day >= bindparam(f"begun_from_{place}"),
        rollup_pair.c.first_day < bindparam(f"begun_before_{place}"),
        *_within(unindexed(rollup_pair.c.last_day), place),
    )


def _summed(table: Table, place: int, *, whole: bool) -> Select[Any]:
    """Sums by segment; of everybody without grouping, for which they would be sorted."""
    segment = literal_column(f"'{EVERYBODY}'").label("segment") if whole else table.c.segment
    statement = select(literal_column(str(place), Integer).label("place"), segment, *_sums(table)).where(
        table.c.series == bindparam(f"series_{place}"), table.c.dimension == bindparam(f"dimension_{place}")
    )
    return statement if whole else statement.group_by(table.c.segment)


def _within(day: ColumnElement[date], place: int) -> tuple[ColumnElement[bool], ...]:
    changed: BindParameter[Sequence[date]] = bindparam(f"changed_{place}", expanding=True)
    return day >= bindparam(f"first_day_{place}"), day < bindparam(f"after_{place}"), not_(day.in_(changed))
