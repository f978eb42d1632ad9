from datetime import UTC, date, datetime, time

import pytest

from bot.domain.local_time import day_start, instant_at, local_date, next_day_start


@pytest.mark.parametrize(
    ("zone", "expected"), [("Asia/Ho_Chi_Minh", date(2026, 3, 5)), ("America/New_York", date(2026, 3, 4))]
)
def test_a_date_is_that_of_the_zones_own_calendar(zone: str, expected: date) -> None:
    assert local_date(datetime(2026, 3, 4, 20, tzinfo=UTC), zone) == expected


@pytest.mark.parametrize(
    ("clock", "expected"),
    [
        (time(1, 59), datetime(2026, 3, 8, 6, 59, tzinfo=UTC)),
        (time(2, 30), datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # 03:30 in summer time, since no clock shows 02:30
        (time(9, 0), datetime(2026, 3, 8, 13, 0, tzinfo=UTC)),
    ],
)
def test_a_time_that_clocks_skip_is_shifted_by_the_gap(clock: time, expected: datetime) -> None:
    assert instant_at(date(2026, 3, 8), clock, "America/New_York") == expected


def test_a_time_that_comes_twice_is_the_first() -> None:
    assert instant_at(date(2026, 11, 1), time(1, 30), "America/New_York") == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


def test_a_day_ends_where_the_next_begins() -> None:
    noon = datetime(2026, 3, 4, 5, tzinfo=UTC)
    assert next_day_start(noon, "Asia/Ho_Chi_Minh") == day_start(date(2026, 3, 5), "Asia/Ho_Chi_Minh")
    assert day_start(date(2026, 3, 5), "Asia/Ho_Chi_Minh") == datetime(2026, 3, 4, 17, tzinfo=UTC)
