import pytest

from storage.database import Database
from tests.stories import Clock, Story


@pytest.fixture
def story(database: Database, clock: Clock) -> Story:
    return Story(database, clock)
