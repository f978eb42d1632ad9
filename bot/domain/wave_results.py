"""Which of two wordings was answered more, and how: said once, when everybody was asked and nobody can answer any more.

The response rate is the outcome that decides; the score stands beside it. Looking again and again until a difference
shows would find one where there is none, so until then no verdict is made, however large the difference looks.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from bot.domain.metrics.estimates import NOT_COMPARABLE
from bot.domain.metrics.proportions import is_fair_split
from bot.domain.reports import Metric, MetricLine, PeriodCounts, SurveyCounts, metric_line
from bot.domain.touchpoints import Kind
from bot.domain.wave_funnels import Funnel, Tally, funnel_of
from bot.domain.waves import State, Status, Wave
from bot.domain.wordings import BOTH, Variant


class Standing(StrEnum):
    """Whether the wordings may be compared, and otherwise why not; what n allows is each metric's own verdict."""

    OPEN = "open"  # somebody is still to be asked, or may still answer
    RECALLED = "recalled"  # some had their question taken away before they could answer
    STOPPED = "stopped"  # fewer were asked than was planned
    UNEVEN = "uneven"  # the halves are too unequal to come of the draw
    FINAL = "final"


@dataclass(frozen=True, kw_only=True)
class VariantResult:
    """What came of one wording. A metric's change is that against the other wording, where it may be said."""

    variant: Variant
    funnel: Funnel
    responses: MetricLine
    score: MetricLine


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Two wordings beside each other; `outstanding` customers may still be asked or answer."""

    standing: Standing
    outstanding: int
    results: tuple[VariantResult, VariantResult]


def compare(wave: Wave, tallies: Sequence[Tally]) -> Comparison | None:
    """The wordings of a wave that has two of them; the second is measured against the first."""
    if not wave.compares:
        return None
    first, second = ([one for one in tallies if one.variant is variant] for variant in BOTH)
    outstanding = sum(one.count for one in tallies if _is_outstanding(one, wave.status))
    older = _result(wave.kind, Variant.A, first)
    newer = _result(wave.kind, Variant.B, second, against=first)
    standing = _standing(wave, funnel_of(tallies), outstanding, older.funnel.sent, newer.funnel.sent)
    if standing is not Standing.FINAL:
        newer = replace(
            newer,
            responses=replace(newer.responses, change=NOT_COMPARABLE),
            score=replace(newer.score, change=NOT_COMPARABLE),
        )
    return Comparison(standing=standing, outstanding=outstanding, results=(older, newer))


def _is_outstanding(one: Tally, status: Status) -> bool:
    if one.state is State.PLANNED:
        return status in (Status.RUNNING, Status.PAUSED)
    return one.state is State.QUEUED and (one.outbox in ("pending", "sending") or (one.open and one.score is None))


def _standing(wave: Wave, funnel: Funnel, outstanding: int, first: int, second: int) -> Standing:
    if outstanding:
        return Standing.OPEN
    if funnel.recalled:
        return Standing.RECALLED
    if wave.status is Status.STOPPED and funnel.waiting:
        return Standing.STOPPED
    return Standing.FINAL if is_fair_split(first, second) else Standing.UNEVEN


def _result(kind: Kind, variant: Variant, tallies: Sequence[Tally], against: Sequence[Tally] = ()) -> VariantResult:
    mine, other = _counts(kind, tallies), _counts(kind, against)
    return VariantResult(
        variant=variant,
        funnel=funnel_of(tallies),
        responses=metric_line(Metric.RESPONSE_RATE, mine, other),
        score=metric_line(Metric(kind), mine, other),
    )


def _counts(kind: Kind, tallies: Sequence[Tally]) -> PeriodCounts:
    funnel, scores = funnel_of(tallies), Counter[int]()
    for one in tallies:
        if one.score is not None:
            scores[one.score] += one.count
    # Only what nobody answered is recalled: without it every response rate would be that of those who answered.
    counted = SurveyCounts(scores=scores, sent=funnel.sent + funnel.recalled, answered=funnel.answered)
    match kind:
        case Kind.NPS:
            return PeriodCounts(nps=counted)
        case Kind.CES:
            return PeriodCounts(ces=counted)
        case _:
            return PeriodCounts(csat=counted)


def score_of_list(wave: Wave, tallies: Sequence[Tally]) -> MetricLine | None:
    """The score of a wave's list, which is of one wording. NPS has the finite population correction.

    A wave asks a list that is fixed before, so that the list is the population, and its interval closes as everybody
    on it answers. Reports of a period have no such list: who answers in it is a sample of what goes on, their change is
    held against the period before, and corrected intervals would call chance a change.
    """
    if wave.compares:
        return None
    counts = _counts(wave.kind, tallies)
    return metric_line(
        Metric(wave.kind), replace(counts, nps=replace(counts.nps, population=sum(one.count for one in tallies)))
    )


def comparison_facts(comparison: Comparison) -> dict[str, object]:
    """A comparison as plain values, since a panel's progress waits in the outbox."""
    return {
        "standing": comparison.standing,
        "outstanding": comparison.outstanding,
        "results": [
            {
                "variant": one.variant,
                "sent": one.funnel.sent,
                "answered": one.funnel.answered,
                "commented": one.funnel.commented,
                "recalled": one.funnel.recalled,
                "waiting": one.funnel.waiting,
                "responses": asdict(one.responses),
                "score": asdict(one.score),
            }
            for one in comparison.results
        ],
    }
