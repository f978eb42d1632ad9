"""Counting for reports: answers, surveys sent, customers and losses, for many periods at once and by segment.

What is over was counted ahead (`storage.rollups`); what is not, or has changed since, is counted row by row.
The sum is what `storage.raw_reports` would say of everything, at every moment.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, fields
from datetime import datetime
from functools import cache, partial

from bot.domain.local_time import day_start
from bot.domain.metrics.proportions import Share
from bot.domain.periods import Period
from bot.domain.reports import Funnel, Present, Slice
from bot.domain.rollups import NOTHING, REPEATS, STANDING, Counted, first_month, part, sent
from bot.domain.segments import Bands, Dimension
from bot.domain.touchpoints import Kind
from storage import latest, membership, raw_reports, repeats, rollups
from storage.database import Tx

Raw = Callable[[Sequence[Period]], dict[Slice, Counter[int]]]


def count_scores(
    tx: Tx, kind: Kind, periods: Sequence[Period], *, by: Dimension | None = None
) -> dict[Slice, Counter[int]]:
    """Answers by score: of NPS the latest of each customer in each period, of other kinds all.

    The segment is the one in which the answer was given.
    """
    if kind is not Kind.NPS:
        return _count(tx, kind, periods, by, partial(raw_reports.count_given, tx, kind, by=by))
    last = latest.of(tx, kind)
    lasting = [each for each in periods if last < each.end]
    past = [each for each in periods if each not in lasting]
    raw = partial(raw_reports.count_scores, tx, kind, by=by)
    standing = partial(raw_reports.count_standing, tx, by=by)
    return _count(tx, STANDING, lasting, by, standing, whole=raw) | _count_latest(tx, past, by, raw)


def count_funnels(
    tx: Tx, kinds: Sequence[Kind], periods: Sequence[Period], *, by: Dimension | None = None, now: datetime
) -> dict[Slice, dict[Kind, Funnel]]:
    """How far the surveys came that were sent in each period, by kind.

    The segment is the one that the customer was in when the survey was planned.
    """
    found: dict[Slice, dict[Kind, Funnel]] = {}
    uncounted = cache(lambda parts: raw_reports.count_funnels(tx, kinds, parts, by=by, now=now))
    rollups.sum_ahead(tx, map(sent, kinds), periods, by=by)
    for kind in kinds:
        raw = partial(_steps, uncounted, kind)
        for each, steps in _count(tx, sent(kind), periods, by, raw, now=now).items():
            found.setdefault(each, {})[kind] = Funnel(*(steps[slot] for slot in range(len(fields(Funnel)))))
    return found


def count_members(
    tx: Tx, instants: Mapping[Period, datetime], *, by: Dimension | None = None, bands: Bands | None = None
) -> dict[Slice, int]:
    """Customers at an instant of each period: who had joined before it and was not lost then, whatever happened since.

    Where purchases are known, who never bought is no customer: silence could not make them one who is lost. The segment
    is the customer's present one; of customers no earlier one is kept.
    """
    found = membership.count_members(tx, instants) if instants and by is None else None
    return raw_reports.count_members(tx, instants, by=by, bands=bands) if found is None else found


def count_present(tx: Tx, periods: Sequence[Period]) -> dict[datetime, Present]:
    """Customers at the start and at the end of each period, as `count_members` counts them, and who is left out."""
    instants = {instant for each in periods for instant in (each.start, each.end)}
    found = membership.count_present(tx, instants, periods[0].timezone)
    return raw_reports.count_present(tx, periods) if found is None else found


def count_lost(
    tx: Tx, periods: Sequence[Period], *, by: Dimension | None = None, bands: Bands | None = None
) -> dict[Slice, int]:
    """Of the customers at each period's start, those who were lost in it, also if they have come back since."""
    found = membership.count_lost(tx, periods) if periods and by is None else None
    return raw_reports.count_lost(tx, periods, by=by, bands=bands) if found is None else found


