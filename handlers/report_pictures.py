"""The picture of a report: what is drawn comes from the report, and every word in it from the templates."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from bot.charts import (
    BreakdownPicture,
    CasesPicture,
    FunnelStep,
    PicturePoint,
    ReportPicture,
    ScoreDistribution,
    TimeCurve,
    breakdown_picture,
    cases_picture,
    report_picture,
    to_png,
)
from bot.domain.breakdowns import SegmentLine
from bot.domain.funnel_messages import SurveyFunnelPicture
from bot.domain.health_reports import HealthReportPicture
from bot.domain.loyalty_messages import SurvivalPicture
from bot.domain.opportunity_messages import OpportunityPicture
from bot.domain.reasons.messages import DriversPicture
from bot.domain.report_messages import CaseTimesPicture, Report, SegmentsPicture, TrendPicture
from bot.domain.reports import Funnel, Metric, TrendPoint
from bot.domain.surveys import Band
from bot.domain.team_messages import RatiosPicture
from bot.domain.touchpoints import Kind
from bot.domain.trial_messages import ArmsPicture, DifferencesPicture
from bot.domain.written_days import LOCALES
from bot.render import Renderer
from handlers import cause_pictures, funnel_pictures, reasons_pictures
from handlers.health_report_pictures import health_report
from handlers.money_pictures import MONEY_PAINTERS
from handlers.picturing import Say, picture_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def draw(report: Report, renderer: Renderer) -> bytes:
    """The report's picture as PNG; takes a tenth of a second, so it is called in a thread of its own."""
    return to_png(picture_of(report, renderer))


def picture_of(report: Report, renderer: Renderer) -> "Figure":
    """The report's picture, to be written as PNG or onto a page."""

    def say(part: str, /, **facts: object) -> str:
        return renderer.part(replace(report.words, facts={**report.words.facts, **facts}), part)

    return PAINTERS[type(report.picture)](report.picture, say, LOCALES[report.words.language])


def _trend(picture: TrendPicture, say: Say, locale: str) -> "Figure":
    return report_picture(
        ReportPicture(
            words=replace(
                picture_words(say), trend=say("trend"), distribution=say("distribution"), funnel=say("funnel")
            ),
            locale=locale,
            points=picture.metric is Metric.NPS,
            trend=[_step(point, say) for point in picture.trend],
            distribution=_distribution(picture, say) if picture.scores else None,
            funnel=_funnel(picture.funnel, say),
        )
    )


def _breakdown(picture: SegmentsPicture, say: Say, locale: str) -> "Figure":
    return breakdown_picture(
        BreakdownPicture(
            words=replace(picture_words(say), overall=say("overall")),
            locale=locale,
            points=picture.metric is Metric.NPS,
            segments=[_segment(each, say) for each in picture.segments],
            overall=picture.overall,
        )
    )


def _cases(picture: CaseTimesPicture, say: Say, locale: str) -> "Figure":
    return cases_picture(
        CasesPicture(
            words=replace(picture_words(say), trend=say("trend"), distribution=say("distribution")),
            locale=locale,
            labels=[say("step", part=asdict(part)) for part in picture.opened],
            opened=list(picture.opened.values()),
            resolved=list(picture.resolved.values()),
            opened_label=say("opened"),
            resolved_label=say("resolved"),
            hours_label=say("hours"),
            curves=(
                TimeCurve(say("answered"), picture.answer.curve, picture.answer_within),
                TimeCurve(say("solved"), picture.resolution.curve, picture.solve_within),
            ),
        )
    )


def _step(point: TrendPoint, say: Say) -> PicturePoint:
    return PicturePoint(say("step", part=asdict(point.part)), point.n, point.estimate)


def _segment(each: SegmentLine, say: Say) -> PicturePoint:
    return PicturePoint(say("segment", segment=asdict(each.name)), each.line.n, each.line.estimate)


def _distribution(picture: TrendPicture, say: Say) -> ScoreDistribution:
    return ScoreDistribution(Kind(picture.metric), picture.scores, {band: say(band) for band in Band})


def _funnel(funnel: Funnel, say: Say) -> list[FunnelStep]:
    counts = {"sent": funnel.sent, "answered": funnel.answered, "commented": funnel.commented}
    return [FunnelStep(say(step), n) for step, n in counts.items()]


Painter = Callable[[Any, Say, str], "Figure"]

PAINTERS: Mapping[type, Painter] = {
    TrendPicture: _trend,
    SegmentsPicture: _breakdown,
    CaseTimesPicture: _cases,
    SurveyFunnelPicture: funnel_pictures.paint,
    HealthReportPicture: health_report,
    DriversPicture: reasons_pictures.paint,
    **MONEY_PAINTERS,
    SurvivalPicture: cause_pictures.survival,
    OpportunityPicture: cause_pictures.opportunities,
    DifferencesPicture: cause_pictures.differences,
    RatiosPicture: cause_pictures.ratios,
    ArmsPicture: cause_pictures.arms,
}
"""What draws a picture, by the type of what it shows; words come from `Say`, numbers are written as in the locale."""
