"""How far the surveys of a period came: sent or not, and why; answered or not, and after what.

They are those that were sent in it, and those that were planned in it and never sent.

A bot is not told who has opened a message, so nothing is said of that.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.contact import Rule
from bot.domain.figures import Figure, FigureUnit
from bot.domain.metrics.estimates import Estimate, shown
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.reports import Funnel
from bot.domain.touchpoints import Kind

SENT = ("sent", "sending", "unknown")
DROPPED = ("cancelled", "expired")


@dataclass(frozen=True, kw_only=True)
class Tally:
    """How many surveys of which no sending is known share one fate, and what became of the invitation, if there is one.

    One that may have been sent (`outbox`) may be answered too: `closed` says that no answer can come any more,
    `answered_after` that one came after a reminder.
    """

    kind: Kind
    outbox: str | None
    error: str | None
    hold_rule: str | None
    closed: bool
    answered: bool
    commented: bool
    reminded: bool
    answered_after: bool
    count: int


@dataclass(frozen=True, kw_only=True)
class SurveyFunnel:
    """The surveys of a period, each counted once as waiting, sent, held, unreachable or given up.

    `held` says which rule holds, or has passed over, how many. Of those sent, `unanswered` are over without an answer,
    `open` may still be answered, and `answered_after` were answered after a reminder.
    """

    planned: int = 0
    waiting: int = 0
    sent: int = 0
    unreachable: int = 0
    given_up: int = 0
    held: Mapping[str, int] = field(default_factory=dict)
    answered: int = 0
    commented: int = 0
    reminded: int = 0
    answered_after: int = 0
    unanswered: int = 0
    open: int = 0

    @property
    def kept(self) -> int:
        """Held by a rule, or passed over by one."""
        return sum(self.held.values())


@dataclass(frozen=True, kw_only=True)
class FunnelStep:
    """One step: `count` of the `of` that came before it; without an estimate where those are too few."""

    key: str
    count: int
    of: int
    estimate: Estimate | None


STEPS = (
    ("sent", "planned"),
    ("answered", "sent"),
    ("commented", "answered"),
    ("kept", "planned"),
    ("unreachable", "planned"),
    ("reminded", "sent"),
    ("answered_after", "reminded"),
    ("unanswered", "sent"),
)
"""Each step with that of which it is a share: the way to a comment, then what comes off it."""


def funnel_of(sent: Funnel, tallies: Sequence[Tally]) -> SurveyFunnel:
    """The funnel of the surveys that were sent, and of those of which that is not known."""
    counts = _of_sent(sent)
    held: Counter[str] = Counter()
    for one in tallies:
        fate = _fate(one)
        counts["planned"] += one.count
        counts[fate] += one.count
        if fate == "kept":
            held[_held_by(one)] += one.count
        for name in _course(one) if fate == "sent" else ():
            counts[name] += one.count
    del counts["kept"]
    return SurveyFunnel(held=dict(sorted(held.items(), key=lambda rule: (-rule[1], rule[0]))), **counts)


def _of_sent(sent: Funnel) -> Counter[str]:
    unanswered = sent.closed - sent.closed_answered
    return Counter(
        planned=sent.sent,
        sent=sent.sent,
        answered=sent.answered,
        commented=sent.commented,
        reminded=sent.reminded,
        answered_after=sent.answered_after,
        unanswered=unanswered,
        open=sent.sent - sent.answered - unanswered,
    )


def by_kind(sent: Mapping[Kind, Funnel], tallies: Sequence[Tally]) -> dict[Kind, SurveyFunnel]:
    """A funnel for each kind that was planned, in the order of kinds."""
    kinds = sorted({*sent, *(one.kind for one in tallies)}, key=list(Kind).index)
    return {kind: funnel_of(sent.get(kind, Funnel()), [one for one in tallies if one.kind is kind]) for kind in kinds}


def steps(funnel: SurveyFunnel) -> Iterator[FunnelStep]:
    """The steps with their shares and Wilson intervals."""
    for key, before in STEPS:
        count, of = getattr(funnel, key), getattr(funnel, before)
        yield FunnelStep(key=key, count=count, of=of, estimate=shown(proportion(Share(count, of))))


def funnel_figures(funnel: SurveyFunnel, kinds: Mapping[Kind, SurveyFunnel]) -> Iterator[Figure]:
    """Every share of the funnel, over all surveys and then of each kind, for files."""
    for step in steps(funnel):
        yield _figure(step, "")
    for key, _ in STEPS:
        for kind, its_funnel in kinds.items():
            yield next(_figure(step, kind.upper()) for step in steps(its_funnel) if step.key == key)


def _figure(step: FunnelStep, segment: str) -> Figure:
    key = f"funnel_{step.key}"
    return Figure(key=key, unit=FigureUnit.SHARE, n=step.of, estimate=step.estimate, segment=segment)


def _fate(one: Tally) -> str:
    if one.outbox in SENT:
        return "sent"
    if one.outbox == "failed" or Rule.UNREACHABLE in (one.error, one.hold_rule):
        return "unreachable"
    if one.outbox in DROPPED or one.hold_rule:
        return "kept"
    return "waiting" if one.outbox == "pending" else "given_up"


def _held_by(one: Tally) -> str:
    return (one.error if one.outbox == "cancelled" else None) or one.hold_rule or Rule.EXPIRED


def _course(one: Tally) -> Iterator[str]:
    """What is counted of a survey that was sent."""
    if one.answered:
        yield "answered"
    else:
        yield "unanswered" if one.closed else "open"
    yield from (name for name in ("commented", "reminded", "answered_after") if getattr(one, name))
