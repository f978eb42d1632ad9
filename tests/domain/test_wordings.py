"""Two wordings of each question, and who gets which."""

import pytest

from bot.domain.audiences import HASH_RANGE, stable_order
from bot.domain.metrics.proportions import is_fair_split
from bot.domain.touchpoints import SURVEYS, Kind
from bot.domain.wordings import BOTH, GENERAL_CES, WORDINGS, Variant, assigned, known_wording, wording_of


def test_every_survey_has_two_wordings_and_no_two_share_a_name() -> None:
    names = [name for wordings in (*WORDINGS.values(), GENERAL_CES) for name in wordings.values()]
    assert len(set(names)) == len(names) == 8
    assert set(WORDINGS) == SURVEYS


@pytest.mark.parametrize(
    ("kind", "about_nothing", "name"),
    [(Kind.CES, True, "ces2-general-2"), (Kind.CES, False, "ces2-2"), (Kind.CSAT, True, "csat-2")],
)
def test_only_ces_needs_other_words_when_it_is_about_nothing(kind: Kind, name: str, *, about_nothing: bool) -> None:
    assert wording_of(kind, Variant.B, about_nothing=about_nothing) == name


@pytest.mark.parametrize(
    ("kind", "name", "known"),
    [
        (Kind.NPS, "nps-2", "nps-2"),
        (Kind.CES, "ces2-general-1", "ces2-general-1"),
        (Kind.NPS, "ces2-general-1", "nps-1"),
        (Kind.CSAT, None, "csat-1"),
        (Kind.CSAT, "../secret", "csat-1"),
    ],
)
def test_a_wording_that_is_not_known_is_asked_in_the_usual_words(kind: Kind, name: object, known: str) -> None:
    assert known_wording(kind, name) == known


def test_a_customer_keeps_the_wording_of_a_wave_and_draws_anew_in_the_next() -> None:
    first, again, other = ([assigned(wave, one, BOTH) for one in range(200)] for wave in (1, 1, 2))
    assert first == again
    assert 60 < sum(a == b for a, b in zip(first, other, strict=True)) < 140
    assert first[:8] == [Variant(letter) for letter in "aabbbaab"]


def test_the_draw_is_fair_also_among_those_of_a_sample() -> None:
    sample = [one for one in range(20_000) if stable_order(one) < HASH_RANGE // 5]
    drawn = [assigned(3, one, BOTH) for one in sample]
    assert is_fair_split(drawn.count(Variant.A), drawn.count(Variant.B))


def test_a_wave_with_one_wording_gives_it_to_everybody() -> None:
    assert {assigned(1, one, (Variant.B,)) for one in range(50)} == {Variant.B}
