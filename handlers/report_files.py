"""The file of a report: what it holds comes from the report, and every word in it from the templates."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

from bot.domain.metrics.estimates import Estimate
from bot.domain.periods import Period
from bot.domain.report_messages import Report, SegmentsPicture, TrendPicture
from bot.domain.report_requests import FileForm
from bot.domain.reports import Metric
from bot.exports import CountSheet, FigureRow, ReportFile, to_csv, to_pdf, to_xlsx
from bot.render import LOCALES, Renderer
from handlers.report_pictures import picture_of

HEADINGS = ("metric", "part", "segment", "first_day", "last_day", "value", "low", "high", "n", "note")
METHODS = ("methods_interval", "methods_hidden", "methods_nps", "methods_share", "methods_churn", "methods_response")

Say = Callable[..., str]
"""A part of the file's template in words, with what else it needs to know."""


class Counted(NamedTuple):
    """A figure before it has words."""

    metric: Metric
    n: int
    estimate: Estimate | None


def write(report: Report, form: FileForm, renderer: Renderer) -> tuple[str, bytes]:
    """The file's name and its bytes; takes some tenths of a second, so it is called in a thread of its own."""
    content = _content(report, renderer)
    name = f"{report.lines[0].metric if len(report.lines) == 1 else 'report'}-{report.period.last_day}.{form}"
    if form is FileForm.XLSX:
        return name, to_xlsx(content)
    if form is FileForm.CSV:
        return name, to_csv(content)
    return name, to_pdf(content, picture_of(report, renderer), LOCALES[report.words.language])


def _content(report: Report, renderer: Renderer) -> ReportFile:
    def say(part: str, /, **facts: object) -> str:
        known = {"line": {}, **report.words.facts, **facts}
        return renderer.part(replace(report.words, template="reports/file", facts=known), part)

    counted = [Counted(line.metric, line.n, line.estimate) for line in report.lines]
    whole = [_row(one, "whole", report.period, say) for one in counted]
    parts = list(_parts(report, say))
    return ReportFile(
        title=renderer.part(report.words, "title"),
        subtitle=renderer.part(report.words, "subtitle"),
        figures_name=say("figures"),
        headings=[say("heading", column=column) for column in HEADINGS],
        figures=[*whole, *parts],
        charted=0 if isinstance(report.picture, SegmentsPicture) else len(parts),
        counts=list(_counts(report, say)),
        methods_name=say("methods"),
        methods=[say(part) for part in METHODS],
    )


def _parts(report: Report, say: Say) -> Iterator[FigureRow]:
    picture = report.picture
    if isinstance(picture, SegmentsPicture):
        for each in picture.segments:
            name = say("segment", segment=each.segment)
            yield _row(Counted(picture.metric, each.line.n, each.line.estimate), "segment", report.period, say, name)
    if isinstance(picture, TrendPicture):
        for point in picture.trend:
            yield _row(Counted(picture.metric, point.n, point.estimate), "step", point.part, say)


def _row(counted: Counted, part: str, period: Period, say: Say, segment: str = "") -> FigureRow:
    return FigureRow(
        metric=say("metric_name", metric=counted.metric),
        part=say("part", part=part),
        segment=segment,
        first_day=period.first_day,
        last_day=period.last_day,
        n=counted.n,
        estimate=counted.estimate,
        points=counted.metric is Metric.NPS,
        note="" if counted.estimate else say("hidden" if counted.n else "nothing"),
    )


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
