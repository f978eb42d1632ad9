"""Requests that brought data in, by the key that their sender gave them, and what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update

from bot.domain.imports import ImportResult, Reason, RowError
from storage.database import Tx, for_each_dialect
from storage.tables import ingest


class AnotherBodyError(Exception):
    """The key belongs to a request that said something else."""


def begin(tx: Tx, key: str, digest: str, *, now: datetime) -> ImportResult | None:
    """None when the key is new: whoever began must `finish`. Otherwise what was answered to it.

    Of two requests with one key at the same moment, the second waits here until the first is answered.

    Raises:
        AnotherBodyError: the key was used for another request.
    """
    row = {"key": key, "digest": digest, "received_at": now}
    if tx.execute(_BEGIN[tx.dialect.name], row).first() is not None:
        return None
    kept = tx.execute(select(ingest.c.digest, ingest.c.result).where(ingest.c.key == key)).one()
    if kept.digest != digest:
        raise AnotherBodyError
    return _result(kept.result)


_BEGIN = for_each_dialect(
    lambda insert: insert(ingest).on_conflict_do_nothing(index_elements=["key"]).returning(ingest.c.key)
)


def finish(tx: Tx, key: str, result: ImportResult) -> None:
    """Keep the answer, without the values that people are known by."""
    errors = [[error.row, error.column, error.reason] for error in result.errors]
    counts = {"created": result.created, "changed": result.changed, "unchanged": result.unchanged}
    tx.execute(update(ingest).where(ingest.c.key == key).values(result={**counts, "errors": errors}))


def _result(kept: dict[str, Any]) -> ImportResult:
    errors = tuple(RowError(row, column, Reason(reason), "") for row, column, reason in kept["errors"])
    return ImportResult(**{**kept, "errors": errors})


def drop_old(tx: Tx, *, before: datetime, limit: int) -> int:
    """Forget requests that came before an instant; returns how many."""
    old = select(ingest.c.key).where(ingest.c.received_at < before).limit(limit)
    return len(tx.execute(delete(ingest).where(ingest.c.key.in_(old)).returning(ingest.c.key)).all())
