"""Instants that people name by their own calendar and clock: a morning, the end of a day, a month later."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo


def local_date(instant: datetime, timezone: str) -> date:
    """The date that the zone's calendars show at an instant."""
    return instant.astimezone(ZoneInfo(timezone)).date()


def instant_at(day: date, clock: time, timezone: str) -> datetime:
    """The UTC instant at which the zone shows a time on a day: the first of two, or shifted where clocks skip it."""
    return datetime.combine(day, clock, ZoneInfo(timezone)).astimezone(UTC)


def day_start(day: date, timezone: str) -> datetime:
    """The UTC instant at which a local day begins; the day before ends there."""
    return instant_at(day, time.min, timezone)


def next_day_start(instant: datetime, timezone: str) -> datetime:
    """The UTC instant at which the local day of an instant ends."""
    return day_start(local_date(instant, timezone) + timedelta(days=1), timezone)
