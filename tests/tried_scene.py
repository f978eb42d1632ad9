"""What was asked and tried in the shop of `tests.money_scene`: NPS, two wordings of a wave, win-back with a holdout."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Table, insert, select

from storage.database import Database, Tx
from storage.tables import answer, customer, loss, outbox, survey_run, wave, wave_member, win_back

DAY = timedelta(days=1)
HOLDOUT = 0.3


def try_things(database: Database) -> None:
    """Nine of ten customers answer their NPS, low if they leave; all are in a wave, and all lost had their lot."""

    def add(tx: Tx, *, now: Any) -> None:
        people = list(tx.execute(select(customer.c.id).order_by(customer.c.id)).scalars())
        lost = tx.execute(select(loss.c.id, loss.c.customer_id, loss.c.lost_at).order_by(loss.c.id)).all()
        put(tx, survey_run, [_run(one, one, now - 150 * DAY) for one in people])
        left = {row.customer_id for row in lost}
        put(tx, answer, [_answer(one, one, now - 150 * DAY, _score(one, one in left)) for one in people if one % 10])
        _wave(tx, people, now)
        put(tx, win_back, [_win_back(row, place) for place, row in enumerate(lost) if row.lost_at < now - 91 * DAY])

    database.write_now(add)


def put(tx: Tx, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        tx.execute(insert(table), rows)


def _score(customer_id: int, left: bool) -> int:
    return (2, 5, 9)[customer_id % 3] if left else (3, 8, 9, 10)[customer_id % 4]


def _run(run_id: int, customer_id: int, sent_at: Any) -> dict[str, Any]:
    closed_at = sent_at + 14 * DAY
    return {
        "id": run_id,
        "customer_id": customer_id,
        "kind": "nps",
        "trigger": "manual",
        "wording": "test",
        "planned_at": sent_at,
        "sent_at": sent_at,
        "closes_at": closed_at,
        "closed_at": closed_at,
    }


def _answer(run_id: int, customer_id: int, at: Any, score: int) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "customer_id": customer_id,
        "kind": "nps",
        "score": score,
        "scale": "0-10",
        "answered_at": at,
    }


def _wave(tx: Tx, people: list[int], now: Any) -> None:
    """Those with an odd number are asked in the second wording, which is answered more."""
    sent_at, first = now - 40 * DAY, 1_000_000
    facts = {"kind": "nps", "subject": "", "variants": "ab", "status": "done", "words": "nps a/b", "per_day": 50}
    facts |= {"starts_on": sent_at.date(), "weekdays": [1, 2, 3], "language": "vi", "created_by": 1, "shown": {}}
    put(tx, wave, [{**facts, "created_at": sent_at, "changed_at": sent_at}])
    put(tx, survey_run, [_run(first + one, one, sent_at) for one in people])
    answered = [one for one in people if one % 7 < 3 + 2 * (one % 2)]
    put(tx, answer, [_answer(first + one, one, sent_at, 9) for one in answered])
    put(tx, outbox, [_sent(first + one, one, sent_at) for one in people])
    put(tx, wave_member, [_member(first + one, one, place) for place, one in enumerate(people)])


def _sent(run_id: int, customer_id: int, at: Any) -> dict[str, Any]:
    return {
        "dedupe_key": f"wave:{run_id}",
        "kind": "nps",
        "customer_id": customer_id,
        "run_id": run_id,
        "facts": {},
        "status": "sent",
        "priority": 1,
        "planned_at": at,
        "due_at": at,
        "expires_at": at,
    }


def _member(run_id: int, customer_id: int, place: int) -> dict[str, Any]:
    return {
        "wave_id": 1,
        "customer_id": customer_id,
        "variant": "ab"[customer_id % 2],
        "position": place,
        "state": "queued",
        "run_id": run_id,
    }


def _win_back(row: Any, place: int) -> dict[str, Any]:
    return {
        "customer_id": row.customer_id,
        "loss_id": row.id,
        "status": "ended",
        "started_at": row.lost_at,
        "holdout": HOLDOUT,
        "held_out": place % 10 < round(10 * HOLDOUT),
    }
