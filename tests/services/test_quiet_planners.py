"""What planners cost while nothing is due, which is nearly always: every replica runs all of them every few minutes."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event

from bot import scheduler
from storage.database import Database
from tests.stories import RULES, Clock, add_customer

QUERIES = 37
"""Of all planners together; who adds a planner adds what it asks while it finds nothing."""


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_planners_that_find_nothing_ask_for_what_is_due_and_for_nothing_else(
    database: Database, clock: Clock
) -> None:
    add_customer(database, clock)
    for minutes in (11, 1):  # the second, when what changed today is settled, counts what is over
        await scheduler.run_planners_once(database, RULES)
        clock.advance(timedelta(minutes=minutes))
    asked: Counter[str] = Counter()

    def note(*of: Any) -> None:
        asked[of[2].split(maxsplit=1)[0]] += 1

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert await scheduler.run_planners_once(database, RULES) == 0
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    around = [asked.pop(word) for word in ("BEGIN", "SAVEPOINT", "RELEASE")]
    assert around == [len(scheduler.DUTIES)] * 3
    assert asked.total() <= QUERIES
