"""What need not be counted again, and the times that a customer was one."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given, strategies as st

from bot.domain.local_time import day_start, local_date
from bot.domain.periods import Label, Period, Unit
from bot.domain.rollups import LONGEST_REST, NOTHING, Counted, day_part, first_month, stays

MONDAY = date(2026, 11, 16)
ZONE = "Asia/Ho_Chi_Minh"
DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def _period(first_day: date, days: int) -> Period:
    return Period(first_day, first_day + days * DAY, ZONE, Label.ROLLING, Unit.DAY, days)


@given(
    before=st.integers(-30, 24 * 12).map(lambda hours: day_start(MONDAY, ZONE) + hours * HOUR),
    changed=st.frozensets(st.integers(-3, 12).map(lambda off: MONDAY + off * DAY)),
    days=st.integers(1, 10),
)
def test_every_hour_of_a_period_is_either_counted_or_once_in_its_rest(
    before: datetime, changed: frozenset[date], days: int
) -> None:
    counted, period = Counted(before, ZONE, changed), _period(MONDAY, days)
    rest = counted.rest(period)
    for hours in range(-3, 24 * days + 3):
        at = period.start + hours * HOUR
        assert sum(at in part for part in rest) == (at in period and at not in counted)
    for part in rest:
        assert part.first_day == local_date(part.start, ZONE)
        assert part.last_day == local_date(part.end - timedelta.resolution, ZONE)


def test_of_the_last_day_some_is_counted_unless_it_has_changed() -> None:
    noon = day_start(MONDAY, ZONE) + 12 * HOUR
    assert Counted(noon, ZONE).until == MONDAY + DAY
    assert Counted(noon - 12 * HOUR, ZONE).until == MONDAY
    assert Counted(noon, ZONE, frozenset({MONDAY})).until == MONDAY


def test_what_is_counted_helps_unless_most_of_the_period_is_not() -> None:
    counted = Counted(day_start(MONDAY, ZONE), ZONE)
    assert counted.helps(_period(MONDAY - 300 * DAY, 300 + LONGEST_REST))
    assert not counted.helps(_period(MONDAY - 300 * DAY, 301 + LONGEST_REST))
    assert not NOTHING.helps(_period(MONDAY, LONGEST_REST + 1))


def test_what_is_to_come_of_a_year_is_looked_for_only_where_something_lies_in_it() -> None:
    year, dawn = _period(MONDAY - 30 * DAY, 365), day_start(MONDAY + DAY, ZONE)
    over = Counted(dawn - HOUR, ZONE, last=dawn - HOUR / 2)
    assert [(each.start, each.end) for each in over.rest(year)] == [(dawn - HOUR, dawn)]
    assert over.helps(year)
    ahead = Counted(dawn - HOUR, ZONE, last=dawn)
    assert [(each.start, each.end) for each in ahead.rest(year)] == [(dawn - HOUR, dawn), (dawn, year.end)]


def test_a_part_of_a_day_goes_no_further_than_the_day() -> None:
    start, noon = day_start(MONDAY, ZONE), day_start(MONDAY, ZONE) + 12 * HOUR
    whole = day_part(noon, start - DAY, start + 2 * DAY, ZONE)
    assert (whole.first_day, whole.after, whole.start, whole.end) == (MONDAY, MONDAY + DAY, start, start + DAY)
    some = day_part(noon, noon - HOUR, noon + HOUR, ZONE)
    assert (some.first_day, some.after, some.start, some.end) == (MONDAY, MONDAY + DAY, noon - HOUR, noon + HOUR)


def test_the_first_whole_month_begins_with_the_period_or_after_its_first_days() -> None:
    assert first_month(_period(date(2026, 11, 1), 10)) == date(2026, 11, 1)
    assert first_month(_period(date(2026, 11, 2), 10)) == date(2026, 12, 1)
    assert first_month(_period(date(2026, 12, 31), 1)) == date(2027, 1, 1)


def test_a_customer_who_was_never_lost_has_one_stay_that_goes_on() -> None:
    assert stays(NOON, []) == [(NOON, None)]


def test_who_was_lost_for_good_has_no_further_stay() -> None:
    assert stays(NOON, [(NOON + DAY, None)]) == [(NOON, NOON + DAY)]


def test_losses_before_joining_and_inside_another_begin_no_stay() -> None:
    losses = [(NOON + DAY, NOON + 5 * DAY), (NOON - DAY, NOON), (NOON + 2 * DAY, NOON + 3 * DAY)]
    assert stays(NOON, losses) == [(NOON, NOON + DAY), (NOON + 5 * DAY, None)]


def test_who_came_back_at_the_same_instant_left_all_the_same() -> None:
    assert stays(NOON, [(NOON + DAY, NOON + DAY)]) == [(NOON, NOON + DAY), (NOON + DAY, None)]


offsets = st.integers(0, 8).map(lambda off: NOON + off * DAY)


@given(joined_at=offsets, losses=st.lists(st.tuples(offsets, st.none() | offsets)), at=offsets)
def test_at_every_instant_a_stay_says_whether_the_customer_was_one(
    joined_at: datetime, losses: list[tuple[datetime, datetime | None]], at: datetime
) -> None:
    lost = any(lost_at < at and (back_at is None or back_at >= at) for lost_at, back_at in losses)
    here = [came < at and (left is None or left >= at) for came, left in stays(joined_at, losses)]
    assert any(here) == (joined_at < at and not lost)
    assert sum(here) <= 1
