"""The score, its colour, what makes it red whatever it is, and what moved it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, strategies as st

from bot.domain.health import (
    Alert,
    Colour,
    Contribution,
    Health,
    Move,
    Override,
    alert_of,
    assess,
    colour_of,
    mean_score,
    moves,
    on_line,
    part_scores,
    scorecard_for,
    version_of,
)
from bot.domain.health_measures import HealthFacts, LastAnswer
from bot.domain.health_standing import Past, Standing, advance, is_news
from bot.domain.measures import Measure, Part
from bot.domain.rules import HealthRules, SegmentScorecard
from bot.domain.touchpoints import Kind

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
TODAY = date(2026, 11, 20)
RULES = HealthRules()
AN = HealthFacts(customer_id=1, joined_at=NOW - timedelta(days=400))
BUYER = replace(AN, bought=3, bought_before=3, active_slices=3, last_purchase_at=NOW - timedelta(days=9))
KNOWN = replace(BUYER, answers=(LastAnswer(Kind.NPS, 10, NOW),))
GREEN = Health(score=80, colour=Colour.GREEN, contributions=(), override=None, scorecard="general", nps=None)


def of(score: int | None, before: Colour | None = None) -> Colour:
    return colour_of(score, RULES, before=before)


def test_the_weights_are_those_that_were_agreed_on() -> None:
    parts = dict.fromkeys(Part, 0.0)
    for measure, weight in RULES.weights.items():
        parts[measure.part] += weight
    assert parts == {
        Part.USAGE: 30,
        Part.USE: 30,
        Part.SURVEY: 20,
        Part.ENGAGEMENT: 15,
        Part.MILESTONES: 15,
        Part.SUPPORT: 15,
        Part.SENTIMENT: 5,
    }
    assert (RULES.red_up_to, RULES.yellow_up_to, RULES.hysteresis) == (50, 75, 3)
    assert (RULES.drop, RULES.drop_within, RULES.onboarding_for) == (15, timedelta(days=14), timedelta(days=30))


def test_a_score_is_the_weighted_mean_of_what_is_known() -> None:
    health = assess(replace(KNOWN, bought=0, active_slices=0), RULES, before=None, at=NOW)
    assert [(one.measure, one.score, one.weight) for one in health.contributions] == [
        (Measure.TREND, 0, 10),
        (Measure.FREQUENCY, 0, 10),
        (Measure.BREADTH, 0, 10),
        (Measure.SURVEY, 100, 20),
    ]
    assert (health.score, health.colour, health.scorecard, health.nps) == (40, Colour.RED, "general", 10)


def test_a_stranger_is_grey_whatever_they_said_or_did() -> None:
    stranger = replace(KNOWN, is_stranger=True, cancels=True, severe_case=True)
    health = assess(stranger, RULES, before=None, at=NOW)
    assert (health.score, health.colour, health.contributions, health.override) == (None, Colour.GREY, (), None)


def test_under_half_of_the_weight_a_customer_is_grey_and_never_green() -> None:
    health = assess(BUYER, RULES, before=Colour.GREEN, at=NOW)
    assert (health.score, health.colour) == (None, Colour.GREY)
    assert mean_score(health.contributions) == 100.0
    assert assess(KNOWN, RULES, before=None, at=NOW).colour is Colour.GREEN


def test_one_measure_is_not_enough_however_much_it_weighs() -> None:
    rules = HealthRules(weights={Measure.SURVEY: 100, Measure.MILESTONES: 1})
    assert assess(KNOWN, rules, before=None, at=NOW).colour is Colour.GREY


def test_of_whom_nothing_is_known_the_score_is_nothing_and_not_zero() -> None:
    rules = HealthRules(weights={Measure.SURVEY: 20, Measure.MILESTONES: 1})
    health = assess(AN, rules, before=None, at=NOW)
    assert (health.score, health.contributions, mean_score(())) == (None, (), None)


@pytest.mark.parametrize(
    ("score", "colour"),
    [
        (0, Colour.RED),
        (50, Colour.RED),
        (51, Colour.YELLOW),
        (75, Colour.YELLOW),
        (76, Colour.GREEN),
        (None, Colour.GREY),
    ],
)
def test_the_borders_of_the_colours(score: int | None, colour: Colour) -> None:
    assert of(score) is colour
    assert of(score, Colour.GREEN) is colour
    assert of(score, Colour.GREY) is colour


@pytest.mark.parametrize(
    ("score", "before", "colour"),
    [
        (53, Colour.RED, Colour.RED),
        (54, Colour.RED, Colour.YELLOW),
        (78, Colour.RED, Colour.YELLOW),
        (79, Colour.RED, Colour.GREEN),
        (78, Colour.YELLOW, Colour.YELLOW),
        (79, Colour.YELLOW, Colour.GREEN),
        (51, Colour.YELLOW, Colour.YELLOW),
        (50, Colour.YELLOW, Colour.RED),
        (50, Colour.GREEN, Colour.RED),
        (75, Colour.GREEN, Colour.YELLOW),
    ],
)
def test_a_colour_gets_better_only_three_points_beyond_its_border_and_worse_at_once(
    score: int, before: Colour, colour: Colour
) -> None:
    assert of(score, before) is colour


@given(st.lists(st.integers(48, 53), min_size=1))
def test_who_was_red_and_swings_about_the_border_stays_red(scores: list[int]) -> None:
    colour = Colour.RED
    for score in scores:
        colour = of(score, colour)
    assert colour is Colour.RED


@pytest.mark.parametrize(
    ("facts", "override"),
    [
        (replace(KNOWN, cancels=True), Override.CANCELLATION),
        (replace(KNOWN, severe_case=True), Override.SEVERE_COMPLAINT),
        (replace(KNOWN, severe_case=True, cancels=True), Override.CANCELLATION),
    ],
)
def test_who_asks_to_cancel_or_complains_severely_is_red_whatever_the_score(
    facts: HealthFacts, override: Override
) -> None:
    health = assess(facts, RULES, before=Colour.GREEN, at=NOW)
    assert (health.score, health.colour, health.override) == (100, Colour.RED, override)


def test_an_override_colours_even_whom_too_little_is_known_of() -> None:
    health = assess(replace(AN, cancels=True), RULES, before=None, at=NOW)
    assert (health.score, health.colour) == (None, Colour.RED)


@pytest.mark.parametrize(
    ("line", "value", "score"),
    [((0, 1), 0.25, 25), ((0, 1), 2, 100), ((0, 1), -1, 0), ((90, 0), 90, 0), ((90, 0), 0, 100), ((-1, 1), 0, 50)],
)
def test_a_value_is_scored_on_the_line_from_worst_to_best(
    line: tuple[float, float], value: float, score: float
) -> None:
    assert on_line(value, line) == score


def test_new_customers_have_a_scorecard_of_their_own_for_thirty_days() -> None:
    new = replace(AN, joined_at=NOW - timedelta(days=29), bought=1, linked_at=NOW)
    health = assess(new, RULES, before=None, at=NOW)
    assert health.scorecard == "onboarding"
    assert {one.measure: one.score for one in health.contributions} == {Measure.FIRST_USE: 50, Measure.CONNECTED: 100}
    assert health.score == 68  # (35·50 + 20·100) / 55
    old = replace(new, joined_at=NOW - timedelta(days=30))
    assert scorecard_for(old, RULES, at=NOW).name == "general"


@pytest.mark.parametrize(
    "one", [AN, replace(AN, tracks_usage=False, used=1, last_used_at=NOW, events_since=NOW - timedelta(days=60))]
)
def test_a_newcomer_is_grey_until_there_was_time_to_buy_or_to_use_and_then_what_is_missing_counts(
    one: HealthFacts,
) -> None:
    def colour(days: int, **known: Any) -> Colour:
        newcomer = replace(one, joined_at=NOW - timedelta(days=days), linked_at=NOW, **known)
        return assess(newcomer, RULES, before=None, at=NOW).colour

    assert [colour(days) for days in (0, 14)] == [Colour.GREY, Colour.GREY]
    assert colour(15) is Colour.RED
    assert colour(0, bought=2, used=10) is Colour.GREEN
    assert colour(0, severe_case=True) is Colour.RED


def test_a_segment_has_weights_of_its_own_whatever_the_accents_of_its_name() -> None:
    rules = HealthRules(
        scorecards=(
            SegmentScorecard(segment="plan=gold", weights={Measure.SURVEY: 60}),
            SegmentScorecard(segment="location=Huế", weights={Measure.SUPPORT: 1}),
        )
    )
    gold = scorecard_for(replace(AN, plan="Gold", location="Huế"), rules, at=NOW)
    hue = scorecard_for(replace(AN, plan="basic", location="hue"), rules, at=NOW)
    assert (gold.name, gold.weights[Measure.SURVEY], gold.weights[Measure.SUPPORT]) == ("plan=gold", 60, 15)
    assert (hue.name, hue.weights[Measure.SURVEY], hue.weights[Measure.SUPPORT]) == ("location=Huế", 20, 1)
    assert scorecard_for(AN, rules, at=NOW).name == "general"


def test_other_weights_or_lines_are_another_version() -> None:
    other = HealthRules(weights={**RULES.weights, Measure.SURVEY: 21})
    moved = HealthRules(lines={**RULES.lines, Measure.RECENCY: (60, 0)})
    assert version_of(RULES) == version_of(HealthRules())
    assert len({version_of(RULES), version_of(other), version_of(moved)}) == 3


def parts(**scores: float) -> tuple[Contribution, ...]:
    weights = {Measure.FREQUENCY: 30, Measure.SURVEY: 20, Measure.MILESTONES: 15, Measure.SUPPORT: 15}
    return tuple(Contribution(Measure(name), 0, score, weights[Measure(name)]) for name, score in scores.items())


def test_what_moved_a_score_is_said_part_by_part_and_adds_up() -> None:
    """58 (-9 in 30 days): usage -6, NPS 9→6 -4, milestones +1."""
    before = parts(frequency=74, survey=70, milestones=60, support=56)
    after = parts(frequency=58, survey=54, milestones=65.4, support=56)
    assert (round(mean_score(before) or 0), round(mean_score(after) or 0)) == (67, 58)
    assert moves(before, after) == [Move(Part.USAGE, -6), Move(Part.SURVEY, -4), Move(Part.MILESTONES, 1)]


def test_a_part_of_which_nothing_was_known_moves_the_score_by_what_it_says() -> None:
    assert moves(parts(frequency=50), parts(frequency=50, survey=100)) == [Move(Part.SURVEY, 20)]
    assert moves(parts(frequency=50), parts(frequency=50, survey=50)) == []
    assert moves((), parts(frequency=80)) == [Move(Part.USAGE, 30)]


CONTRIBUTIONS = st.dictionaries(
    st.sampled_from(Measure), st.tuples(st.floats(0, 100), st.integers(1, 50)), min_size=1
).map(lambda found: tuple(Contribution(one, 0, score, weight) for one, (score, weight) in found.items()))


@given(CONTRIBUTIONS, CONTRIBUTIONS)
def test_what_moved_a_score_always_adds_up_to_the_difference(
    before: Sequence[Contribution], after: Sequence[Contribution]
) -> None:
    def shown(contributions: Sequence[Contribution]) -> int:
        return int((mean_score(contributions) or 0) + 0.5)

    found = moves(before, after)
    assert sum(one.points for one in found) == shown(after) - shown(before)
    assert all(one.points for one in found)


@given(CONTRIBUTIONS)
def test_a_score_lies_between_its_worst_and_its_best_part(contributions: Sequence[Contribution]) -> None:
    mean = mean_score(contributions)
    scores = [score for score, _ in part_scores(contributions).values()]
    assert mean is not None
    assert min(scores) - 1e-9 <= mean <= max(scores) + 1e-9


def told(
    now: Health = GREEN,
    *,
    before: Colour | None = Colour.GREEN,
    highest: int | None = None,
    alerted_on: date | None = None,
) -> Alert | None:
    return alert_of(now, before=before, highest=highest, alerted_on=alerted_on, day=TODAY, rules=RULES)


def test_staff_are_told_once_when_a_customer_becomes_red() -> None:
    red = replace(GREEN, score=40, colour=Colour.RED)
    assert told(red) is Alert.RED
    assert told(red, before=Colour.RED) is None


def test_a_first_score_is_no_news() -> None:
    assert told(replace(GREEN, score=40, colour=Colour.RED), before=None, highest=90) is None


@pytest.mark.parametrize(("highest", "alert"), [(94, None), (95, Alert.DROP), (None, None)])
def test_staff_are_told_of_a_fall_by_fifteen(highest: int | None, alert: Alert | None) -> None:
    assert told(highest=highest) is alert


def test_a_fall_that_was_told_is_not_told_again_for_fourteen_days() -> None:
    assert told(highest=100, alerted_on=TODAY - timedelta(days=13)) is None
    assert told(highest=100, alerted_on=TODAY - timedelta(days=14)) is Alert.DROP
    assert told(replace(GREEN, score=None, colour=Colour.GREY), highest=100) is None


def stand(facts: HealthFacts, before: Standing | None = None, *, day: date = TODAY, alerts: bool = True) -> Standing:
    return advance(before, facts, Past(), RULES, version="v1", day=day, at=NOW, alerts=alerts)


def test_since_is_the_first_day_of_the_colour() -> None:
    first = stand(KNOWN)
    same = stand(KNOWN, first, day=TODAY + timedelta(days=1))
    red = stand(replace(KNOWN, cancels=True), same, day=TODAY + timedelta(days=2))
    assert (first.since, same.since, red.since) == (TODAY, TODAY, TODAY + timedelta(days=2))
    assert red.alert is Alert.RED
    assert red.alerted_on == TODAY + timedelta(days=2)


def test_who_takes_the_cancellation_back_has_the_colour_of_the_score_again() -> None:
    cancels = stand(replace(KNOWN, cancels=True))
    back = stand(replace(KNOWN, answers=(LastAnswer(Kind.NPS, 4, NOW),)), cancels)
    assert (back.health.score, back.health.colour) == (76, Colour.GREEN)


def test_an_alert_waits_until_it_is_told_and_what_is_past_is_never_told() -> None:
    red = replace(KNOWN, cancels=True)
    waiting = stand(red, stand(KNOWN))
    assert stand(red, waiting).alert is Alert.RED
    past = stand(red, stand(KNOWN), alerts=False)
    assert (past.alert, past.alerted_on) == (None, TODAY)


def test_only_what_changed_is_news() -> None:
    first = stand(replace(KNOWN, value=("VND", 5)))
    assert first.value == ("VND", 5)
    assert is_news(first, None)
    assert not is_news(replace(first, day=TODAY + timedelta(days=1), value=("VND", 9)), first)
    assert is_news(replace(first, version="v2"), first)
    assert is_news(stand(replace(KNOWN, cancels=True)), first)


def test_a_scorecard_weighs_either_purchases_or_events_never_both() -> None:
    at = NOW
    used = replace(AN, last_used_at=NOW, events_since=NOW - timedelta(days=300))
    by_purchases, by_events = (scorecard_for(one, RULES, at=at) for one in (AN, used))
    assert (by_purchases.total, by_events.total) == (100, 100)
    assert not {one for one in by_purchases.weights if one.part is Part.USE}
    assert not {one for one in by_events.weights if one.part is Part.USAGE}
    new = scorecard_for(replace(used, joined_at=NOW), RULES, at=at)
    assert (new.name, new.weights[Measure.FIRST_EVENTS], new.total) == ("onboarding", 35, 100)
