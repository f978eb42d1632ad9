from bot.domain.audiences import Value, matching

VALUES = [Value("gold", "Vàng"), Value(7_000_000_001, "Lê Thu Hà")]


def test_a_value_is_found_by_its_name_without_accents_or_case() -> None:
    assert matching(VALUES, "vang") == matching(VALUES, "VÀNG") == ["gold"]


def test_a_number_may_be_the_value_itself() -> None:
    assert matching(VALUES, "7000000001") == [7_000_000_001]


def test_what_nobody_has_finds_nothing() -> None:
    assert matching(VALUES, "bạc") == []
