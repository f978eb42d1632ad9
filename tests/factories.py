"""Rows to begin a test with. Ids of people are beyond 32 bits, as Telegram's are."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from bot.domain.delivery import Outgoing
from bot.domain.messages import Language
from bot.domain.names import search_key
from bot.domain.rules import Rules
from bot.domain.touchpoints import POLICIES, Kind
from storage import outbox as outbox_queries, phones, surveys as survey_queries
from storage.database import Database, Tx
from storage.tables import customer, metadata, staff

CHAT = 7_000_000_000
STAFF_CHAT = -1_002_000_000_000
LONG_AGO = timedelta(days=200)


def add_customer(database: Database, **columns: Any) -> int:
    """A linked customer, unless the columns say otherwise; returns the id."""

    def add(tx: Tx, *, now: datetime) -> int:
        name = columns.get("name", "Nguyễn Thị An")
        row = {
            "name": name,
            "search_name": search_key(name),
            "salutation": "chị",
            "language": Language.VI,
            "timezone": "Asia/Ho_Chi_Minh",
            "plan": "gold",
            "location": "",
            "joined_at": now - LONG_AGO,
            "created_at": now - LONG_AGO,
            "chat_id": CHAT,
            "linked_at": now - LONG_AGO,
        }
        return int(
            tx.execute(
                insert(customer).values(row | columns | phones.columns(columns.get("phone"))).returning(customer.c.id)
            ).scalar_one()
        )

    return database.write_now(add)


def add_staff(database: Database, user_id: int, **columns: Any) -> None:
    """A CSM who reads English, unless the columns say otherwise."""

    def add(tx: Tx, *, now: datetime) -> None:
        row = {"user_id": user_id, "name": "Hoa", "role": "csm", "language": "en", "added_at": now}
        tx.execute(insert(staff).values(row | columns))

    database.write_now(add)


def queue(database: Database, kind: Kind, customer_id: int | None = None, **changes: Any) -> int:
    """A message that is due now; returns its outbox row."""

    def add(tx: Tx, *, now: datetime) -> int:
        facts: dict[str, Any] = {
            "dedupe_key": f"{kind}:{customer_id}:{now.isoformat()}",
            "kind": kind,
            "customer_id": customer_id,
            "due_at": now,
            "expires_at": now + POLICIES[kind].lifetime,
        }
        row_id = outbox_queries.add(tx, Outgoing(**facts | changes), now=now)
        assert row_id is not None
        return row_id

    return database.write_now(add)


def queue_survey(database: Database, customer_id: int, kind: Kind = Kind.NPS, subject: str = "") -> tuple[int, int]:
    """A survey run with its invitation due now; returns the run and the outbox row."""

    def add_run(tx: Tx, *, now: datetime) -> int:
        return survey_queries.add_run(
            tx, kind=kind, customer_id=customer_id, trigger="manual", subject=subject, rules=Rules(), now=now
        )

    run_id = database.write_now(add_run)
    facts = {"kind": kind, "run_id": run_id, "subject": subject}
    return run_id, queue(database, kind, customer_id, run_id=run_id, facts=facts, dedupe_key=f"run:{run_id}")


def add_score(database: Database, customer_id: int, kind: Kind, score: int, reason: str | None = None) -> int:
    """An answer given now; returns its run."""
    run_id, _ = queue_survey(database, customer_id, kind)

    def add(tx: Tx, *, now: datetime) -> None:
        run = survey_queries.load_run(tx, run_id)
        assert run is not None
        survey_queries.save_score(tx, run, score, prompt_message_id=1, reason_until=now, now=now)
        if reason is not None:
            survey_queries.save_reason(tx, run_id, reason, message_id=1, now=now)

    database.write_now(add)
    return run_id


def put(database: Database, table: str, **values: Any) -> None:
    """A row as it is, where no use case of this room makes one."""

    def add(tx: Tx, *, now: datetime) -> None:
        tx.execute(insert(metadata.tables[table]).values(**values))

    database.write_now(add)


def rows(database: Database, table: str, **where: Any) -> list[dict[str, Any]]:
    """The rows of a table that have these values, in the order of the first column."""

    def read(tx: Tx, *, now: datetime) -> list[dict[str, Any]]:
        columns = metadata.tables[table].c
        statement = select(*columns).where(*(columns[name] == value for name, value in where.items()))
        return [dict(row) for row in tx.execute(statement.order_by(next(iter(columns)))).mappings()]

    return database.read_now(read)


def row(database: Database, table: str, **where: Any) -> dict[str, Any]:
    """The one row of a table that has these values."""
    (found,) = rows(database, table, **where)
    return found
