"""Reports: what is counted for each, and against which period it is held."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

import storage.reports
import storage.response_outcomes
import storage.staff
import storage.survey_history
from bot.domain import (
    breakdowns,
    report_messages,
    report_pages,
    report_understanding,
    reports,
)
from bot.domain.local_time import local_date
from bot.domain.messages import Language, Message
from bot.domain.metrics.proportions import Share
from bot.domain.periods import Period, PeriodError, is_whole, parse_period, previous, trends
from bot.domain.report_messages import Report, TrendPicture
from bot.domain.report_requests import ReportRequest
from bot.domain.report_tabs import tabs
from bot.domain.reports import (
    EVERYBODY,
    KINDS,
    READABLE,
    Funnel,
    Metric,
    PeriodCounts,
    Slice,
    TrendPoint,
)
from bot.domain.response_outcomes import OutcomeLine, outcome_lines
from bot.domain.rules import Rules
from bot.domain.segments import Bands, Dimension, bands_of, name_of
from bot.domain.touchpoints import Kind
from storage.database import Tx

Funnels = Mapping[Kind, Funnel]

NOT_OF_ANSWERS = frozenset({report_pages.Page.HEALTH, report_pages.Page.MONEY, report_pages.Page.CASES})
"""Tabs whose figures do not wait for the first answer."""


class Page(Protocol):
    """The use case of one page of a report."""

    def __call__(
        self, tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
    ) -> Report: ...


def report(
    tx: Tx,
    *,
    now: datetime,
    rules: Rules,
    request: ReportRequest,
    page: Page,
    language: Language,
    free: bool = False,
) -> Report | Message:
    """The page that was asked for, under its tabs, or what to say to a period that there cannot be.

    Words that were `free` are told how they were understood.
    """
    try:
        period = parse_period(request.period, now=now, timezone=rules.timezone)
    except PeriodError as error:
        turned = _turned(error, now=now, rules=rules)
        return report_understanding.no_period(error, request, turned, language)
    found = page(tx, now=now, rules=rules, request=request, period=period, language=language)
    message = replace(
        found.message,
        keyboard=(*found.message.keyboard, *tabs(request)),
        opening=_opening(tx, request, period, free=free, language=language),
    )
    return replace(found, message=message, form=request.form, until=local_date(now, rules.timezone))


def _turned(error: PeriodError, *, now: datetime, rules: Rules) -> Period | None:
    """What ran backwards, the other way round, unless there cannot be such a period either."""
    try:
        return parse_period(error.turned, now=now, timezone=rules.timezone)
    except PeriodError:
        return None


def _opening(tx: Tx, request: ReportRequest, period: Period, *, free: bool, language: Language) -> Message | None:
    kinds = () if request.tab in NOT_OF_ANSWERS else KINDS[request.metric or Metric.RESPONSE_RATE]
    first_at = storage.survey_history.first_answer_at(tx, kinds) if kinds else None
    began_at = first_at if first_at is not None and first_at >= period.end else None
    if not free and began_at is None:
        return None
    return report_understanding.opening(request, period, began_at, free=free, language=language)


def surveys(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """The page of the surveys' metrics: all of them, or one, over the period or by segment."""
    if request.metric is None:
        return overview(tx, now=now, request=request, period=period, language=language)
    if request.by is None:
        return metric(tx, now=now, metric=request.metric, period=period, language=language)
    return breakdown(tx, now=now, rules=rules, request=request, period=period, language=language)


