import pytest

from bot.domain.audiences import Segment, Value, matching, parse_segment

VALUES = [Value("gold", "Vàng"), Value(7_000_000_001, "Lê Thu Hà")]


def test_a_value_is_found_by_its_name_without_accents_or_case() -> None:
    assert matching(VALUES, "vang") == matching(VALUES, "VÀNG") == ["gold"]


def test_a_number_may_be_the_value_itself() -> None:
    assert matching(VALUES, "7000000001") == [7_000_000_001]


def test_what_nobody_has_finds_nothing() -> None:
    assert matching(VALUES, "bạc") == []


def test_a_segment_is_read_from_a_field_and_a_value() -> None:
    assert parse_segment(" Plan = gold ") == Segment(field="plan", value="gold")


@pytest.mark.parametrize("text", ["gold", "size=big", "plan= "])
def test_what_names_no_field_or_no_value_is_no_segment(text: str) -> None:
    assert parse_segment(text) is None
