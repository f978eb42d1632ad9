"""The figures of cases: how soon customers are answered, how soon it is over, and whether it helped."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.domain.business_hours import instants_of
from bot.domain.calendar_units import ONE_DAY
from bot.domain.cases import Source, hours_of
from bot.domain.figures import Figure, FigureUnit
from bot.domain.local_time import local_date
from bot.domain.measured import Figures
from bot.domain.metrics.estimates import HIDDEN_UNDER, Estimate, shown
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.rates import mean_length, rate
from bot.domain.metrics.survival import Step, curve, quantile
from bot.domain.periods import Period
from bot.domain.rules import Rules

COMPLAINTS = frozenset({Source.SURVEY, Source.FEEDBACK})
HOUR = timedelta(hours=1)

Array = Any
"""An array of numpy, which a bot at rest does not load."""
Instants = Any
"""An array of instants, or what becomes one."""


@dataclass(frozen=True, kw_only=True)
class CaseTimes:
    """When things happened in cases: columns in one order of cases, not a case each, since there are thousands.

    Instants are what becomes an array of numpy's datetime64[us], in UTC, NaT where it has not come to that.
    `answered_at` and `first_resolved_at` are of the first time ever. `reason` is what it was about, as staff said when
    they resolved it; `csm_id` whose customer it is.
    """

    opened_at: Instants = ()
    answered_at: Instants = ()
    first_resolved_at: Instants = ()
    resolved_at: Instants = ()
    solve_due_at: Instants = ()
    reopened: Sequence[int] = ()
    reason: Sequence[str] = ()
    csm_id: Sequence[int | None] = ()
    customer_id: Sequence[int] = ()


@dataclass(frozen=True, kw_only=True)
class CaseTotals:
    """Cases opened in a period: how many, how many of them complain, and how many are open since when."""

    opened: int = 0
    complaints: int = 0
    open: int = 0
    oldest_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CaseCounts:
    """What was counted in a period: cases opened in it, of many each so-manieth by number, and NPS scores.

    `totals` count all that were opened. `excluded` were ended by nobody: joined with another case, or their customer
    was forgotten. `scores` are those before a case and when asked again after it, of answers given in the period.
    """

    opened: CaseTimes = CaseTimes()
    every: int = 1
    totals: CaseTotals = CaseTotals()
    excluded: int = 0
    scores: Sequence[tuple[int, int]] = ()


@dataclass(frozen=True, kw_only=True)
class TimeFigure:
    """How long something took, in business hours. `waiting` of the `n` cases are not over: they count in the quantiles.

    `mean` is that of the others. All are hidden under five cases.
    """

    n: int
    waiting: int
    mean: Estimate | None
    median: Estimate | None
    p90: Estimate | None
    curve: tuple[Step, ...]


@dataclass(frozen=True, kw_only=True)
class ShareFigure:
    """A share with its counts; `left_out` cases cannot be judged yet."""

    counts: Share
    estimate: Estimate | None
    left_out: int = 0


@dataclass(frozen=True, kw_only=True)
class ReasonFigure:
    """What cases were about, of those that are resolved."""

    reason: str
    share: ShareFigure


@dataclass(frozen=True, kw_only=True)
class CaseFigures:
    """What `/report cases` prints. `closed` is the loop-closing rate: answered and resolved, of those due by now.

    Times and shares of cases are of each `every`th case.
    """

    every: int
    opened: int
    complaints: int
    days: int
    a_day: Estimate | None
    open: int
    oldest_at: datetime | None
    answer: TimeFigure
    resolution: TimeFigure
    closed: ShareFigure
    reopened: ShareFigure
    helped: ShareFigure
    reasons: tuple[ReasonFigure, ...]
    before: float | None
    after: float | None
    excluded: int


@dataclass(frozen=True, kw_only=True)
class CsmCases:
    """The cases of one member of staff's customers, as all are told; `name` is empty of those who are nobody's."""

    name: str
    opened: int
    answer: TimeFigure
    resolution: TimeFigure
    closed: ShareFigure


def by_csm(opened: CaseTimes, names: Mapping[str, str], rules: Rules, *, now: datetime) -> tuple[CsmCases, ...]:
    """The cases by whose customer they were of, the most first; who works here no more is known by number."""
    watched = _watch(opened, rules, now)
    of_each: dict[int | None, list[int]] = defaultdict(list)
    for place, whose in enumerate(opened.csm_id):
        of_each[whose].append(place)
    ordered = sorted(of_each.items(), key=lambda pair: (-len(pair[1]), pair[0] or 0))
    return tuple(_of_csm(whose, watched.at(places), names) for whose, places in ordered)


def _of_csm(whose: int | None, theirs: "_Watched", names: Mapping[str, str]) -> CsmCases:
    return CsmCases(
        name="" if whose is None else names.get(str(whose), f"#{whose}"),
        opened=len(theirs.due),
        answer=_time(theirs.until_answer, theirs.answered),
        resolution=_time(theirs.until_resolved, theirs.resolved),
        closed=_closed(theirs),
    )


def figures_of(opened: CaseTimes, rules: Rules, *, now: datetime) -> Figures:
    """How soon cases were over and answered, and how many of those due were both, of the cases of any customers."""
    watched = _watch(opened, rules, now)
    places: dict[int, list[int]] = defaultdict(list)
    for place, whose in enumerate(opened.customer_id):
        places[whose].append(place)

    def figures(customers: Collection[int]) -> list[Figure]:
        theirs = watched.at([place for whom in customers for place in places.get(whom, ())])
        answer, resolution, closed = _printed_of(_of_csm(None, theirs, {}))
        return [resolution, answer, closed]

    return figures


def printed_by_csm(found: Sequence[CsmCases]) -> tuple[Figure, ...]:
    """Every figure of everybody, as files have them; times are in business hours."""
    return tuple(figure for one in found for figure in _printed_of(one))


def _printed_of(one: CsmCases) -> tuple[Figure, ...]:
    times = {"cases_answer_median": one.answer, "cases_solve_median": one.resolution}
    shared = (one.closed.counts.whole, one.closed.estimate)
    return (
        *(
            Figure(key=key, unit=FigureUnit.NUMBER, n=time.n, estimate=time.median, segment=one.name)
            for key, time in times.items()
        ),
        Figure(key="cases_closed", unit=FigureUnit.SHARE, n=shared[0], estimate=shared[1], segment=one.name),
    )


def figures(counts: CaseCounts, period: Period, rules: Rules, *, now: datetime) -> CaseFigures:
    """Every figure of the cases opened in a period, and of the scores given in it."""
    totals, days, watched = counts.totals, _days(period, now), _watch(counts.opened, rules, now)
    befores, afters = zip(*counts.scores, strict=True) if len(counts.scores) >= HIDDEN_UNDER else ((), ())
    return CaseFigures(
        every=counts.every,
        opened=totals.opened,
        complaints=totals.complaints,
        days=days,
        a_day=rate(totals.complaints, days),
        open=totals.open,
        oldest_at=totals.oldest_at,
        answer=_time(watched.until_answer, watched.answered),
        resolution=_time(watched.until_resolved, watched.resolved),
        closed=_closed(watched),
        reopened=_reopened(counts.opened, rules.cases.reopens_within, now),
        reasons=_reasons(counts.opened),
        helped=_share(sum(after > before for before, after in counts.scores), len(counts.scores)),
        before=sum(befores) / len(befores) if befores else None,
        after=sum(afters) / len(afters) if afters else None,
        excluded=counts.excluded,
    )


def printed(found: CaseFigures) -> tuple[Figure, ...]:
    """Every figure as files and reviews have them; times are in business hours."""
    times = {
        "cases_answer_median": (found.answer.n, found.answer.median),
        "cases_answer_p90": (found.answer.n, found.answer.p90),
        "cases_solve_median": (found.resolution.n, found.resolution.median),
        "cases_solve_p90": (found.resolution.n, found.resolution.p90),
    }
    shares = {"cases_closed": found.closed, "cases_reopened": found.reopened, "cases_helped": found.helped}
    shares |= {f"cases_because_{one.reason}": one.share for one in found.reasons}
    return (
        Figure(key="cases_complaints", unit=FigureUnit.RATE, n=found.complaints, estimate=found.a_day),
        *(Figure(key=key, unit=FigureUnit.NUMBER, n=n, estimate=time) for key, (n, time) in times.items()),
        *(
            Figure(key=key, unit=FigureUnit.SHARE, n=share.counts.whole, estimate=share.estimate)
            for key, share in shares.items()
        ),
    )


def _days(period: Period, now: datetime) -> int:
    """How many days of the period have begun."""
    return max(0, (min(period.after, local_date(now, period.timezone) + ONE_DAY) - period.first_day).days)


@dataclass(frozen=True)
class _Watched:
    """Of each case: business hours until the first answer and the resolution, whether these came, and if it was due.

    What has not come was watched until now; for an answer, until the case was resolved without one.
    """

    until_answer: Array
    answered: Array
    until_resolved: Array
    resolved: Array
    due: Array

    def at(self, places: Sequence[int]) -> "_Watched":
        """The same of the cases at these places."""
        return _Watched(*(column[places] for column in vars(self).values()))


def _watch(opened: CaseTimes, rules: Rules, now: datetime) -> _Watched:
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    instants = (opened.opened_at, opened.answered_at, opened.first_resolved_at, opened.resolved_at)
    opened_at, answered_at, first_resolved_at, resolved_at = map(instants_of, instants)
    (until_now,) = instants_of([now])
    answered, resolved = ~np.isnat(answered_at), ~np.isnat(resolved_at)
    silent_until = np.where(np.isnat(first_resolved_at), until_now, first_resolved_at)
    ends = (np.where(answered, answered_at, silent_until), np.where(resolved, resolved_at, until_now))
    passed = hours_of(rules).elapsed(np.concatenate([opened_at, opened_at]), np.concatenate(ends))
    until_answer, until_resolved = np.split(passed / np.timedelta64(HOUR), 2)
    due = instants_of(opened.solve_due_at) <= until_now
    return _Watched(until_answer, answered, until_resolved, resolved, due)


def _time(lengths: Array, over: Array) -> TimeFigure:
    n, ended = len(lengths), lengths[over]
    steps = curve(lengths, over) if n >= HIDDEN_UNDER else ()
    return TimeFigure(
        n=n,
        waiting=n - len(ended),
        mean=shown(mean_length(ended.tolist())),
        median=quantile(steps, 0.5, n=n),
        p90=quantile(steps, 0.9, n=n),
        curve=steps,
    )


def _closed(watched: _Watched) -> ShareFigure:
    due = watched.due
    closed = int((watched.answered & watched.resolved & due).sum())
    return _share(closed, int(due.sum()), left_out=int((~due).sum()))


def _reopened(opened: CaseTimes, within: timedelta, now: datetime) -> ShareFigure:
    import numpy as np  # noqa: PLC0415  a tenth of a second and 20 MB that a bot at rest does not need

    first = instants_of(opened.first_resolved_at)
    ever, settled = ~np.isnat(first), first <= instants_of([now - within])
    again = settled & (np.asarray(opened.reopened, dtype=int) > 0)
    return _share(int(again.sum()), int(settled.sum()), left_out=int((ever & ~settled).sum()))


def _reasons(opened: CaseTimes) -> tuple[ReasonFigure, ...]:
    """The commonest first."""
    known = Counter(filter(None, opened.reason))
    return tuple(ReasonFigure(reason=reason, share=_share(n, known.total())) for reason, n in known.most_common())


def _share(part: int, whole: int, *, left_out: int = 0) -> ShareFigure:
    counts = Share(part, whole)
    return ShareFigure(counts=counts, estimate=shown(proportion(counts)), left_out=left_out)
