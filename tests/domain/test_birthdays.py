from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, strategies as st

from bot.domain.birthdays import born_near, born_on, celebrated_on, dedupe_key, greeting, greeting_on
from bot.domain.messages import Language, Message
from bot.domain.rules import BirthdayRules

FEBRUARY, MARCH = BirthdayRules(leap_day_on="02-28"), BirthdayRules(leap_day_on="03-01")
RULES = st.sampled_from([FEBRUARY, MARCH])
BIRTHDAYS = st.integers(1, 12).flatmap(
    lambda month: st.tuples(st.just(month), st.integers(1, monthrange(2024, month)[1]))
)
ZONES = st.sampled_from(["Asia/Ho_Chi_Minh", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])


@pytest.mark.parametrize(
    ("rules", "year", "expected"),
    [
        (FEBRUARY, 2027, date(2027, 2, 28)),
        (MARCH, 2027, date(2027, 3, 1)),
        (FEBRUARY, 2028, date(2028, 2, 29)),
        (MARCH, 2028, date(2028, 2, 29)),
        (FEBRUARY, 2100, date(2100, 2, 28)),
    ],
)
def test_who_was_born_on_29_february_celebrates_each_year(rules: BirthdayRules, year: int, expected: date) -> None:
    assert celebrated_on(2, 29, year, rules) == expected


def test_a_leap_day_birthday_does_not_move_the_birthdays_beside_it() -> None:
    assert born_on(date(2027, 2, 28), FEBRUARY) == {(2, 28), (2, 29)}
    assert born_on(date(2028, 2, 28), FEBRUARY) == {(2, 28)}
    assert born_on(date(2027, 3, 1), MARCH) == {(3, 1), (2, 29)}
    assert born_on(date(2028, 3, 1), MARCH) == {(3, 1)}


@given(BIRTHDAYS, RULES)
def test_every_birthday_comes_once_a_year_for_a_century(birthday: tuple[int, int], rules: BirthdayRules) -> None:
    for year in range(2026, 2126):
        day = celebrated_on(*birthday, year, rules)
        beside = [day + timedelta(days=offset) for offset in (-2, -1, 0, 1, 2)]
        assert [near for near in beside if birthday in born_on(near, rules)] == [day]
        assert day.year == year


@given(BIRTHDAYS, RULES, ZONES, st.integers(2026, 2125))
def test_a_greeting_goes_out_in_the_local_morning_and_expires_with_the_local_day(
    birthday: tuple[int, int], rules: BirthdayRules, zone: str, year: int
) -> None:
    day = celebrated_on(*birthday, year, rules)
    planned = greeting_on(day, zone, rules)
    assert planned.due_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(day, time(9, 0))
    assert planned.expires_at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == datetime.combine(
        day + timedelta(days=1), time(0, 0)
    )


@given(BIRTHDAYS, RULES, ZONES, st.integers(2026, 2125), st.floats(0, 1, exclude_max=True))
def test_a_search_by_the_days_around_utc_finds_everyone_whose_day_it_is(
    birthday: tuple[int, int], rules: BirthdayRules, zone: str, year: int, part: float
) -> None:
    planned = greeting_on(celebrated_on(*birthday, year, rules), zone, rules)
    moment = planned.due_at + (planned.expires_at - planned.due_at) * part
    assert birthday in born_near(moment, rules)


def test_the_morning_of_a_birthday_differs_between_zones() -> None:
    west = greeting_on(date(2026, 3, 4), "Pacific/Pago_Pago", FEBRUARY)
    east = greeting_on(date(2026, 3, 4), "Pacific/Kiritimati", FEBRUARY)
    assert west.due_at == datetime(2026, 3, 4, 20, tzinfo=UTC)
    assert east.due_at == datetime(2026, 3, 3, 19, tzinfo=UTC)


def test_a_greeting_is_known_by_customer_and_date() -> None:
    assert dedupe_key(12, date(2027, 2, 28)) == "birthday:12:2027-02-28"


def test_a_greeting_has_no_buttons() -> None:
    assert greeting({"name": "An"}, outbox_id=1, language=Language.VI) == Message(
        "birthday/greeting", Language.VI, {"name": "An"}
    )
