from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text

from bot.doctor import Finding, examine
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.identity import Identity, UnknownTokenError, UnreachableError
from bot.settings import Settings
from storage.database import Database, connect
from storage.migrate import migrate
from tests import factories

SECRET = SecretStr("1:token")
ON_SQLITE = pytest.mark.parametrize("blank_url", ["sqlite"], indirect=True)
"""For what is found whatever the database."""


@pytest.fixture
def settings(blank_url: str) -> Settings:
    migrate(blank_url)
    return Settings(bot_token=SECRET, database_url=blank_url, rules=Rules(admin_ids=frozenset({7})))


def findings(
    settings: Settings, clock: Any, answer: Identity | Exception | None = None, problems: Sequence[str] = ()
) -> dict[str, Finding]:
    def ask(_: Settings) -> Identity:
        if isinstance(answer, Exception):
            raise answer
        settings.require_token()
        return answer or Identity(username="hoa_bot", telegram_time=clock.now())

    return {finding.subject: finding for finding in examine(settings, problems, ask_identity=ask, now=clock.now)}


def test_a_good_installation_is_in_order_line_by_line(settings: Settings, clock: Any) -> None:
    found = findings(settings, clock)

    assert [finding.subject for finding in found.values() if not finding.in_order] == []
    assert list(found) == [
        "settings",
        "admins",
        "migrations",
        "database",
        "encryption",
        "time zones",
        "updates",
        "messages",
        "token",
        "clock",
    ]
    assert found["token"].words == "@hoa_bot"


@ON_SQLITE
@pytest.mark.parametrize(
    ("key", "unseen"),
    [
        ("ADMIN_IDS", {"admins"}),
        ("DATABASE_URL", {"migrations", "database", "encryption", "time zones", "updates", "messages"}),
        ("ENCRYPTION_KEYS", {"encryption"}),
        ("BOT_TOKEN", {"token", "clock"}),
        ("BOT_PROXY", {"token", "clock"}),
        ("LOG_LEVEL", set()),
        ("touchpoint.toml", set()),
    ],
)
def test_a_wrong_setting_hides_only_what_hangs_on_it(
    settings: Settings, clock: Any, key: str, unseen: set[str]
) -> None:
    well = set(findings(settings, clock))
    ill = findings(settings, clock, problems=[f"{key}: do this"])
    assert (ill["settings"].in_order, ill["settings"].words) == (False, f"{key}: do this")
    assert well - set(ill) == unseen


def test_examining_leaves_nothing_behind(settings: Settings, clock: Any) -> None:
    findings(settings, clock)

    with connect(settings.database_url) as connection:
        assert connection.execute(text("SELECT count(*) FROM rate")).scalar_one() == 0


@ON_SQLITE
def test_without_admins_nobody_may_command_the_bot(settings: Settings, clock: Any) -> None:
    nobody = Settings(bot_token=SECRET, database_url=settings.database_url)

    assert "ADMIN_IDS" in findings(nobody, clock)["admins"].words
    assert not findings(nobody, clock)["admins"].in_order


def test_a_database_that_is_behind_says_how_to_migrate(settings: Settings, clock: Any) -> None:
    migrate(settings.database_url, "base")

    found = findings(settings, clock)

    assert not found["migrations"].in_order
    assert "touchpoint migrate" in found["migrations"].words
    assert "database" not in found


@pytest.mark.parametrize("url", ["sqlite:////nowhere/at/all.sqlite3", "postgresql+psycopg://nobody@127.0.0.1:9/x"])
def test_a_database_that_cannot_be_opened_says_so(clock: Any, url: str) -> None:
    found = findings(Settings(bot_token=SECRET, database_url=url), clock)

    assert not found["database"].in_order
    assert "check DATABASE_URL" in found["database"].words
    assert found["token"].in_order


def test_a_database_that_cannot_be_written_to_says_so(settings: Settings, clock: Any) -> None:
    with connect(settings.database_url) as connection:
        connection.execute(text("DROP TABLE rate"))
        connection.commit()

    found = findings(settings, clock)

    assert not found["database"].in_order
    assert found["database"].words.startswith("cannot be written to")
    assert "\n" not in found["database"].words


def test_work_that_piles_up_is_told(settings: Settings, clock: Any) -> None:
    database = Database(settings.database_url, now=clock.now)
    an = factories.add_customer(database, timezone="Asia/Hanoi")
    factories.queue(database, Kind.BIRTHDAY, an)
    dead = {"payload": {}, "received_at": clock.now(), "attempts": 9, "next_at": None}
    factories.put(database, "inbox", update_id=1, **dead)
    factories.put(database, "inbox", update_id=2, **{**dead, "next_at": clock.now()})
    database.close()

    assert findings(settings, clock)["messages"].in_order
    clock.advance(timedelta(minutes=16))
    found = findings(settings, clock)

    assert found["messages"].words.startswith("1 overdue")
    assert found["updates"].words.startswith("1 given up")
    assert "Asia/Hanoi" in found["time zones"].words
    assert [found[name].in_order for name in ("messages", "updates", "time zones")] == [False, False, False]


@ON_SQLITE
def test_a_missing_wrong_or_unreachable_token_says_what_to_do(settings: Settings, clock: Any) -> None:
    missing = Settings(database_url=settings.database_url)

    assert "@BotFather" in findings(missing, clock)["token"].words
    assert "@BotFather" in findings(settings, clock, UnknownTokenError())["token"].words
    unreachable = findings(settings, clock, UnreachableError("no answer from there: check the network"))
    assert unreachable["Telegram"] == Finding(
        "Telegram", in_order=False, words="no answer from there: check the network"
    )
    assert "clock" not in unreachable


@ON_SQLITE
@pytest.mark.parametrize(("seconds", "in_order"), [(0, True), (60, True), (-60, True), (61, False), (-3600, False)])
def test_a_clock_that_is_off_is_told_by_how_much(settings: Settings, clock: Any, seconds: int, in_order: bool) -> None:
    answer = Identity(username="hoa_bot", telegram_time=clock.now() - timedelta(seconds=seconds))

    finding = findings(settings, clock, answer)["clock"]

    assert finding.in_order is in_order
    assert finding.words.startswith(f"{seconds:+d} s")


@ON_SQLITE
def test_a_clock_that_cannot_be_compared_is_no_fault(settings: Settings, clock: Any) -> None:
    assert findings(settings, clock, Identity(username="hoa_bot", telegram_time=None))["clock"].in_order
