"""The planners of survey waves: each day's share goes into the outbox, and staff see how far it has come."""

from dataclasses import dataclass, replace
from datetime import datetime

import storage.outbox
import storage.planning
import storage.surveys
import storage.wave_members
import storage.wave_results
import storage.waves
from bot.domain import surveys, wave_messages, wave_rehearsals, waves
from bot.domain.delivery import at_once
from bot.domain.local_time import local_date
from bot.domain.planning import CHUNK, Contact, outgoing
from bot.domain.rules import Rules
from bot.domain.touchpoints import Kind
from bot.domain.waves import PROGRESS_EVERY, Move, Status, Wave
from bot.domain.wordings import Variant
from storage.database import Tx
from storage.waves import Shown

BY_WAVE = "wave"
END = Move(frozenset({Status.RUNNING}), Status.DONE)


def plan_waves(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Queue today's share of each running wave; whom a rule keeps away for too long is passed over for the next."""
    return sum(_advance(tx, wave, rules, now=now) for wave in storage.waves.list_running(tx))


def _advance(tx: Tx, wave: Wave, rules: Rules, *, now: datetime) -> int:
    today = local_date(now, rules.timezone)
    if waves.is_over(wave, today):
        storage.wave_members.end(tx, wave.wave_id, rule=waves.ENDED)
    planned = storage.wave_members.list_planned(tx, wave.wave_id, limit=CHUNK)
    if not planned and not storage.wave_members.any_unsent(tx, wave.wave_id):
        storage.waves.switch(tx, wave.wave_id, END, now=now)
    if not planned or not waves.runs_on(wave, today, rules.contact):
        return 0
    left = wave.per_day - storage.wave_members.count_queued(tx, wave.wave_id, today)
    contacts = storage.planning.load_contacts(tx, list(planned), rules=rules, now=now) if left > 0 else {}
    pending = storage.wave_members.list_pending(tx, wave.kind, list(contacts))
    dealt_with = 0
    for customer_id, variant in planned.items() if contacts else ():
        if not left:
            break
        dealt_with += 1
        turn = _Turn(customer_id, contacts[customer_id], variant, pending=customer_id in pending)
        left -= _ask(tx, wave, turn, rules=rules, now=now)
    return dealt_with


@dataclass(frozen=True)
class _Turn:
    """A customer whose turn it is."""

    customer_id: int
    contact: Contact
    variant: Variant
    pending: bool


def _ask(tx: Tx, wave: Wave, turn: _Turn, *, rules: Rules, now: datetime) -> bool:
    """Whether the customer is asked today; otherwise the rule that stands in the way is kept."""
    wave_id, customer_id, today = wave.wave_id, turn.customer_id, local_date(now, rules.timezone)
    due_at = waves.due_on(today, turn.contact.timezone, now=now)
    found = wave_rehearsals.prospect(
        wave, turn.contact, due_at, rules.contact, pending=turn.pending, timezone=rules.timezone
    )
    if not found.goes:
        storage.wave_members.mark_skipped(tx, wave_id, customer_id, rule=str(found.rule))
        return False
    run_id = storage.surveys.add_run(
        tx,
        kind=wave.kind,
        customer_id=customer_id,
        trigger=BY_WAVE,
        subject=wave.subject,
        wording=wave.wording(turn.variant),
        rules=rules,
        now=now,
    )
    key = waves.invitation_key(wave_id, customer_id, storage.wave_members.next_attempt(tx, wave_id, customer_id))
    facts = surveys.question_facts(wave.kind, run_id, wave.subject, wave.wording(turn.variant))
    message = outgoing(wave.kind, key, customer_id=customer_id, due_at=due_at, facts=facts, run_id=run_id)
    expires_at = waves.expires_at(wave, due_at, rules.timezone)
    storage.outbox.add(tx, replace(message, expires_at=expires_at), now=now)
    storage.wave_members.mark_queued(tx, wave_id, customer_id, run_id=run_id, day=today)
    return True


def plan_wave_progress(tx: Tx, *, now: datetime, rules: Rules) -> int:
    """Bring the messages by which staff follow waves up to date, each at most every so often."""
    return sum(_show(tx, shown, now=now) for shown in storage.waves.list_followed(tx, now=now))


def _show(tx: Tx, shown: Shown, *, now: datetime) -> bool:
    wave = shown.wave
    if shown.at is not None and now < shown.at + PROGRESS_EVERY:
        return False
    tallies = storage.wave_results.list_tallies(tx, wave.wave_id)
    recallable = len(storage.wave_members.list_recallable(tx, wave.wave_id, now=now))
    facts = wave_messages.panel_facts(wave, tallies, recallable=recallable)
    if facts == shown.facts:
        return False
    storage.waves.mark_shown(tx, wave.wave_id, facts, now=now)
    edit = at_once(
        Kind.NOTICE,
        f"wave_progress:{wave.wave_id}:{now.isoformat()}",
        now=now,
        chat_id=wave.chat_id,
        language=wave.language,
        template="waves/panel",
        facts=facts,
        edit_message_id=wave.message_id,
    )
    return storage.outbox.add(tx, edit, now=now) is not None
