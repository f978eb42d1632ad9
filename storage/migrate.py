"""Bringing a database to the shape that this version of the program needs, and back."""

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from storage import database


class UnknownRevisionError(RuntimeError):
    """A newer version of the program made this database."""


class DatabaseUnavailableError(RuntimeError):
    """The database cannot be opened."""


def head() -> str:
    """The revision that this version of the program needs."""
    revision = _scripts().get_current_head()
    assert revision is not None, "the migrations came with the program"  # noqa: S101  tells the type checker
    return revision


def current(url: str) -> str | None:
    """The revision that a database is at; None for an empty one.

    Raises:
        DatabaseUnavailableError: it cannot be opened.
    """
    with _connect(url) as connection:
        return _revision(connection)


def migrate(url: str, revision: str = "head") -> None:
    """Bring a database to a revision, in one transaction; does nothing when it is there. "base" empties it.

    Raises:
        DatabaseUnavailableError: it cannot be opened.
        UnknownRevisionError: a newer version of the program made this database.
    """
    with _connect(url) as connection:
        # SQLite changes a table by copying and dropping it, which must not pull along the rows that refer to it; and
        # it obeys this only outside a transaction, where only the driver's own connection is.
        if connection.dialect.name == "sqlite" and (driver := connection.connection.driver_connection) is not None:
            driver.execute("PRAGMA foreign_keys = OFF")
        _refuse_unknown(_revision(connection))
        connection.rollback()
        step = command.downgrade if revision == "base" else command.upgrade
        step(_config(connection), revision)
        connection.commit()


@contextmanager
def _connect(url: str) -> Iterator[Connection]:
    try:
        with database.connect(url) as connection:
            yield connection
    except OperationalError as error:
        raise DatabaseUnavailableError(str(error.orig).strip()) from error
    except (ArgumentError, NoSuchModuleError) as error:
        raise DatabaseUnavailableError("the address cannot be understood") from error


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _refuse_unknown(revision: str | None) -> None:
    known = {script.revision for script in _scripts().walk_revisions()}
    if revision is not None and revision not in known:
        raise UnknownRevisionError(f"a newer version of Touchpoint made this database (revision {revision})")


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config(None))


def _config(connection: Connection | None) -> Config:
    config = Config()
    config.set_main_option("script_location", "storage:migrations")
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config
