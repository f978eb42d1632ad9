"""What may be said in a report about each metric, from what was counted in a period and in the one before."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from bot.domain.figures import Figure, FigureUnit
from bot.domain.metrics.churn import yearly_churn
from bot.domain.metrics.estimates import (
    NOT_COMPARABLE,
    Change,
    Difference,
    Estimate,
    Sufficiency,
    comparable,
    judge,
    shown,
    sufficiency,
)
from bot.domain.metrics.means import mean_score
from bot.domain.metrics.nps import NpsCounts, nps, nps_difference
from bot.domain.metrics.proportions import Share, proportion, proportion_difference
from bot.domain.metrics.satisfaction import satisfied
from bot.domain.periods import Period
from bot.domain.touchpoints import Kind


class Metric(StrEnum):
    """What can be reported. NPS is in points; every other value is a share from 0 to 1."""

    NPS = "nps"
    CES = "ces"
    CSAT = "csat"
    RESPONSE_RATE = "response_rate"
    CHURN = "churn"


KINDS: Mapping[Metric, tuple[Kind, ...]] = MappingProxyType(
    {
        Metric.NPS: (Kind.NPS,),
        Metric.CES: (Kind.CES,),
        Metric.CSAT: (Kind.CSAT,),
        Metric.RESPONSE_RATE: (Kind.NPS, Kind.CES, Kind.CSAT),
        Metric.CHURN: (),
    }
)
"""Whose surveys a metric is made of."""

NOBODY = Share(0, 0)
NEVER_LATE: Mapping[Metric, datetime | None] = MappingProxyType({})

Slice = tuple[Period, str]
"""A period and the segment that was counted in it."""

EVERYBODY = ""
"""The segment of a count that is broken down by nothing, and of those who belong to no segment."""


@dataclass(frozen=True)
class Funnel:
    """How far the surveys came that were sent in one period.

    Each step counts what is left of the one before: sent, answered, commented. `closed` counts those of `sent` whose
    time to answer is over, and `closed_answered` those of them that were answered: only they make a response rate,
    since the others may still be answered. `reminded` counts those of `sent` who were reminded, and `answered_after`
    those of them who answered then.
    """

    sent: int = 0
    answered: int = 0
    commented: int = 0
    closed: int = 0
    closed_answered: int = 0
    reminded: int = 0
    answered_after: int = 0

    @property
    def unclosed(self) -> int:
        """Those whose time is not over, whether they have been answered or not."""
        return self.sent - self.closed

    def __add__(self, other: "Funnel") -> "Funnel":
        return Funnel(*map(sum, zip(astuple(self), astuple(other), strict=True)))


@dataclass(frozen=True)
class SurveyCounts:
    """One kind of survey in one period.

    `scores` is score -> n over answers given in it, for NPS only the latest of each customer; `sent` counts surveys
    sent in it whose time to answer is over, and `answered` those of them that have an answer. `population` counts the
    customers who could have been asked, where they are a list that was fixed before, as in a wave.
    """

    scores: Mapping[int, int] = field(default_factory=dict)
    sent: int = 0
    answered: int = 0
    population: int | None = None


@dataclass(frozen=True)
class Present:
    """The customers at an instant, and who is left out of them because the books have no purchase of theirs."""

    members: int
    never_bought: int


@dataclass(frozen=True)
class PeriodCounts:
    """What was counted in one period, for everybody or for one segment.

    `churn` is the lost of the customers at the period's start, `active` counts the customers at its end, and
    `never_bought` those who are left out of both because they have not bought yet.
    """

    nps: SurveyCounts = SurveyCounts()
    ces: SurveyCounts = SurveyCounts()
    csat: SurveyCounts = SurveyCounts()
    churn: Share = NOBODY
    active: int = 0
    never_bought: int = 0

    def survey(self, kind: Kind) -> SurveyCounts:
        """What was counted of one kind of survey."""
        return {Kind.NPS: self.nps, Kind.CES: self.ces, Kind.CSAT: self.csat}[kind]

    @property
    def responses(self) -> Share:
        surveys = (self.nps, self.ces, self.csat)
        return Share(sum(each.answered for each in surveys), sum(each.sent for each in surveys))


NOTHING_COUNTED = PeriodCounts()


def surveyed(scores: Mapping[Kind, Mapping[int, int]], funnels: Mapping[Kind, Funnel]) -> PeriodCounts:
    """What was counted of the surveys of a period: scores given in it, and how far those came that were sent in it."""

    def of(kind: Kind) -> SurveyCounts:
        asked = funnels.get(kind, Funnel())
        return SurveyCounts(scores.get(kind, {}), sent=asked.closed, answered=asked.closed_answered)

    return PeriodCounts(nps=of(Kind.NPS), ces=of(Kind.CES), csat=of(Kind.CSAT))


@dataclass(frozen=True)
class MetricLine:
    """One metric as it may be printed: nothing but `n` when n is 0, or so small that a person could be recognised.

    `counts` is what the value was made from: a Share, or the NPS bands. `mean` stands beside CES and CSAT only.
    `so_far` says that whole days of the period are still to come, and `began_at` when the data began if they lack days
    of the period before: neither is compared. `yearly` is what a month's churn makes in a year.
    """

    metric: Metric
    n: int
    sufficiency: Sufficiency
    estimate: Estimate | None
    counts: Share | NpsCounts | None
    change: Change = NOT_COMPARABLE
    mean: Estimate | None = None
    so_far: bool = False
    began_at: datetime | None = None
    yearly: Estimate | None = None


@dataclass(frozen=True)
class Overview:
    """What "/report" prints: every metric in the order of Metric, and the active customers now and before.

    `never_bought` are not among them.
    """

    lines: tuple[MetricLine, ...]
    active: int
    active_before: int
    never_bought: int


@dataclass(frozen=True)
class TrendPoint:
    """A metric in one part of a period; hidden, like any value, when n is under five."""

    part: Period
    n: int
    estimate: Estimate | None


READABLE = 2 / 3
"""So much of a trend must be seen, or it is drawn in coarser steps."""


def overview(
    now: PeriodCounts,
    before: PeriodCounts,
    *,
    so_far: bool = False,
    began_at: Mapping[Metric, datetime | None] = NEVER_LATE,
    a_month: bool = False,
) -> Overview:
    """Every metric of one period with its change against the period before."""
    lines = tuple(
        metric_line(metric, now, before, so_far=so_far, began_at=began_at.get(metric), a_month=a_month)
        for metric in Metric
    )
    return Overview(lines, now.active, before.active, now.never_bought)


def metric_line(
    metric: Metric,
    now: PeriodCounts,
    before: PeriodCounts = NOTHING_COUNTED,
    *,
    so_far: bool = False,
    began_at: datetime | None = None,
    a_month: bool = False,
) -> MetricLine:
    """One metric, with its change against the period before where both sides have 30 or more.

    A period that is not over is compared with none, nor is one with a period that the data lack days of. The churn of a
    whole month stands beside its year.
    """
    line = _nps_line(now, before) if metric is Metric.NPS else _share_line(metric, now, before)
    yearly = _yearly(line.estimate) if metric is Metric.CHURN and a_month and not so_far else None
    change = NOT_COMPARABLE if so_far or began_at else line.change
    return replace(line, so_far=so_far, began_at=began_at, change=change, yearly=yearly)


def _yearly(monthly: Estimate | None) -> Estimate | None:
    """A month's churn by the year, its interval by the same line, since it only rises."""
    if monthly is None:
        return None
    value, low, high = (yearly_churn(end) for end in (monthly.value, monthly.low, monthly.high))
    return Estimate(value, low, high, monthly.n)


