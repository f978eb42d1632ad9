"""How a theme goes with the score: Newcombe's difference, hidden or unjudged where n is small."""

from collections import Counter

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from bot.domain.metrics.estimates import Verdict
from bot.domain.metrics.proportions import Share
from bot.domain.reasons.drivers import drivers, most_named
from bot.domain.surveys import Band

REASONS = Counter({Band.DETRACTOR: 60, Band.PASSIVE: 40, Band.PROMOTER: 100})


def counts(detractors: int, others: int) -> Counter[Band]:
    return Counter({Band.DETRACTOR: detractors, Band.PROMOTER: others})


def test_those_who_name_a_theme_are_held_against_all_the_rest() -> None:
    (one,) = drivers({"delivery": counts(30, 20)}, REASONS)
    assert (one.named, one.detractors, one.rest) == (Share(50, 200), Share(30, 50), Share(30, 150))
    assert one.share is not None
    assert one.share.value == 0.25
    assert one.difference is not None
    low, high = confint_proportions_2indep(30, 50, 30, 150, method="newcomb")
    assert (one.difference.value, one.difference.low, one.difference.high) == pytest.approx((0.4, low, high))
    assert one.change.verdict is Verdict.UP


@pytest.mark.parametrize(
    ("n", "shown", "verdict"), [(4, False, False), (5, True, False), (29, True, False), (30, True, True)]
)
def test_under_five_nothing_is_shown_and_under_thirty_nothing_is_judged(n: int, *, shown: bool, verdict: bool) -> None:
    (one,) = drivers({"delivery": counts(n, 0)}, REASONS)
    assert (one.share is not None, one.difference is not None) == (shown, shown)
    assert (one.change.verdict is not Verdict.NOT_COMPARABLE) is verdict


def test_what_nearly_everybody_names_has_too_few_on_the_other_side() -> None:
    (one,) = drivers({"delivery": Counter({Band.DETRACTOR: 60, Band.PROMOTER: 136})}, REASONS)
    assert one.difference is None
    assert one.share is not None


def test_the_worst_comes_first_what_is_hidden_last_and_what_nobody_names_not_at_all() -> None:
    themes = {"good": counts(0, 40), "bad": counts(40, 0), "few": counts(3, 0), "none": counts(0, 0)}
    assert [one.key for one in drivers(themes, REASONS)] == ["bad", "good", "few"]


def test_the_most_named_come_first_and_equals_by_key() -> None:
    themes = {"b": counts(5, 5), "a": counts(9, 1), "c": counts(20, 0)}
    assert [one.key for one in most_named(drivers(themes, REASONS))] == ["c", "a", "b"]
