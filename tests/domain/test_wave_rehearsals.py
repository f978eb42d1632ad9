"""A wave's dry run."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from bot.domain.contact import Rule
from bot.domain.planning import Contact
from bot.domain.rules import ContactRules
from bot.domain.touchpoints import Kind
from bot.domain.wave_rehearsals import Place, rehearse
from bot.domain.waves import ENDED, Wave, due_on
from bot.domain.wordings import assigned
from tests.wave_facts import NOW, THURSDAY, TUESDAY, WEDNESDAY, a_comparing_wave, a_wave

DAY = timedelta(days=1)
RULES = ContactRules()
AN = Contact(name="An", timezone="Asia/Ho_Chi_Minh", linked=True, stopped=False, unreachable=False, lost=False, sent=())


def dry_run(*contacts: Contact, wave: Wave | None = None, pending: frozenset[int] = frozenset()) -> list[Place]:
    members = list(enumerate(contacts, start=1))
    return rehearse(wave or a_wave(), members, RULES, pending=pending, timezone=AN.timezone, now=NOW)


def test_a_days_share_goes_on_each_day_that_the_wave_runs() -> None:
    assert [place.day for place in dry_run(*[AN] * 5)] == [TUESDAY, TUESDAY, WEDNESDAY, WEDNESDAY, THURSDAY]


def test_who_must_not_be_asked_takes_nobodys_place_and_is_named_with_the_rule() -> None:
    stopped = replace(AN, stopped=True)
    asked_lately = replace(AN, sent=((Kind.CES, NOW - DAY),))
    places = dry_run(stopped, AN, asked_lately, AN, AN, AN, pending=frozenset({5}))
    assert [(place.day, place.rule) for place in places] == [
        (None, Rule.STOPPED),
        (TUESDAY, None),
        (None, Rule.BETWEEN_SURVEYS),
        (TUESDAY, None),
        (None, Rule.KIND_CLOCK),
        (WEDNESDAY, None),
    ]


def test_who_has_to_wait_a_little_keeps_the_day_and_says_until_when() -> None:
    greeted = replace(AN, sent=((Kind.BIRTHDAY, due_on(TUESDAY, AN.timezone, now=NOW) - 2 * timedelta(hours=1)),))
    (place,) = dry_run(greeted)
    assert (place.day, place.rule) == (TUESDAY, Rule.FLOOR)
    assert place.until == datetime(2026, 11, 25, 1, tzinfo=UTC)  # 24 hours after 7:00 is before the quiet hours end


def test_whose_turn_would_come_after_the_last_day_is_told_so() -> None:
    places = dry_run(*[AN] * 5, wave=a_wave(ends_on=WEDNESDAY))
    assert [place.day for place in places] == [TUESDAY, TUESDAY, WEDNESDAY, WEDNESDAY, None]
    assert places[-1].rule == ENDED


def test_who_would_have_to_wait_past_the_last_day_is_not_asked() -> None:
    greeted = replace(AN, sent=((Kind.BIRTHDAY, due_on(TUESDAY, AN.timezone, now=NOW) - timedelta(hours=2)),))
    (place,) = dry_run(greeted, wave=a_wave(ends_on=TUESDAY))
    assert (place.day, place.rule, place.until) == (None, Rule.FLOOR, None)


def test_everybody_is_shown_with_the_wording_that_they_will_get() -> None:
    wave = a_comparing_wave(per_day=100)
    places = dry_run(*[AN] * 50, wave=wave)
    assert [place.variant for place in places] == [assigned(1, number, wave.variants) for number in range(1, 51)]
