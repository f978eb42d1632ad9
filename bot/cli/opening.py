"""What most commands begin with: the settings, the log, and a database that is up to date."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot.cli.printing import fail
from bot.clock import utc_now
from bot.keys import require_keys
from bot.logs import set_up_logging
from bot.settings import Settings, SettingsError, load_settings
from storage.database import Database
from storage.migrate import DatabaseUnavailableError, UnknownRevisionError, current, head, migrate

logger = logging.getLogger(__name__)


def read_settings(*, with_token: bool = True) -> Settings:
    """The settings, with the log set up by them; or every problem, and the end."""
    try:
        settings = load_settings(now=utc_now(), with_token=with_token)
    except SettingsError as error:
        fail(*error.problems)
    set_up_logging(settings.log_level, secrets=settings.secrets())
    return settings


def prepare_database(url: str) -> None:
    """Bring the database up to date, or say why that cannot be, and end."""
    try:
        before = current(url)
        if before != head():
            migrate(url)
            logger.info("brought the database from %s to %s", before or "nothing", head())
    except DatabaseUnavailableError as error:
        fail(f"DATABASE_URL: the database cannot be opened: {error}")
    except UnknownRevisionError as error:
        fail(f"DATABASE_URL: {error}; update this one first")


@contextmanager
def open_database(settings: Settings) -> Iterator[Database]:
    """The database, up to date, for as long as the command needs it."""
    prepare_database(settings.database_url)
    database = Database(settings.database_url, now=utc_now, keyring=settings.keyring)
    try:
        require_keys(database, settings.keyring)
        yield database
    except SettingsError as error:
        fail(*error.problems)
    finally:
        database.close()
