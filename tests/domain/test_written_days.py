"""Days as they are read in each language."""

from datetime import date

import pytest

from bot.domain.messages import Language
from bot.domain.written_days import written_day


@pytest.mark.parametrize(("language", "written"), [(Language.VI, "01/12/2026"), (Language.EN, "1 Dec 2026")])
def test_nobody_takes_the_first_of_december_for_the_twelfth_of_january(language: Language, written: str) -> None:
    assert written_day(date(2026, 12, 1), language) == written
