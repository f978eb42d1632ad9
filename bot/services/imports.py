"""Importing what the business knows already. One call is one transaction: give it a thousand records at a time."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import storage.imports
import storage.losses
from bot.domain.imports import CustomerRecord, ImportResult, PurchaseRecord, Reason, RowError
from bot.domain.rules import Rules
from storage.database import Tx
from storage.imports import Saved

BATCH = 1000


def import_customers(
    tx: Tx, *, now: datetime, records: Sequence[CustomerRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change customers by their external id; what a record does not say stays as it is."""
    phones = {record.row: record.phone or "" for record in records}
    with _undone_if(tx, dry_run=dry_run):
        saved = storage.imports.save_customers(tx, records, language=rules.language, timezone=rules.timezone, now=now)
    return _result(saved, [RowError(row, "phone", Reason.TAKEN, phones[row]) for row in saved.refused])


def import_purchases(
    tx: Tx, *, now: datetime, records: Sequence[PurchaseRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change invoices by their external id. A lost customer who bought since is back.

    After the last batch, `win_back.plan_past_losses` draws from the purchases what they tell of the past.
    """
    buyers = {record.row: record.customer_external_id for record in records}
    with _undone_if(tx, dry_run=dry_run):
        saved = storage.imports.save_purchases(tx, records, now=now)
        for customer_id, bought_at in storage.losses.list_returned(tx, limit=len(records)):
            storage.losses.recover(tx, customer_id, recovered_at=bought_at)
    return _result(saved, [RowError(row, "customer_external_id", Reason.UNKNOWN, buyers[row]) for row in saved.refused])


@contextmanager
def _undone_if(tx: Tx, *, dry_run: bool) -> Iterator[None]:
    savepoint = tx.begin_nested()
    yield
    if dry_run:
        savepoint.rollback()
    else:
        savepoint.commit()


def _result(saved: Saved, errors: list[RowError]) -> ImportResult:
    return ImportResult(created=saved.created, changed=saved.changed, unchanged=saved.unchanged, errors=tuple(errors))
