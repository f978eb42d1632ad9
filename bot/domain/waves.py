"""Survey waves: many customers asked the same, so many a day, with staff at the switch."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from types import MappingProxyType

from bot.domain.contact import Rule, is_open_on
from bot.domain.local_time import instant_at, local_date
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.planning import Contact
from bot.domain.rules import ContactRules
from bot.domain.survey_requests import Forecast, Prospect, forecast
from bot.domain.taps import ListWave, SwitchWave
from bot.domain.touchpoints import POLICIES, Kind

MORNING = time(9, 0)
PROGRESS_EVERY = timedelta(minutes=10)
FOLLOWED_FOR = timedelta(days=30)  # so long a wave's message is kept up to date after its last change
DELETABLE_FOR = timedelta(hours=48)
MOST_DAYS = 8
HORIZON_DAYS = 3650


class Status(StrEnum):
    """Drafted; sending; waiting; ended by staff before its end; everybody asked; never begun."""

    DRAFT = "draft"
    RUNNING = "running"
    PAUSED = "paused"
    STOPPED = "stopped"
    DONE = "done"
    CANCELLED = "cancelled"


class Switch(StrEnum):
    """What staff do to a wave. `RECALL` asks whether it is meant; `SHOW` only looks."""

    START = "start"
    CANCEL = "cancel"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    RECALL = "recall"
    RECALL_SURE = "sure"
    SHOW = "show"


@dataclass(frozen=True)
class Move:
    """A switch leads from any of the states `before` to `after`; where somebody was first it changes nothing."""

    before: frozenset[Status]
    after: Status


MOVES: Mapping[Switch, Move] = MappingProxyType(
    {
        Switch.START: Move(frozenset({Status.DRAFT}), Status.RUNNING),
        Switch.CANCEL: Move(frozenset({Status.DRAFT}), Status.CANCELLED),
        Switch.PAUSE: Move(frozenset({Status.RUNNING}), Status.PAUSED),
        Switch.RESUME: Move(frozenset({Status.PAUSED}), Status.RUNNING),
        Switch.STOP: Move(frozenset({Status.RUNNING, Status.PAUSED}), Status.STOPPED),
    }
)
SWITCHES: Mapping[Status, tuple[Switch, ...]] = MappingProxyType(
    {
        Status.DRAFT: (Switch.START, Switch.CANCEL),
        Status.RUNNING: (Switch.PAUSE, Switch.STOP),
        Status.PAUSED: (Switch.RESUME, Switch.STOP),
    }
)


class State(StrEnum):
    """A customer in a wave: not asked yet; in the outbox or beyond; passed over by a rule; message taken back."""

    PLANNED = "planned"
    QUEUED = "queued"
    SKIPPED = "skipped"
    RECALLED = "recalled"


@dataclass(frozen=True, kw_only=True)
class Wave:
    """A wave as it stands. Its days are the business's; `chat_id` and `message_id` are where staff follow it."""

    wave_id: int
    kind: Kind
    status: Status
    words: str
    per_day: int
    starts_on: date
    weekdays: frozenset[int]
    language: Language
    chat_id: int | None
    message_id: int | None


@dataclass(frozen=True, kw_only=True)
class Place:
    """When a customer's turn comes; `day` None is never. A rule holds the message `until`, or for ever."""

    customer_id: int
    name: str
    day: date | None
    rule: Rule | None = None
    until: datetime | None = None


def runs_on(wave: Wave, day: date, rules: ContactRules) -> bool:
    """Whether a wave asks anybody on a day of the business."""
    return day >= wave.starts_on and day.weekday() in wave.weekdays and is_open_on(day, wave.kind, rules)


def days_of(wave: Wave, rules: ContactRules, *, today: date) -> Iterator[date]:
    """The days of a wave from today on."""
    ahead = (max(today, wave.starts_on) + timedelta(days=number) for number in range(HORIZON_DAYS))
    return (day for day in ahead if runs_on(wave, day, rules))


def due_on(day: date, timezone: str, *, now: datetime) -> datetime:
    """When a customer is asked on a day: in their own morning, or at once when that is over."""
    return max(now, instant_at(day, MORNING, timezone))


def prospect(contact: Contact, kind: Kind, due_at: datetime, rules: ContactRules, *, pending: bool) -> Forecast:
    """What will become of one invitation. Who is about to be asked the same anyway is not asked twice."""
    if pending:
        return Forecast(prospect=Prospect.TOO_LATE, rule=Rule.KIND_CLOCK)
    facts = contact.facts(kind, expires_at=due_at + POLICIES[kind].lifetime)
    return forecast(facts, rules, now=due_at)


def rehearse(
    wave: Wave,
    members: Iterable[tuple[int, Contact]],
    rules: ContactRules,
    *,
    pending: Collection[int],
    timezone: str,
    now: datetime,
) -> list[Place]:
    """A dry run: each member's day and the rule that stands in the way, as the contact policy sees it now."""
    days = days_of(wave, rules, today=local_date(now, timezone))
    day, left = next(days, None), wave.per_day
    places = []
    for customer_id, contact in members:
        if not left:
            day, left = next(days, None), wave.per_day
        place = _place(wave, customer_id, contact, day, rules, pending=customer_id in pending, now=now)
        left -= place.day is not None
        places.append(place)
    return places


