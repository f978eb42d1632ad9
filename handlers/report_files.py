"""The file of a report: what it holds comes from the report, and every word in it from the templates."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from datetime import date
from itertools import groupby
from typing import NamedTuple

from bot.domain import opportunity_messages
from bot.domain.figures import Figure, FigureUnit
from bot.domain.health_reports import RANKED, HealthReportPicture
from bot.domain.metrics.estimates import Sufficiency
from bot.domain.opportunity_messages import OpportunityPicture
from bot.domain.periods import Period
from bot.domain.report_messages import Report, SegmentsPicture, TrendPicture
from bot.domain.report_requests import FileForm
from bot.domain.reports import line_figures, metric_unit
from bot.domain.segment_figures import SegmentFiguresPicture
from bot.domain.segments import SegmentName
from bot.domain.team_messages import RatiosPicture, figure_of
from bot.domain.written_days import LOCALES
from bot.exports import CountSheet, FigureRow, ReportFile, Series, to_csv, to_pdf, to_xlsx
from bot.render import Renderer
from handlers.report_pictures import picture_of

NUMBERS = ("value", "low", "high", "change", "change_low", "change_high")
WITHOUT_VALUE = {Sufficiency.NONE: "nothing", Sufficiency.HIDDEN: "hidden"}
HEADINGS = ("name", "part", "segment", "first_day", "last_day", *NUMBERS, "unit", "n", "note")
METHODS = ("methods_period", "methods_interval", "methods_hidden", "methods_change")
OF_SURVEYS = ("methods_nps", "methods_share", "methods_churn", "methods_response")
MOST_CHARTS = 4
BETWEEN = " · "

Say = Callable[..., str]
"""A part of the file's template in words, with what else it needs to know."""


class ReportDocument(NamedTuple):
    """A file as it is sent: its name, what is in it, and the words under it."""

    name: str
    content: bytes
    caption: str


def write(report: Report, form: FileForm, renderer: Renderer) -> ReportDocument:
    """The report as a file; takes some tenths of a second, so it is called in a thread of its own."""
    file, say = _content(report, renderer), _saying(report, renderer)
    caption = say("caption", title=file.title, subtitle=file.subtitle, count=len(file.figures), form=form)
    return ReportDocument(
        f"{_subject(report)}-{_last_day(report)}.{form}", _written(report, file, form, renderer), caption
    )


def _written(report: Report, file: ReportFile, form: FileForm, renderer: Renderer) -> bytes:
    match form:
        case FileForm.XLSX:
            return to_xlsx(file)
        case FileForm.CSV:
            return to_csv(file)
        case _:
            return to_pdf(file, picture_of(report, renderer), LOCALES[report.words.language])


def _last_day(report: Report) -> date:
    """The last day that there is of what the file holds."""
    return min(report.period.last_day, report.until)


def _subject(report: Report) -> str:
    """What the file is called after: its one metric, or its page."""
    return report.lines[0].metric if len(report.lines) == 1 else report.message.template.rpartition("/")[2]


def _saying(report: Report, renderer: Renderer) -> Say:
    def say(part: str, /, **facts: object) -> str:
        known = {"line": {}, "by": None, **report.words.facts, **facts}
        return renderer.part(replace(report.words, template="reports/file", facts=known), part)

    return say


def _content(report: Report, renderer: Renderer) -> ReportFile:
    say = _saying(report, renderer)
    figures = [*(one for line in report.lines for one in line_figures(line)), *report.figures]
    whole = [_row(one, "segment" if one.segment else "whole", report, report.period, say) for one in figures]
    parts = list(_parts(report, say))
    own = [renderer.part(report.message, part) for part in report.methods]
    common = (*METHODS, *(OF_SURVEYS if report.lines else ()))
    titles = report.titles or report.words
    return ReportFile(
        title=renderer.part(titles, "title"),
        subtitle=renderer.part(titles, "subtitle"),
        figures_name=say("figures"),
        headings=[say("heading", column=column) for column in HEADINGS],
        figures=[*whole, *parts],
        series=list(_series([*whole, *parts]))[:MOST_CHARTS],
        counts=list(_counts(report, say)),
        methods_name=say("methods"),
        methods=[*(say(part, dates=_days(report), timezone=report.period.timezone) for part in common), *own],
    )


