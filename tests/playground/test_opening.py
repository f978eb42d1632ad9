"""When the playground opens, and when it refuses to."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.domain.rules import ContactRules, Rules
from bot.playground import demo
from bot.playground.opening import opening_time
from bot.serving import listen
from bot.settings import Settings, SettingsError


def test_it_opens_in_the_morning_of_a_day_on_which_surveys_may_be_sent() -> None:
    evening = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
    assert opening_time(evening, Rules()) == datetime(2026, 11, 22, 2, 5, tzinfo=UTC)
    holiday = replace(Rules(), contact=ContactRules(holidays=frozenset({evening.date()})))
    assert opening_time(evening, holiday) == datetime(2026, 11, 23, 2, 5, tzinfo=UTC)
    tet = datetime(2027, 2, 6, 3, tzinfo=UTC)
    assert opening_time(tet, Rules()) == datetime(2027, 2, 13, 2, 5, tzinfo=UTC)


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with listen("127.0.0.1", 0) as taken, pytest.raises(SettingsError, match="--port"):
        demo.run(Settings(), port=taken.getsockname()[1])


def test_a_kept_playground_is_not_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / demo.DATABASE
    kept.write_bytes(b"kept")
    with pytest.raises(SettingsError, match="choose another folder"):
        demo.run(Settings(), port=0, keep=tmp_path)
    assert kept.read_bytes() == b"kept"
