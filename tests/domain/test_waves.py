"""A wave's dry run and its funnel."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.contact import Rule
from bot.domain.messages import Language
from bot.domain.planning import Contact
from bot.domain.rules import ContactRules
from bot.domain.touchpoints import Kind
from bot.domain.waves import Funnel, Place, State, Status, Tally, Wave, due_on, funnel_of, rehearse, runs_on

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)  # a Friday
DAY = timedelta(days=1)
TUESDAY, WEDNESDAY, THURSDAY = (date(2026, 11, day) for day in (24, 25, 26))
RULES = ContactRules()
WAVE = Wave(
    wave_id=1,
    kind=Kind.NPS,
    status=Status.DRAFT,
    words="nps",
    per_day=2,
    starts_on=NOW.date(),
    weekdays=frozenset({1, 2, 3}),
    language=Language.VI,
    chat_id=None,
    message_id=None,
)
AN = Contact(name="An", timezone="Asia/Ho_Chi_Minh", linked=True, stopped=False, unreachable=False, lost=False, sent=())


def dry_run(*contacts: Contact, rules: ContactRules = RULES, pending: frozenset[int] = frozenset()) -> list[Place]:
    members = list(enumerate(contacts, start=1))
    return rehearse(WAVE, members, rules, pending=pending, timezone=AN.timezone, now=NOW)


def test_a_days_share_goes_on_each_day_that_the_wave_runs() -> None:
    assert [place.day for place in dry_run(*[AN] * 5)] == [TUESDAY, TUESDAY, WEDNESDAY, WEDNESDAY, THURSDAY]


def test_a_wave_keeps_off_holidays_other_weekdays_and_days_before_its_start() -> None:
    rules = ContactRules(holidays=frozenset({TUESDAY}))
    assert [runs_on(WAVE, day, rules) for day in (NOW.date(), TUESDAY, WEDNESDAY)] == [False, False, True]
    assert not runs_on(replace(WAVE, starts_on=THURSDAY), WEDNESDAY, rules)


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


def test_everybody_is_asked_in_their_own_morning_or_at_once_when_it_is_over() -> None:
    assert due_on(TUESDAY, "Asia/Ho_Chi_Minh", now=NOW) == datetime(2026, 11, 24, 2, tzinfo=UTC)
    assert due_on(TUESDAY, "Europe/London", now=NOW) == datetime(2026, 11, 24, 9, tzinfo=UTC)
    assert due_on(TUESDAY, "Asia/Ho_Chi_Minh", now=NOW + 5 * DAY) == NOW + 5 * DAY


def tally(state: State = State.QUEUED, **fate: object) -> Tally:
    usual = {"rule": None, "outbox": None, "hold_rule": None, "error": None}
    facts = {**usual, "answered": False, "commented": False, "count": 1, **fate}
    return Tally(state=state, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "funnel"),
    [
        (tally(State.PLANNED), Funnel(total=1, waiting=1)),
        (tally(outbox="pending"), Funnel(total=1, waiting=1)),
        (tally(outbox="pending", hold_rule="floor"), Funnel(total=1, held={"floor": 1})),
        (tally(outbox="sending"), Funnel(total=1, sent=1)),
        (tally(outbox="unknown"), Funnel(total=1, sent=1)),
        (tally(outbox="sent", answered=True), Funnel(total=1, sent=1, answered=1)),
        (
            tally(outbox="sent", answered=True, commented=True, count=3),
            Funnel(total=3, sent=3, answered=3, commented=3),
        ),
        (tally(outbox="failed"), Funnel(total=1, unreachable=1)),
        (tally(outbox="cancelled", error="unreachable"), Funnel(total=1, unreachable=1)),
        (tally(outbox="cancelled", error="stopped"), Funnel(total=1, held={"stopped": 1})),
        (tally(outbox="expired", hold_rule="floor", error="expired"), Funnel(total=1, held={"floor": 1})),
        (tally(outbox="expired", error="expired"), Funnel(total=1, held={"expired": 1})),
        (tally(State.SKIPPED, rule="kind_clock"), Funnel(total=1, held={"kind_clock": 1})),
        (tally(State.SKIPPED, rule="unreachable"), Funnel(total=1, unreachable=1)),
        (tally(State.RECALLED, outbox="sent"), Funnel(total=1, recalled=1)),
    ],
)
def test_everybody_is_counted_once(one: Tally, funnel: Funnel) -> None:
    assert funnel_of([one]) == funnel


def test_fates_add_up() -> None:
    tallies = [tally(outbox="pending", hold_rule="floor", count=2), tally(State.SKIPPED, rule="floor", count=3)]
    assert funnel_of([*tallies, tally(State.PLANNED, count=5)]) == Funnel(total=10, waiting=5, held={"floor": 5})
