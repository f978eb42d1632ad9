"""The days of a wave, and what its invitations are known by."""

from datetime import UTC, date, datetime, timedelta

from bot.domain.rules import ContactRules
from bot.domain.touchpoints import Kind
from bot.domain.waves import due_on, expires_at, invitation_key, runs_on
from bot.domain.wordings import Variant
from tests.wave_facts import NOW, THURSDAY, TUESDAY, WEDNESDAY, a_comparing_wave, a_wave

SAIGON = "Asia/Ho_Chi_Minh"
DAY = timedelta(days=1)


def test_a_wave_keeps_off_holidays_other_weekdays_and_days_before_its_start() -> None:
    rules = ContactRules(holidays=frozenset({TUESDAY}))
    assert [runs_on(a_wave(), day, rules) for day in (NOW.date(), TUESDAY, WEDNESDAY)] == [False, False, True]
    assert not runs_on(a_wave(starts_on=THURSDAY), WEDNESDAY, rules)
    every_day = a_wave(weekdays=frozenset(range(7)))
    assert not any(runs_on(every_day, date(2027, 2, day), ContactRules()) for day in range(3, 13))  # around Tết


def test_a_wave_asks_on_its_last_day_and_not_after() -> None:
    wave = a_wave(ends_on=WEDNESDAY)
    assert [runs_on(wave, day, ContactRules()) for day in (TUESDAY, WEDNESDAY, THURSDAY)] == [True, True, False]


def test_everybody_is_asked_in_their_own_morning_or_at_once_when_it_is_over() -> None:
    assert due_on(TUESDAY, SAIGON, now=NOW) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert due_on(TUESDAY, "Europe/London", now=NOW) == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert due_on(TUESDAY, SAIGON, now=NOW + 5 * DAY) == NOW + 5 * DAY


def test_an_invitation_lives_as_long_as_its_kind_but_not_past_the_waves_last_day() -> None:
    due_at = due_on(TUESDAY, SAIGON, now=NOW)
    assert expires_at(a_wave(), due_at, SAIGON) == due_at + 14 * DAY
    assert expires_at(a_wave(kind=Kind.CSAT), due_at, SAIGON) == due_at + 3 * DAY
    end_of_wednesday = datetime(2026, 11, 25, 17, tzinfo=UTC)
    assert expires_at(a_wave(ends_on=WEDNESDAY), due_at, SAIGON) == end_of_wednesday
    assert expires_at(a_wave(ends_on=WEDNESDAY + 90 * DAY), due_at, SAIGON) == due_at + 14 * DAY


def test_ces_about_nothing_in_particular_has_words_of_its_own() -> None:
    about = [a_wave(kind=Kind.CES, subject=subject).wording(Variant.B) for subject in ("đổi hàng", "")]
    assert about == ["ces2-2", "ces2-general-2"]


def test_only_a_wave_with_both_wordings_compares_them() -> None:
    assert [wave.compares for wave in (a_wave(), a_wave(variants=(Variant.B,)), a_comparing_wave())] == [
        False,
        False,
        True,
    ]


def test_an_invitation_of_a_wave_is_told_apart_by_customer_and_attempt() -> None:
    assert len({invitation_key(1, customer, attempt) for customer in (1, 2) for attempt in (0, 1)}) == 4