def _place(
    wave: Wave,
    customer_id: int,
    contact: Contact,
    day: date | None,
    rules: ContactRules,
    *,
    pending: bool,
    now: datetime,
) -> Place:
    found = (
        prospect(contact, wave.kind, due_on(day, contact.timezone, now=now), rules, pending=pending) if day else None
    )
    if found is None or not found.goes:
        return Place(customer_id=customer_id, name=contact.name, day=None, rule=found.rule if found else None)
    return Place(customer_id=customer_id, name=contact.name, day=day, rule=found.rule, until=found.until)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many members of a wave share one fate."""

    state: State
    rule: str | None
    outbox: str | None
    hold_rule: str | None
    error: str | None
    answered: bool
    commented: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class Funnel:
    """A wave's members by how far they have come. `held` says which rule holds or has passed over how many."""

    total: int
    waiting: int = 0
    sent: int = 0
    answered: int = 0
    commented: int = 0
    unreachable: int = 0
    recalled: int = 0
    held: Mapping[str, int] = field(default_factory=dict)


SENT = ("sent", "sending", "unknown")
DROPPED = ("cancelled", "expired")


def funnel_of(tallies: Sequence[Tally]) -> Funnel:
    """The funnel: everybody is counted once as waiting, sent, held, unreachable or recalled."""
    fates: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for one in tallies:
        fate = _fate(one)
        if fate == "held":
            held[_held_by(one)] += one.count
        fates[fate] += one.count
        fates["answered"] += one.count * one.answered
        fates["commented"] += one.count * one.commented
    return Funnel(
        total=sum(one.count for one in tallies),
        waiting=fates["waiting"],
        sent=fates["sent"],
        answered=fates["answered"],
        commented=fates["commented"],
        unreachable=fates["unreachable"],
        recalled=fates["recalled"],
        held=dict(sorted(held.items())),
    )


def _fate(one: Tally) -> str:
    if one.state is State.RECALLED:
        return "recalled"
    if one.state is State.SKIPPED:
        return "unreachable" if one.rule == Rule.UNREACHABLE else "held"
    if one.outbox in SENT:
        return "sent"
    if one.outbox == "failed" or one.error == Rule.UNREACHABLE:
        return "unreachable"
    return "held" if one.outbox in DROPPED or one.hold_rule else "waiting"


def _held_by(one: Tally) -> str:
    return one.rule or (one.error if one.outbox == "cancelled" else None) or one.hold_rule or Rule.EXPIRED


def draft_message(wave: Wave, places: Sequence[Place], language: Language) -> Message:
    """The dry run: who gets it, by day, who is held by which rule, and when it ends."""
    by_day = Counter(place.day for place in places if place.day is not None)
    shown = sorted(by_day.items())
    refused = Counter(str(place.rule) for place in places if place.day is None and place.rule)
    later = Counter(str(place.rule) for place in places if place.day is not None and place.rule)
    facts = _facts(wave) | {
        "total": len(places),
        "goes": sum(by_day.values()),
        "days": [{"day": day.isoformat(), "count": count} for day, count in shown[:MOST_DAYS]],
        "more_days": max(0, len(shown) - MOST_DAYS),
        "ends_on": shown[-1][0].isoformat() if shown else None,
        "refused": dict(refused.most_common()),
        "later": dict(later.most_common()),
    }
    return Message("waves/draft", language, facts, keyboard(facts))


def panel_message(wave: Wave, funnel: Funnel, *, recallable: int, language: Language, first: bool = True) -> Message:
    """The wave as it runs; `first` False says that somebody else had pressed before."""
    return panel(panel_facts(wave, funnel, recallable=recallable) | {"first": first}, language=language)


def panel(facts: Mapping[str, object], *, language: Language) -> Message:
    """The message by which staff follow a wave, from facts that were stored."""
    return Message("waves/panel", language, facts, keyboard(facts))


def panel_facts(wave: Wave, funnel: Funnel, *, recallable: int) -> dict[str, object]:
    """What the panel says; plain values, since progress waits in the outbox."""
    return _facts(wave) | {
        "total": funnel.total,
        "waiting": funnel.waiting,
        "sent": funnel.sent,
        "answered": funnel.answered,
        "commented": funnel.commented,
        "unreachable": funnel.unreachable,
        "recalled": funnel.recalled,
        "held": dict(funnel.held),
        "recallable": recallable,
        "first": True,
    }


def _facts(wave: Wave) -> dict[str, object]:
    return {
        "wave_id": wave.wave_id,
        "kind": wave.kind,
        "status": wave.status,
        "words": wave.words,
        "per_day": wave.per_day,
        "starts_on": wave.starts_on.isoformat(),
        "weekdays": sorted(wave.weekdays),
        "recallable": 0,
    }


def keyboard(facts: Mapping[str, object]) -> Keyboard:
    """The switches of a wave's present state."""
    wave_id, status = int(str(facts["wave_id"])), Status(str(facts["status"]))
    switches = tuple(Button(switch, SwitchWave(wave_id, switch)) for switch in SWITCHES.get(status, ()))
    rows = [switches] if switches else []
    if facts["recallable"]:
        rows.append((Button(Switch.RECALL, SwitchWave(wave_id, Switch.RECALL)),))
    if status is not Status.CANCELLED:
        show = (Button("refresh", SwitchWave(wave_id, Switch.SHOW)),) if status is not Status.DRAFT else ()
        rows.append((Button("list", ListWave(wave_id)), *show))
    return tuple(rows)


def recall_question(wave: Wave, recallable: int, language: Language) -> Message:
    """Whether the messages are really to be deleted."""
    sure, back = (Button(switch, SwitchWave(wave.wave_id, switch)) for switch in (Switch.RECALL_SURE, Switch.SHOW))
    return Message("waves/recall", language, {"count": recallable}, ((sure, back),))


def recalled(facts: Mapping[str, object], *, outbox_id: int, language: Language) -> Message:
    """What a recalled message says where it cannot be deleted any more."""
    return Message("waves/recalled", language, facts)


def invitation_key(wave_id: int, customer_id: int, attempt: int) -> str:
    """One invitation of a wave; who was taken back by a pause is queued anew."""
    return f"wave:{wave_id}:{customer_id}:{attempt}"
