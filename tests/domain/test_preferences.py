from datetime import time

from bot.domain.messages import Language
from bot.domain.preferences import Hours, Preferences, Topic, page
from bot.domain.taps import ChooseHours, SwitchTopic
from bot.domain.touchpoints import Group

QUIET_PLAN = Preferences(off=frozenset({Topic.PLAN}), hours=Hours.MORNING)


def test_a_topic_that_is_off_mutes_its_kinds_and_hours_of_ones_own_are_quiet_outside() -> None:
    assert QUIET_PLAN.muted == {Group.PLAN}
    assert QUIET_PLAN.quiet == (time(12), time(8))
    assert (Preferences().muted, Preferences().quiet) == (frozenset(), None)


def test_a_topic_is_turned_off_and_on_again() -> None:
    assert Preferences().switched(Topic.PLAN, on=False).off == {Topic.PLAN}
    assert QUIET_PLAN.switched(Topic.PLAN, on=True).off == frozenset()


def test_each_button_shows_how_it_stands_and_a_tap_turns_it_round() -> None:
    *topics, first, second = page(QUIET_PLAN, Language.EN, "").keyboard
    assert {row[0].tap: row[0].facts["on"] for row in topics} == {
        SwitchTopic("surveys", 0): True,
        SwitchTopic("plan", 1): False,
        SwitchTopic("greetings", 0): True,
        SwitchTopic("offers", 0): True,
    }
    chosen = {button.tap: button.facts["chosen"] for button in (*first, *second)}
    assert chosen == {ChooseHours(hours): hours is Hours.MORNING for hours in Hours}
