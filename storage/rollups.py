"""What was counted once a day, and what has changed since: read for reports, and kept by the planner."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CTE, Date, Integer, and_, column, func, or_, select, values

from bot.domain.local_time import local_date
from bot.domain.periods import Period
from bot.domain.report_requests import Dimension
from bot.domain.reports import EVERYBODY, Slice
from bot.domain.rollups import NOTHING, REPEATS, Counted
from storage.database import Tx
from storage.tables import rollup, rollup_change, rollup_mark, rollup_pair, rollup_state, segmentation

SLOTS = tuple(f"n{slot}" for slot in range(11))

COLUMNS: Mapping[Dimension, str] = {Dimension.PLAN: "plan", Dimension.CSM: "csm_id"}
"""The column of a segmentation that says to which segment of a dimension it belongs."""
DIMENSIONS = " ".join(COLUMNS)
"""By what everything is counted: what was counted by less, or by more, is no use."""


def segments(told: str | Sequence[str] | None) -> Sequence[str]:
    """The segments that a column of a segmentation names: one, or several of them; where there is none, nobody's."""
    return (told or EVERYBODY,) if told is None or isinstance(told, str) else told


def load(tx: Tx, series: str, timezone: str, *, now: datetime | None = None) -> Counted:
    """Which days of a series are counted as the time zone has them; `now` matters to surveys, which close."""
    alike = (rollup_state.c.timezone == timezone, rollup_state.c.dimensions == DIMENSIONS)
    statement = select(rollup_state).where(rollup_state.c.series == series, *alike)
    state = tx.execute(statement).first()
    if state is None:
        return NOTHING
    due = rollup_mark.c.since.is_(None) if now is None else _due(now)
    marks = select(rollup_mark.c.at).where(rollup_mark.c.series == series, due).distinct()
    changed = frozenset(local_date(at, timezone) for at in tx.execute(marks).scalars())
    return Counted(state.counted_until, changed)


def _due(now: datetime) -> Any:  # noqa: ANN401  a condition
    return or_(rollup_mark.c.since.is_(None), rollup_mark.c.since <= now)


def sum_days(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], *, by: Dimension | None
) -> dict[Slice, Counter[int]]:
    """What was counted on the counted days of each period, by slot."""
    found = _sum_rows(tx, series, counted, periods, by)
    for at, slot, change, names in _list_changes(tx, series, counted, periods, by):
        for period in (each for each in periods if at in each):
            for segment in names:
                found[period, segment][slot] += change
    return found


def _sum_rows(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], by: Dimension | None
) -> dict[Slice, Counter[int]]:
    spans = _days(periods, counted)
    same = and_(rollup.c.series == series, rollup.c.dimension == (by or ""))
    within = and_(rollup.c.day >= spans.c.first, rollup.c.day < spans.c.after)
    statement = (
        select(spans.c.place, rollup.c.segment, *(func.sum(rollup.c[slot]).label(slot) for slot in SLOTS))
        .select_from(spans)
        .join(rollup, and_(same, within, rollup.c.day.not_in(counted.changed)))
        .group_by(spans.c.place, rollup.c.segment)
    )
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    for place, segment, *sums in tx.execute(statement):
        found[periods[place], segment].update(_by_slot(sums))
    return found


def _list_changes(
    tx: Tx, series: str, counted: Counted, periods: Sequence[Period], by: Dimension | None
) -> Iterable[tuple[datetime, int, int, Sequence[str]]]:
    """What has changed on counted days since, as instant, slot, by how much, and segments."""
    timezone = periods[0].timezone
    told = [segmentation.c[COLUMNS[by]]] if by else []
    statement = (
        select(rollup_change.c.at, rollup_change.c.slot, rollup_change.c.change, *told)
        .select_from(rollup_change)
        .outerjoin(segmentation, segmentation.c.id == rollup_change.c.segmentation_id)
        .where(rollup_change.c.series == series)
    )
    for at, slot, change, *names in tx.execute(statement):
        if local_date(at, timezone) in counted:
            yield at, slot, change, segments(names[0] if names else EVERYBODY)


def sum_pairs(
    tx: Tx, counted: Counted, periods: Sequence[Period], *, series: str = REPEATS
) -> dict[Period, Counter[int]]:
    """What began in each period and was followed up on a counted day of it, by slot."""
    spans = _days(periods, counted)
    began = and_(rollup_pair.c.first_day >= spans.c.first, rollup_pair.c.first_day < spans.c.after)
    followed = and_(rollup_pair.c.last_day < spans.c.after, rollup_pair.c.last_day.not_in(counted.changed))
    statement = (
        select(spans.c.place, *(func.sum(rollup_pair.c[slot]).label(slot) for slot in SLOTS))
        .select_from(spans)
        .join(rollup_pair, and_(rollup_pair.c.series == series, began, followed))
        .group_by(spans.c.place)
    )
    return {periods[place]: Counter(_by_slot(sums)) for place, *sums in tx.execute(statement)}


def _by_slot(sums: Iterable[int]) -> dict[int, int]:
    return {slot: int(n) for slot, n in enumerate(sums)}


def _days(periods: Sequence[Period], counted: Counted) -> CTE:
    """The counted days of the periods as rows: the place of the period, its first day, and the day after its last."""
    columns = (column("place", Integer), column("first", Date), column("after", Date))
    rows = [(place, each.first_day, min(each.after, counted.until)) for place, each in enumerate(periods)]
    return values(*columns, name="span").data(rows).cte("span")
