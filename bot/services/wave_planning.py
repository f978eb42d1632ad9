"""The planners of survey waves: each day's share goes into the outbox, and staff see how far it has come."""

from datetime import date, datetime

import storage.outbox
import storage.planning
import storage.surveys
import storage.waves
from bot.domain import waves
from bot.domain.delivery import Outgoing
from bot.domain.local_time import local_date
from bot.domain.planning import CHUNK, Contact, outgoing
from bot.domain.rules import Rules
from bot.domain.touchpoints import POLICIES, Kind
from bot.domain.waves import PROGRESS_EVERY, Move, Status, Wave
from storage.database import Tx
from storage.waves import Shown

BY_WAVE = "wave"
END = Move(frozenset({Status.RUNNING}), Status.DONE)


def plan_waves(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Queue today's share of each running wave; whom a rule keeps away for too long is passed over for the next."""
    return sum(_advance(tx, wave, rules, now=now) for wave in storage.waves.list_running(tx))


def _advance(tx: Tx, wave: Wave, rules: Rules, *, now: datetime) -> int:
    today = local_date(now, rules.timezone)
    planned = storage.waves.list_planned(tx, wave.wave_id, limit=CHUNK)
    if not planned:
        storage.waves.switch(tx, wave.wave_id, END, now=now)
    if not planned or not waves.runs_on(wave, today, rules.contact):
        return 0
    left = wave.per_day - storage.waves.count_queued(tx, wave.wave_id, today)
    contacts = storage.planning.load_contacts(tx, planned, rules=rules, now=now) if left > 0 else {}
    pending = storage.waves.list_pending(tx, wave.kind, list(contacts))
    dealt_with = 0
    for customer_id in planned if contacts else ():
        if not left:
            break
        dealt_with += 1
        left -= _ask(
            tx,
            wave,
            customer_id,
            contacts[customer_id],
            today,
            pending=customer_id in pending,
            rules=rules,
            now=now,
        )
    return dealt_with


def _ask(
    tx: Tx,
    wave: Wave,
    customer_id: int,
    contact: Contact,
    today: date,
    *,
    pending: bool,
    rules: Rules,
    now: datetime,
) -> bool:
    """Whether the customer is asked today; otherwise the rule that stands in the way is kept."""
    due_at = waves.due_on(today, contact.timezone, now=now)
    found = waves.prospect(contact, wave.kind, due_at, rules.contact, pending=pending)
    if not found.goes:
        storage.waves.mark_skipped(tx, wave.wave_id, customer_id, rule=str(found.rule))
        return False
    run_id = storage.surveys.add_run(tx, kind=wave.kind, customer_id=customer_id, trigger=BY_WAVE, now=now)
    attempt = storage.waves.next_attempt(tx, wave.wave_id, customer_id)
    key = waves.invitation_key(wave.wave_id, customer_id, attempt)
    facts = {"kind": wave.kind, "run_id": run_id, "subject": ""}
    message = outgoing(wave.kind, key, customer_id=customer_id, due_at=due_at, facts=facts, run_id=run_id)
    storage.outbox.add(tx, message, now=now)
    storage.waves.mark_queued(tx, wave.wave_id, customer_id, run_id=run_id, day=today)
    return True


def plan_wave_progress(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Bring the messages by which staff follow waves up to date, each at most every so often."""
    return sum(_show(tx, shown, now=now) for shown in storage.waves.list_followed(tx, now=now))


def _show(tx: Tx, shown: Shown, *, now: datetime) -> bool:
    wave = shown.wave
    if shown.at is not None and now < shown.at + PROGRESS_EVERY:
        return False
    funnel = waves.funnel_of(storage.waves.list_tallies(tx, wave.wave_id))
    recallable = len(storage.waves.list_recallable(tx, wave.wave_id, now=now))
    facts = waves.panel_facts(wave, funnel, recallable=recallable)
    if facts == shown.facts:
        return False
    storage.waves.mark_shown(tx, wave.wave_id, facts, now=now)
    edit = Outgoing(
        dedupe_key=f"wave_progress:{wave.wave_id}:{now.isoformat()}",
        kind=Kind.NOTICE,
        due_at=now,
        expires_at=now + POLICIES[Kind.NOTICE].lifetime,
        chat_id=wave.chat_id,
        language=wave.language,
        template="waves/panel",
        facts=facts,
        edit_message_id=wave.message_id,
    )
    return storage.outbox.add(tx, edit, now=now) is not None
