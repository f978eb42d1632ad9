"""Kills and stops, on the real process against a Bot API server of another process: nothing lost, nothing doubled."""

import signal
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.domain.touchpoints import Kind
from tests.bench import data
from tests.telegram_process import Server, bot_api, bot_environment, process, tap, wait_until

TAPS = 300
MESSAGES = 120
IN_FLIGHT = 8
# Where it is noon: a wave writes to people after nine in the morning.
NOON = f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"
RULES = f"""
timezone = "{NOON}"
[contact]
country = ""
quiet_from = "00:00"
quiet_until = "00:00"
[delivery]
per_second = 1000.0
in_flight = {IN_FLIGHT}
timeout = "1s"
lease = "3s"
"""
BOT = [sys.executable, "-m", "bot", "run"]

pytestmark = pytest.mark.usefixtures("upgrades")


@pytest.fixture
def server() -> Iterator[Server]:
    with bot_api() as running:
        yield running


class Scene:
    """A bot that can be started, killed and started again on one database."""

    def __init__(self, server: Server, folder: Path) -> None:
        self.server = server
        self.path = folder / "touchpoint.sqlite3"
        self.url = f"sqlite:///{self.path}"
        rules = folder / "rules.toml"
        rules.write_text(RULES)
        self._environment = bot_environment(server, self.url, TOUCHPOINT_RULES=str(rules), STAFF_CHAT_ID="-1001")

    def bot(self) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return process(BOT, **self._environment)

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.path)) as connection:
            return connection.execute(query).fetchall()

    def count(self, query: str) -> int:
        return int(self.ask(query)[0][0])

    def sent(self) -> Counter[str]:
        """How often each chat was sent a message."""
        calls = self.server.state()["calls"]
        return Counter(call["chat_id"] for call in calls if call["method"] == "sendMessage")


@pytest.fixture
def scene(server: Server, tmp_path: Path) -> Scene:
    return Scene(server, tmp_path)


def push_taps(scene: Scene) -> None:
    data.with_open_surveys(scene.url, TAPS)
    scene.server.push([tap(i, data.FIRST_CHAT + i, i, f"s:{i}:{i % 11}:{i}") for i in range(1, TAPS + 1)])


def assert_every_tap_is_stored_once(scene: Scene) -> None:
    assert scene.ask("select run_id, score from answer order by run_id") == [(i, i % 11) for i in range(1, TAPS + 1)]
    detractors = sum(i % 11 <= 6 for i in range(1, TAPS + 1))
    assert scene.count("select count(*) from support_case") == detractors
    assert inbox(scene) == 0


def inbox(scene: Scene) -> int:
    """How many updates were confirmed to the messenger and are not handled yet."""
    return scene.count("select count(*) from inbox")


@pytest.mark.parametrize("after", [1, 40, 150])
def test_a_kill_with_300_waiting_taps_loses_none_and_doubles_none(scene: Scene, after: int) -> None:
    push_taps(scene)
    with scene.bot() as running:
        wait_until(lambda: scene.server.counts().get("editMessageText", 0) >= after, f"{after} taps are answered")
        running.kill()
    assert scene.count("select count(*) from answer") >= after
    with scene.bot():
        wait_until(lambda: scene.server.waiting() == 0, "every update is confirmed")
        wait_until(lambda: scene.count("select count(*) from answer") == TAPS, "every tap is stored")
        wait_until(lambda: len(edited(scene)) == TAPS, "every tapped message shows the choice")
        wait_until(lambda: inbox(scene) == 0, "nothing is left to be handled")
    assert_every_tap_is_stored_once(scene)


def edited(scene: Scene) -> set[str]:
    return {call["chat_id"] for call in scene.server.state()["calls"] if call["method"] == "editMessageText"}


def test_a_stop_with_300_waiting_taps_loses_none_and_doubles_none(scene: Scene) -> None:
    push_taps(scene)
    with scene.bot() as running:
        wait_until(lambda: scene.server.counts().get("editMessageText", 0) >= 40, "40 taps are answered")
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    answered = scene.count("select count(*) from answer")
    assert scene.server.waiting() == TAPS - answered
    with scene.bot():
        wait_until(lambda: scene.server.waiting() == 0, "every update is confirmed")
        wait_until(lambda: inbox(scene) == 0, "nothing is left to be handled")
    assert_every_tap_is_stored_once(scene)
    calls = [call for call in scene.server.state()["calls"] if call["method"] == "editMessageText"]
    assert max(Counter(call["chat_id"] for call in calls).values()) == 1


