import pytest

from bot.domain.customers import speaks
from bot.domain.messages import Language


@pytest.mark.parametrize(
    ("code", "spoken"),
    [
        ("vi", Language.VI),
        ("vi-VN", Language.VI),
        ("en", Language.EN),
        ("EN-gb", Language.EN),
        ("fr", Language.VI),
        ("", Language.VI),
        (None, Language.VI),
    ],
)
def test_a_person_is_spoken_to_in_the_language_of_their_telegram_where_we_speak_it(
    code: str | None, spoken: Language
) -> None:
    assert speaks(code, Language.VI) is spoken


def test_everybody_else_is_spoken_to_in_the_language_of_the_business() -> None:
    assert speaks("fr", Language.EN) is Language.EN
