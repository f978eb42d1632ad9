"""The two files through the real `touchpoint`, each command in a process of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

from tests.factories import CHAT
from tests.retail.conversion import CUSTOMERS, PURCHASES
from tests.retail.ledger import Ledger
from tests.retail.recount import Books
from tests.retail.scene import CSM_NAME, CSM_NUMBER

ROOT = Path(__file__).parent.parent.parent
INHERITED = ("PATH", "HOME", "LANG")


def import_books(path: Path, books: Books, ledger: Ledger) -> None:
    """A fresh database at `path`, one member of staff, and both files beside it imported twice."""
    with ledger.timed("touchpoint migrate"):
        touchpoint(path, "migrate")
    ledger.say(f"  touchpoint staff add: {touchpoint(path, 'staff', 'add', str(CHAT + CSM_NUMBER), CSM_NAME)}")
    for again in (False, True):
        _import(path, "customers", CUSTOMERS, len(books.joined), ledger, again=again)
        _import(path, "purchases", PURCHASES, len(books.sales), ledger, again=again)


def _import(path: Path, noun: str, name: str, rows: int, ledger: Ledger, *, again: bool) -> None:
    started = time.perf_counter()
    said = touchpoint(path, "import", noun, name)
    seconds = time.perf_counter() - started
    new, unchanged = (0, rows) if again else (rows, 0)
    expected = f"{new} new, 0 changed, {unchanged} unchanged, 0 left out"
    ledger.check(f"touchpoint import {noun}{', again' if again else ''}", said, expected)
    ledger.say(f"    {seconds:.2f} s with its start, {rows / seconds:,.0f} rows a second")


def touchpoint(path: Path, *words: str) -> str:
    """What the command prints, away from anybody's .env and touchpoint.toml.

    Raises:
        RuntimeError: the command failed.
    """
    environment = {
        **{key: os.environ[key] for key in INHERITED if key in os.environ},
        "PYTHONPATH": str(ROOT),
        "DATABASE_URL": f"sqlite:///{path.resolve()}",
        "LOG_LEVEL": "WARNING",
    }
    command = [sys.executable, "-m", "bot", *words]
    done = subprocess.run(command, cwd=path.parent, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"touchpoint {' '.join(words)}: {done.stdout}{done.stderr}")
    return done.stdout.strip()