def _days(report: Report) -> dict[str, object]:
    return {"first_day": report.period.first_day, "last_day": _last_day(report)}


def _parts(report: Report, say: Say) -> Iterator[FigureRow]:
    picture = report.picture
    for name, one in _of_segments(picture):
        segment = BETWEEN.join(filter(None, (one.segment, say("segment", segment=asdict(name)))))
        yield _row(replace(one, segment=segment), "segment", report, report.period, say)
    if isinstance(picture, TrendPicture):
        for point in picture.trend:
            one = Figure(key=picture.metric, unit=metric_unit(picture.metric), n=point.n, estimate=point.estimate)
            yield _row(one, "step", report, point.part, say)
    if isinstance(picture, HealthReportPicture):
        for colour in RANKED:
            for step in picture.steps:
                one = Figure(key=f"health_{colour}", unit=FigureUnit.SHARE, n=step.scored, estimate=step.share(colour))
                yield _row(one, "step", report, step.part, say)


def _of_segments(picture: object) -> Iterator[tuple[SegmentName, Figure]]:
    if isinstance(picture, SegmentsPicture):
        yield from ((each.name, one) for each in picture.segments for one in line_figures(each.line))
    if isinstance(picture, SegmentFiguresPicture):
        yield from ((row.name, one) for row in picture.rows for one in row.figures)
    if isinstance(picture, OpportunityPicture):
        yield from (
            (picture.names[one.segment.name], replace(figure, segment=""))
            for one in picture.found
            if picture.names
            for figure in opportunity_messages.figures_of(one, picture.currency)
        )
    if isinstance(picture, RatiosPicture):
        yield from ((row.segment, figure_of(row)) for row in picture.rows if row.segment is not None)


def _row(one: Figure, part: str, report: Report, period: Period, say: Say) -> FigureRow:
    found = one.visible
    apart = say("apart", key=one.key) if one.change.difference else ""
    return FigureRow(
        name=say("figure", key=one.key),
        part=say("part", part=part),
        segment=one.segment,
        first_day=period.first_day,
        last_day=min(period.last_day, report.until),
        unit=one.unit,
        unit_name=say("unit", unit=one.unit, currency=one.currency),
        n=one.n,
        estimate=found,
        change=one.change.difference,
        currency=one.currency,
        note=apart if found else say(WITHOUT_VALUE.get(one.sufficiency, "unsaid")),
    )


def _series(rows: Sequence[FigureRow]) -> Iterator[Series]:
    """Neighbours of one name: steps of a trend make a line, segments make bars."""
    first = 0
    for _, found in groupby(rows, key=lambda row: (row.name, row.part)):
        same = list(found)
        days = {row.first_day for row in same}
        if len(same) > 1:
            yield Series(first, len(same), over_time=len(days) == len(same))
        first += len(same)


def _counts(report: Report, say: Say) -> Iterator[CountSheet]:
    picture = report.picture
    if not isinstance(picture, TrendPicture):
        return
    if picture.scores:
        headings = (say("heading", column="score"), say("heading", column="n"))
        yield CountSheet(say("scores"), headings, sorted(picture.scores.items()))
    steps = {"sent": picture.funnel.sent, "answered": picture.funnel.answered, "commented": picture.funnel.commented}
    if picture.funnel.sent:
        headings = (say("heading", column="step"), say("heading", column="n"))
        yield CountSheet(say("funnel"), headings, [(say("funnel_step", step=step), n) for step, n in steps.items()])
