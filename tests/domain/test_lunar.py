"""Against dates that Vietnam has kept, the years in which China's calendar says another day among them."""

from datetime import date

import holidays
import pytest

from bot.domain.lunar import TET, LunarDay, common_date, dates_in, days_from_tet

YEARS = range(1990, 2100)


@pytest.mark.parametrize(
    "kept",
    # 1968, 1985, 2007, 2030 and 2053: a day or a month before the Chinese New Year
    ["1968-01-29", "1985-01-21", "2007-02-17", "2023-01-22", "2026-02-17", "2027-02-06", "2030-02-02", "2053-02-18"],
)
def test_tet_is_on_the_day_that_vietnam_keeps(kept: str) -> None:
    day = date.fromisoformat(kept)
    assert common_date(TET, day.year) == day
    assert days_from_tet(day) == 0


def test_tet_and_the_hung_kings_day_are_those_of_the_public_holidays() -> None:
    public = holidays.country_holidays("VN", years=YEARS, language="vi")
    for year in YEARS:
        assert "Tết Nguyên Đán" in public[common_date(TET, year)]
    assert all("Hùng Vương" in public[common_date(LunarDay(3, 10), year)] for year in YEARS if year >= 2007)


def test_mid_autumn_is_the_full_moon_of_the_eighth_month() -> None:
    found = [dates_in(LunarDay(8, 15), year) for year in (2025, 2026, 2027)]
    assert found == [(date(2025, 10, 6),), (date(2026, 9, 25),), (date(2027, 9, 15),)]


def test_the_thirtieth_of_a_short_month_is_its_last_day() -> None:
    assert [common_date(LunarDay(12, 30), year) for year in (2026, 2029)] == [date(2027, 2, 5), date(2030, 2, 1)]


def test_a_day_at_the_turn_of_the_year_may_come_twice_or_not_at_all() -> None:
    """The last day of the eleventh month."""
    counts = {len(dates_in(LunarDay(11, 29), year)) for year in range(2000, 2060)}
    assert counts == {0, 1, 2}


@pytest.mark.parametrize(
    ("day", "days"), [("2026-12-31", -37), ("2027-02-05", -1), ("2027-02-12", 6), ("2100-12-31", 325)]
)
def test_days_are_counted_from_the_nearest_tet(day: str, days: int) -> None:
    assert days_from_tet(date.fromisoformat(day)) == days


def test_beyond_the_years_that_are_known_no_day_is_near_tet() -> None:
    assert days_from_tet(date(2101, 2, 1)) is None
