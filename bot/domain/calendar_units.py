"""Days, weeks, months, quarters and years of the calendar; weeks begin on Monday."""

from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType

from dateutil.relativedelta import relativedelta

ONE_DAY = timedelta(days=1)


class Unit(StrEnum):
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


LENGTHS = MappingProxyType(
    {
        Unit.DAY: relativedelta(days=1),
        Unit.WEEK: relativedelta(weeks=1),
        Unit.MONTH: relativedelta(months=1),
        Unit.QUARTER: relativedelta(months=3),
        Unit.YEAR: relativedelta(years=1),
    }
)


def first_of(unit: Unit, day: date) -> date:
    """The first day of the calendar unit that holds `day`."""
    return {
        Unit.DAY: day,
        Unit.WEEK: day - timedelta(days=day.weekday()),
        Unit.MONTH: day.replace(day=1),
        Unit.QUARTER: day.replace(month=(day.month - 1) // 3 * 3 + 1, day=1),
        Unit.YEAR: day.replace(month=1, day=1),
    }[unit]


def whole_units(first_day: date, after: date) -> tuple[Unit, int]:
    """The half-open days as whole months, quarters or years of the calendar where they are some, otherwise as days."""
    if first_day.day == after.day == 1:
        months = (after.year - first_day.year) * 12 + after.month - first_day.month
        for unit, length in ((Unit.YEAR, 12), (Unit.QUARTER, 3)):
            if months == length and first_of(unit, first_day) == first_day:
                return unit, 1
        return Unit.MONTH, months
    return Unit.DAY, (after - first_day).days
