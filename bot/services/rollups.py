"""What reports count is counted once a day, ahead of them."""

from datetime import datetime, timedelta

import storage.rollup_counts
import storage.rollup_progress
from bot.domain.local_time import day_start, local_date
from bot.domain.periods import ONE_DAY, Label, Period, Unit
from bot.domain.planning import CHUNK
from bot.domain.rollups import SERIES
from bot.domain.rules import Rules
from storage.database import Tx
from storage.rollup_progress import Progress

SETTLED_AFTER = timedelta(minutes=10)
"""So long a day is left alone after changes of it leave marks: no transaction that saw it unmarked is still open."""

ROWS_COUNTED = 1000
"""A chunk of days ends with the one that reaches so many answers or surveys."""
ROWS_FORGOTTEN = 2000


def plan_rollups(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Count a business day of a series that has changed, or the next ones that are over.

    A little at a time, since a tap must not wait for it.
    """
    storage.rollup_progress.freeze(tx)
    for series in SERIES:
        if _count_next(tx, series, now=now, rules=rules):
            return 1
    return 0


def _count_next(tx: Tx, series: str, *, now: datetime, rules: Rules) -> bool:
    today = day_start(local_date(now, rules.timezone), rules.timezone)
    progress = storage.rollup_progress.load(tx, series)
    if progress is None or not progress.fits(rules.timezone):
        if not storage.rollup_progress.clear(tx, series, limit=ROWS_FORGOTTEN):
            storage.rollup_progress.begin(tx, series, timezone=rules.timezone, marked_before=today, now=now)
        return True
    if progress.marked_before < today:
        storage.rollup_progress.mark_before(tx, series, today, now=now)
        return True
    return (
        _count_changed(tx, series, progress, now=now)
        or storage.rollup_progress.fold(tx, series, progress, limit=CHUNK) > 0
        or (now >= progress.marked_at + SETTLED_AFTER and _count_new(tx, series, progress, now=now))
    )


def _count_changed(tx: Tx, series: str, progress: Progress, *, now: datetime) -> bool:
    counted = day_start(progress.counted_until, progress.timezone)
    at = storage.rollup_progress.first_change(tx, series, counted, now=now)
    if at is not None:
        _count_day(tx, series, at, progress.timezone, now=now)
    return at is not None


def _count_new(tx: Tx, series: str, progress: Progress, *, now: datetime) -> bool:
    """The next days on which anything happened, as many as make a chunk; those between need no counting."""
    end = local_date(progress.marked_before, progress.timezone)
    until, counted = progress.counted_until, 0
    while until < end and counted < ROWS_COUNTED:
        at = storage.rollup_counts.first_after(tx, series, day_start(until, progress.timezone))
        if at is None or at >= progress.marked_before:
            until = end
        else:
            until = local_date(at, progress.timezone) + ONE_DAY
            counted += _count_day(tx, series, at, progress.timezone, now=now)
    storage.rollup_progress.advance(tx, series, until)
    return until > progress.counted_until


def _count_day(tx: Tx, series: str, instant: datetime, timezone: str, *, now: datetime) -> int:
    first_day = local_date(instant, timezone)
    day = Period(first_day, first_day + ONE_DAY, timezone, Label.PART, Unit.DAY)
    return storage.rollup_counts.count(tx, series, day, now=now)
