"""What reports count is counted ahead of them, when a quarter of an hour or a day is over."""

from datetime import datetime, timedelta

import storage.rollup_counts
import storage.rollup_progress
from bot.domain.local_time import day_start, local_date
from bot.domain.planning import CHUNK
from bot.domain.rollups import COUNTED_TODAY, SERIES, day_part
from bot.domain.rules import Rules
from storage.database import Tx
from storage.rollup_progress import NOTHING_BEFORE, Overview, Progress

COUNTED_EVERY = timedelta(minutes=15)
CLOSED_EVERY = timedelta(hours=1)
"""Some survey closes every few seconds, and a day is not counted again for each."""
SETTLED_AFTER = timedelta(minutes=10)
"""So long nothing is counted after changes of it leave marks: no transaction that saw it unmarked is still open."""

ROWS_COUNTED = 400
"""A chunk of days ends with the one that reaches so many answers or surveys."""
ROWS_FORGOTTEN = 2000
LEAST_A_DAY = 20
"""What counting a day costs however little happened on it, in answers or surveys."""


def plan_rollups(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Count business days that have changed, and what is over and not yet counted, of every series.

    A little at a time, since a tap must not wait for it.
    """
    storage.rollup_progress.freeze(tx)
    overview = storage.rollup_progress.look(tx, before=_beginning(now, CLOSED_EVERY))
    done = 0
    for series in SERIES:
        if done < ROWS_COUNTED:
            done += _count_next(tx, series, overview, now=now, rules=rules)
    return done


def _count_next(tx: Tx, series: str, overview: Overview, *, now: datetime, rules: Rules) -> int:
    """How much there was to do, if only a little of it was done; 0 when nothing is left."""
    over = _over(series, now, rules.timezone)
    progress = overview.progress.get(series)
    if progress is None or not progress.fits(rules.timezone):
        forgotten = storage.rollup_progress.clear(tx, series, limit=ROWS_FORGOTTEN)
        if not forgotten:
            storage.rollup_progress.begin(tx, series, timezone=rules.timezone, marked_before=over, now=now)
        return forgotten or 1
    if progress.counted_before == progress.marked_before < over:
        storage.rollup_progress.mark_before(tx, series, over, now=now)
        return 1
    changed = overview.changed.get(series)
    if changed is not None and changed < progress.counted_before:
        return 1 + _count_again(tx, series, changed, progress, now=now)
    if series in overview.adjusted and (folded := storage.rollup_progress.fold(tx, series, progress, limit=CHUNK)):
        return folded
    return _count_new(tx, series, progress, now=now) if now >= progress.marked_at + SETTLED_AFTER else 0


def _over(series: str, now: datetime, timezone: str) -> datetime:
    """Before when a series may be counted: what of today is over, or the days that are."""
    if series in COUNTED_TODAY:
        return _beginning(now, COUNTED_EVERY)
    return day_start(local_date(now, timezone), timezone)


def _beginning(now: datetime, every: timedelta) -> datetime:
    """When the part of the hour began that goes on."""
    return now - (now - now.replace(minute=0, second=0, microsecond=0)) % every


def _count_new(tx: Tx, series: str, progress: Progress, *, now: datetime) -> int:
    """The next days on which anything happened, as many as make a chunk; those between need no counting."""
    before, end, timezone = progress.counted_before, progress.marked_before, progress.timezone
    counted = 0
    if before < end:
        storage.rollup_counts.forget_changes(tx, series, before, end)
    while before < end and counted < ROWS_COUNTED:
        at = storage.rollup_counts.first_after(tx, series, before)
        if at is None or at >= end:
            before = end
        else:
            part = day_part(at, before, end, timezone)
            before = part.end
            counted += max(LEAST_A_DAY, storage.rollup_counts.add(tx, series, part, now=now))
    if before > progress.counted_before:
        storage.rollup_progress.advance(tx, series, before)
    return counted + (before > progress.counted_before)


def _count_again(tx: Tx, series: str, changed: datetime, progress: Progress, *, now: datetime) -> int:
    """The day of a change, as much of it as is counted."""
    part = day_part(changed, NOTHING_BEFORE, progress.counted_before, progress.timezone)
    return storage.rollup_counts.count(tx, series, part, now=now)
