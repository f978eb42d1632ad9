"""Customers at a date: who is watched, by what, and for how long."""

from datetime import timedelta
from statistics import mean, stdev

import numpy as np
import pytest

from bot.domain.landmarks import charges, follow, horizon_of, lost_by_category, segments, themes_by_segment
from bot.domain.metrics.landmark import Category
from bot.domain.metrics.opportunities import Segment
from bot.domain.metrics.proportions import Share
from bot.domain.metrics.survival import Spell
from bot.domain.periods import parse_period
from tests.cause_facts import DAY, NOW, PERIOD, someone


@pytest.mark.parametrize(
    ("words", "days"), [("30d", 90), ("90d", 90), ("179d", 90), ("180d", 180), ("this year", 365), ("2y", 365)]
)
def test_customers_are_followed_for_the_longest_time_that_the_period_holds(words: str, days: int) -> None:
    assert horizon_of(parse_period(words, now=NOW, timezone="UTC")) == timedelta(days=days)


@pytest.mark.parametrize(
    ("score", "category"),
    [(10, Category.PROMOTER), (7, Category.PASSIVE), (6, Category.DETRACTOR), (None, Category.SILENT)],
)
def test_who_was_asked_and_did_not_answer_is_a_category_like_the_others(score: int | None, category: Category) -> None:
    found = follow([someone(score=score, was_asked=score is None)], at=PERIOD.start, until=PERIOD.end)
    assert [one.category for one in found.watched] == [category]


def test_each_is_watched_until_they_left_or_to_the_end() -> None:
    people = [someone(score=9, lost_after=12.5), someone(score=9, plan="bạc", value_minor=7)]
    first, second = follow(people, at=PERIOD.start, until=PERIOD.start + 80 * DAY).watched
    assert (first.spell, first.plan, first.tenure, first.value_minor) == (
        Spell(12.5, over=True),
        "vàng",
        365,
        1_000_000,
    )
    assert (second.spell, second.plan, second.value_minor) == (Spell(80, over=False), "bạc", 7)


def test_who_had_given_notice_or_was_never_asked_is_counted_and_not_watched() -> None:
    people = [someone(score=9), someone(score=0, gave_notice=True), someone(gave_notice=True), someone()]
    found = follow(people, at=PERIOD.start, until=PERIOD.end)
    assert (len(found.watched), found.gave_notice, found.not_asked) == (1, 2, 1)


def test_the_lost_of_each_category_are_those_who_are_watched() -> None:
    people = [someone(1, score=9), someone(2, score=3, lost_after=1), someone(3, score=3), someone(4)]
    people += [someone(5, score=0, gave_notice=True), someone(6, was_asked=True, lost_after=2)]
    assert lost_by_category(people) == {
        Category.PROMOTER: [(1, False)],
        Category.DETRACTOR: [(2, True), (3, False)],
        Category.SILENT: [(6, True)],
    }


def test_segments_have_their_lost_and_their_value_and_who_sent_more_back_than_they_bought_takes_none_away() -> None:
    people = [someone(lost_after=1), someone(), someone(plan="bạc", value_minor=-5)]
    assert segments(people, lambda one: one.plan) == [
        Segment(name="vàng", lost=Share(1, 2), value_minor=2_000_000),
        Segment(name="bạc", lost=Share(0, 1), value_minor=0),
    ]


def test_a_sample_says_what_all_are_worth_and_by_how_much_that_may_be_off() -> None:
    """Four hundred customers of unlike value, of whom each tenth one is met by chance, again and again."""
    random = np.random.default_rng(7)
    worth = random.exponential(1_000_000, 400).astype(int).tolist()
    everybody = [someone(value_minor=one) for one in worth]
    drawn = [[everybody[place] for place in np.flatnonzero(random.random(400) < 0.1)] for _ in range(500)]
    found = [segments(one, lambda each: each.plan, every=10)[0] for one in drawn]
    values, errors = [one.value_minor for one in found], [one.value_error for one in found]
    assert mean(values) == pytest.approx(sum(worth), rel=0.03)
    assert np.sqrt(np.mean(np.square(errors))) == pytest.approx(stdev(values), rel=0.08)


def test_a_theme_is_told_of_a_segment_from_five_customers_on() -> None:
    people = [someone(number, plan="vàng" if number < 6 else "bạc") for number in range(10)]
    said = [(number, "giá") for number in range(10)] + [(number, "giao hàng") for number in range(6)] + [(99, "giá")]
    found = themes_by_segment(people, lambda one: one.plan, [*said, (0, "thái độ")])
    assert found == {"vàng": ["giá", "giao hàng"], "bạc": []}


def test_only_customers_of_somebody_known_are_in_anybodys_charge() -> None:
    (found,) = charges([someone(owner_id=4, lost_after=3), someone()], at=PERIOD.start)
    assert (found.owner_id, found.plan, found.tenure, found.value_minor, found.left) == (
        4,
        "vàng",
        365,
        1_000_000,
        True,
    )
