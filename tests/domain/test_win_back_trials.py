"""The lot that leaves some of the lost alone, and what win-back is held against."""

from dataclasses import replace

import pytest

from bot.domain.metrics.experiments import Standing
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.roi import BeforeAfter, Money, Return
from bot.domain.rules import WinBackRules
from bot.domain.win_back import Lot, draw
from bot.domain.win_back_trials import came_back, judge
from tests.cause_facts import DAY, NOW, drawn

RULES = WinBackRules(holdout=0.3, planned=200, cost=50_000, margin=0.3)


def test_the_lot_leaves_as_many_alone_as_meant_and_is_the_same_each_time() -> None:
    lots = [draw(customer_id, 0.1) for customer_id in range(5000)]
    assert 440 <= sum(lot.held_out for lot in lots) <= 560
    assert lots == [draw(customer_id, 0.1) for customer_id in range(5000)]
    assert lots[0].holdout == 0.1


def test_a_larger_holdout_keeps_those_who_are_left_alone_already() -> None:
    few, more = ({one for one in range(500) if draw(one, share).held_out} for share in (0.1, 0.3))
    assert few < more


def test_without_a_holdout_nobody_is_left_alone_and_there_is_no_return_to_tell() -> None:
    assert draw(1, 0.0) == Lot(holdout=0.0, held_out=False)
    found = judge([], WinBackRules(), now=NOW)
    assert (found.trial, found.found, found.standing) == (None, BeforeAfter(None), None)


def test_win_back_is_held_against_those_left_alone() -> None:
    found = judge(drawn(200), RULES, now=NOW)
    assert found.trial is not None
    assert (found.trial.treated, found.trial.control, found.trial.share) == (Share(42, 140), Share(6, 60), 0.7)
    assert found.money == Money(value=3_000_000, margin=0.3, cost=140 * 50_000)
    assert isinstance(found.found, Return)
    assert found.found.roi is not None
    assert found.found.roi.value == pytest.approx((140 * 0.2 * 3_000_000 * 0.3 - 7_000_000) / 7_000_000)


def test_who_has_not_been_followed_for_so_long_is_waited_for() -> None:
    losses = drawn(200)
    losses[7] = replace(losses[7], started_at=NOW - 90 * DAY + DAY / 24)
    found = judge(losses, RULES, now=NOW)
    assert isinstance(found.found, Return)
    assert (found.waiting, found.found.reading.standing) == (1, Standing.LOCKED)
    losses[7] = replace(losses[7], started_at=NOW - 90 * DAY)
    assert judge(losses, RULES, now=NOW).waiting == 0


def test_of_each_group_it_is_told_who_came_back_in_time_of_those_followed() -> None:
    losses = drawn(12)
    losses[4] = replace(losses[4], recovered_at=losses[4].started_at + 91 * DAY)
    losses[5] = replace(losses[5], started_at=NOW - DAY)
    asked, held_out = came_back(losses, RULES, now=NOW)
    assert held_out == [(0, True), (1, True), (2, True), (10, True), (11, True)]
    assert asked == [(3, True), (4, False), (6, True), (7, True), (8, True), (9, True)]
    assert judge(drawn(200), RULES, now=NOW).standing is Standing.READY


def test_who_comes_after_the_planned_number_is_no_part_of_it() -> None:
    more = [replace(one, recovered_at=None) for one in drawn(100)]
    assert judge([*drawn(200), *more], RULES, now=NOW) == judge(drawn(200), RULES, now=NOW)


def test_who_came_back_later_did_not_come_back_in_time() -> None:
    late = [replace(one, recovered_at=one.started_at + 90 * DAY + DAY / 24) for one in drawn(200)]
    found = judge(late, RULES, now=NOW)
    assert found.trial is not None
    assert (found.trial.treated.part, found.trial.control.part) == (0, 0)
    in_time = [replace(one, recovered_at=one.started_at + 90 * DAY) for one in late]
    again = judge(in_time, RULES, now=NOW)
    assert again.trial is not None
    assert again.trial.control.part == 60


@pytest.mark.parametrize("rules", [replace(RULES, cost=0), replace(RULES, margin=0.0)])
def test_without_a_cost_and_a_margin_nothing_is_said_in_money(rules: WinBackRules) -> None:
    found = judge(drawn(200), rules, now=NOW)
    assert found.money is None
    assert isinstance(found.found, Return)
    assert found.found.kept is not None
    assert found.found.roi is None


def test_of_nobody_there_is_nothing_to_say_yet() -> None:
    found = judge([], RULES, now=NOW)
    assert isinstance(found.found, Return)
    assert (found.money, found.found.reading.standing) == (None, Standing.LOCKED)
