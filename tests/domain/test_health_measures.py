"""What is known of a customer at an instant, in the unit of each measure; what is unknown is left out."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from bot.domain.health_measures import HealthFacts, LastAnswer, faded_answer, read_measures
from bot.domain.measures import Measure, Part
from bot.domain.rules import HealthRules
from bot.domain.sentiment import polarity
from bot.domain.surveys import SCALES
from bot.domain.touchpoints import Kind

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
RULES = HealthRules()
AN = HealthFacts(customer_id=1, joined_at=NOW - timedelta(days=400))
BUYER = replace(AN, bought=3, bought_before=6, active_slices=2, last_purchase_at=NOW - timedelta(days=9))
LINKED = replace(AN, linked_at=NOW - timedelta(days=300))


def read(facts: HealthFacts) -> dict[Measure, float]:
    return read_measures(facts, window=RULES.window, half_life=RULES.survey_half_life, at=NOW)


def test_of_somebody_new_to_us_only_that_is_known() -> None:
    assert read(AN) == {Measure.CONNECTED: 0.0, Measure.FIRST_USE: 0.0}


def test_usage_is_purchases_a_month_against_before_over_the_window_and_since_the_last() -> None:
    found = read(BUYER)
    assert (found[Measure.FREQUENCY], found[Measure.TREND]) == (1.0, 0.5)
    assert found[Measure.BREADTH] == pytest.approx(2 / 6)
    assert found[Measure.RECENCY] == 9.0


@pytest.mark.parametrize(
    "facts",
    [
        replace(BUYER, joined_at=NOW - timedelta(days=179)),
        replace(BUYER, bought=0, bought_before=0),
    ],
)
def test_a_trend_needs_two_whole_windows_and_something_bought_in_them(facts: HealthFacts) -> None:
    assert Measure.TREND not in read(facts)


def test_who_bought_nothing_in_the_window_before_is_compared_with_one_purchase() -> None:
    assert read(replace(BUYER, bought_before=0))[Measure.TREND] == 3.0


def test_where_no_purchases_are_kept_nobody_is_blamed_for_buying_none() -> None:
    assert Measure.FIRST_USE not in read(replace(AN, tracks_usage=False))


@pytest.mark.parametrize(
    ("score", "days", "faded"), [(9, 0, 90.0), (9, 90, 70.0), (9, 180, 60.0), (0, 90, 25.0), (5, 90, 50.0)]
)
def test_an_answer_is_halfway_back_to_neutral_after_ninety_days(score: int, days: int, faded: float) -> None:
    answers = (LastAnswer(Kind.NPS, score, NOW - timedelta(days=days)),)
    assert read(replace(AN, answers=answers))[Measure.SURVEY] == pytest.approx(faded)


def test_answers_of_several_kinds_are_averaged_on_one_scale_and_nps_is_what_people_read() -> None:
    facts = replace(AN, answers=(LastAnswer(Kind.CES, 7, NOW), LastAnswer(Kind.NPS, 6, NOW)))
    assert read(facts)[Measure.SURVEY] == 80.0
    assert (facts.nps, AN.nps) == (6, None)


@given(kind=st.sampled_from([Kind.NPS, Kind.CES, Kind.CSAT]), place=st.integers(0, 4), age=st.integers(0, 2000))
def test_an_answer_never_leaves_the_scale_nor_crosses_neutral(kind: Kind, place: int, age: int) -> None:
    score = SCALES[kind][place]
    fresh = faded_answer(kind, score, age=timedelta(0), half_life=timedelta(days=90))
    older = faded_answer(kind, score, age=timedelta(days=age), half_life=timedelta(days=90))
    assert 0 <= older <= 100
    assert abs(older - 50) <= abs(fresh - 50)
    assert (older - 50) * (fresh - 50) >= 0


def test_engagement_is_answers_given_and_how_lately_the_customer_wrote() -> None:
    facts = replace(LINKED, asked=4, answered=3, last_word_at=NOW - timedelta(days=73))
    assert read(facts)[Measure.ENGAGEMENT] == pytest.approx((0.75 + 0.8) / 2)


def test_who_never_wrote_since_linking_grows_silent_from_that_day() -> None:
    assert read(replace(LINKED, linked_at=NOW - timedelta(days=73)))[Measure.ENGAGEMENT] == pytest.approx(0.8)
    assert read(replace(LINKED, linked_at=NOW - timedelta(days=500)))[Measure.ENGAGEMENT] == 0.0


def test_of_who_was_linked_a_moment_ago_nothing_is_known() -> None:
    assert Measure.ENGAGEMENT not in read(replace(LINKED, linked_at=NOW - timedelta(days=3)))


def test_who_shut_the_door_has_no_engagement_whatever_they_answered_before() -> None:
    facts = replace(LINKED, silenced=True, asked=4, answered=4, last_word_at=NOW)
    assert (read(facts)[Measure.ENGAGEMENT], read(facts)[Measure.CONNECTED]) == (0.0, 0.0)
    assert read(LINKED)[Measure.CONNECTED] == 1.0


def test_milestones_not_due_and_cases_that_never_were_say_nothing() -> None:
    facts = replace(AN, milestones_due=4, milestones_done=3, had_cases=True, open_cases=1, solved_cases=1)
    assert (read(facts)[Measure.MILESTONES], read(facts)[Measure.SUPPORT]) == (0.75, 1.5)
    assert not {Measure.MILESTONES, Measure.SUPPORT} & read(AN).keys()


def test_words_count_only_where_the_lexicon_knows_any() -> None:
    facts = replace(AN, texts=("ok", "giao nhanh", "quá đắt", "bị lỗi"))
    assert read(facts)[Measure.SENTIMENT] == pytest.approx(-1 / 3)
    assert Measure.SENTIMENT not in read(replace(AN, texts=("ok",)))


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("Nhân viên nhiệt tình, giao nhanh", 1),
        ("nhan vien nhiet tinh", 1),
        ("giao hàng không nhanh", -1),
        ("khong hai long", -1),
        ("chậmmmmm quá", -1),
        ("không bị lỗi", 1),
        ("Great service", 1),
        ("didn't work, not good", -1),
        ("Great but slow", 0),
        ("mat hang nay o dau", None),
        ("", None),
    ],
)
def test_the_sign_of_a_text(text: str, sign: float | None) -> None:
    assert polarity(text) == sign


def test_every_measure_belongs_to_a_part() -> None:
    assert {measure.part for measure in Measure} == set(Part)
    assert Measure.FIRST_USE.part is Part.USAGE


USER = replace(
    AN,
    events_since=NOW - timedelta(days=300),
    used=30,
    used_before=60,
    active_weeks=13,
    kinds_used=2,
    last_used_at=NOW - timedelta(days=3),
)


def test_use_is_events_against_before_in_how_many_weeks_of_how_many_kinds_and_since_the_last() -> None:
    found = read(USER)
    assert (found[Measure.USE_TREND], found[Measure.USE_FREQUENCY]) == (0.5, 1.0)
    assert (found[Measure.USE_BREADTH], found[Measure.USE_RECENCY], found[Measure.FIRST_EVENTS]) == (2.0, 3.0, 30.0)
    assert read(replace(USER, active_weeks=5))[Measure.USE_FREQUENCY] == pytest.approx(5 / 13)


def test_who_has_events_is_judged_by_them_and_who_has_none_by_purchases() -> None:
    usage = {Measure.TREND, Measure.FREQUENCY, Measure.BREADTH, Measure.RECENCY, Measure.FIRST_USE}
    use = {one for one in Measure if one.part is Part.USE}
    both = replace(USER, bought=3, bought_before=6, active_slices=2, last_purchase_at=NOW)
    assert set(read(both)) & (usage | use) == use
    assert set(read(replace(BUYER, events_since=NOW - timedelta(days=300)))) & (usage | use) == usage


def test_where_only_events_are_kept_a_new_customer_without_any_has_not_begun() -> None:
    found = read(replace(AN, tracks_usage=False, events_since=NOW - timedelta(days=300)))
    assert found == {Measure.CONNECTED: 0.0, Measure.FIRST_EVENTS: 0.0}


@pytest.mark.parametrize(
    "facts",
    [
        replace(USER, events_since=NOW - timedelta(days=179)),
        replace(USER, joined_at=NOW - timedelta(days=179)),
        replace(USER, used=0, used_before=0),
    ],
)
def test_a_trend_of_use_needs_events_of_two_whole_windows(facts: HealthFacts) -> None:
    assert Measure.USE_TREND not in read(facts)
    assert read(replace(USER, used_before=0))[Measure.USE_TREND] == 30.0


def test_weeks_before_events_were_kept_count_against_nobody() -> None:
    young = replace(USER, events_since=NOW - timedelta(days=45), active_weeks=6)
    assert read(young)[Measure.USE_FREQUENCY] == pytest.approx(6 / 6.5)
    assert read(replace(young, active_weeks=7))[Measure.USE_FREQUENCY] == 1.0
