"""What staff are shown of a wave, and the buttons under it."""

import json
from datetime import date
from typing import Any

import pytest

from bot.domain.contact import Rule
from bot.domain.messages import Language, Message
from bot.domain.taps import SwitchWave
from bot.domain.touchpoints import Kind
from bot.domain.wave_messages import (
    as_begun,
    draft_message,
    misunderstood,
    panel_facts,
    panel_message,
    recall_question,
    recalled,
    usage,
)
from bot.domain.wave_rehearsals import Place
from bot.domain.wave_requests import Fault, WaveRequestError
from bot.domain.waves import State, Status
from bot.domain.wordings import BOTH, Variant
from tests.wave_facts import NOW, THURSDAY, TUESDAY, WEDNESDAY, a_comparing_wave, a_wave, answers, tally


def place(customer_id: int, *, day: date | None, variant: Variant = Variant.A, **held: Any) -> Place:
    return Place(customer_id=customer_id, name="An", variant=variant, day=day, **held)


def test_a_dry_run_counts_by_day_and_by_rule_and_says_when_it_ends() -> None:
    held = place(4, day=WEDNESDAY, rule=Rule.FLOOR, until=NOW)
    places = [
        place(1, day=TUESDAY),
        place(2, day=TUESDAY),
        place(3, day=None, rule=Rule.STOPPED),
        held,
    ]
    message = draft_message(a_wave(), places, Language.VI)
    assert message.template == "waves/draft"
    assert message.facts["days"] == [{"day": "2026-11-24", "count": 2}, {"day": "2026-11-25", "count": 1}]
    assert [message.facts[name] for name in ("total", "goes", "more_days", "finishes_on")] == [4, 3, 0, "2026-11-25"]
    assert (message.facts["refused"], message.facts["later"]) == ({"stopped": 1}, {"floor": 1})


def test_a_dry_run_that_reaches_nobody_has_no_end() -> None:
    message = draft_message(a_wave(), [place(1, day=None, rule=Rule.STOPPED)], Language.VI)
    assert (message.facts["goes"], message.facts["finishes_on"]) == (0, None)


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
    message = panel_message(a_wave(status=status), [], recallable=recallable, language=Language.VI)
    assert [[button.part for button in row] for row in message.keyboard] == buttons


def test_a_panel_says_the_funnel_and_whether_somebody_was_first() -> None:
    tallies = [
        tally(State.PLANNED),
        tally(outbox="sent"),
        tally(outbox="sent", score=9),
        tally(outbox="sent", score=3, commented=True, count=2),
        tally(outbox="failed"),
        tally(State.RECALLED),
        tally(outbox="pending", hold_rule="floor", count=2),
    ]
    message = panel_message(a_wave(), tallies, recallable=1, language=Language.EN, first=False)
    told = ("total", "waiting", "sent", "answered", "commented", "unreachable", "recalled", "recallable")
    assert [message.facts[name] for name in told] == [9, 1, 4, 3, 2, 1, 1, 1]
    assert (message.facts["held"], message.facts["first"]) == ({"floor": 2}, False)
    assert message.facts["comparison"] is None


def test_a_panel_is_made_of_values_that_a_row_keeps_as_they_are() -> None:
    wave = a_comparing_wave(ends_on=THURSDAY)
    tallies = [*answers(Variant.A, {9: 20, 3: 15}, silent=30), *answers(Variant.B, {9: 30, 7: 9}, silent=28)]
    facts = panel_facts(wave, tallies, recallable=1)
    assert json.loads(json.dumps(facts)) == facts


def test_a_dry_run_of_two_wordings_says_how_many_get_each_and_what_can_be_seen() -> None:
    places = [place(number, day=TUESDAY, variant=BOTH[number % 2]) for number in range(80)]
    message = draft_message(a_comparing_wave(), [*places, place(80, day=None)], Language.VI)
    assert message.facts["halves"] == [40, 40]
    assert message.facts["visible"] == pytest.approx(0.21, abs=0.01)
    assert message.facts["wordings"] == [{"variant": "a", "name": "nps-1"}, {"variant": "b", "name": "nps-2"}]


def test_a_dry_run_of_too_few_promises_no_comparison_and_one_wording_needs_none() -> None:
    few = draft_message(a_comparing_wave(), [place(number, day=TUESDAY) for number in range(40)], Language.VI)
    assert (few.facts["halves"], few.facts["visible"]) == ([40, 0], None)
    alone = draft_message(a_wave(), [place(number, day=TUESDAY) for number in range(40)], Language.VI)
    assert (alone.facts["halves"], alone.facts["visible"]) == ([], None)


def test_each_wave_that_was_begun_can_be_opened_from_the_help() -> None:
    wave = a_wave(wave_id=7, kind=Kind.CSAT, subject="giao hàng", status=Status.PAUSED)
    message = usage([wave], Language.VI)
    (button,) = message.keyboard[0]
    assert button.tap == SwitchWave(7, "show")
    assert (button.facts["subject"], button.facts["status"]) == ("giao hàng", "paused")
    assert message.facts["begun"] == 1


def test_a_misunderstanding_names_the_word_the_fault_and_what_it_might_have_been() -> None:
    message = misunderstood(WaveRequestError("x" * 99, Fault.NO_SUCH_VALUE, ["gold"]), Language.EN)
    assert (message.facts["fault"], message.facts["known"]) == ("no_such_value", ["gold"])
    assert len(str(message.facts["word"])) == 60


def test_a_recall_is_asked_about_with_the_number_before_it_is_done() -> None:
    message = recall_question(a_wave(), 7, Language.VI)
    assert message.facts["count"] == 7
    assert [button.tap for button in message.keyboard[0]] == [SwitchWave(1, "sure"), SwitchWave(1, "show")]


def test_what_cannot_be_deleted_any_more_loses_its_buttons() -> None:
    assert recalled({}, outbox_id=1, language=Language.VI) == Message("waves/recalled", Language.VI)


def test_a_wave_that_begins_keeps_the_numbers_of_the_dry_run_and_the_buttons_of_the_panel() -> None:
    places = [place(1, day=TUESDAY), place(2, day=None, rule=Rule.STOPPED)]
    panel = panel_message(a_wave(status=Status.RUNNING), [tally(count=2)], recallable=0, language=Language.VI)
    begun = as_begun(panel, places)
    assert (begun.facts["goes"], begun.facts["refused"], begun.keyboard) == (1, {"stopped": 1}, panel.keyboard)
