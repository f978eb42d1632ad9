"""What reports count is counted once a day, ahead of them."""

from datetime import date, datetime, timedelta

import storage.rollup_counts
import storage.rollup_progress
from bot.domain.local_time import day_start, local_date
from bot.domain.periods import ONE_DAY, Label, Period, Unit
from bot.domain.planning import CHUNK
from bot.domain.rollups import SERIES
from bot.domain.rules import Rules
from storage.database import Tx
from storage.rollup_progress import Overview, Progress

SETTLED_AFTER = timedelta(minutes=10)
"""So long a day is left alone after changes of it leave marks: no transaction that saw it unmarked is still open."""

ROWS_COUNTED = 400
"""A chunk of days ends with the one that reaches so many answers or surveys."""
ROWS_FORGOTTEN = 2000
LEAST_A_DAY = 20
"""What counting a day costs however little happened on it, in answers or surveys."""


def plan_rollups(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Count business days that have changed, and the next ones that are over, of every series.

    A little at a time, since a tap must not wait for it.
    """
    storage.rollup_progress.freeze(tx)
    overview = storage.rollup_progress.look(tx, now=now)
    done = 0
    for series in SERIES:
        if done < ROWS_COUNTED:
            done += _count_next(tx, series, overview, now=now, rules=rules)
    return done


def _count_next(tx: Tx, series: str, overview: Overview, *, now: datetime, rules: Rules) -> int:
    """How much there was to do, if only a little of it was done; 0 when nothing is left."""
    today = day_start(local_date(now, rules.timezone), rules.timezone)
    progress = overview.progress.get(series)
    if progress is None or not progress.fits(rules.timezone):
        forgotten = storage.rollup_progress.clear(tx, series, limit=ROWS_FORGOTTEN)
        if not forgotten:
            storage.rollup_progress.begin(tx, series, timezone=rules.timezone, marked_before=today, now=now)
        return forgotten or 1
    if progress.marked_before < today:
        storage.rollup_progress.mark_before(tx, series, today, now=now)
        return 1
    changed = overview.changed.get(series)
    if changed is not None and changed < progress.counted_before:
        return 1 + _count_day(tx, series, changed, progress.timezone, now=now)
    if series in overview.adjusted and (folded := storage.rollup_progress.fold(tx, series, progress, limit=CHUNK)):
        return folded
    return _count_new(tx, series, progress, now=now) if now >= progress.marked_at + SETTLED_AFTER else 0


def _count_new(tx: Tx, series: str, progress: Progress, *, now: datetime) -> int:
    """The next days on which anything happened, as many as make a chunk; those between need no counting."""
    end = local_date(progress.marked_before, progress.timezone)
    until, counted = progress.counted_until, 0
    if until < end:
        storage.rollup_counts.forget(tx, series, _days(until, end, progress.timezone))
    while until < end and counted < ROWS_COUNTED:
        at = storage.rollup_counts.first_after(tx, series, day_start(until, progress.timezone))
        if at is None or at >= progress.marked_before:
            until = end
        else:
            until = local_date(at, progress.timezone) + ONE_DAY
            day = _days(until - ONE_DAY, until, progress.timezone)
            counted += max(LEAST_A_DAY, storage.rollup_counts.add(tx, series, day, now=now))
    if until > progress.counted_until:
        storage.rollup_progress.advance(tx, series, until)
    return counted + (until > progress.counted_until)


def _count_day(tx: Tx, series: str, instant: datetime, timezone: str, *, now: datetime) -> int:
    first_day = local_date(instant, timezone)
    return storage.rollup_counts.count(tx, series, _days(first_day, first_day + ONE_DAY, timezone), now=now)


def _days(first_day: date, after: date, timezone: str) -> Period:
    return Period(first_day, after, timezone, Label.PART, Unit.DAY)