def kill_in_mid_send(scene: Scene, kind: Kind) -> None:
    """Kill a sender with messages in flight, and let another one finish."""
    data.with_queue(scene.url, MESSAGES, kind)
    scene.server.set(delay=0.2)
    with scene.bot() as running:
        wait_until(lambda: sum(scene.sent().values()) >= 3 * IN_FLIGHT, "some messages have left")
        running.kill()
    assert 0 < scene.count("select count(*) from outbox where status = 'sending'") <= IN_FLIGHT
    scene.server.set(delay=0)
    with scene.bot():
        settled = "select count(*) from outbox where status in ('sent', 'unknown') and customer_id is not null"
        wait_until(lambda: scene.count(settled) == MESSAGES, "every message is settled")


def test_a_kill_in_mid_send_loses_none_and_flags_what_it_may_have_doubled(scene: Scene) -> None:
    kill_in_mid_send(scene, Kind.MILESTONE)
    sent = scene.sent()
    assert len(sent) == MESSAGES
    doubled = {int(chat) - data.FIRST_CHAT for chat, times in sent.items() if times > 1}
    flagged = {row[0] for row in scene.ask("select customer_id from outbox where possible_duplicate")}
    assert doubled <= flagged
    assert 0 < len(flagged) <= IN_FLIGHT
    assert max(sent.values()) <= 2


def test_a_kill_in_mid_send_never_sends_a_survey_or_a_greeting_twice(scene: Scene) -> None:
    kill_in_mid_send(scene, Kind.BIRTHDAY)
    sent = scene.sent()
    assert max(sent.values()) == 1
    unknown = {row[0] for row in scene.ask("select customer_id from outbox where status = 'unknown'")}
    assert 0 < len(unknown) <= IN_FLIGHT
    unsent = set(range(1, MESSAGES + 1)) - {int(chat) - data.FIRST_CHAT for chat in sent}
    assert unsent <= unknown


def test_a_stop_in_mid_send_neither_loses_nor_doubles(scene: Scene) -> None:
    data.with_queue(scene.url, MESSAGES, Kind.MILESTONE)
    scene.server.set(delay=0.2)
    with scene.bot() as running:
        wait_until(lambda: sum(scene.sent().values()) >= 3 * IN_FLIGHT, "some messages have left")
        running.send_signal(signal.SIGTERM)
        assert running.wait(30) == 0
    assert scene.count("select count(*) from outbox where status = 'sending'") == 0
    assert scene.count("select count(*) from outbox where status = 'sent'") == sum(scene.sent().values())
    scene.server.set(delay=0)
    with scene.bot():
        wait_until(lambda: scene.count("select count(*) from outbox where status = 'sent'") == MESSAGES, "all are sent")
    assert Counter(scene.sent().values()) == {1: MESSAGES}


def test_two_bots_on_one_database_send_each_message_once(scene: Scene) -> None:
    data.with_queue(scene.url, MESSAGES, Kind.MILESTONE)
    with scene.bot(), scene.bot():
        wait_until(lambda: scene.count("select count(*) from outbox where status = 'sent'") == MESSAGES, "all are sent")
    assert Counter(scene.sent().values()) == {1: MESSAGES}


def test_a_kill_between_the_sends_of_a_wave_asks_nobody_twice_and_keeps_to_the_days_share(scene: Scene) -> None:
    data.with_wave(scene.url, MESSAGES, per_day=MESSAGES // 2, timezone=NOON)
    scene.server.set(delay=0.2)
    with scene.bot() as running:
        wait_until(lambda: sum(scene.sent().values()) >= 3 * IN_FLIGHT, "some invitations have left")
        running.kill()
    assert 0 < scene.count("select count(*) from outbox where status = 'sending'") <= IN_FLIGHT
    assert scene.count("select count(*) from outbox where status = 'pending'") > 0
    scene.server.set(delay=0)
    with scene.bot():
        settled = "select count(*) from outbox where status in ('sent', 'unknown') and kind = 'nps'"
        wait_until(lambda: scene.count(settled) == MESSAGES // 2, "the day's share is settled")
    sent, unknown = scene.sent(), "select customer_id from outbox where status = 'unknown'"
    assert max(sent.values()) == 1
    assert 0 < len(scene.ask(unknown)) <= IN_FLIGHT
    asked = {row[0] for row in scene.ask("select customer_id from wave_member where state = 'queued'")}
    assert asked == set(range(1, MESSAGES // 2 + 1))
    assert {int(chat) - data.FIRST_CHAT for chat in sent} | {row[0] for row in scene.ask(unknown)} == asked
    words = "select distinct variant, wording from wave_member join survey_run on run_id = survey_run.id"
    assert set(scene.ask(words)) == {("a", "nps-1"), ("b", "nps-2")}
    assert scene.ask("select status from wave") == [("running",)]
