"""Lists of health look into an index, whichever others there are: a million customers are not to be sorted for ten."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import event

import storage.health
import storage.health_lists
from storage.database import Database, Tx
from storage.tables import customer, health

SORTS = "USE TEMP B-TREE FOR ORDER BY"
LISTS: dict[str, tuple[Callable[[Tx], object], str]] = {
    "falls": (
        lambda tx: storage.health_lists.list_movers(tx, csm_id=None, falls=True, limit=4),
        "ix_health_moved (moved<?)",
    ),
    "rises": (
        lambda tx: storage.health_lists.list_movers(tx, csm_id=None, falls=False, limit=4),
        "ix_health_moved (moved>?)",
    ),
    "risks": (
        lambda tx: storage.health_lists.list_risks(tx, csm_id=1, currency="VND", offset=0, limit=8),
        "ix_health_red (colour=? AND currency=?)",
    ),
    "red": (storage.health_lists.count_risks, "ix_health_red (colour=?)"),
    "alerts": (lambda tx: storage.health_lists.list_waiting(tx, currency="VND"), "ix_health_alert (alert>?)"),
    "own red": (lambda tx: storage.health_lists.count_risks(tx, csm_id=1), "ix_customer_csm_id (csm_id=?)"),
    "unscored": (
        lambda tx: storage.health.list_unscored(tx, day=date(2026, 11, 20), limit=200),
        "ix_customer_unscored (health_on<?)",
    ),
}
MAY_SORT = ("alerts",)
MADE_LAST = ("ix_health_red", "ix_health_risk", "ix_health_moved", "ix_customer_csm_id", "ix_customer_lost_at")


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_each_list_is_found_in_its_index_whichever_was_made_last(database: Database) -> None:
    def plans(tx: Tx, *, now: datetime, which: str) -> list[str]:
        asked: list[tuple[str, Any]] = []

        def note(_connection: Any, _cursor: Any, words: str, facts: Any, *_: Any) -> None:
            asked.append((words, facts))

        event.listen(tx, "before_cursor_execute", note)
        LISTS[which][0](tx)
        event.remove(tx, "before_cursor_execute", note)
        found = [tx.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", facts).all() for words, facts in asked]
        return [" | ".join(row.detail for row in rows) for rows in found]

    def make_last(tx: Tx, *, now: datetime, name: str) -> None:
        for index in (*customer.indexes, *health.indexes):
            if index.name == name:
                index.drop(tx)
                index.create(tx)

    for name in MADE_LAST:
        database.write_now(make_last, name=name)
        for which, (_, wanted) in LISTS.items():
            found = [plan for plan in database.read_now(plans, which=which) if wanted in plan]
            assert found, (name, which)
            assert which in MAY_SORT or not any(SORTS in plan for plan in found), (name, which)
