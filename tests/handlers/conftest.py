from collections.abc import AsyncIterator, Iterator

import pytest

from bot.playground.persons import Person
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_staff
from tests.stage import Stage, open_stage
from tests.wave_stage import MANAGER, TUESDAY


@pytest.fixture
def database(sqlite_url: str, clock: HandClock) -> Iterator[Database]:
    """One kind of database is enough here: what differs between the two is proved under tests/services."""
    door = Database(sqlite_url, now=clock.now)
    yield door
    door.close()


@pytest.fixture
async def stage(database: Database, clock: HandClock) -> AsyncIterator[Stage]:
    async with open_stage(database, clock) as opened:
        yield opened


@pytest.fixture
def boss(stage: Stage, database: Database, clock: HandClock) -> Person:
    """Hoa, a manager who speaks Vietnamese, on a Tuesday morning."""
    clock.advance(TUESDAY - clock.now())
    add_staff(database, CHAT + MANAGER, name="Hoa", language="vi", role="manager")
    return stage.person(MANAGER, name="Hoa")
