"""Survey waves as managers plan, watch and switch them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

import storage.audiences
import storage.outbox
import storage.planning
import storage.portfolio
import storage.surveys
import storage.wave_members
import storage.wave_results
import storage.waves
from bot.domain import audiences, portfolio, wave_messages, wave_rehearsals
from bot.domain.delivery import at_once
from bot.domain.local_time import local_date
from bot.domain.messages import Button, Language, Message
from bot.domain.names import cut
from bot.domain.planning import Contact
from bot.domain.rules import Rules
from bot.domain.surveys import SCALES
from bot.domain.taps import ListWave, SwitchWave, UnansweredPage
from bot.domain.touchpoints import SURVEYS, Kind
from bot.domain.wave_rehearsals import Place
from bot.domain.wave_requests import Fault, WaveRequest, WaveRequestError, parse_wave_request
from bot.domain.waves import MOVES, Status, Switch, Wave
from bot.domain.wordings import BOTH, assigned
from storage.database import Tx

CHUNK = 1000
PAGE = 15
LONGEST_WORDS = 200
MOST_WAVES = 5
MOST_VALUES = 12


def draft_wave(tx: Tx, *, now: datetime, rules: Rules, staff_id: int, language: Language, text: str) -> Message:
    """The dry run of a wave, kept as a draft with its customers; or what in the words cannot be understood."""
    try:
        request = parse_wave_request(text, today=local_date(now, rules.timezone))
        members = _members(tx, request)
    except WaveRequestError as error:
        return wave_messages.misunderstood(error, language)
    words = cut(text, LONGEST_WORDS)
    wave = storage.waves.add(tx, request, words=words, by=staff_id, language=language, now=now)
    drawn = [(one, assigned(wave.wave_id, one, wave.variants)) for one in members]
    storage.wave_members.add(tx, wave.wave_id, drawn)
    return wave_messages.draft_message(wave, _rehearse(tx, wave, rules, now=now), language)


def _members(tx: Tx, request: WaveRequest) -> list[int]:
    chosen = {}
    for segment in request.segments:
        known = storage.audiences.list_values(tx, segment.field)
        chosen[segment.field] = audiences.matching(known, segment.value)
        if not chosen[segment.field]:
            names = [one.name for one in known[:MOST_VALUES]]
            raise WaveRequestError(segment.value, Fault.NO_SUCH_VALUE, names)
    excluded = [_excluded(tx, one) for one in request.excluded]
    return storage.audiences.list_members(tx, chosen, linked=True, share=request.share, excluded=excluded)


def _excluded(tx: Tx, written: str) -> int:
    found = storage.portfolio.list_by_identity(tx, portfolio.read_query(written), limit=2)
    if len(found) != 1:
        raise WaveRequestError(f"-{written}", Fault.SEVERAL if found else Fault.NOBODY)
    return found[0].customer_id


def _rehearse(tx: Tx, wave: Wave, rules: Rules, *, now: datetime) -> list[Place]:
    members = storage.wave_members.list_all(tx, wave.wave_id)
    chunks = [members[start : start + CHUNK] for start in range(0, len(members), CHUNK)]
    contacts = {one: contact for chunk in chunks for one, contact in _contacts(tx, chunk, rules, now=now)}
    pending = {one for chunk in chunks for one in storage.wave_members.list_pending(tx, wave.kind, chunk)}
    ordered = [(one, contacts[one]) for one in members]
    return wave_rehearsals.rehearse(wave, ordered, rules.contact, pending=pending, timezone=rules.timezone, now=now)


def _contacts(tx: Tx, customer_ids: Sequence[int], rules: Rules, *, now: datetime) -> Sequence[tuple[int, Contact]]:
    return list(storage.planning.load_contacts(tx, customer_ids, rules=rules, now=now).items())


def show_waves(tx: Tx, *, now: datetime, language: Language) -> Message:
    """How a wave is planned, and those that were begun last."""
    return wave_messages.usage(storage.waves.list_begun(tx, limit=MOST_WAVES), language)


def switch_wave(
    tx: Tx, *, now: datetime, rules: Rules, chat_id: int, message_id: int, language: Language, tap: SwitchWave
) -> Message:
    """Start, pause, resume, stop or recall a wave, or look at it; of two who press at once one is told so."""
    wave = storage.waves.load(tx, tap.wave_id)
    if wave is None or tap.switch not in set(Switch):
        return Message("customers/stale_button", language)
    wanted, first = Switch(tap.switch), True
    recallable = len(storage.wave_members.list_recallable(tx, wave.wave_id, now=now))
    if wanted is Switch.RECALL and recallable:
        return wave_messages.recall_question(wave, recallable, language)
    if wanted in MOVES:
        first = storage.waves.switch(tx, wave.wave_id, MOVES[wanted], now=now)
    if first:
        _do(tx, wave, wanted, now=now)
    storage.waves.cancel_progress(tx, wave.wave_id)
    storage.waves.follow_in(tx, wave.wave_id, chat_id=chat_id, message_id=message_id, language=language)
    now_is = storage.waves.load(tx, wave.wave_id) or wave
    shown = _panel(tx, now_is, language, first=first, now=now)
    if first and wanted is Switch.START:
        return wave_messages.as_begun(shown, _rehearse(tx, now_is, rules, now=now))
    return shown


def _do(tx: Tx, wave: Wave, wanted: Switch, *, now: datetime) -> None:
    if wanted in (Switch.PAUSE, Switch.STOP):
        storage.wave_members.take_back(tx, wave.wave_id, now=now)
    if wanted is Switch.CANCEL:
        storage.wave_members.discard(tx, wave.wave_id)
    if wanted is Switch.RECALL_SURE:
        _recall(tx, wave, now=now)


def _panel(tx: Tx, wave: Wave, language: Language, *, first: bool = True, now: datetime) -> Message:
    if wave.status is Status.CANCELLED:
        return Message("waves/cancelled", language, {"kind": wave.kind, "words": wave.words})
    tallies = storage.wave_results.list_tallies(tx, wave.wave_id)
    recallable = len(storage.wave_members.list_recallable(tx, wave.wave_id, now=now))
    message = wave_messages.panel_message(wave, tallies, recallable=recallable, language=language, first=first)
    storage.waves.mark_shown(tx, wave.wave_id, {**message.facts, "first": True}, now=now)
    return message


def _recall(tx: Tx, wave: Wave, *, now: datetime) -> None:
    """Queue the deletion of what is under 48 hours old and not answered; nobody is reminded of it."""
    for one in storage.wave_members.list_recallable(tx, wave.wave_id, now=now):
        deletion = at_once(
            Kind.RECALL,
            f"recall:{one.run_id}:{one.message_id}",
            now=now,
            customer_id=one.customer_id,
            facts={"kind": wave.kind, "highest": SCALES[wave.kind][-1]},
            run_id=one.run_id,
            edit_message_id=one.message_id,
        )
        storage.outbox.add(tx, deletion, now=now)
        storage.outbox.cancel_reminder(tx, one.run_id)
        storage.surveys.close_run(tx, one.run_id, now=now)
        storage.wave_members.mark_recalled(tx, wave.wave_id, one.customer_id)


def list_recipients(tx: Tx, *, now: datetime, rules: Rules, language: Language, tap: ListWave) -> Message | None:
    """Everybody in a wave with their day, or the rule that holds them: the text of a file. None: no such wave."""
    wave = storage.waves.load(tx, tap.wave_id)
    if wave is None:
        return None
    facts = {"wave_id": wave.wave_id, "kind": wave.kind, "compares": wave.compares}
    if wave.status is Status.DRAFT:
        lines = [asdict(place) for place in _rehearse(tx, wave, rules, now=now)]
        return Message("waves/dry_run", language, facts | {"lines": lines})
    return Message("waves/list", language, facts | {"lines": storage.wave_results.list_fates(tx, wave.wave_id)})


def list_unanswered(tx: Tx, *, now: datetime, kind: str, language: Language, page: int = 0) -> Message:
    """A page of those who were asked and have not answered while they may; or which kinds of survey there are."""
    if kind not in SURVEYS:
        return Message("waves/who_usage", language, {"word": cut(kind, 60)})
    counts = storage.wave_results.count_unanswered(tx, Kind(kind))
    total = sum(counts.values())
    last = max(0, -(-total // PAGE) - 1)
    number = min(max(0, page), last)
    people = storage.wave_results.list_unanswered(tx, Kind(kind), offset=number * PAGE, limit=PAGE)
    facts = {
        "kind": kind,
        "total": total,
        "first": number * PAGE + 1,
        "last": number * PAGE + len(people),
        "by_variant": {variant: counts[variant] for variant in BOTH if variant in counts},
        "people": [asdict(one) | {"name": cut(one.name, 40), "plan": cut(one.plan, 20)} for one in people],
    }
    turns = [("before", number - 1)] * (number > 0) + [("after", number + 1)] * (number < last)
    row = tuple(Button(part, UnansweredPage(kind, to)) for part, to in turns)
    return Message("waves/unanswered", language, facts, (row,) if row else ())
