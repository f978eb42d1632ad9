"""Examines an installation: each finding is in order, or says what to do."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import available_timezones

from bot.domain.rules import Rules
from bot.identity import Identity, UnknownTokenError, UnreachableError
from bot.keys import missing_keys
from bot.services.backlog import Backlog, read_backlog, try_to_write
from bot.services.encryption import is_any_left, list_missing
from bot.settings import Settings, SettingsError
from storage.database import Database
from storage.keyring import Keyring
from storage.migrate import DatabaseUnavailableError, current, head

TOLERANCE = timedelta(minutes=1)


@dataclass(frozen=True)
class Finding:
    """One line of the examination."""

    subject: str
    in_order: bool
    words: str


def examine(
    settings: Settings,
    problems: Sequence[str] = (),
    *,
    ask_identity: Callable[[Settings], Identity],
    now: Callable[[], datetime],
) -> Iterator[Finding]:
    """Everything that can keep the bot from working, one finding after the other.

    `problems` are those of the settings; what cannot be looked at because of one of them is passed over.
    """
    wrong = {problem.partition(":")[0] for problem in problems}
    for problem in problems:
        yield Finding("settings", in_order=False, words=problem)
    if not problems:
        yield Finding("settings", in_order=True, words=f"{settings.rules.business}, {settings.rules.timezone}")
    if "ADMIN_IDS" not in wrong:
        yield _examine_admins(settings.rules)
    if "DATABASE_URL" not in wrong:
        yield from _examine_database(settings, now, keys_known="ENCRYPTION_KEYS" not in wrong)
    if wrong.isdisjoint({"BOT_TOKEN", "BOT_API_URL", "BOT_PROXY"}):
        yield from _examine_telegram(settings, ask_identity, now)


def _examine_admins(rules: Rules) -> Finding:
    if rules.admin_ids:
        return Finding("admins", in_order=True, words=f"{len(rules.admin_ids)} in ADMIN_IDS")
    return Finding("admins", in_order=False, words="nobody may command the bot: write your Telegram id into ADMIN_IDS")


def _examine_database(settings: Settings, now: Callable[[], datetime], *, keys_known: bool) -> Iterator[Finding]:
    try:
        revision = current(settings.database_url)
    except DatabaseUnavailableError as error:
        yield Finding("database", in_order=False, words=f"{error}: check DATABASE_URL")
        return
    if revision != head():
        words = f"at {revision or 'nothing'}, should be at {head()}: touchpoint migrate"
        yield Finding("migrations", in_order=False, words=words)
        return
    yield Finding("migrations", in_order=True, words=f"at {revision}, the newest")
    database = Database(settings.database_url, now=now, keyring=settings.keyring)
    try:
        yield _examine_writing(database)
        if keys_known:
            yield _examine_keys(database, settings.keyring)
        yield from _judge_backlog(database.read_now(read_backlog))
    finally:
        database.close()


def _examine_keys(database: Database, keyring: Keyring) -> Finding:
    missing = database.read_now(list_missing, keyring=keyring)
    if missing:
        return Finding("encryption", in_order=False, words=missing_keys(missing))
    if database.read_now(is_any_left):
        words = "some texts are not yet as ENCRYPTION_KEYS says: touchpoint encrypt"
        return Finding("encryption", in_order=False, words=words)
    words = f"on, with the key {keyring.writer.id}" if keyring.writer else "off: texts are stored as they are"
    return Finding("encryption", in_order=True, words=words)


def _examine_writing(database: Database) -> Finding:
    try:
        database.write_now(try_to_write)
    except Exception as error:  # noqa: BLE001  a full disk, a lock, a file's rights: each is a finding
        reason = str(error).partition("\n")[0]
        return Finding("database", in_order=False, words=f"cannot be written to ({reason}): check its rights and space")
    return Finding("database", in_order=True, words="can be read and written")


def _judge_backlog(backlog: Backlog) -> Iterator[Finding]:
    unknown = sorted(backlog.timezones - available_timezones())
    zones = f"customers have unknown ones ({', '.join(unknown)}): import them with a name such as Asia/Ho_Chi_Minh"
    yield Finding("time zones", in_order=not unknown, words=zones if unknown else "all known")
    dead, late = backlog.dead_updates, backlog.late_messages
    updates = f"{dead} given up after many tries: look for them in the log, table inbox"
    yield Finding("updates", in_order=not dead, words=updates if dead else "none given up")
    messages = f"{late} overdue: is touchpoint run running?"
    yield Finding("messages", in_order=not late, words=messages if late else "none overdue")


def _examine_telegram(
    settings: Settings, ask_identity: Callable[[Settings], Identity], now: Callable[[], datetime]
) -> Iterator[Finding]:
    try:
        identity = ask_identity(settings)
    except SettingsError as error:
        yield Finding("token", in_order=False, words=str(error))
    except UnknownTokenError as error:
        yield Finding("token", in_order=False, words=str(error))
    except UnreachableError as error:
        yield Finding("Telegram", in_order=False, words=str(error))
    else:
        yield Finding("token", in_order=True, words=f"@{identity.username}")
        yield _judge_clock(identity.telegram_time, now())


def _judge_clock(telegram_time: datetime | None, here: datetime) -> Finding:
    if telegram_time is None:
        return Finding("clock", in_order=True, words="not compared: Telegram did not say what time it is")
    seconds = round((here - telegram_time).total_seconds())
    in_order = abs(seconds) <= TOLERANCE.total_seconds()
    words = f"{seconds:+d} s beside Telegram's"
    return Finding("clock", in_order=in_order, words=words if in_order else f"{words}: set this machine's clock (NTP)")
