"""Importing what other systems know. One call is one transaction: give it a thousand records at a time."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from types import MappingProxyType
from typing import Any, TypeVar

import storage.forgetting
import storage.imports
import storage.ingest
import storage.losses
import storage.triggers
from bot.domain.imports import ImportResult, Reason, RowError, RowReader, sort_out
from bot.domain.privacy import Identity, digest
from bot.domain.records import (
    LAYOUTS,
    ContractRecord,
    CustomerRecord,
    EventRecord,
    Noun,
    OwnedRecord,
    PurchaseRecord,
    ScoreRecord,
    TicketRecord,
)
from bot.domain.rules import Rules, TriggerRules
from bot.domain.triggers import Happening, fresh, happened, solved, trigger_name
from storage.database import Tx
from storage.due import Due
from storage.imports import Saved
from storage.invitations import invite

R = TypeVar("R", bound=OwnedRecord)

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

    def save(known: Sequence[PurchaseRecord]) -> Saved:
        saved = storage.imports.save_purchases(tx, known, now=now)
        for customer_id, bought_at in storage.losses.list_returned(tx, limit=len(records)):
            storage.losses.recover(tx, customer_id, recovered_at=bought_at)
        return saved

    return _import_owned(tx, records, save, rules=rules, dry_run=dry_run)


def import_events(
    tx: Tx, *, now: datetime, records: Sequence[EventRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change usage events by their external id; what has just happened may ask the customer about it."""

    def save(known: Sequence[EventRecord]) -> Saved:
        saved = storage.imports.save_events(tx, known)
        _ask_about(tx, [happened(record) for record in known], storage.triggers.list_events, rules=rules, now=now)
        return saved

    return _import_owned(tx, records, save, rules=rules, dry_run=dry_run)


def import_tickets(
    tx: Tx, *, now: datetime, records: Sequence[TicketRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change tickets by their external id; one that has just been solved asks how easy that was."""

    def save(known: Sequence[TicketRecord]) -> Saved:
        saved = storage.imports.save_tickets(tx, known)
        _ask_about(tx, [solved(record) for record in known], storage.triggers.list_solved, rules=rules, now=now)
        return saved

    return _import_owned(tx, records, save, rules=rules, dry_run=dry_run)


def import_contracts(
    tx: Tx, *, now: datetime, records: Sequence[ContractRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change contracts by their external id."""
    return _import_owned(tx, records, partial(storage.imports.save_contracts, tx), rules=rules, dry_run=dry_run)


def import_scores(
    tx: Tx, *, now: datetime, records: Sequence[ScoreRecord], rules: Rules, dry_run: bool = False
) -> ImportResult:
    """Add and change answers to NPS that another tool collected, by their external id; nobody is called about them."""
    save = partial(storage.imports.save_scores, tx, rules=rules, now=now)
    return _import_owned(tx, records, save, rules=rules, dry_run=dry_run)


IMPORTS: Mapping[Noun, Callable[..., ImportResult]] = MappingProxyType(
    {
        Noun.CUSTOMERS: import_customers,
        Noun.PURCHASES: import_purchases,
        Noun.EVENTS: import_events,
        Noun.TICKETS: import_tickets,
        Noun.CONTRACTS: import_contracts,
        Noun.NPS: import_scores,
    }
)


@dataclass(frozen=True, kw_only=True)
class Request:
    """Rows that another system sends, each with the names of its fields, and the digest of all that it sent.

    The same `key` again gets the same answer; without one, every request is a new one.
    """

    noun: Noun
    rows: Sequence[Mapping[str, str]]
    digest: str
    key: str = ""


def take_in(tx: Tx, *, now: datetime, request: Request, rules: Rules) -> ImportResult | None:
    """Import the rows of a request, which count from 0; None when its key belongs to another request."""
    if not request.key:
        return _take_in(tx, request, rules, now=now)
    try:
        answered = storage.ingest.begin(tx, request.key, request.digest, now=now)
    except storage.ingest.AnotherBodyError:
        return None
    if answered is not None:
        return answered
    result = _take_in(tx, request, rules, now=now)
    storage.ingest.finish(tx, request.key, result)
    return result


def _take_in(tx: Tx, request: Request, rules: Rules, *, now: datetime) -> ImportResult:
    reader: RowReader[Any] = RowReader(LAYOUTS[request.noun], rules, now)
    batch = sort_out(len(request.rows), (reader.fields(number, row) for number, row in enumerate(request.rows)))
    saved = IMPORTS[request.noun](tx, now=now, records=batch.records, rules=rules)
    return saved + ImportResult(errors=tuple(batch.errors))


def _import_owned(
    tx: Tx, records: Sequence[R], save: Callable[[Sequence[R]], Saved], *, rules: Rules, dry_run: bool
) -> ImportResult:
    """Save what belongs to customers; who was forgotten or is unknown is left out."""
    owners = {record.row: record.customer_external_id for record in records}
    forgotten = _forgotten(tx, {row: {Identity.EXTERNAL_ID: owner} for row, owner in owners.items()}, rules)
    with _undone_if(tx, dry_run=dry_run):
        saved = save([record for record in records if record.row not in forgotten])
    unknown = [RowError(row, "customer_external_id", Reason.UNKNOWN, owners[row]) for row in saved.refused]
    told = [replace(error, column="customer_external_id") for error in forgotten.values()]
    return _result(saved, [*told, *unknown])


def _ask_about(
    tx: Tx,
    happenings: Sequence[Happening],
    list_due: Callable[[Tx, TriggerRules, Collection[str]], list[Due]],
    *,
    rules: Rules,
    now: datetime,
) -> None:
    """Ask those to whom something has just happened, each of them at most once in the trigger's time."""
    for trigger in rules.triggers:
        external_ids = fresh(happenings, trigger, now=now)
        found = list_due(tx, trigger, external_ids) if external_ids else []
        customers = {due.customer_id for due in found}
        asked = storage.triggers.list_asked(tx, trigger, customers, since=now - trigger.once_per)
        first = {due.customer_id: due for due in reversed(found) if due.customer_id not in asked}
        for due in first.values():
            key, due_at = storage.triggers.dedupe_key(trigger, due), due.at + trigger.after
            invite(tx, due, trigger.survey, key, due_at, trigger=trigger_name(trigger), rules=rules, now=now)


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
