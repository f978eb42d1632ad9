"""No work on a database whose encrypted texts cannot be read: that is said at the start, not at each text."""

from bot.services.encryption import take_keys
from bot.settings import SettingsError
from storage.database import Database
from storage.keyring import Keyring


def require_keys(database: Database, keyring: Keyring) -> None:
    """Begin to write with the first key.

    Raises:
        SettingsError: the database holds texts that are encrypted with keys which are not here.
    """
    missing = database.write_now(take_keys, keyring=keyring)
    if missing:
        raise SettingsError([missing_keys(missing)])


def missing_keys(ids: list[str]) -> str:
    """What to do about keys that are missing."""
    return (
        f"ENCRYPTION_KEYS: this database holds texts encrypted with {', '.join(ids)}, and no key with that id is "
        "here. Nothing is lost: put the old keys back, after the new one, with commas between them"
    )
