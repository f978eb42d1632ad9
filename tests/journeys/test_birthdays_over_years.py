"""Greetings on the customers' own mornings, year after year."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from bot.domain.touchpoints import Kind
from storage.database import Database
from tests.stories import FIRST_CHAT, ON_SQLITE, Clock, Said, Story, add_customer


async def greetings(story: Story, day: str) -> Sequence[Said]:
    """What goes out around a date, from the UTC day before until the day after."""
    start = datetime.fromisoformat(day).replace(tzinfo=UTC) - timedelta(days=1)
    story.clock.advance(start - story.clock.now())
    before = len(story.said)
    await story.live(start + timedelta(days=3))
    return story.said[before:]


async def test_each_birthday_is_greeted_once_a_year_in_the_local_morning(story: Story) -> None:
    add_customer(story.database, story.clock, 1, birth_month=12, birth_day=24)
    add_customer(story.database, story.clock, 2, birth_month=12, birth_day=24, timezone="Pacific/Kiritimati")
    add_customer(story.database, story.clock, 3, birth_month=12, birth_day=24, timezone="Pacific/Pago_Pago")
    add_customer(story.database, story.clock, 4, birth_month=12, birth_day=29)
    for year in (2026, 2027):
        said = await greetings(story, f"{year}-12-24")
        assert {one.kind for one in said} == {Kind.BIRTHDAY}
        assert [(one.chat_id - FIRST_CHAT, one.at) for one in said] == [
            (2, datetime(year, 12, 23, 19, tzinfo=UTC)),
            (1, datetime(year, 12, 24, 2, tzinfo=UTC)),
            (3, datetime(year, 12, 24, 20, tzinfo=UTC)),
        ]


@ON_SQLITE
@pytest.mark.parametrize(("year", "day"), [(2027, "2027-02-28 09:00"), (2028, "2028-02-29 09:00")])
async def test_who_was_born_on_29_february_is_greeted_in_every_year(story: Story, year: int, day: str) -> None:
    add_customer(story.database, story.clock, birth_month=2, birth_day=29)
    assert [one.local() for one in await greetings(story, f"{year}-02-28")] == [day]
    assert [one.local() for one in await greetings(story, f"{year}-03-03")] == []


@ON_SQLITE
async def test_a_greeting_that_is_too_late_is_not_sent_the_day_after(story: Story) -> None:
    add_customer(story.database, story.clock, birth_month=11, birth_day=20)
    add_customer(story.database, story.clock, 2, birth_month=11, birth_day=19)
    story.clock.advance(timedelta(hours=4))  # 14:00 of the birthday
    await story.live(story.clock.now() + timedelta(days=1))
    assert [(one.local(), one.chat_id - FIRST_CHAT) for one in story.said] == [("2026-11-20 14:00", 1)]


@pytest.mark.parametrize("column", ["stopped_at", "unreachable_at", "lost_at"])
async def test_who_cannot_be_written_to_is_not_greeted(database: Database, clock: Clock, column: str) -> None:
    story = Story(database, clock)
    gone: dict[str, Any] = {column: clock.now()}
    add_customer(database, clock, birth_month=11, birth_day=20, **gone)
    await story.settle()
    assert not story.of(Kind.BIRTHDAY)
