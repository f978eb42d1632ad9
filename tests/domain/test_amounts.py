"""How amounts of money are shortened."""

import pytest

from bot.domain.amounts import brief_amount


@pytest.mark.parametrize(
    ("minor", "currency", "vietnamese", "english"),
    [
        (2_356_239_000, "VND", "2,36 tỷ ₫", "₫2.36B"),
        (26_396_834, "VND", "26,4 triệu ₫", "₫26.4M"),
        (-1_826_617_098, "VND", "-1,83 tỷ ₫", "-₫1.83B"),
        (705_465_000, "VND", "705 triệu ₫", "₫705M"),
        (937_000, "VND", "937.000 ₫", "₫937,000"),
        (0, "VND", "0 ₫", "₫0"),
        (123_450, "USD", "1.234,50 US$", "US$1,234.50"),
        (236_000_000, "USD", "2,36 triệu US$", "US$2.36M"),
    ],
)
def test_an_amount_is_as_short_as_it_can_be_read(minor: int, currency: str, vietnamese: str, english: str) -> None:
    assert brief_amount(minor, currency, "vi_VN").replace("\N{NO-BREAK SPACE}", " ") == vietnamese
    assert brief_amount(minor, currency, "en_GB") == english


def test_a_picture_has_room_for_fewer_digits() -> None:
    assert brief_amount(2_356_239_000, "VND", "vi_VN", digits=1) == "2,4\N{NO-BREAK SPACE}tỷ\N{NO-BREAK SPACE}₫"
