import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from bot.playground.botapi import call_method
from bot.playground.clock import MovableClock
from bot.playground.messenger import Messenger
from bot.playground.parameters import Upload
from bot.playground.persons import Person
from bot.playground.world import Chat, User

STAFF_GROUP = -1_002_000_000_001


class SteppingClock(MovableClock):
    """Stands still; `step` moves it, as a test's own passing of time."""

    def __init__(self) -> None:
        self._base_time = datetime(2026, 11, 22, 7, 0, tzinfo=UTC)
        super().__init__(lambda: self._base_time)

    def step(self, **how_far: float) -> None:
        self._base_time += timedelta(**how_far)


@pytest.fixture
def clock() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def messenger(clock: SteppingClock) -> Messenger:
    return Messenger(now=clock.now)


@pytest.fixture
def stranger(messenger: Messenger) -> Person:
    """Somebody who has Telegram and has never written to the bot."""
    user = User(id=7_000_000_001, first_name="Nguyễn Thị An", language_code="vi", phone_number="+84901234567")
    return messenger.add_person(user)


@pytest.fixture
def an(stranger: Person) -> Person:
    """A customer who has started the bot: message 1."""
    stranger.start()
    return stranger


@pytest.fixture
def hoa(messenger: Messenger) -> Person:
    return messenger.add_person(User(id=7_000_000_002, first_name="Hoa", language_code="en"), role="csm")


@pytest.fixture
def staff_group(messenger: Messenger, hoa: Person) -> Chat:
    return messenger.add_group(STAFF_GROUP, "Staff", [hoa.user])


@pytest.fixture
def call(messenger: Messenger) -> Callable[..., Awaitable[Any]]:
    """Call a method of the Bot API as it travels: texts as they are, the rest as JSON, uploads as files."""

    async def call_over_wire(method: str, **parameters: Any) -> Any:
        uploads = {name: value for name, value in parameters.items() if isinstance(value, Upload)}
        wire = {
            name: value if isinstance(value, str) else json.dumps(value)
            for name, value in parameters.items()
            if name not in uploads
        }
        return await call_method(messenger, method, wire, uploads)

    return call_over_wire


@pytest.fixture(scope="session")
def png() -> bytes:
    """A picture in the size of the bot's own charts."""
    drawn = BytesIO()
    Image.new("RGB", (1200, 675), "teal").save(drawn, "PNG")
    return drawn.getvalue()
