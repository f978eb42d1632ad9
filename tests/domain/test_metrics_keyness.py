"""Log-odds with an informative Dirichlet prior, beside statsmodels and by simulation."""

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st
from statsmodels.stats.contingency_tables import Table2x2

from bot.domain.metrics.keyness import KEY_Z, PRIOR_ANSWERS, log_odds
from bot.domain.metrics.proportions import Share

shares = st.integers(1, 500).flatmap(lambda whole: st.builds(Share, st.integers(0, whole), st.just(whole)))


@settings(max_examples=40)
@given(shares, shares)
def test_it_is_the_log_odds_ratio_of_statsmodels_over_its_error_once_the_prior_is_added(
    these: Share, those: Share
) -> None:
    common = PRIOR_ANSWERS * (these.part + those.part) / (these.whole + those.whole)
    if 0 < common < PRIOR_ANSWERS:
        rows = [[one.part + common, one.whole - one.part + PRIOR_ANSWERS - common] for one in (these, those)]
        table = Table2x2(np.array(rows), shift_zeros=False)
        assert log_odds(these, those) == pytest.approx(table.log_oddsratio / table.log_oddsratio_se)


@settings(max_examples=40)
@given(shares, shares)
def test_what_one_side_says_more_the_other_says_less(these: Share, those: Share) -> None:
    assert log_odds(these, those) == pytest.approx(-log_odds(those, these))


@pytest.mark.parametrize("part", [0, 7])
def test_what_nobody_or_everybody_says_tells_nobody_apart(part: int) -> None:
    assert log_odds(Share(part, 7), Share(part, 7)) == 0


@pytest.mark.parametrize(("these", "those"), [(Share(0, 0), Share(1, 2)), (Share(1, 2), Share(0, 0))])
def test_a_group_without_answers_is_refused(these: Share, those: Share) -> None:
    with pytest.raises(ValueError, match="says nothing"):
        log_odds(these, those)


def test_a_rare_phrase_is_not_told_by_its_ratio_alone() -> None:
    assert log_odds(Share(2, 100), Share(0, 100)) < KEY_Z
    assert log_odds(Share(20, 100), Share(0, 100)) > KEY_Z


@pytest.mark.parametrize("common", [0.03, 0.1, 0.4])
def test_of_phrases_that_both_say_alike_hardly_one_in_a_hundred_is_told(common: float) -> None:
    generator = np.random.default_rng(7)
    draws = generator.binomial((80, 200), common, size=(4000, 2))
    told = [abs(log_odds(Share(int(here), 80), Share(int(there), 200))) >= KEY_Z for here, there in draws]
    assert np.mean(told) < 0.015
