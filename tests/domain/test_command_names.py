"""Which command was probably meant."""

import pytest

from bot.domain.command_names import nearest_command

KNOWN = ("customers", "customer", "report", "help", "start")


@pytest.mark.parametrize(
    ("written", "meant"),
    [("/repot", "report"), ("/Custmers", "customers"), ("/hepl@mai_bot", "help"), ("/báocáo", ""), ("/", "")],
)
def test_a_slip_of_the_finger_is_understood_and_other_words_are_not(written: str, meant: str) -> None:
    assert nearest_command(written, KNOWN) == meant
