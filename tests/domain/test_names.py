import unicodedata

import pytest
from hypothesis import given, strategies as st

from bot.domain.names import cut, search_key


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Nguyễn Thị Ân", "nguyen thi an"),
        ("ĐẶNG  Đình Đức ", "dang dinh duc"),
        (unicodedata.normalize("NFD", "Trần Ước"), "tran uoc"),
        ("O'Brien-Łukasz", "o'brien-łukasz"),
        ("", ""),
    ],
)
def test_a_search_key_has_no_accents_no_case_and_single_spaces(name: str, key: str) -> None:
    assert search_key(name) == key


@given(st.text())
def test_a_search_key_is_its_own_key(name: str) -> None:
    assert search_key(search_key(name)) == search_key(name)


@pytest.mark.parametrize(
    ("text", "line"),
    [("hai\n ba", "hai ba"), ("vừa đủ", "vừa đủ"), ("dài quá rồi", "dài qu…"), ("bốn năm sáu", "bốn nă…")],
)
def test_other_peoples_words_are_cut_to_a_line(text: str, line: str) -> None:
    assert cut(text, 7) == line