def overview(tx: Tx, *, now: datetime, request: ReportRequest, period: Period, language: Language) -> Report:
    """Every metric in the period and its change against the period before.

    What those have done since who did not answer stands in files only, and is asked for one only.
    """
    pair = (period, before := previous(period))
    funnels = _count_funnels(tx, Metric.RESPONSE_RATE, pair, now=now)
    # What is nearly always drawn is counted with the periods, so that the uncounted is looked at once for both.
    periods = {Kind.NPS: _with_trend(pair, Metric.NPS, now=now)}
    scores = {
        kind: storage.reports.count_scores(tx, kind, periods.get(kind, pair)) for kind in KINDS[Metric.RESPONSE_RATE]
    }
    present, lost = storage.reports.count_present(tx, pair), storage.reports.count_lost(tx, pair)
    counts = {
        each: replace(
            reports.surveyed({kind: given.get((each, EVERYBODY), {}) for kind, given in scores.items()}, funnels[each]),
            churn=Share(lost.get((each, EVERYBODY), 0), present[each.start].members),
            active=present[each.end].members,
            never_bought=present[each.end].never_bought,
        )
        for each in pair
    }
    found = reports.overview(
        counts[period],
        counts[before],
        so_far=period.so_far(now),
        began_at={metric: storage.survey_history.late_start(tx, metric, before) for metric in Metric},
        a_month=period.is_month,
    )
    shown = report_messages.headline(found)
    known = _scored(Kind.NPS, scores[Kind.NPS]) if shown is Metric.NPS else None
    points = _trend(tx, shown, period, known, now=now)
    picture = _picture(shown, points, counts[period], funnels[period])
    sent = sum(funnels[period].values(), Funnel())
    outcomes = _outcomes(tx, Metric.RESPONSE_RATE, period, now=now) if request.form is not None else ()
    return report_messages.overview_report(
        found, sent, picture, outcomes=outcomes, period=period, before=before, language=language
    )


def metric(tx: Tx, *, now: datetime, metric: Metric, period: Period, language: Language) -> Report:
    """One metric in the period, its change, and how many of those asked have answered."""
    pair = (period, before := previous(period))
    periods, rated = _with_trend(pair, metric, now=now), metric is Metric.RESPONSE_RATE
    funnels = _count_funnels(tx, metric, periods if rated else (period,), now=now)
    counts = _asked(funnels) if rated else _count(tx, metric, periods, now=now)
    here, earlier = counts[period, EVERYBODY], counts[before, EVERYBODY]
    line = reports.metric_line(
        metric,
        here,
        earlier,
        so_far=period.so_far(now),
        began_at=storage.survey_history.late_start(tx, metric, before),
        a_month=period.is_month,
    )
    responses = reports.metric_line(Metric.RESPONSE_RATE, reports.surveyed({}, funnels[period]))
    picture = _picture(metric, _trend(tx, metric, period, counts, now=now), here, funnels[period])
    left_out = storage.reports.count_present(tx, pair)[period.start].never_bought if metric is Metric.CHURN else 0
    return report_messages.metric_report(
        line,
        responses,
        picture,
        outcomes=_outcomes(tx, metric, period, now=now),
        period=period,
        before=before,
        never_bought=left_out,
        language=language,
    )


def _outcomes(tx: Tx, metric: Metric, period: Period, *, now: datetime) -> Sequence[OutcomeLine]:
    """What those who were asked have done since, whether they answered or not."""
    if not KINDS[metric]:
        return ()
    return outcome_lines(*storage.response_outcomes.follow(tx, KINDS[metric], period, now=now))


def breakdown(
    tx: Tx, *, now: datetime, rules: Rules, request: ReportRequest, period: Period, language: Language
) -> Report:
    """One metric by segment, and over all of them."""
    assert request.metric is not None  # noqa: S101  whoever breaks something down has named it
    assert request.by is not None  # noqa: S101  and by what
    metric, by, so_far = request.metric, request.by, period.so_far(now)
    whole = _count(tx, metric, (period,), now=now)[period, EVERYBODY]
    counts = _count(tx, metric, (period,), by=by, bands=bands_of(rules, now=now), now=now)
    overall = reports.metric_line(metric, whole, so_far=so_far)
    segments = {segment: here for (_, segment), here in counts.items()}
    staff = storage.staff.list_names(tx)
    lines = breakdowns.breakdown(segments, overall, so_far=so_far)
    named = [replace(each, name=name_of(by, each.segment, staff)) for each in lines]
    return report_messages.breakdown_report(
        named, overall, request=request, currency=rules.currency, period=period, language=language
    )


