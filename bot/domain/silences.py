"""Losses of the past, as purchases tell them: a silence long enough is a loss, and the purchase after it its end."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, order=True)
class Silence:
    """One loss that is over: half-open from the instant at which it came true to the purchase that ended it."""

    lost_at: datetime
    ended_at: datetime

    def overlaps(self, other: "Silence") -> bool:
        return self.lost_at < other.ended_at and other.lost_at < self.ended_at


@dataclass(frozen=True, kw_only=True)
class KnownLoss:
    """A loss of the past that is on record; `inferred` from silence, or else somebody said so."""

    loss_id: int
    silence: Silence
    inferred: bool


@dataclass(frozen=True, kw_only=True)
class Restatement:
    """What the record of one customer lacks, which of its losses lie otherwise in time, and which never were."""

    missing: tuple[Silence, ...] = ()
    moved: tuple[tuple[int, Silence], ...] = ()
    false: tuple[int, ...] = ()


def restate(silences: Iterable[Silence], known: Iterable[KnownLoss]) -> Restatement:
    """How the record of one customer comes to agree with the silences between all purchases known now.

    The outcome depends on the purchases alone and not on the order in which they became known. What somebody said
    stands, and silence adds nothing to it. A loss that lies otherwise keeps its id, since its win-back belongs to it.
    """
    losses = sorted(known, key=lambda each: each.silence)
    said = [each.silence for each in losses if not each.inferred]
    missing = [each for each in sorted(silences) if not any(map(each.overlaps, said))]
    moved, false = [], []
    for loss in (each for each in losses if each.inferred):
        found = _closest(missing, loss.silence)
        if found is None:
            false.append(loss.loss_id)
            continue
        missing.remove(found)
        if found != loss.silence:
            moved.append((loss.loss_id, found))
    return Restatement(missing=tuple(missing), moved=tuple(moved), false=tuple(false))


def _closest(silences: Sequence[Silence], known: Silence) -> Silence | None:
    """The silence itself, or else the first that overlaps it."""
    if known in silences:
        return known
    return next(filter(known.overlaps, silences), None)
