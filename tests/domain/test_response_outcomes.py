"""What became of those who did not answer, beside those who did."""

import pytest
from statsmodels.stats.proportion import confint_proportions_2indep

from bot.domain.metrics.estimates import Verdict
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.response_outcomes import Followed, Outcome, outcome_figures, outcome_lines


def test_both_groups_stand_beside_each_other_with_their_difference() -> None:
    (line,) = outcome_lines(Followed(200, 40, 0), Followed(100, 5, 0))
    assert (line.outcome, line.silent_n, line.answered_n) == (Outcome.LOST, 200, 100)
    assert (line.silent, line.answered) == (proportion(Share(40, 200)), proportion(Share(5, 100)))
    assert (line.change.verdict, line.change.difference is not None) == (Verdict.UP, True)
    low, high = confint_proportions_2indep(40, 200, 5, 100, method="newcomb", compare="diff")
    assert line.change.difference is not None
    assert (line.change.difference.low, line.change.difference.high) == pytest.approx((low, high), abs=1e-9)


def test_what_nobody_did_is_not_told() -> None:
    assert outcome_lines(Followed(50), Followed(50)) == []
    assert [line.outcome for line in outcome_lines(Followed(50, 0, 3), Followed(50, 1, 0))] == list(Outcome)


def test_too_few_are_neither_shown_nor_compared() -> None:
    (line,) = outcome_lines(Followed(4, 1, 0), Followed(60, 3, 0))
    assert (line.silent, line.change.verdict) == (None, Verdict.NOT_COMPARABLE)
    (line,) = outcome_lines(Followed(29, 9, 0), Followed(60, 3, 0))
    assert (line.silent is None, line.change.verdict) == (False, Verdict.NOT_COMPARABLE)
    (line,) = outcome_lines(Followed(0), Followed(60, 3, 0))
    assert (line.silent, line.change.verdict) == (None, Verdict.NOT_COMPARABLE)


def test_a_file_holds_both_groups() -> None:
    figures = list(outcome_figures(outcome_lines(Followed(200, 40, 90), Followed(100, 5, 60))))
    assert [(one.key, one.n) for one in figures] == [
        ("silent_lost", 200),
        ("answered_lost", 100),
        ("silent_bought", 200),
        ("answered_bought", 100),
    ]
