"""Which days need not be counted again, and the times that a customer was one."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.periods import Label, Period, Unit
from bot.domain.rollups import LONGEST_REST, NOTHING, Counted, stays

MONDAY = date(2026, 11, 16)
DAY = timedelta(days=1)
NOON = datetime(2026, 11, 16, 12, tzinfo=UTC)


def _period(first_day: date, days: int) -> Period:
    return Period(first_day, first_day + days * DAY, "Asia/Ho_Chi_Minh", Label.ROLLING, Unit.DAY, days)


@given(
    until=st.integers(-3, 12).map(lambda off: MONDAY + off * DAY),
    changed=st.frozensets(st.integers(-3, 12).map(lambda off: MONDAY + off * DAY)),
    days=st.integers(1, 10),
)
def test_every_day_of_a_period_is_either_counted_or_in_its_rest(
    until: date, changed: frozenset[date], days: int
) -> None:
    counted, period = Counted(until, changed), _period(MONDAY, days)
    rest = [
        part.first_day + off * DAY for part in counted.rest(period) for off in range((part.after - part.first_day).days)
    ]
    every_day = [MONDAY + off * DAY for off in range(days)]
    assert rest == [day for day in every_day if day not in counted]


def test_what_is_counted_helps_unless_most_of_the_period_is_not() -> None:
    assert Counted(MONDAY).helps(_period(MONDAY - 300 * DAY, 300 + LONGEST_REST))
    assert not Counted(MONDAY).helps(_period(MONDAY - 300 * DAY, 301 + LONGEST_REST))
    assert not NOTHING.helps(_period(MONDAY, LONGEST_REST + 1))


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
