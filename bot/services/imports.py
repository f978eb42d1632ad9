"""Importing what the business knows already. One call is one transaction: give it a thousand records at a time."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime

import storage.forgetting
import storage.imports
import storage.losses
from bot.domain.imports import CustomerRecord, ImportResult, PurchaseRecord, Reason, RowError
from bot.domain.privacy import Identity, digest
from bot.domain.rules import Rules
from storage.database import Tx
from storage.imports import Saved

BATCH = 1000


def import_customers(
    tx: Tx, *, now: datetime, records: Sequence[CustomerRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change customers by their external id; what a record does not say stays as it is.

    Who was forgotten is left out, whether the record has their external id or their phone number.
    """
    phones = {record.row: record.phone or "" for record in records}
    forgotten = _forgotten(tx, {record.row: _identities(record) for record in records}, rules)
    known = [record for record in records if record.row not in forgotten]
    with _undone_if(tx, dry_run=dry_run):
        saved = storage.imports.save_customers(tx, known, language=rules.language, timezone=rules.timezone, now=now)
    taken = [RowError(row, "phone", Reason.TAKEN, phones[row]) for row in saved.refused]
    return _result(saved, [*forgotten.values(), *taken])


def import_purchases(
    tx: Tx, *, now: datetime, records: Sequence[PurchaseRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change invoices by their external id. A lost customer who bought since is back, a forgotten one not.

    After the last batch, `win_back.plan_past_losses` draws from the purchases what they tell of the past.
    """
    buyers = {record.row: record.customer_external_id for record in records}
    forgotten = _forgotten(tx, {row: {Identity.EXTERNAL_ID: buyer} for row, buyer in buyers.items()}, rules)
    with _undone_if(tx, dry_run=dry_run):
        kept = [record for record in records if record.row not in forgotten]
        saved = storage.imports.save_purchases(tx, kept, now=now)
        for customer_id, bought_at in storage.losses.list_returned(tx, limit=len(records)):
            storage.losses.recover(tx, customer_id, recovered_at=bought_at)
    unknown = [RowError(row, "customer_external_id", Reason.UNKNOWN, buyers[row]) for row in saved.refused]
    return _result(saved, [*forgotten.values(), *unknown])


def _identities(record: CustomerRecord) -> dict[Identity, str]:
    phone = {Identity.PHONE: record.phone} if record.phone else {}
    return {**phone, Identity.EXTERNAL_ID: record.external_id}


def _forgotten(tx: Tx, identities: Mapping[int, Mapping[Identity, str]], rules: Rules) -> dict[int, RowError]:
    """The rows of people who asked to be forgotten, by what each of them is known by here."""
    if not storage.forgetting.any_forgotten(tx):
        return {}
    digests = {
        (row, identity, value): digest(identity, value, pepper=rules.pepper)
        for row, known in identities.items()
        for identity, value in known.items()
    }
    found = storage.forgetting.list_forgotten(tx, set(digests.values()))
    return {
        row: RowError(row, identity, Reason.FORGOTTEN, value)
        for (row, identity, value), one in digests.items()
        if one in found
    }


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
