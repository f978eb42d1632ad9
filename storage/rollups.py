"""What was counted of each day, and what has changed since: read for reports, and kept by the planner."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import cache, partial
from itertools import accumulate, chain, groupby
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    and_,
    bindparam,
    func,
    select,
)
from sqlalchemy.sql.selectable import ScalarSelect

from bot.domain.calendar_units import Unit
from bot.domain.local_time import local_date
from bot.domain.periods import Period
from bot.domain.reports import EVERYBODY, Slice
from bot.domain.rollups import ANY_TIME, NOTHING, REPEATS, SENT, Counted, first_month
from bot.domain.segments import Dimension
from storage import dimensions, latest, rollup_sums
from storage.columns import UtcDateTime
from storage.database import Tx, remember
from storage.tables import (
    answer,
    rollup_change,
    rollup_mark,
    rollup_state,
    segmentation,
    survey_run,
)

CLOSED, CLOSED_ANSWERED = 3, 4
"""The slots of these steps of `bot.domain.reports.Funnel`."""

_Key = tuple[str, date, date]
"""A series, and its days from one until another."""

DIMENSIONS = " ".join(Dimension)
"""By what everything is counted: what was counted by less, or by more, is no use."""


def load(tx: Tx, series: str, timezone: str) -> Counted:
    """What is counted of a series in the days of the time zone; a read asks of all series at once."""
    return remember(tx, (load, timezone), partial(_load_all, tx, timezone)).get(series, NOTHING)


def _load_all(tx: Tx, timezone: str) -> dict[str, Counted]:
    found = groupby(tx.execute(_COUNTED, {"timezone": timezone}), key=lambda row: row.series)
    return {series: _counted(list(rows), timezone, latest.of(tx, series)) for series, rows in found}


def _counted(rows: Sequence[Row[Any]], timezone: str, last: datetime) -> Counted:
    changed = frozenset(local_date(row.at, timezone) for row in rows if row.at is not None)
    return Counted(rows[0].counted_before, timezone, changed, last=last, closing=rows[0].closing or ANY_TIME)


def sum_days(
    tx: Tx,
    series: str,
    counted: Counted,
    periods: Sequence[Period],
    *,
    by: Dimension | None,
    now: datetime | None = None,
) -> dict[Slice, Counter[int]]:
    """What was counted on the counted days of each period, by slot; `now` matters to surveys, which close."""
    found = _sum_rows(tx, series, counted, periods, by)
    closed = () if now is None or now < counted.closing else _list_closed(tx, series, counted, by, now=now)
    for at, slot, change, names in chain(_list_changes(tx, series, counted, by), closed):
        for period in (each for each in periods if at in each):
            for segment in names:
                found[period, segment][slot] += change
    return found


def _sum_rows(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], by: Dimension | None
) -> dict[Slice, Counter[int]]:
    """By the database for each period; but where there is one segment, the days of the many parts of a trend."""
    if by is None and len(periods) > rollup_sums.FEW:
        return _sum_parts(tx, series, counted, periods, EVERYBODY)
    return _sum_segments(tx, series, counted, periods, by or EVERYBODY)


def _sum_parts(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], dimension: str
) -> dict[Slice, Counter[int]]:
    """What was counted on the counted days of many periods, by segment of few: each day is read once for all."""
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    asked = rollup_sums.asked(series, counted, dimension, _hull(periods))
    for segment, rows in groupby(tx.execute(rollup_sums.DAYS, asked), key=lambda row: row.segment):
        _, days, *slots = zip(*rows, strict=True)
        sums = [list(accumulate(slot, initial=0)) for slot in slots]
        for period in periods:
            first, after = bisect_left(days, period.first_day), bisect_left(days, period.after)
            found[period, segment].update({slot: each[after] - each[first] for slot, each in enumerate(sums)})
    return found


def _sum_segments(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], dimension: str
) -> dict[Slice, Counter[int]]:
    """What was counted on the counted days of each period, by segment and slot, without what has changed since."""
    asked = {each: rollup_sums.asked(series, counted, dimension, each) for each in periods}
    known = _sum_days(tx, dimension, asked.values())
    return defaultdict(
        Counter,
        {
            (each, segment): Counter(slots)
            for each, facts in asked.items()
            for segment, slots in known[_key(facts)].items()
        },
    )


def sum_ahead(tx: Tx, several: Iterable[str], periods: Sequence[Period], *, by: Dimension | None) -> None:
    """Sum at once what is asked of several series next: one statement costs less than one for each."""
    dimension, asked = by or EVERYBODY, list[dict[str, Any]]()
    for series in several:
        for each in periods:
            counted = load(tx, series, each.timezone)
            if counted.helps(each):
                asked.append(rollup_sums.asked(series, counted, dimension, each))
    _sum_days(tx, dimension, asked)


def _sum_days(
    tx: Tx, dimension: str, asked: Iterable[Mapping[str, Any]]
) -> Mapping[_Key, Mapping[str, Mapping[int, int]]]:
    """The slots of some days of a series by segment, and what else of them was asked for before in the same read."""
    known: dict[_Key, dict[str, Mapping[int, int]]] = remember(tx, (_sum_days, dimension), dict)
    unknown = {key: facts for facts in asked if (key := _key(facts)) not in known}
    known.update({key: {} for key in unknown})
    for key, segment, slots in rollup_sums.sum_each(tx, rollup_sums.of_days, list(unknown.items()), dimension):
        known[key][segment] = slots
    return known


def _key(facts: Mapping[str, Any]) -> _Key:
    return facts["series"], facts["first_day"], facts["after"]


def _hull(periods: Sequence[Period]) -> Period:
    first_day, after = min(each.first_day for each in periods), max(each.after for each in periods)
    return replace(periods[0], first_day=first_day, after=after)


def add_up(
    tx: Tx,
    series: str,
    counted: Counted,
    periods: Sequence[Period],
    dimension: str,
    *,
    uncounted: Callable[[Period], Mapping[str, Counter[int]]],
) -> dict[Period, dict[str, Counter[int]]]:
    """Periods by segment and slot: their counted days, and row by row the others; or all, where few are counted.

    Only of series of which no changes are kept.
    """
    helped = [each for each in periods if counted.helps(each)]
    found: dict[Period, dict[str, Counter[int]]] = {each: defaultdict(Counter) for each in periods}
    summed = _sum_parts if len(helped) > rollup_sums.FEW else _sum_segments
    for (each, segment), slots in summed(tx, series, counted, helped, dimension).items():
        found[each][segment].update(slots)
    for each in periods:
        for told in map(uncounted, counted.rest(each) if each in helped else (each,)):
            for segment, slots in told.items():
                found[each][segment].update(slots)
    return found


def _list_changes(
    tx: Tx, series: str, counted: Counted, by: Dimension | None
) -> Iterable[tuple[datetime, int, int, Sequence[str]]]:
    """What has changed since of what is counted, as instant, slot, by how much, and segments."""
    for row in remember(tx, (_changes, by), lambda: tx.execute(_changes(by)).all()):
        if row.series == series and row.at in counted:
            yield row.at, row.slot, row.change, dimensions.read(by, row.segment)


def _list_closed(
    tx: Tx, series: str, counted: Counted, by: Dimension | None, *, now: datetime
) -> Iterable[tuple[datetime, int, int, Sequence[str]]]:
    """Surveys that closed by themselves since they were counted as open, in the same form: all, and those answered."""
    for row in tx.execute(_closed(by), {"series": series, "kind": series.removeprefix(SENT), "now": now}):
        if row.at in counted:
            for slot, change in ((CLOSED, row.n), (CLOSED_ANSWERED, row.answered)):
                yield row.at, slot, change, dimensions.read(by, row.segment)


@cache
def _closed(by: Dimension | None) -> Select[Any]:
    segment, now = dimensions.then(by), bindparam("now", type_=UtcDateTime())
    theirs = and_(
        survey_run.c.kind == bindparam("kind"),
        survey_run.c.sent_at >= rollup_mark.c.at,
        survey_run.c.sent_at < rollup_mark.c.until,
        survey_run.c.closed_at.is_(None),
        survey_run.c.closes_at.between(rollup_mark.c.since, now),
    )
    return (
        select(rollup_mark.c.at, segment, func.count().label("n"), func.count(answer.c.run_id).label("answered"))
        .select_from(rollup_mark)
        .join(survey_run, theirs)
        .outerjoin(answer, answer.c.run_id == survey_run.c.id)
        .outerjoin(segmentation, segmentation.c.id == survey_run.c.segmentation_id)
        .where(rollup_mark.c.series == bindparam("series"), rollup_mark.c.since <= now)
        .group_by(rollup_mark.c.at, segment)
    )


def _closing() -> ScalarSelect[datetime]:
    """From when on surveys close by themselves that were counted as open."""
    mark = rollup_mark.alias("closing")
    return select(func.min(mark.c.since)).where(mark.c.series == rollup_state.c.series).scalar_subquery()


@cache
def _changes(by: Dimension | None) -> Select[Any]:
    return (
        select(
            rollup_change.c.series,
            rollup_change.c.at,
            rollup_change.c.slot,
            rollup_change.c.change,
            dimensions.then(by),
        )
        .select_from(rollup_change)
        .outerjoin(segmentation, segmentation.c.id == rollup_change.c.segmentation_id)
    )


def sum_pairs(
    tx: Tx, counted: Counted, periods: Sequence[Period], *, series: str = REPEATS, by: Dimension | None = None
) -> dict[Slice, Counter[int]]:
    """What began in each period and was followed up on a counted day of it, by slot.

    By segment only what began in its whole months: of the days before them it is not kept.
    """
    dimension = by or EVERYBODY
    asked = [
        (
            each,
            rollup_sums.asked(series, counted, dimension, each)
            | {"unit": unit, "begun_from": first_day, "begun_before": after},
        )
        for each in periods
        for unit, first_day, after in _units(each)
        if by is None or unit is Unit.MONTH
    ]
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    for each, segment, slots in rollup_sums.sum_each(tx, rollup_sums.of_pairs, asked, dimension):
        found[each, segment].update(slots)
    return found


def _units(period: Period) -> Iterator[tuple[Unit, date, date]]:
    """The whole months of a period, and the days before them: a year has 12 such and at most 30, and not 365."""
    month = first_month(period)
    if period.first_day < month:
        yield Unit.DAY, period.first_day, min(month, period.after)
    if month < period.after:
        yield Unit.MONTH, month, period.after


# Built once: building took longer than answering.
_CHANGED = and_(
    rollup_mark.c.series == rollup_state.c.series,
    rollup_mark.c.at < rollup_state.c.counted_before,
    rollup_mark.c.since.is_(None),
)
_COUNTED = (
    select(rollup_state.c.series, rollup_state.c.counted_before, rollup_mark.c.at, _closing().label("closing"))
    .distinct()
    .outerjoin(rollup_mark, _CHANGED)
    .where(rollup_state.c.timezone == bindparam("timezone"), rollup_state.c.dimensions == DIMENSIONS)
    .order_by(rollup_state.c.series)
)
