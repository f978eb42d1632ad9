"""How far each series is counted, and what has changed since."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime

from sqlalchemy import delete, func, insert, or_, select, text, tuple_, update

from bot.domain.local_time import local_date
from storage.database import Tx
from storage.rollup_counts import TOLD, add_slots, keys
from storage.rollups import DIMENSIONS
from storage.tables import rollup, rollup_change, rollup_mark, rollup_pair, rollup_state, segmentation

NOTHING_BEFORE = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """What was before an instant is counted; since `marked_at`, a change of what was before `marked_before` marks."""

    timezone: str
    dimensions: str
    counted_before: datetime
    marked_before: datetime
    marked_at: datetime

    def fits(self, timezone: str) -> bool:
        """Whether it was counted in the days of this time zone, and by every dimension."""
        return (self.timezone, self.dimensions) == (timezone, DIMENSIONS)


PROGRESS = tuple(field.name for field in fields(Progress))


@dataclass(frozen=True)
class Overview:
    """By series: how far it is counted; the first instant of which a change makes its day to be counted anew.

    `adjusted` are the series with changes by so much, which need no counting.
    """

    progress: Mapping[str, Progress]
    changed: Mapping[str, datetime]
    adjusted: Collection[str]


def freeze(tx: Tx) -> None:
    """Let every query of this transaction see the same moment; SQLite has one writer anyway."""
    if tx.dialect.name == "postgresql":
        tx.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))


def look(tx: Tx, *, before: datetime) -> Overview:
    """What there is to do; surveys that closed by themselves are counted again if they did so before an instant."""
    states = tx.execute(select(rollup_state)).mappings().all()
    due = or_(rollup_mark.c.since.is_(None), rollup_mark.c.since < before)
    marks = (
        select(rollup_mark.c.series, func.min(rollup_mark.c.at).label("first"))
        .where(due)
        .group_by(rollup_mark.c.series)
    )
    adjusted = tx.execute(select(rollup_change.c.series).distinct()).scalars().all()
    progress = {state["series"]: Progress(**{name: state[name] for name in PROGRESS}) for state in states}
    return Overview(progress, {row.series: row.first for row in tx.execute(marks)}, adjusted)


def clear(tx: Tx, series: str, *, limit: int) -> int:
    """Forget some of what was counted of a series; returns of how many rows."""
    forgotten = 0
    for table in (rollup, rollup_pair):
        key = tuple_(*table.primary_key.columns)
        some = select(*table.primary_key.columns).where(table.c.series == series).limit(limit)
        forgotten += tx.execute(delete(table).where(key.in_(some))).rowcount
    return forgotten


def begin(tx: Tx, series: str, *, timezone: str, marked_before: datetime, now: datetime) -> None:
    """Count a series from its beginning, in the days of a time zone."""
    tx.execute(delete(rollup_state).where(rollup_state.c.series == series))
    begun = {"timezone": timezone, "dimensions": DIMENSIONS, "counted_before": NOTHING_BEFORE}
    tx.execute(insert(rollup_state).values(series=series, marked_before=marked_before, marked_at=now, **begun))


def mark_before(tx: Tx, series: str, instant: datetime, *, now: datetime) -> None:
    """From now on a change of what was before the instant leaves a mark."""
    tx.execute(update(rollup_state).where(rollup_state.c.series == series).values(marked_before=instant, marked_at=now))


def advance(tx: Tx, series: str, instant: datetime) -> None:
    """Everything before the instant is counted."""
    tx.execute(update(rollup_state).where(rollup_state.c.series == series).values(counted_before=instant))


def fold(tx: Tx, series: str, progress: Progress, *, limit: int) -> int:
    """Add changes by so much to what was counted; returns how many there were."""
    counted = (rollup_change.c.series == series, rollup_change.c.at < progress.counted_before)
    some = select(rollup_change.c.id).where(*counted).limit(limit)
    statement = (
        select(rollup_change, *TOLD)
        .outerjoin(segmentation, segmentation.c.id == rollup_change.c.segmentation_id)
        .where(rollup_change.c.id.in_(some))
    )
    rows = tx.execute(statement).all()
    sums: dict[tuple[date, str, str], Counter[int]] = defaultdict(Counter)
    for row in rows:
        day = local_date(row.at, progress.timezone)
        for named in keys(row[-len(TOLD) :]):
            sums[day, *named][row.slot] += row.change
    add_slots(tx, series, sums)
    tx.execute(delete(rollup_change).where(rollup_change.c.id.in_([row.id for row in rows])))
    return len(rows)
