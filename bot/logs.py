"""Logging to stderr, in which no secret is ever written."""

import logging
import re
from collections.abc import Collection

HIDDEN = "***"
BOT_TOKEN = re.compile(r"\d{6,}:[A-Za-z0-9_-]{30,}")
LOG_URLS_AT_INFO = ("httpx", "httpcore", "aiohttp", "apscheduler", "alembic")


class RedactingFormatter(logging.Formatter):
    """Hides what looks like a bot token, and the secrets given, in the whole line with its traceback.

    A formatter and not a filter, since the token also hides in the `__cause__` of an exception, and that text is made
    here.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._secrets = tuple(secret for secret in secrets if secret)

    def format(self, record: logging.LogRecord) -> str:
        line = BOT_TOKEN.sub(HIDDEN, super().format(record))
        for secret in self._secrets:
            line = line.replace(secret, HIDDEN)
        return line


def set_up_logging(level: str, *, secrets: Collection[str] = ()) -> None:
    """Log to stderr from `level` up; libraries that log each request, with the token in its URL, from WARNING up."""
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(secrets))
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in LOG_URLS_AT_INFO:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
