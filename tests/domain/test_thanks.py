"""A message that only says thanks asks for nothing more; any other word in it does."""

import pytest

from bot.domain.thanks import is_greeting, is_small_talk, is_thanks


@pytest.mark.parametrize(
    "text",
    [
        "Cảm ơn shop",
        "cam on em nhieu nha",
        "Dạ cảm ơn anh ạ!",
        "ok em",
        "Được rồi, cảm ơn",
        "Thank you so much!",
        "thx",
        "Tks ad 🙏",
        "👍",
        "👍🏽❤️",
    ],
)
def test_thanks_is_thanks_with_and_without_accents(text: str) -> None:
    assert is_thanks(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Cảm ơn nhưng máy vẫn lỗi",
        "cam on, ma chua on",
        "không ok",
        "ok?",
        "Cảm ơn, gọi 0912345678",
        "Thanks, but it is still broken",
        "anh ơi",
        "rất nhiều",
        "👎",
        "🙏😡",
        "...",
        "cảm ơn cảm ơn cảm ơn cảm ơn cảm ơn",
    ],
)
def test_whatever_says_more_is_not(text: str) -> None:
    assert not is_thanks(text)


@pytest.mark.parametrize(
    "text", ["chào em", "Xin chào shop ạ", "hello there", "alo?", "em ơi", "Good morning!", "hi, ok"]
)
def test_a_greeting_is_one_with_and_without_accents(text: str) -> None:
    assert is_greeting(text)


@pytest.mark.parametrize("text", ["", "chào em, máy hỏng", "ok", "hello 0912345678", "em", "chào " * 9])
def test_whatever_says_more_than_a_greeting_is_not(text: str) -> None:
    assert not is_greeting(text)


def test_greetings_and_thanks_are_small_talk() -> None:
    assert [is_small_talk(text) for text in ("chào em", "ok", "máy hỏng")] == [True, True, False]