def _picture(metric: Metric, points: Sequence[TrendPoint], counts: PeriodCounts, funnels: Funnels) -> TrendPicture:
    kinds = KINDS[metric]
    scores = counts.survey(kinds[0]).scores if len(kinds) == 1 else {}
    funnel = sum((funnels[kind] for kind in kinds if kind in funnels), Funnel())
    return TrendPicture(metric=metric, trend=points, scores=scores, funnel=funnel)


def _with_trend(pair: tuple[Period, Period], metric: Metric, *, now: datetime) -> Sequence[Period]:
    """A period and the one before, and the parts of the first one's finest trend."""
    return tuple(dict.fromkeys((*pair, *_comparable(metric, trends(pair[0], now=now)[0], now=now))))


def _trend(
    tx: Tx, metric: Metric, period: Period, known: Mapping[Slice, PeriodCounts] | None, *, now: datetime
) -> Sequence[TrendPoint]:
    """The finest trend that can be read; where n is too small for any, the one that shows most, coarse before fine.

    Of the finest one everything may be `known`.
    """
    tried: list[Sequence[TrendPoint]] = []
    for candidate in trends(period, now=now):
        parts = _comparable(metric, candidate, now=now)
        counted = known if known is not None and not tried else _count(tx, metric, parts, now=now)
        points = reports.metric_trend(metric, {part: counted[part, EVERYBODY] for part in parts})
        if reports.share_shown(points) >= READABLE:
            return points
        tried.insert(0, points)
    return max(tried, key=reports.share_shown)


def _comparable(metric: Metric, parts: Sequence[Period], *, now: datetime) -> Sequence[Period]:
    """The parts of a trend. Churn grows with time, so a part that is cut short or not over would look like a dip."""
    whole = [part for part in parts if is_whole(part) and part.end <= now] if metric is Metric.CHURN else []
    return whole or parts


def _count(
    tx: Tx,
    metric: Metric,
    periods: Sequence[Period],
    *,
    by: Dimension | None = None,
    bands: Bands | None = None,
    now: datetime,
) -> Mapping[Slice, PeriodCounts]:
    """What one metric is made of, by period and segment; where there is nothing, nothing was counted."""
    found: dict[Slice, PeriodCounts]
    if metric is Metric.CHURN:
        found = {
            each: PeriodCounts(churn=share)
            for each, share in storage.reports.count_churn(tx, periods, by=by, bands=bands).items()
        }
    elif metric is Metric.RESPONSE_RATE:
        asked = storage.reports.count_funnels(tx, KINDS[metric], periods, by=by, now=now)
        found = {each: reports.surveyed({}, funnels) for each, funnels in asked.items()}
    else:
        kind = Kind(metric)
        return _scored(kind, storage.reports.count_scores(tx, kind, periods, by=by))
    return defaultdict(PeriodCounts, found)


def _scored(kind: Kind, given: Mapping[Slice, Mapping[int, int]]) -> Mapping[Slice, PeriodCounts]:
    return defaultdict(PeriodCounts, {each: reports.surveyed({kind: scores}, {}) for each, scores in given.items()})


def _asked(funnels: Mapping[Period, Funnels]) -> Mapping[Slice, PeriodCounts]:
    return defaultdict(PeriodCounts, {(each, EVERYBODY): reports.surveyed({}, here) for each, here in funnels.items()})


def _count_funnels(tx: Tx, metric: Metric, periods: Sequence[Period], *, now: datetime) -> dict[Period, Funnels]:
    found = storage.reports.count_funnels(tx, KINDS[metric], periods, now=now)
    return {each: found.get((each, EVERYBODY), {}) for each in periods}
