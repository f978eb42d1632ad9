"""`touchpoint encrypt` and the keys in the settings, as who runs the bot meets them."""

import logging
import os
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import insert
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.clock import utc_now
from bot.doctor import Finding, examine
from bot.identity import Identity
from bot.settings import Settings, SettingsError, load_settings
from storage.database import Database, Tx
from storage.keyring import Key, new_secret
from storage.migrate import migrate
from storage.tables import interaction
from tests.factories import add_customer, rows
from tests.telegram_process import ROOT, wait_until

DATABASE = "sqlite:///touchpoint.sqlite3"
FILE = Path("touchpoint.sqlite3")
OLD, NEW = new_secret(), new_secret()
PHONE = "+84912345678"
WORDS = "bí mật"
MANY = 6000


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


def touchpoint(*words: str, keys: str = "") -> Result:
    environment = {"COLUMNS": "200", "NO_COLOR": "1", "ENCRYPTION_KEYS": keys}
    return CliRunner().invoke(app, list(words), env=environment)


@pytest.fixture
def _written() -> None:
    """A database with words that were written before there were keys."""
    migrate(DATABASE)
    write(MANY // 100)


def write(count: int, keys: str = "") -> None:
    with closing(opened(keys)) as database:
        customer_id = add_customer(database, phone=PHONE)

        def add(tx: Tx, *, now: object) -> None:
            row = {"customer_id": customer_id, "kind": "note", "happened_at": utc_now()}
            tx.execute(insert(interaction), [{**row, "body": f"{WORDS} {number}"} for number in range(count)])

        database.write_now(add)


def opened(keys: str) -> Database:
    keyring = settings(keys).keyring
    return Database(DATABASE, now=utc_now, keyring=keyring)


def settings(keys: str) -> Settings:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENCRYPTION_KEYS", keys)
        return load_settings(now=utc_now())


def bodies(keys: str) -> list[str]:
    with closing(opened(keys)) as database:
        return [str(row["body"]) for row in rows(database, "interaction")]


def on_disk() -> bytes:
    """Every byte that lies on the disk, the write-ahead log's included."""
    return b"".join(path.read_bytes() for path in sorted(Path().glob("touchpoint.sqlite3*")))


def key_ids() -> list[str]:
    with closing(sqlite3.connect(FILE)) as connection:
        return [str(row[0]) for row in connection.execute("SELECT key_id FROM encryption_key ORDER BY key_id")]


def encryption_finding(keys: str) -> Finding:
    found = examine(settings(keys), ask_identity=lambda _: Identity(username="x", telegram_time=None), now=utc_now)
    return next(finding for finding in found if finding.subject == "encryption")


@pytest.mark.usefixtures("_written")
def test_turned_on_no_byte_of_the_file_tells_what_was_written_and_turned_off_all_is_there_again() -> None:
    assert WORDS.encode() in on_disk()
    turned_on = touchpoint("encrypt", keys=OLD)
    assert turned_on.exit_code == 0
    assert f"{MANY // 100 + 1} texts were written again; all are encrypted now." in turned_on.stdout
    found = on_disk()
    assert [secret for secret in (WORDS, PHONE, "12345678") if secret.encode() in found] == []
    assert bodies(OLD) == [f"{WORDS} {number}" for number in range(MANY // 100)]
    assert "0 texts were written again" in touchpoint("encrypt", keys=OLD).stdout

    turned_off = touchpoint("encrypt", "--off", keys=OLD)
    assert "all are plain now" in turned_off.stdout
    assert (len(bodies("")), key_ids()) == (MANY // 100, [])
    assert touchpoint("staff", "list").exit_code == 0


@pytest.mark.usefixtures("_written")
def test_after_a_new_key_the_old_one_is_needed_until_all_is_written_again() -> None:
    touchpoint("encrypt", keys=OLD)
    assert encryption_finding(OLD) == Finding("encryption", in_order=True, words=f"on, with the key {Key(OLD).id}")
    assert "touchpoint encrypt" in encryption_finding(f"{NEW},{OLD}").words
    refused = touchpoint("staff", "list", keys=NEW)
    assert refused.exit_code == 1
    assert Key(OLD).id in refused.stderr
    assert "put the old keys back" in refused.stderr
    assert touchpoint("encrypt", keys=f"{NEW},{OLD}").exit_code == 0
    assert (key_ids(), len(bodies(NEW))) == ([Key(NEW).id], MANY // 100)
    assert touchpoint("staff", "list", keys=NEW).exit_code == 0


@pytest.mark.usefixtures("_written")
@pytest.mark.parametrize("keys", ["", NEW], ids=["none", "another"])
def test_without_the_key_that_the_database_needs_nothing_starts_and_nothing_changes(
    keys: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    touchpoint("encrypt", keys=OLD)
    before = on_disk()
    monkeypatch.setenv("BOT_TOKEN", "123456789:AAE-secret_secret_secret_secret_secre")
    for command in (["run"], ["staff", "list"], ["encrypt"]):
        result = touchpoint(*command, keys=keys)
        assert result.exit_code == 1, command
        assert "ENCRYPTION_KEYS: " in result.stderr
    finding = encryption_finding(keys)
    assert not finding.in_order
    assert Key(OLD).id in finding.words
    assert on_disk() == before


@pytest.mark.usefixtures("_written")
def test_off_before_the_keys_reads_both_and_writes_plain_texts() -> None:
    touchpoint("encrypt", keys=OLD)
    with closing(opened(f"off,{OLD}")) as database:
        an = add_customer(database, chat_id=None, location="Huế")
        assert rows(database, "customer", id=an)[0]["location"] == "Huế"
    assert touchpoint("encrypt", keys=f"off,{OLD}").exit_code == 0
    assert WORDS.encode() in on_disk()


@pytest.mark.usefixtures("_written")
def test_a_changed_text_is_named_and_left_and_the_others_are_written_again() -> None:
    touchpoint("encrypt", keys=OLD)
    with closing(sqlite3.connect(FILE)) as connection:
        connection.execute("UPDATE interaction SET body = substr(body, 1, 40) || 'AAAA' WHERE id = 7")
        connection.commit()
    result = touchpoint("encrypt", keys=f"{NEW},{OLD}")
    assert result.exit_code == 1
    assert "interaction.body holds an encrypted text that was changed or moved (table interaction, row 7)" in (
        result.stderr
    )
    assert f"{MANY // 100} texts were written again" in result.stderr
    assert key_ids() == sorted([Key(OLD).id, Key(NEW).id])


def test_killed_in_the_middle_it_goes_on_where_it_was(folder: Path) -> None:
    migrate(DATABASE)
    write(MANY)
    environment = {**os.environ, "ENCRYPTION_KEYS": OLD, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([sys.executable, "-m", "bot", "encrypt"], env=environment, stderr=subprocess.DEVNULL)
    wait_until(lambda: encrypted() > 0, "some texts are encrypted", every=0.0005)
    running.kill()
    running.wait()
    done = encrypted()
    assert 0 < done < MANY
    assert bodies(OLD) == [f"{WORDS} {number}" for number in range(MANY)]
    result = touchpoint("encrypt", keys=OLD)
    assert f"{MANY - done} texts were written again" in result.stdout
    assert bodies(OLD) == [f"{WORDS} {number}" for number in range(MANY)]
    assert WORDS.encode() not in on_disk()


def encrypted() -> int:
    with closing(sqlite3.connect(FILE)) as connection:
        return int(connection.execute("SELECT count(*) FROM interaction WHERE body LIKE 'enc1:%'").fetchone()[0])


def test_a_new_key_is_printed_and_taken() -> None:
    printed = touchpoint("encrypt", "--new-key").stdout.strip()
    assert settings(printed).keyring.ids == {Key(printed).id}
    assert "--new-key" in touchpoint("encrypt").stderr


@pytest.mark.parametrize(
    "keys", ["short", f"{OLD},short", f"{OLD},off", "off,x"], ids=["short", "then short", "off last", "off and none"]
)
def test_keys_that_are_none_are_refused_and_not_shown(keys: str) -> None:
    with pytest.raises(SettingsError) as caught:
        settings(keys)
    (problem,) = caught.value.problems
    assert problem.startswith("ENCRYPTION_KEYS: must be keys")
    assert OLD not in problem


def test_keys_are_secrets_of_the_log_and_of_repr() -> None:
    found = settings(f"{NEW},{OLD}")
    assert {NEW, OLD} <= set(found.secrets())
    assert NEW not in repr(found)
    assert settings(f"off,{OLD}").secrets() == (OLD,)
