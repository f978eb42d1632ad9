"""One metric by segment, and which segments may be called different from the rest."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from bot.domain.metrics.estimates import Verdict, comparable
from bot.domain.metrics.exact import fisher
from bot.domain.metrics.multiple import discoveries
from bot.domain.metrics.nps import NpsCounts, nps_test
from bot.domain.metrics.proportions import Share
from bot.domain.names import search_key
from bot.domain.reports import MetricLine, PeriodCounts, metric_line
from bot.domain.segments import SegmentName


@dataclass(frozen=True)
class SegmentLine:
    """One segment's line; `unlike` says whether it lies above or below all others together, beyond chance."""

    segment: str
    line: MetricLine
    name: SegmentName = field(default_factory=SegmentName)
    unlike: Verdict = Verdict.NOT_COMPARABLE


def breakdown(
    segments: Mapping[str, PeriodCounts], overall: MetricLine, *, so_far: bool = False
) -> tuple[SegmentLine, ...]:
    """A metric by segment, highest first and hidden ones last, each beside all who are not in it.

    A segment differs from the rest when both have 30 or more and it stands after Benjamini and Hochberg at 10 %, over
    all the segments that were compared: so of ten that are named, nine are right on average.
    """
    metric = overall.metric
    lines = [SegmentLine(key, metric_line(metric, counts, so_far=so_far)) for key, counts in segments.items()]
    tests = {place: p for place, each in enumerate(lines) if (p := _test(each.line, overall)) is not None}
    for place, stands in zip(tests, discoveries(list(tests.values())), strict=True):
        lines[place] = replace(lines[place], unlike=_side(lines[place].line, overall) if stands else Verdict.NO_CHANGE)
    return tuple(sorted(lines, key=_rank))


def _test(line: MetricLine, overall: MetricLine) -> float | None:
    """The p-value of a segment beside the rest; None where there is too little of either."""
    if not comparable(line.n, overall.n - line.n):
        return None
    if isinstance(line.counts, NpsCounts) and isinstance(overall.counts, NpsCounts):
        return nps_test(line.counts, _others(line.counts, overall.counts))
    assert isinstance(line.counts, Share)  # noqa: S101  every other metric is a share
    assert isinstance(overall.counts, Share)  # noqa: S101  and the same is counted of all
    return fisher(line.counts, _remainder(line.counts, overall.counts))


def _others(one: NpsCounts, of: NpsCounts) -> NpsCounts:
    bands = zip(vars(of).values(), vars(one).values(), strict=True)
    return NpsCounts(*(_left(whole, part) for whole, part in bands))


def _remainder(one: Share, of: Share) -> Share:
    part = _left(of.part, one.part)
    return Share(part, max(part, of.whole - one.whole))


def _left(whole: int, part: int) -> int:
    """Nothing at the least: what is counted by a later query may hold an answer that has just come."""
    return max(0, whole - part)


def _side(line: MetricLine, overall: MetricLine) -> Verdict:
    assert line.estimate is not None  # noqa: S101  what was compared has a value
    assert overall.estimate is not None  # noqa: S101  and so has all of it
    return Verdict.UP if line.estimate.value > overall.estimate.value else Verdict.DOWN


def _rank(segment: SegmentLine) -> tuple[bool, float, str, str]:
    """By value, and alike ones by the alphabet: without accents, or "Huế" would come before "Hà Nội"."""
    estimate, name = segment.line.estimate, segment.segment
    return (estimate is None, -estimate.value if estimate else 0.0, search_key(name), name)
