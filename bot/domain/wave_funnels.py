"""How far a wave's customers have come."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.contact import Rule
from bot.domain.waves import State
from bot.domain.wordings import Variant


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many members of a wave share one fate. `score` is their answer; `open` says that it may still come."""

    state: State
    variant: Variant
    rule: str | None
    outbox: str | None
    hold_rule: str | None
    error: str | None
    score: int | None
    commented: bool
    open: bool
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
        fates["answered"] += one.count * (one.score is not None)
        fates["commented"] += one.count * one.commented
    return Funnel(
        total=sum(one.count for one in tallies),
        waiting=fates["waiting"],
        sent=fates["sent"],
        answered=fates["answered"],
        commented=fates["commented"],
        unreachable=fates["unreachable"],
        recalled=fates["recalled"],
        held=dict(sorted(held.items(), key=lambda rule: (-rule[1], rule[0]))),
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
