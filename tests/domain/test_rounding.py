from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from bot.domain.rounding import rounded


@pytest.mark.parametrize(
    ("value", "digits", "shown"),
    [
        (0.5, 0, "1"),
        (12.5, 0, "13"),
        (13.5, 0, "14"),
        (-0.5, 0, "-1"),
        (-12.5, 0, "-13"),
        (12.4999, 0, "12"),
        (57 / 200 * 100, 0, "29"),
        (1.005 * 100, 1, "100.5"),
        (2.675, 2, "2.68"),
        (0.25, 1, "0.3"),
        (-0.4, 0, "0"),
        (7, 1, "7.0"),
    ],
)
def test_halves_go_away_from_zero(value: float, digits: int, shown: str) -> None:
    assert str(rounded(value, digits)) == shown


@given(st.integers(0, 10_000), st.integers(1, 10_000))
def test_the_percentage_of_a_count_is_the_one_worked_out_by_hand(part: int, whole: int) -> None:
    assert rounded(part / whole * 100) == Decimal((200 * part + whole) // (2 * whole))
