import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from storage.database import Database
from tests.conftest import HandClock
from tests.stage import Stage, open_stage


@pytest.fixture
def database(empty_sqlite: Path, tmp_path: Path, clock: HandClock) -> Iterator[Database]:
    """One kind of database is enough here: what differs between the two is proved under tests/services."""
    path = tmp_path / "touchpoint.sqlite3"
    shutil.copy(empty_sqlite, path)
    door = Database(f"sqlite:///{path}", now=clock.now)
    yield door
    door.close()


@pytest.fixture
async def stage(database: Database, clock: HandClock) -> AsyncIterator[Stage]:
    async with open_stage(database, clock) as opened:
        yield opened
