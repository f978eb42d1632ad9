"""What tests of a process did each and do once, or never: compile, migrate and wait for the disk."""

import sqlite3
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from alembic.config import Config
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import Connection, Engine, event

from storage.keyring import PLAIN, Keyring

Asked = tuple[str, bool, Keyring]


class Engines:
    """Stands in for `storage.database.engine_for`, which is `make`; engines for the addresses in `kept` are used again.

    Their connections are not: who disposes of an engine closes them all, and gives it back.
    """

    def __init__(self, make: Callable[..., Engine]) -> None:
        self.make = make
        self._idle: defaultdict[Asked, list[Engine]] = defaultdict(list)
        self.kept: set[str] = set()

    def __call__(self, url: str, *, read_only: bool = False, keyring: Keyring = PLAIN) -> Engine:
        """An engine that nobody uses now."""
        idle = self._idle[url, read_only, keyring]
        if idle:
            return idle.pop()
        engine = self.make(url, read_only=read_only, keyring=keyring)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _forgo_durability)

        @event.listens_for(engine, "engine_disposed")
        def _give_back(_: Engine) -> None:
            if url in self.kept and engine not in idle:
                idle.append(engine)

        return engine


def _forgo_durability(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")


class Upgrades:
    """Stands in for `alembic.command.upgrade`: what it makes of a blank SQLite database is copied into the next one."""

    def __init__(self, make: Callable[[Config, str], None]) -> None:
        self._make = make
        self._made: sqlite3.Connection | None = None

    def __call__(self, config: Config, revision: str) -> None:
        """Bring the database of this configuration to a revision."""
        connection: Connection = config.attributes["connection"]
        file = connection.connection.driver_connection
        if revision != "head" or not isinstance(file, sqlite3.Connection) or _holds_anything(file):
            self._make(config, revision)
        elif self._made is None:
            self._make(config, revision)
            connection.commit()
            self._made = sqlite3.connect(":memory:", check_same_thread=False)
            file.backup(self._made)
        else:
            self._made.backup(file)

    def close(self) -> None:
        if self._made is not None:
            self._made.close()


def _holds_anything(file: sqlite3.Connection) -> bool:
    return file.execute("SELECT 1 FROM sqlite_master").fetchone() is not None


class Templates(BytecodeCache):
    """What Jinja made of each template; it asks by the template's source too, so a changed one is compiled anew."""

    def __init__(self) -> None:
        self._compiled: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._compiled:
            bucket.bytecode_from_string(self._compiled[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._compiled[bucket.key] = bucket.bytecode_to_string()
