"""A wave's dry run and its funnel."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.domain.contact import Rule
from bot.domain.messages import Language, Message
from bot.domain.planning import Contact
from bot.domain.rules import ContactRules
from bot.domain.taps import SwitchWave
from bot.domain.touchpoints import Kind
from bot.domain.waves import (
    Funnel,
    Place,
    State,
    Status,
    Tally,
    Wave,
    draft_message,
    due_on,
    funnel_of,
    invitation_key,
    panel_message,
    recall_question,
    recalled,
    rehearse,
    runs_on,
)

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
    every_day = replace(WAVE, weekdays=frozenset(range(7)))
    assert not any(runs_on(every_day, date(2027, 2, day), ContactRules()) for day in range(3, 13))  # around Tết


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


def test_a_dry_run_counts_by_day_and_by_rule_and_says_when_it_ends() -> None:
    held = Place(customer_id=4, name="An", day=WEDNESDAY, rule=Rule.FLOOR, until=NOW)
    places = [
        Place(customer_id=1, name="An", day=TUESDAY),
        Place(customer_id=2, name="An", day=TUESDAY),
        Place(customer_id=3, name="An", day=None, rule=Rule.STOPPED),
        held,
    ]
    message = draft_message(WAVE, places, Language.VI)
    assert message.template == "waves/draft"
    assert message.facts["days"] == [{"day": "2026-11-24", "count": 2}, {"day": "2026-11-25", "count": 1}]
    assert [message.facts[name] for name in ("total", "goes", "more_days", "ends_on")] == [4, 3, 0, "2026-11-25"]
    assert (message.facts["refused"], message.facts["later"]) == ({"stopped": 1}, {"floor": 1})


def test_a_dry_run_that_reaches_nobody_has_no_end() -> None:
    message = draft_message(WAVE, [Place(customer_id=1, name="An", day=None, rule=Rule.STOPPED)], Language.VI)
    assert (message.facts["goes"], message.facts["ends_on"]) == (0, None)


@pytest.mark.parametrize(
    ("status", "recallable", "buttons"),
    [
        (Status.DRAFT, 0, [["start", "cancel"], ["list"]]),
        (Status.RUNNING, 0, [["pause", "stop"], ["list", "refresh"]]),
        (Status.PAUSED, 2, [["resume", "stop"], ["recall"], ["list", "refresh"]]),
        (Status.DONE, 0, [["list", "refresh"]]),
        (Status.CANCELLED, 0, []),
    ],
)
def test_a_waves_buttons_are_those_of_its_state(status: Status, recallable: int, buttons: list[list[str]]) -> None:
    message = panel_message(
        replace(WAVE, status=status), Funnel(total=5, sent=2), recallable=recallable, language=Language.VI
    )
    assert [[button.part for button in row] for row in message.keyboard] == buttons


def test_a_panel_says_the_funnel_and_whether_somebody_was_first() -> None:
    funnel = Funnel(total=9, waiting=1, sent=4, answered=3, commented=2, unreachable=1, recalled=1, held={"floor": 2})
    message = panel_message(WAVE, funnel, recallable=1, language=Language.EN, first=False)
    told = ("total", "waiting", "sent", "answered", "commented", "unreachable", "recalled", "recallable")
    assert [message.facts[name] for name in told] == [9, 1, 4, 3, 2, 1, 1, 1]
    assert (message.facts["held"], message.facts["first"]) == ({"floor": 2}, False)


def test_a_recall_is_asked_about_with_the_number_before_it_is_done() -> None:
    message = recall_question(WAVE, 7, Language.VI)
    assert message.facts["count"] == 7
    assert [button.tap for button in message.keyboard[0]] == [SwitchWave(1, "sure"), SwitchWave(1, "show")]


def test_what_cannot_be_deleted_any_more_loses_its_buttons() -> None:
    assert recalled({}, outbox_id=1, language=Language.VI) == Message("waves/recalled", Language.VI)


def test_an_invitation_of_a_wave_is_told_apart_by_customer_and_attempt() -> None:
    assert len({invitation_key(1, customer, attempt) for customer in (1, 2) for attempt in (0, 1)}) == 4
