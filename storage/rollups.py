"""What was counted of each day, and what has changed since: read for reports, and kept by the planner."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from itertools import accumulate
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, Table, and_, bindparam, func, not_, or_, select

from bot.domain.calendar_units import Unit
from bot.domain.local_time import local_date
from bot.domain.periods import Period
from bot.domain.reports import EVERYBODY, Slice
from bot.domain.rollups import NOTHING, REPEATS, Counted, first_month
from bot.domain.segments import Dimension
from storage import dimensions
from storage.columns import UtcDateTime, unindexed
from storage.database import Tx
from storage.tables import rollup, rollup_change, rollup_mark, rollup_pair, rollup_state, segmentation

SLOTS = tuple(f"n{slot}" for slot in range(11))

FEW = 8
"""The days of more periods than so many are read, and added up here; a query costs as much as reading some thirty."""

DIMENSIONS = " ".join(Dimension)
"""By what everything is counted: what was counted by less, or by more, is no use."""


def load(tx: Tx, series: str, timezone: str, *, now: datetime | None = None) -> Counted:
    """What is counted of a series in the days of the time zone; `now` matters to surveys, which close."""
    before = tx.execute(_BEFORE, {"series": series, "timezone": timezone}).scalar()
    if before is None:
        return NOTHING
    marks = tx.execute(_MARKS if now is None else _DUE_MARKS, {"series": series, "before": before, "now": now})
    return Counted(before, timezone, frozenset(local_date(at, timezone) for at in marks.scalars()))


def sum_days(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], *, by: Dimension | None
) -> dict[Slice, Counter[int]]:
    """What was counted on the counted days of each period, by slot."""
    found = _sum_rows(tx, series, counted, periods, by)
    for at, slot, change, names in _list_changes(tx, series, counted, by):
        for period in (each for each in periods if at in each):
            for segment in names:
                found[period, segment][slot] += change
    return found


def _sum_rows(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], by: Dimension | None
) -> dict[Slice, Counter[int]]:
    """By the database for each period; but where there is one segment, the days of the many parts of a trend."""
    if by is None and len(periods) > FEW:
        return _sum_parts(tx, series, counted, periods)
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    if by is None:
        for period in periods:
            found[period, EVERYBODY].update(_by_slot(tx.execute(_EVERYBODY, _asked(series, counted, period)).one()))
        return found
    for period in periods:
        for segment, slots in sum_segments(tx, series, counted, period, by).items():
            found[period, segment].update(slots)
    return found


def _sum_parts(tx: Tx, series: str, counted: Counted, periods: Sequence[Period]) -> dict[Slice, Counter[int]]:
    rows = tx.execute(_DAYS, _asked(series, counted, _hull(periods))).all()
    days, *slots = zip(*rows, strict=True) if rows else ((),)
    sums = [list(accumulate(slot, initial=0)) for slot in slots]
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    for period in periods:
        first, after = bisect_left(days, period.first_day), bisect_left(days, period.after)
        found[period, EVERYBODY].update({slot: each[after] - each[first] for slot, each in enumerate(sums)})
    return found


def sum_segments(tx: Tx, series: str, counted: Counted, period: Period, dimension: str) -> Mapping[str, Counter[int]]:
    """What was counted on the counted days of a period, by segment and slot, without what has changed since."""
    rows = tx.execute(_SEGMENTS, _asked(series, counted, period) | {"dimension": dimension})
    return {segment: Counter(_by_slot(sums)) for segment, *sums in rows}


def _hull(periods: Sequence[Period]) -> Period:
    first_day, after = min(each.first_day for each in periods), max(each.after for each in periods)
    return replace(periods[0], first_day=first_day, after=after)


def _asked(series: str, counted: Counted, period: Period) -> dict[str, Any]:
    """The counted days of a period."""
    days = {"first_day": period.first_day, "after": min(period.after, counted.until)}
    return {"series": series, **days, "changed": list(counted.changed)}


def add_up(
    tx: Tx,
    series: str,
    counted: Counted,
    period: Period,
    dimension: str,
    *,
    uncounted: Callable[[Period], Mapping[str, Counter[int]]],
) -> dict[str, Counter[int]]:
    """A period by segment and slot: its counted days, and row by row the others; or all, where few are counted.

    Only of series of which no changes are kept.
    """
    found: dict[str, Counter[int]] = defaultdict(Counter)
    helps = counted.helps(period)
    days = (sum_segments(tx, series, counted, period, dimension),) if helps else ()
    for told in (*days, *map(uncounted, counted.rest(period) if helps else (period,))):
        for segment, slots in told.items():
            found[segment].update(slots)
    return found


def _list_changes(
    tx: Tx, series: str, counted: Counted, by: Dimension | None
) -> Iterable[tuple[datetime, int, int, Sequence[str]]]:
    """What has changed since of what is counted, as instant, slot, by how much, and segments."""
    for row in tx.execute(_changes(by), {"series": series}):
        if row.at in counted:
            yield row.at, row.slot, row.change, dimensions.read(by, row.segment)


@cache
def _changes(by: Dimension | None) -> Select[Any]:
    return (
        select(rollup_change.c.at, rollup_change.c.slot, rollup_change.c.change, dimensions.then(by))
        .select_from(rollup_change)
        .outerjoin(segmentation, segmentation.c.id == rollup_change.c.segmentation_id)
        .where(rollup_change.c.series == _SERIES)
    )


def sum_pairs(
    tx: Tx, counted: Counted, periods: Sequence[Period], *, series: str = REPEATS, by: Dimension | None = None
) -> dict[Slice, Counter[int]]:
    """What began in each period and was followed up on a counted day of it, by slot.

    By segment only what began in its whole months: of the days before them it is not kept.
    """
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    for each in periods:
        for unit, first_day, after in _units(each):
            begun = {"unit": unit, "first_day": first_day, "begun_before": after, "dimension": by or EVERYBODY}
            if by is None or unit is Unit.MONTH:
                for segment, *sums in tx.execute(_PAIRS, _asked(series, counted, each) | begun):
                    found[each, segment].update(_by_slot(sums))
    return found


def _units(period: Period) -> Iterator[tuple[Unit, date, date]]:
    """The whole months of a period, and the days before them: a year has 12 such and at most 30, and not 365."""
    month = first_month(period)
    if period.first_day < month:
        yield Unit.DAY, period.first_day, min(month, period.after)
    if month < period.after:
        yield Unit.MONTH, month, period.after


def _by_slot(sums: Iterable[int | None]) -> dict[int, int]:
    return {slot: int(n or 0) for slot, n in enumerate(sums)}


def _within(day: ColumnElement[date]) -> ColumnElement[bool]:
    changed = day.in_(bindparam("changed", expanding=True))
    return and_(day >= bindparam("first_day"), day < bindparam("after"), not_(changed))


def _sums(table: Table) -> list[ColumnElement[int]]:
    return [func.sum(table.c[slot]) for slot in SLOTS]


# Built once: a trend asks them for each of its parts, and building took longer than answering.
_SERIES: BindParameter[str] = bindparam("series")
_BEFORE = select(rollup_state.c.counted_before).where(
    rollup_state.c.series == _SERIES,
    rollup_state.c.timezone == bindparam("timezone"),
    rollup_state.c.dimensions == DIMENSIONS,
)
_CHANGED = (
    select(rollup_mark.c.at)
    .where(rollup_mark.c.series == _SERIES, rollup_mark.c.at < bindparam("before", type_=UtcDateTime()))
    .distinct()
)
_MARKS = _CHANGED.where(rollup_mark.c.since.is_(None))
_DUE_MARKS = _CHANGED.where(
    or_(rollup_mark.c.since.is_(None), rollup_mark.c.since <= bindparam("now", type_=UtcDateTime()))
)
_OF_EVERYBODY = and_(rollup.c.series == _SERIES, rollup.c.dimension == EVERYBODY, _within(rollup.c.day))
_EVERYBODY = select(*_sums(rollup)).where(_OF_EVERYBODY)
_DAYS = select(rollup.c.day, *(rollup.c[slot] for slot in SLOTS)).where(_OF_EVERYBODY).order_by(rollup.c.day)
_SEGMENTS = (
    select(rollup.c.segment, *_sums(rollup))
    .where(rollup.c.series == _SERIES, rollup.c.dimension == bindparam("dimension"), _within(rollup.c.day))
    .group_by(rollup.c.segment)
)
_PAIRS = (
    select(rollup_pair.c.segment, *_sums(rollup_pair))
    .where(
        rollup_pair.c.series == _SERIES,
        rollup_pair.c.unit == bindparam("unit"),
        rollup_pair.c.dimension == bindparam("dimension"),
        rollup_pair.c.first_day >= bindparam("first_day"),
        rollup_pair.c.first_day < bindparam("begun_before"),
        _within(unindexed(rollup_pair.c.last_day)),
    )
    .group_by(rollup_pair.c.segment)
)
