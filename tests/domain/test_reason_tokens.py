"""The words of a reason: composed, lower case, squeezed, shorthand in full, counted without accents."""

import unicodedata

from hypothesis import given, strategies as st

from bot.domain.names import search_key
from bot.domain.reasons.tokens import grams, read

PLAIN_WORDS = ["giao", "hàng", "trễ", "nhân", "viên", "đổi", "trả", "mặt", "mất", "late", "staff"]


def words(text: str) -> list[str]:
    return [one.typed for clause in read(text).clauses for one in clause]


def test_letters_are_composed_lowered_and_squeezed_and_shorthand_is_written_in_full() -> None:
    assert words(unicodedata.normalize("NFD", "GIAO HÀNG quáááá chậm")) == ["giao", "hàng", "quá", "chậm"]
    assert words("nv ko nhiệt tình") == ["nhân", "viên", "không", "nhiệt", "tình"]
    assert words("didn't, didn’t") == ["didnt", "didnt"]


def test_numbers_keep_their_repeated_digits() -> None:
    assert words("chờ 1000 năm") == ["chờ", "1000", "năm"]


def test_a_pair_never_reaches_over_a_sign() -> None:
    assert set(grams(read("giao, hàng trễ"))) == {"giao", "hang", "tre", "hang tre"}


def test_a_phrase_is_counted_without_accents_and_remembers_how_it_was_first_typed() -> None:
    assert grams(read("Giao hàng. giao hang"))["giao hang"] == "giao hàng"


def test_numbers_and_codes_are_no_phrases() -> None:
    assert set(grams(read("đơn 123 trễ"))) == {"don", "tre"}


def test_a_text_counts_as_typed_with_accents_from_a_fifth_of_its_syllables_on() -> None:
    assert read("giao hàng chậm quá").accented
    assert read("toi dat đơn hang roi").accented
    assert not read("toi dat đon hang roi nhe").accented
    assert not read("...").accented


@given(st.lists(st.sampled_from(PLAIN_WORDS), max_size=9))
def test_typing_without_accents_leaves_the_same_phrases(said: list[str]) -> None:
    text = " ".join(said)
    assert set(grams(read(text))) == set(grams(read(search_key(text))))