def metric_unit(metric: Metric) -> FigureUnit:
    """NPS is in points, every other metric a share."""
    return FigureUnit.POINTS if metric is Metric.NPS else FigureUnit.SHARE


def line_figures(line: MetricLine) -> Iterator[Figure]:
    """The numbers of a line: its value with its change, then the mean of a scale and a month's churn by the year."""
    yield Figure(key=line.metric, unit=metric_unit(line.metric), n=line.n, estimate=line.estimate, change=line.change)
    if line.mean is not None:
        yield Figure(key=f"{line.metric}_mean", unit=FigureUnit.NUMBER, n=line.n, estimate=line.mean)
    if line.yearly is not None:
        yield Figure(key="yearly_churn", unit=FigureUnit.SHARE, n=line.n, estimate=line.yearly)


def share_shown(points: Sequence[TrendPoint]) -> float:
    """How much of a trend can be seen, 0 to 1; the rest is hidden because n is under five."""
    return sum(point.estimate is not None for point in points) / len(points)


def metric_trend(metric: Metric, counts_by_part: Mapping[Period, PeriodCounts]) -> tuple[TrendPoint, ...]:
    """One metric in each part of a period, in the order given."""
    lines = {part: metric_line(metric, counts) for part, counts in counts_by_part.items()}
    return tuple(TrendPoint(part, line.n, line.estimate) for part, line in lines.items())


def _nps_line(now: PeriodCounts, before: PeriodCounts) -> MetricLine:
    counts, older = NpsCounts.of(now.nps.scores), NpsCounts.of(before.nps.scores)
    estimate = nps(counts, now.nps.population)
    return _line(Metric.NPS, counts.n, estimate, counts, _change(nps_difference(counts, older), counts.n, older.n))


def _share_line(metric: Metric, now: PeriodCounts, before: PeriodCounts) -> MetricLine:
    share, older = _share(metric, now), _share(metric, before)
    change = _change(proportion_difference(share, older), share.whole, older.whole)
    line = _line(metric, share.whole, proportion(share), share, change)
    return replace(line, mean=_mean(metric, now))


def _share(metric: Metric, counts: PeriodCounts) -> Share:
    match metric:
        case Metric.CES:
            return satisfied(Kind.CES, counts.ces.scores)
        case Metric.CSAT:
            return satisfied(Kind.CSAT, counts.csat.scores)
        case Metric.RESPONSE_RATE:
            return counts.responses
        case _:
            return counts.churn


def _mean(metric: Metric, counts: PeriodCounts) -> Estimate | None:
    match metric:
        case Metric.CES:
            return shown(mean_score(Kind.CES, counts.ces.scores))
        case Metric.CSAT:
            return shown(mean_score(Kind.CSAT, counts.csat.scores))
        case _:
            return None


def _line(metric: Metric, n: int, estimate: Estimate | None, counts: Share | NpsCounts, change: Change) -> MetricLine:
    visible = shown(estimate)
    return MetricLine(metric, n, sufficiency(n), visible, counts if visible else None, change)


def _change(difference: Difference | None, *sizes: int) -> Change:
    return judge(difference) if difference is not None and comparable(*sizes) else NOT_COMPARABLE
