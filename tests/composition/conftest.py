"""A folder of its own and an empty environment for each test of what reads them."""

import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compiled import Upgrades

SETTINGS = (
    "BOT_TOKEN",
    "BOT_API_URL",
    "BOT_PROXY",
    "DATABASE_URL",
    "BUSINESS_NAME",
    "BUSINESS_TIMEZONE",
    "DEFAULT_LANGUAGE",
    "ADMIN_IDS",
    "STAFF_CHAT_ID",
    "ENCRYPTION_KEYS",
    "LOG_LEVEL",
    "TOUCHPOINT_RULES",
)


@pytest.fixture(autouse=True)
def _quiet_again() -> Iterator[None]:
    """The log as it was before the command set it up."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:], root.level = handlers, level


@pytest.fixture(autouse=True)
def _migrated_once(upgrades: Upgrades) -> None:
    """Every command brings its database up to date."""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.upper() in SETTINGS:
            monkeypatch.delenv(name)
    return tmp_path
