"""A report as it is said and drawn: the message that stands under the picture, and what the picture shows."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from math import inf
from typing import Any

from bot.domain.breakdowns import SegmentLine
from bot.domain.case_reports import CaseFigures, TimeFigure, printed
from bot.domain.figures import Figure
from bot.domain.messages import Button, Keyboard, Language, Message
from bot.domain.metrics.estimates import Estimate, Verdict
from bot.domain.names import cut
from bot.domain.periods import Period
from bot.domain.report_pages import KINDS
from bot.domain.report_requests import FileForm, ReportRequest
from bot.domain.reports import Funnel, Metric, MetricLine, Overview, TrendPoint
from bot.domain.response_outcomes import OutcomeLine, outcome_figures
from bot.domain.segments import key_of
from bot.domain.taps import ShowSegment

MOST_LISTED = 8
LONGEST_NAME = 20
METHODS_OF_OUTCOMES = ("methods_outcomes",)
CASE_METHODS = ("methods_hours", "methods_closed", "methods_helped")


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

    `titles` is the message that names its file, where that holds more than is drawn; else the words of the picture do.
    `lines` are the surveys' metrics over the whole period and `figures` every other number, both for files; `methods`
    names the blocks of the template that say how they were reckoned. With a `form` it is wanted as a file, which holds
    what there is `until` a day: the last one of the period, or today.
    """

    message: Message
    picture: object
    words: Message
    period: Period
    lines: Sequence[MetricLine] = ()
    figures: Sequence[Figure] = ()
    methods: Sequence[str] = ()
    form: FileForm | None = None
    until: date = date.max
    titles: Message | None = None


def overview_report(
    overview: Overview,
    funnel: Funnel,
    picture: TrendPicture,
    *,
    outcomes: Sequence[OutcomeLine] = (),
    period: Period,
    before: Period,
    language: Language,
) -> Report:
    """Every metric in a few lines each; the picture shows one of them, and `funnel` every survey sent.

    What became of those who did not answer has no room in it, and stands in its file.
    """
    facts = {
        **_span_facts(period, before),
        "lines": [asdict(line) for line in overview.lines],
        "active": overview.active,
        "active_before": overview.active_before,
        "never_bought": overview.never_bought,
        "unclosed": funnel.unclosed,
    }
    drawn = next(line for line in overview.lines if line.metric is picture.metric)
    words = _trend_words(picture, drawn, period, language)
    message = Message("reports/overview", language, facts)
    return Report(
        message=message,
        picture=picture,
        words=words,
        lines=overview.lines,
        figures=tuple(outcome_figures(outcomes)),
        methods=METHODS_OF_OUTCOMES if outcomes else (),
        period=period,
        titles=message,
    )


def metric_report(
    line: MetricLine,
    responses: MetricLine,
    picture: TrendPicture,
    *,
    outcomes: Sequence[OutcomeLine] = (),
    period: Period,
    before: Period,
    never_bought: int,
    language: Language,
) -> Report:
    """One metric in full; beside the score of a survey stands how many of those asked have answered it.

    And what those who did not answer have done since. `never_bought` are left out of churn.
    """
    facts = {
        **_span_facts(period, before),
        "line": asdict(line),
        "responses": asdict(responses),
        "never_bought": never_bought,
        "unclosed": picture.funnel.unclosed,
        "outcomes": [asdict(one) for one in outcomes],
    }
    words = _trend_words(picture, line, period, language)
    message = Message("reports/metric", language, facts)
    return Report(
        message=message,
        picture=picture,
        words=words,
        lines=(line,),
        figures=tuple(outcome_figures(outcomes)),
        methods=METHODS_OF_OUTCOMES if outcomes else (),
        period=period,
    )


def breakdown_report(
    segments: Sequence[SegmentLine],
    overall: MetricLine,
    *,
    request: ReportRequest,
    currency: str,
    period: Period,
    language: Language,
) -> Report:
    """One metric by segment; the first eight are listed, and the reader is told how many there are.

    Bands of value are in `currency`. Of an answer's score the buttons lead to who gave it.
    """
    compared = [each.unlike for each in segments if each.unlike is not Verdict.NOT_COMPARABLE]
    facts = {
        "metric": overall.metric,
        "by": request.by,
        "currency": currency,
        "period": period_facts(period),
        "line": asdict(overall),
        "segments": [
            {
                "name": {**asdict(each.name), "text": cut(each.name.text, LONGEST_NAME)},
                "line": asdict(each.line),
                "unlike": each.unlike,
            }
            for each in segments[:MOST_LISTED]
        ],
        "total": len(segments),
        "compared": len(compared),
        "different": sum(each is not Verdict.NO_CHANGE for each in compared),
    }
    picture = SegmentsPicture(metric=overall.metric, segments=segments, overall=overall.estimate)
    return Report(
        message=Message("reports/breakdown", language, facts, _drills(segments, overall.metric, request)),
        picture=picture,
        words=Message("reports/picture", language, facts),
        lines=(overall,),
        period=period,
    )


def _drills(segments: Sequence[SegmentLine], metric: Metric, request: ReportRequest) -> Keyboard:
    """A number for each segment that is listed, to see who answered in it."""
    if metric not in KINDS:
        return ()
    words = ReportRequest(metric, request.period, request.by).words
    numbers = [
        Button("number", ShowSegment(words, key_of(each.segment)), {"number": place})
        for place, each in enumerate(segments[:MOST_LISTED], start=1)
    ]
    return (tuple(numbers),) if numbers else ()


def cases_report(
    found: CaseFigures, picture: CaseTimesPicture, *, period: Period, now: datetime, language: Language
) -> Report:
    """The figures of cases in a few lines each."""
    facts = {
        "period": period_facts(period),
        "so_far": period.so_far(now),
        "unit": next(iter(picture.opened)).unit,
        **written(asdict(_without_curves(found))),
    }
    message = Message("reports/cases", language, facts)
    return Report(
        message=message,
        picture=picture,
        words=message,
        period=period,
        figures=printed(found),
        methods=CASE_METHODS,
    )


def _without_curves(found: CaseFigures) -> CaseFigures:
    """The same without what only the picture shows: thousands of steps."""
    answer, resolution = (replace(each, curve=()) for each in (found.answer, found.resolution))
    return replace(found, answer=answer, resolution=resolution)


def written(value: Any) -> Any:  # noqa: ANN401  facts within facts
    """Facts as a template writes them, which knows no infinity: an end that is not known is none."""
    if isinstance(value, dict):
        return {key: written(one) for key, one in value.items()}
    return None if value == inf else value


def headline(overview: Overview) -> Metric:
    """The metric worth a picture: the first that has a value, and NPS where none has."""
    return next((line.metric for line in overview.lines if line.estimate is not None), Metric.NPS)


def _trend_words(picture: TrendPicture, line: MetricLine, period: Period, language: Language) -> Message:
    facts = {
        "metric": picture.metric,
        "by": None,
        "period": period_facts(period),
        "line": asdict(line),
        "unit": picture.trend[0].part.unit,
    }
    return Message("reports/picture", language, facts)


def _span_facts(period: Period, before: Period) -> dict[str, object]:
    return {"period": period_facts(period), "before": period_facts(before)}


def period_facts(period: Period) -> dict[str, object]:
    """A period as templates name it."""
    return {
        "label": period.label,
        "unit": period.unit,
        "count": period.count,
        "first_day": period.first_day,
        "last_day": period.last_day,
    }
