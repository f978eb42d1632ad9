"""What detractors say that promoters do not: on answers, with two quotes, never somebody's own words."""

import pytest

from bot.domain.metrics.keyness import KEY_Z, log_odds
from bot.domain.metrics.proportions import Share
from bot.domain.reasons.phrases import LEAST_COMPARED, Reason, draw_quotes, key_phrases
from bot.domain.surveys import Band


def said(band: Band, *texts: str, start: int = 0) -> list[Reason]:
    return [Reason(run_id=start + n, band=band, text=text, order=100 - n) for n, text in enumerate(texts)]


def crowd(unhappy: list[str], happy: list[str]) -> list[Reason]:
    return [*said(Band.DETRACTOR, *unhappy), *said(Band.PROMOTER, *happy, start=1000)]


def test_a_phrase_of_many_detractors_and_no_promoter_is_told_with_both_counts_and_two_quotes() -> None:
    unhappy = [
        f"Giao trễ lần {word}" for word in ["một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín", "mười"]
    ]
    (one,) = key_phrases(crowd([*unhappy, *["Ổn"] * 10], ["Tốt lắm nha"] * 30)) or ()
    assert (one.phrase, one.detractors, one.promoters) == ("giao trễ", Share(10, 20), Share(0, 30))
    assert [quote.text for quote in one.quotes] == ["Giao trễ lần mười", "Giao trễ lần chín"]
    assert one.z > 2.58


def test_a_phrase_is_spelt_as_most_spell_it_and_with_accents_where_as_many_do() -> None:
    (one,) = key_phrases(crowd(["giao trễ"] * 6 + ["giao tre"] * 6, ["Tốt"] * 30)) or ()
    assert one.phrase == "giao trễ"
    (one,) = key_phrases(crowd(["giao trễ"] * 5 + ["giao tre"] * 7, ["Tốt"] * 30)) or ()
    assert one.phrase == "giao tre"


def test_an_answer_counts_once_however_often_it_says_a_phrase() -> None:
    (one,) = key_phrases(crowd(["giao trễ, giao trễ, giao trễ"] * 12, ["Tốt"] * 30)) or ()
    assert one.detractors == Share(12, 12)


def test_what_four_detractors_say_is_theirs_alone() -> None:
    few = crowd(["máy nổ"] * 4 + ["Ổn"], ["Tốt"] * 40)
    assert log_odds(Share(4, 5), Share(0, 40)) > KEY_Z
    assert key_phrases(few) == ()
    enough = crowd(["máy nổ"] * 5, ["Tốt"] * 40)
    assert [one.phrase for one in key_phrases(enough) or ()] == ["máy nổ"]


@pytest.mark.parametrize("text", ["trễ", "của em", "and the"])
def test_neither_a_lone_syllable_nor_grammar_is_told(text: str) -> None:
    assert key_phrases(crowd([text] * 20, ["Tốt"] * 30)) == ()


def test_an_english_word_stands_alone() -> None:
    assert [one.phrase for one in key_phrases(crowd(["late"] * 20, ["Tốt"] * 30)) or ()] == ["late"]


@pytest.mark.parametrize(
    ("unhappy", "happy", "passive"),
    [(20, LEAST_COMPARED - 21, 0), (4, 60, 0), (60, 4, 0), (10, 10, LEAST_COMPARED - 21)],
)
def test_under_forty_reasons_or_five_of_a_side_nothing_is_compared(unhappy: int, happy: int, passive: int) -> None:
    reasons = [*crowd(["late"] * unhappy, ["Tốt"] * happy), *said(Band.PASSIVE, *["Được"] * passive, start=5000)]
    assert key_phrases(reasons) is None


def test_passives_count_among_the_forty() -> None:
    reasons = [*crowd(["late"] * 10, ["Tốt"] * 10), *said(Band.PASSIVE, *["Được"] * 20, start=5000)]
    assert key_phrases(reasons) is not None


def test_what_promoters_say_more_is_not_told() -> None:
    assert key_phrases(crowd(["Ổn"] * 20, ["giao nhanh"] * 30)) == ()


def test_quotes_differ_and_are_drawn_of_five_or_more() -> None:
    same = said(Band.DETRACTOR, *["Giao trễ", "giao tre", "GIAO TRỄ", "Chậm", "Hỏng"])
    assert [one.text for one in draw_quotes(same)] == ["Hỏng", "Chậm"]
    assert [one.text for one in draw_quotes(same, 9)] == ["Hỏng", "Chậm", "GIAO TRỄ"]
    assert draw_quotes(same[:4]) == ()