def count_churn(
    tx: Tx, periods: Sequence[Period], *, by: Dimension | None = None, bands: Bands | None = None
) -> dict[Slice, Share]:
    """The lost of the customers at each period's start."""
    members = count_members(tx, {each: each.start for each in periods}, by=by, bands=bands)
    lost = count_lost(tx, periods, by=by, bands=bands)
    return {each: Share(lost.get(each, 0), n) for each, n in members.items()}


def _steps(
    uncounted: Callable[[tuple[Period, ...]], dict[Slice, dict[Kind, Funnel]]], kind: Kind, parts: Sequence[Period]
) -> dict[Slice, Counter[int]]:
    """The funnel of one kind: kinds mostly have the same parts uncounted, which are then looked at once."""
    funnels = uncounted(tuple(parts))
    return {each: Counter(dict(enumerate(astuple(steps[kind])))) for each, steps in funnels.items() if kind in steps}


def _count(
    tx: Tx,
    series: str,
    periods: Sequence[Period],
    by: Dimension | None,
    raw: Raw,
    *,
    whole: Raw | None = None,
    now: datetime | None = None,
) -> dict[Slice, Counter[int]]:
    """The slots of a series in each period: its counted days, and `raw` of the others; or `whole`, where few are."""
    if not periods:
        return {}
    counted = rollups.load(tx, series, periods[0].timezone)
    helped = [each for each in periods if counted.helps(each)]
    rests = {each: counted.rest(each) for each in helped}
    uncounted = list(dict.fromkeys(rest for parts in rests.values() for rest in parts))
    found: dict[Slice, Counter[int]] = defaultdict(Counter)
    if helped:
        found.update(rollups.sum_days(tx, series, counted, helped, by=by, now=now))
    for (rest, segment), slots in (raw(uncounted) if uncounted else {}).items():
        for each in (period for period in helped if rest in rests[period]):
            found[each, segment].update(slots)
    others = [each for each in periods if each not in rests]
    return {each: kept for each, slots in found.items() if (kept := +slots)} | (
        (whole or raw)(others) if others else {}
    )


def _count_latest(tx: Tx, periods: Sequence[Period], by: Dimension | None, raw: Raw) -> dict[Slice, Counter[int]]:
    """NPS answers by score, the latest of each customer in each period: all, less those superseded inside it."""
    counted = rollups.load(tx, REPEATS, periods[0].timezone) if periods else NOTHING
    helped = [each for each in periods if counted.helps(each)]
    given = _count(tx, Kind.NPS, helped, by, partial(raw_reports.count_given, tx, Kind.NPS, by=by))
    again = _count_repeats(tx, counted, helped, by)
    found = {each: kept for each, scores in given.items() if (kept := scores - again[each])}
    others = [each for each in periods if each not in helped]
    return found | (raw(others) if others else {})


def _count_repeats(
    tx: Tx, counted: Counted, periods: Sequence[Period], by: Dimension | None
) -> Mapping[Slice, Counter[int]]:
    """NPS answers of each period that were superseded in it, by score."""
    found = rollups.sum_pairs(tx, counted, periods, by=by)
    begun = {each: each.start if by is None else _count_edge(tx, each, by, found) for each in periods}
    rests = {each: counted.rest(each) for each in periods}
    for rest in dict.fromkeys(rest for parts in rests.values() for rest in parts):
        superseded = repeats.list_in(tx, rest, by=by)
        for each in (period for period in periods if rest in rests[period]):
            for one in superseded:
                for segment in one.segments if one.answered_at >= begun[each] else ():
                    found[each, segment][one.score] += 1
    return found


def _count_edge(tx: Tx, period: Period, by: Dimension, found: dict[Slice, Counter[int]]) -> datetime:
    """Add what was superseded of the days before the first whole month, row by row; returns when that begins."""
    month = day_start(first_month(period), period.timezone)
    if period.start < month:
        edge = part(period.start, min(month, period.end), period.timezone)
        for (_, segment), scores in raw_reports.count_superseded(tx, edge, before=period.end, by=by).items():
            found[period, segment].update(scores)
    return month
