"""The figures of cases: how soon customers are answered, how soon it is over, and whether it helped."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from bot.domain.business_hours import BusinessHours
from bot.domain.calendar_units import ONE_DAY
from bot.domain.cases import Source, hours_of
from bot.domain.figures import Figure, FigureUnit
from bot.domain.local_time import local_date
from bot.domain.metrics.estimates import HIDDEN_UNDER, Estimate, shown
from bot.domain.metrics.proportions import Share, proportion
from bot.domain.metrics.rates import mean_length, rate
from bot.domain.metrics.survival import Spell, Step, kaplan_meier, quantile
from bot.domain.periods import Period
from bot.domain.rules import Rules

COMPLAINTS = frozenset({Source.SURVEY, Source.FEEDBACK})
HOUR = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class CaseTimes:
    """When things happened in a case. `answered_at` and `first_resolved_at` are of the first time ever.

    `reason` is what it was about, as staff said when they resolved it; `csm_id` whose customer it is.
    """

    source: Source
    opened_at: datetime
    answered_at: datetime | None
    first_resolved_at: datetime | None
    resolved_at: datetime | None
    solve_due_at: datetime
    reopened: int
    reason: str = ""
    csm_id: int | None = None


@dataclass(frozen=True, kw_only=True)
class CaseTotals:
    """Cases opened in a period: how many, how many of them complain, and how many are open since when."""

    opened: int
    complaints: int
    open: int
    oldest_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class CaseCounts:
    """What was counted in a period: cases opened in it, of many each so-manieth by number, and NPS scores.

    `totals` count all that were opened, where not all are here. `excluded` were ended by nobody: joined with another
    case, or their customer was forgotten. `scores` are those before a case and when asked again after it, of answers
    given in the period.
    """

    opened: Sequence[CaseTimes] = ()
    every: int = 1
    totals: CaseTotals | None = None
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


def by_csm(
    opened: Sequence[CaseTimes], names: Mapping[str, str], rules: Rules, *, now: datetime
) -> tuple[CsmCases, ...]:
    """The cases by whose customer they were of, the most first; who works here no more is known by number."""
    of_each: dict[int | None, list[CaseTimes]] = defaultdict(list)
    for one in opened:
        of_each[one.csm_id].append(one)
    ordered = sorted(of_each.items(), key=lambda pair: (-len(pair[1]), pair[0] or 0))
    return tuple(_of_csm(whose, theirs, names, rules, now) for whose, theirs in ordered)


def _of_csm(
    whose: int | None, theirs: Sequence[CaseTimes], names: Mapping[str, str], rules: Rules, now: datetime
) -> CsmCases:
    hours = hours_of(rules)
    return CsmCases(
        name="" if whose is None else names.get(str(whose), f"#{whose}"),
        opened=len(theirs),
        answer=_time([_until_answer(one, now) for one in theirs], hours),
        resolution=_time([_until_resolved(one, now) for one in theirs], hours),
        closed=_closed(theirs, now),
    )


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
    opened, hours, totals = counts.opened, hours_of(rules), counts.totals or _totals(counts.opened)
    days = _days(period, now)
    befores, afters = zip(*counts.scores, strict=True) if len(counts.scores) >= HIDDEN_UNDER else ((), ())
    return CaseFigures(
        every=counts.every,
        opened=totals.opened,
        complaints=totals.complaints,
        days=days,
        a_day=rate(totals.complaints, days),
        open=totals.open,
        oldest_at=totals.oldest_at,
        answer=_time([_until_answer(one, now) for one in opened], hours),
        resolution=_time([_until_resolved(one, now) for one in opened], hours),
        closed=_closed(opened, now),
        reopened=_reopened(opened, rules.cases.reopens_within, now),
        reasons=_reasons(opened),
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


def _totals(opened: Sequence[CaseTimes]) -> CaseTotals:
    still_open = [one.opened_at for one in opened if one.resolved_at is None]
    complaints = sum(one.source in COMPLAINTS for one in opened)
    oldest_at = min(still_open, default=None)
    return CaseTotals(opened=len(opened), complaints=complaints, open=len(still_open), oldest_at=oldest_at)


def _days(period: Period, now: datetime) -> int:
    """How many days of the period have begun."""
    return max(0, (min(period.after, local_date(now, period.timezone) + ONE_DAY) - period.first_day).days)


class _Wait(NamedTuple):
    start: datetime
    end: datetime
    over: bool


def _until_answer(one: CaseTimes, now: datetime) -> _Wait:
    """Until the first answer; a case resolved without one was watched until then."""
    if one.answered_at is None:
        return _Wait(one.opened_at, one.first_resolved_at or now, over=False)
    return _Wait(one.opened_at, one.answered_at, over=True)


def _until_resolved(one: CaseTimes, now: datetime) -> _Wait:
    return _Wait(one.opened_at, one.resolved_at or now, over=one.resolved_at is not None)


def _time(waits: Sequence[_Wait], hours: BusinessHours) -> TimeFigure:
    lengths = hours.elapsed([(one.start, one.end) for one in waits])
    spells = [Spell(length / HOUR, one.over) for length, one in zip(lengths, waits, strict=True)]
    over = [one.length for one in spells if one.over]
    steps = kaplan_meier(spells) if len(spells) >= HIDDEN_UNDER else ()
    return TimeFigure(
        n=len(spells),
        waiting=len(spells) - len(over),
        mean=shown(mean_length(over)),
        median=quantile(steps, 0.5, n=len(spells)),
        p90=quantile(steps, 0.9, n=len(spells)),
        curve=steps,
    )


def _closed(opened: Sequence[CaseTimes], now: datetime) -> ShareFigure:
    due = [one for one in opened if one.solve_due_at <= now]
    closed = sum(one.answered_at is not None and one.resolved_at is not None for one in due)
    return _share(closed, len(due), left_out=len(opened) - len(due))


def _reopened(opened: Sequence[CaseTimes], within: timedelta, now: datetime) -> ShareFigure:
    ever = [one for one in opened if one.first_resolved_at is not None]
    settled = [one for one in ever if one.first_resolved_at is not None and one.first_resolved_at + within <= now]
    return _share(sum(one.reopened > 0 for one in settled), len(settled), left_out=len(ever) - len(settled))


def _reasons(opened: Sequence[CaseTimes]) -> tuple[ReasonFigure, ...]:
    """The commonest first."""
    known = Counter(one.reason for one in opened if one.reason)
    return tuple(ReasonFigure(reason=reason, share=_share(n, known.total())) for reason, n in known.most_common())


def _share(part: int, whole: int, *, left_out: int = 0) -> ShareFigure:
    counts = Share(part, whole)
    return ShareFigure(counts=counts, estimate=shown(proportion(counts)), left_out=left_out)
