"""Days of the Vietnamese lunar calendar, which is reckoned at UTC+7 and in some years differs from the Chinese one.

The conversion is Hồ Ngọc Đức's algorithm in the library lunar-vn, for 1900 to 2100.
"""

from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from lunar_vn import LunarDate, lunar_to_solar, solar_to_lunar

ONE_DAY = timedelta(days=1)
LAST_YEAR = 2100


class LunarDay(NamedTuple):
    """A day of a lunar month; of a month that comes twice only the first is meant."""

    month: int
    day: int


TET = LunarDay(1, 1)


@lru_cache
def common_date(lunar_day: LunarDay, lunar_year: int) -> date:
    """The date of a lunar day in a lunar year; the 30th is the last day of a month that has only 29."""
    found = lunar_to_solar(LunarDate(lunar_day.day, lunar_day.month, lunar_year))
    return found if solar_to_lunar(found).month == lunar_day.month else found - ONE_DAY


def dates_in(lunar_day: LunarDay, year: int) -> tuple[date, ...]:
    """The dates of a lunar day in a common year: the last months of a lunar year lie in the next common one."""
    found = (common_date(lunar_day, lunar_year) for lunar_year in (year - 1, year))
    return tuple(day for day in found if day.year == year)


def days_from_tet(day: date) -> int | None:
    """How many days a date lies after the nearest Tết, negative before it; None after the last year that is known."""
    near = ((day - common_date(TET, year)).days for year in (day.year, day.year + 1) if year <= LAST_YEAR)
    return min(near, key=abs, default=None)
