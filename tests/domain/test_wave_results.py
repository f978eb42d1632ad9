"""Which wording does better, and when that may be said."""

from dataclasses import replace
from typing import Any

import pytest

from bot.domain.metrics.estimates import Estimate, Verdict
from bot.domain.metrics.nps import NpsCounts, nps
from bot.domain.metrics.proportions import Share, proportion, proportion_difference
from bot.domain.reports import Metric
from bot.domain.touchpoints import Kind
from bot.domain.wave_results import Comparison, Standing, compare, score_of_list
from bot.domain.waves import State, Status
from bot.domain.wordings import Variant
from tests.wave_facts import a_comparing_wave, a_wave, answers, tally

A, B = Variant.A, Variant.B
FIFTY_OF_A_HUNDRED = answers(A, {9: 40, 3: 10}, silent=50)
SEVENTY_OF_A_HUNDRED = answers(B, {9: 56, 3: 14}, silent=30)
BETTER = [*FIFTY_OF_A_HUNDRED, *SEVENTY_OF_A_HUNDRED]


def comparison(tallies: list[Any], **wave: Any) -> Comparison:
    found = compare(a_comparing_wave(**wave), tallies)
    assert found is not None
    return found


def test_a_wave_with_one_wording_compares_nothing() -> None:
    assert compare(a_wave(), BETTER) is None


def test_the_score_of_a_list_knows_how_long_the_list_is() -> None:
    half = score_of_list(a_wave(), answers(A, {9: 30, 3: 10}, silent=40))
    every = score_of_list(a_wave(), answers(A, {9: 30, 3: 10}))
    uncorrected = nps(NpsCounts(30, 0, 10))
    assert half is not None
    assert every is not None
    assert uncorrected is not None
    assert half.estimate == nps(NpsCounts(30, 0, 10), 80)
    assert half.estimate is not None
    assert half.estimate.high < uncorrected.high
    assert every.estimate == Estimate(50, 50, 50, 40)
    other = score_of_list(a_wave(kind=Kind.CSAT), answers(A, {5: 30, 1: 10}))
    assert other is not None
    assert other.estimate == proportion(Share(30, 40))
    assert score_of_list(a_comparing_wave(), BETTER) is None


def test_the_wording_that_was_answered_more_is_told_with_newcombes_interval() -> None:
    found = comparison(BETTER)
    first, second = found.results
    assert found.standing is Standing.FINAL
    assert (first.responses.n, first.responses.estimate and first.responses.estimate.value) == (100, 0.5)
    assert second.responses.change.verdict is Verdict.UP
    assert second.responses.change.difference == proportion_difference(Share(70, 100), Share(50, 100))
    assert first.responses.change.verdict is Verdict.NOT_COMPARABLE  # each difference is told once


def test_the_same_scores_are_no_difference_and_nps_is_not_compared_as_a_share() -> None:
    second = comparison(BETTER).results[1]
    assert (second.score.metric, second.score.n) == (Metric.NPS, 70)
    assert second.score.estimate is not None
    assert second.score.estimate.value == pytest.approx(60)
    assert second.score.change.verdict is Verdict.NO_CHANGE


@pytest.mark.parametrize("kind", [Kind.CES, Kind.CSAT])
def test_the_other_surveys_compare_the_share_of_the_satisfied(kind: Kind) -> None:
    tallies = [*answers(A, {5: 10, 1: 30}), *answers(B, {5: 30, 1: 10})]
    second = comparison(tallies, kind=kind).results[1]
    assert (second.score.metric, second.score.change.verdict) == (Metric(kind), Verdict.UP)
    assert second.score.estimate is not None
    assert second.score.estimate.value == 0.75


@pytest.mark.parametrize(
    "one",
    [
        tally(outbox="sent", open=True),
        tally(outbox="pending"),
        tally(outbox="pending", hold_rule="floor"),
        tally(outbox="sending"),
    ],
)
@pytest.mark.parametrize("status", [Status.DONE, Status.STOPPED])
def test_while_one_may_still_answer_nothing_is_concluded_however_large_the_difference(one: Any, status: Status) -> None:
    found = comparison([*BETTER, replace(one, count=3)], status=status)
    assert (found.standing, found.outstanding) == (Standing.OPEN, 3)
    assert {line.change.verdict for two in found.results for line in (two.responses, two.score)} == {
        Verdict.NOT_COMPARABLE
    }
    assert found.results[1].responses.estimate is not None


@pytest.mark.parametrize("status", [Status.RUNNING, Status.PAUSED])
def test_who_waits_for_a_turn_keeps_a_wave_open(status: Status) -> None:
    assert comparison([*BETTER, tally(State.PLANNED, count=2)], status=status).outstanding == 2


def test_an_answer_that_may_still_change_is_an_answer() -> None:
    assert comparison([*BETTER, tally(outbox="sent", score=9, open=True)]).standing is Standing.FINAL


def test_who_is_passed_over_holds_nothing_up() -> None:
    assert comparison([*BETTER, tally(State.SKIPPED, rule="lost")]).standing is Standing.FINAL


def test_a_recalled_question_counts_as_not_answered_and_keeps_a_wave_from_a_verdict() -> None:
    recalled = [replace(one, state=State.RECALLED) if one.score is None else one for one in BETTER]
    found = comparison(recalled)
    assert found.standing is Standing.RECALLED
    assert [one.responses.estimate and one.responses.estimate.value for one in found.results] == [0.5, 0.7]
    assert found.results[1].responses.change.verdict is Verdict.NOT_COMPARABLE


def test_a_wave_stopped_before_its_end_concludes_nothing() -> None:
    found = comparison([*BETTER, tally(State.PLANNED)], status=Status.STOPPED)
    assert found.standing is Standing.STOPPED
    assert found.results[1].responses.change.verdict is Verdict.NOT_COMPARABLE
    assert comparison(BETTER, status=Status.STOPPED).standing is Standing.FINAL


def test_halves_that_no_fair_draw_makes_conclude_nothing() -> None:
    found = comparison([*answers(A, {9: 100}), *answers(B, {9: 200})])
    assert found.standing is Standing.UNEVEN
    assert found.results[1].responses.change.verdict is Verdict.NOT_COMPARABLE


def test_under_thirty_on_a_side_there_is_no_verdict() -> None:
    found = comparison([*answers(A, {9: 1}, silent=28), *answers(B, {9: 29})])
    assert found.standing is Standing.FINAL
    assert found.results[1].responses.change.verdict is Verdict.NOT_COMPARABLE


def test_a_score_that_could_tell_who_gave_it_is_hidden() -> None:
    found = comparison([*answers(A, {9: 4}, silent=30), *answers(B, {9: 5}, silent=30)])
    assert [one.score.estimate is None for one in found.results] == [True, False]
