"""Customers with open surveys and queued messages, made in bulk."""

import csv
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, update

from bot.domain.messages import Language
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.waves import State, Status
from bot.domain.wordings import BOTH, assigned
from storage.database import connect
from storage.migrate import migrate
from storage.tables import customer, outbox, survey_run, wave, wave_member

FIRST_CHAT = 5_000_000_000
NOW = datetime.now(UTC)
FACTS = {"plan_id": 1, "plan": "Lộ trình", "goal": "Mục tiêu", "title": "Cột mốc", "position": 1, "total": 4}


def with_open_surveys(url: str, count: int) -> None:
    """`count` linked customers, each with an NPS that was sent as outbox row and message of the same number."""
    with_customers(url, count)
    with connect(url) as connection:
        connection.execute(insert(survey_run), [_run(i) for i in range(1, count + 1)])
        connection.execute(insert(outbox), [_sent(i) for i in range(1, count + 1)])
        connection.commit()


def with_queue(url: str, count: int, kind: Kind = Kind.BIRTHDAY) -> None:
    """`count` linked customers, each with a message that is due."""
    with_customers(url, count)
    with connect(url) as connection:
        connection.execute(insert(outbox), [_queued(i, kind) for i in range(1, count + 1)])
        connection.commit()


def with_wave(url: str, count: int, *, per_day: int, timezone: str) -> None:
    """`count` linked customers of a time zone in a running NPS wave with both wordings, none of them asked yet."""
    with_customers(url, count)
    with connect(url) as connection:
        connection.execute(update(customer).values(timezone=timezone))
        connection.execute(insert(wave).values(_wave(per_day)))
        connection.execute(insert(wave_member), [_member(i) for i in range(1, count + 1)])
        connection.commit()


def _wave(per_day: int) -> dict[str, Any]:
    return {
        "id": 1,
        "kind": Kind.NPS,
        "subject": "",
        "variants": "ab",
        "status": Status.RUNNING,
        "words": "nps a/b",
        "per_day": per_day,
        "starts_on": (NOW - timedelta(days=2)).date(),
        "weekdays": list(range(7)),
        "language": Language.VI,
        "created_by": 1,
        "created_at": NOW,
        "changed_at": NOW,
        "shown": {},
    }


def _member(number: int) -> dict[str, Any]:
    variant = assigned(1, number, BOTH)
    facts = {"wave_id": 1, "customer_id": number, "variant": variant, "position": number}
    return {**facts, "state": State.PLANNED, "attempts": 0}


def with_customers(url: str, count: int) -> None:
    """An up-to-date database with `count` linked customers."""
    migrate(url)
    with connect(url) as connection:
        connection.execute(insert(customer), [_customer(i) for i in range(1, count + 1)])
        connection.commit()


def _customer(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "external_id": f"C{number}",
        "name": f"Nguyễn Thị An {number}",
        "search_name": f"nguyen thi an {number}",
        "salutation": "chị",
        "language": Language.VI,
        "timezone": "UTC",
        "plan": "gold",
        "location": "",
        "joined_at": NOW - timedelta(days=100),
        "created_at": NOW - timedelta(days=100),
        "chat_id": FIRST_CHAT + number,
        "linked_at": NOW - timedelta(days=100),
    }


def _run(number: int) -> dict[str, Any]:
    return {
        "id": number,
        "customer_id": number,
        "kind": Kind.NPS,
        "trigger": "calendar",
        "subject": "",
        "wording": "nps-1",
        "planned_at": NOW,
        "sent_at": NOW,
        "remind_at": NOW + timedelta(days=4),
        "closes_at": NOW + timedelta(days=14),
    }


def _queued(number: int, kind: Kind) -> dict[str, Any]:
    return {
        "dedupe_key": f"bench:{number}",
        "kind": kind,
        "priority": POLICIES[kind].priority,
        "customer_id": number,
        "template": "",
        "facts": FACTS,
        "status": "pending",
        "planned_at": NOW,
        "due_at": NOW,
        "expires_at": NOW + timedelta(days=1),
        "attempt": 0,
        "possible_duplicate": False,
    }


def _sent(number: int) -> dict[str, Any]:
    facts = {"kind": Kind.NPS, "run_id": number, "subject": ""}
    moved = {"id": number, "run_id": number, "status": "sent", "message_id": number, "sent_at": NOW, "facts": facts}
    return {**_queued(number, Kind.NPS), **moved}


def write_customers(path: Path, count: int) -> Path:
    """A file of customers to import."""
    rows = (
        (f"C{i}", f"Nguyễn Thị An {i}", f"+849{i:08d}", f"{1 + i % 28:02d}/{1 + i % 12:02d}/1990", "gold")
        for i in range(count)
    )
    return _write(path, ("external_id", "name", "phone", "birthday", "plan"), rows)


def write_purchases(path: Path, count: int) -> Path:
    """A file of purchases to import, one for each customer of `write_customers`."""
    rows = ((f"HD{i}", f"C{i}", "2026-10-01 09:30", 100_000 + i, "VND") for i in range(count))
    return _write(path, ("external_id", "customer_external_id", "purchased_at", "amount", "currency"), rows)


def _write(path: Path, header: Iterable[object], rows: Iterable[Iterable[object]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path
