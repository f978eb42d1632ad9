"""A report as it is said and drawn: the message that stands under the picture, and what the picture shows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from math import inf
from typing import Any

from bot.domain.case_reports import CaseFigures, TimeFigure
from bot.domain.figures import Figure
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.metrics.estimates import Estimate
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_requests import Dimension, FileForm, Page, ReportRequest
from bot.domain.reports import Funnel, Metric, MetricLine, Overview, SegmentLine, TrendPoint
from bot.domain.taps import ShowReport

MOST_LISTED = 12
TABS_A_ROW = 3
PERIODS = ("30d", "90d", "this quarter", "this year")
LONGEST_NAME = 40
LONGEST_WORD = 60


@dataclass(frozen=True, kw_only=True)
class TrendPicture:
    """One metric over a period; `scores` (score -> n) and `funnel` are empty where the metric has none."""

    metric: Metric
    trend: Sequence[TrendPoint]
    scores: Mapping[int, int]
    funnel: Funnel


@dataclass(frozen=True, kw_only=True)
class SegmentsPicture:
    """One metric by segment, each under the name that people know it by; empty for who belongs to none."""

    metric: Metric
    segments: Sequence[SegmentLine]
    overall: Estimate | None


@dataclass(frozen=True, kw_only=True)
class CaseTimesPicture:
    """Cases opened and resolved in each part of a period, and how soon they were answered and resolved.

    The deadlines are in business hours, as the curves are.
    """

    opened: Mapping[Period, int]
    resolved: Mapping[Period, int]
    answer: TimeFigure
    resolution: TimeFigure
    answer_within: float
    solve_within: float


@dataclass(frozen=True, kw_only=True)
class Report:
    """What a report says, what it draws, and the message whose parts are the words in the picture.

    `lines` are the surveys' metrics over the whole period and `figures` every other number, both for files; `methods`
    names the blocks of the template that say how they were reckoned. With a `form` it is wanted as a file.
    """

    message: Message
    picture: object
    words: Message
    period: Period
    lines: Sequence[MetricLine] = ()
    figures: Sequence[Figure] = ()
    methods: Sequence[str] = ()
    form: FileForm | None = None


def overview_report(
    overview: Overview, funnel: Funnel, picture: TrendPicture, *, period: Period, before: Period, language: Language
) -> Report:
    """Every metric in a few lines each; the picture shows one of them, and `funnel` every survey sent."""
    facts = {
        **_span_facts(period, before),
        "lines": [asdict(line) for line in overview.lines],
        "active": overview.active,
        "active_before": overview.active_before,
        "never_bought": overview.never_bought,
        "open": funnel.open,
    }
    drawn = next(line for line in overview.lines if line.metric is picture.metric)
    words = _trend_words(picture, drawn, period, language)
    message = Message("reports/overview", language, facts)
    return Report(message=message, picture=picture, words=words, lines=overview.lines, period=period)


def metric_report(
    line: MetricLine,
    responses: MetricLine,
    picture: TrendPicture,
    *,
    period: Period,
    before: Period,
    never_bought: int,
    language: Language,
) -> Report:
    """One metric in full; beside the score of a survey stands how many of those asked have answered it.

    `never_bought` are left out of churn.
    """
    facts = {
        **_span_facts(period, before),
        "line": asdict(line),
        "responses": asdict(responses),
        "never_bought": never_bought,
        "open": picture.funnel.open,
    }
    words = _trend_words(picture, line, period, language)
    message = Message("reports/metric", language, facts)
    return Report(message=message, picture=picture, words=words, lines=(line,), period=period)


def breakdown_report(
    segments: Sequence[SegmentLine], overall: MetricLine, *, by: Dimension, period: Period, language: Language
) -> Report:
    """One metric by segment; the first dozen are listed, and the reader is told how many there are."""
    facts = {
        "metric": overall.metric,
        "by": by,
        "period": _period_facts(period),
        "line": asdict(overall),
        "segments": [
            {"name": cut(each.segment, LONGEST_NAME), "line": asdict(each.line)} for each in segments[:MOST_LISTED]
        ],
        "total": len(segments),
    }
    picture = SegmentsPicture(metric=overall.metric, segments=segments, overall=overall.estimate)
    return Report(
        message=Message("reports/breakdown", language, facts),
        picture=picture,
        words=Message("reports/picture", language, facts),
        lines=(overall,),
        period=period,
    )


def cases_report(
    found: CaseFigures, picture: CaseTimesPicture, *, period: Period, now: datetime, language: Language
) -> Report:
    """The figures of cases in a few lines each."""
    facts = {
        "period": _period_facts(period),
        "so_far": period.so_far(now),
        "unit": next(iter(picture.opened)).unit,
        **_written(asdict(found)),
    }
    message = Message("reports/cases", language, facts)
    return Report(message=message, picture=picture, words=message, period=period)


def _written(value: Any) -> Any:  # noqa: ANN401  facts within facts
    """Facts as a template writes them, which knows no infinity: an end that is not known is none."""
    if isinstance(value, dict):
        return {key: _written(one) for key, one in value.items()}
    return None if value == inf else value


def tabs(request: ReportRequest) -> Keyboard:
    """The buttons under a report: other metrics, other periods, what a metric can be broken down by, and files."""
    metrics = [_tab(request, metric or "overview", metric=metric, page=None) for metric in (None, *Metric)]
    metrics.append(_tab(request, Page.CASES, metric=None, page=Page.CASES))
    periods = tuple(_tab(request, period, period=period) for period in PERIODS)
    segments = tuple(_tab(request, by or "everybody", by=by) for by in (None, *Dimension)) if request.metric else ()
    forms = () if request.page else tuple(FileForm)
    files = tuple(Button("tab", ShowReport(replace(request, form=form).words), _label(form)) for form in forms)
    metric_rows = (tuple(metrics[start : start + TABS_A_ROW]) for start in range(0, len(metrics), TABS_A_ROW))
    return tuple(row for row in (*metric_rows, periods, segments, files) if row)


def _tab(request: ReportRequest, name: str, **changes: Any) -> Button:  # noqa: ANN401  the fields of a request
    there = replace(request, **changes)
    there = there if there.metric else replace(there, by=None)
    return Button("tab", ShowReport(there.words), _label(name, chosen=there == request))


def _label(name: str, *, chosen: bool = False) -> dict[str, object]:
    return {"tab": name, "chosen": chosen}


def headline(overview: Overview) -> Metric:
    """The metric worth a picture: the first that has a value, and NPS where none has."""
    return next((line.metric for line in overview.lines if line.estimate is not None), Metric.NPS)


def misunderstood(code: str, word: str, language: Language) -> Message:
    """What to say to words that ask for no report; `code` is that of the error."""
    return Message("reports/misunderstood", language, {"code": code, "word": cut(word, LONGEST_WORD)})


def _trend_words(picture: TrendPicture, line: MetricLine, period: Period, language: Language) -> Message:
    facts = {
        "metric": picture.metric,
        "by": None,
        "period": _period_facts(period),
        "line": asdict(line),
        "unit": picture.trend[0].part.unit,
    }
    return Message("reports/picture", language, facts)


def _span_facts(period: Period, before: Period) -> dict[str, object]:
    return {"period": _period_facts(period), "before": _period_facts(before)}


def _period_facts(period: Period) -> dict[str, object]:
    return {
        "label": period.label,
        "unit": period.unit,
        "count": period.count,
        "first_day": period.first_day,
        "last_day": period.last_day,
    }
