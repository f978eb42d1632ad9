"""The pictures of what goes with leaving, of what was tried, and of how staff keep their customers."""

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from bot.charts.breakdown import breakdown_picture
from bot.charts.forest import ForestPicture, ForestRow, forest_picture
from bot.charts.opportunities import MapPicture, opportunity_picture
from bot.charts.pictures import BreakdownPicture, PicturePoint
from bot.charts.survival import CurvesPicture, SurvivalCurve, survival_picture
from bot.domain.loyalty_messages import SurvivalPicture
from bot.domain.metrics.estimates import HIDDEN_UNDER
from bot.domain.metrics.landmark import CategoryRisk
from bot.domain.metrics.opportunities import Opportunity
from bot.domain.opportunity_messages import OpportunityPicture
from bot.domain.segments import SegmentName
from bot.domain.team_messages import RatiosPicture
from bot.domain.trial_messages import ArmsPicture, DifferencesPicture
from handlers.picturing import Say, picture_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def survival(picture: SurvivalPicture, say: Say, locale: str) -> "Figure":
    return survival_picture(
        CurvesPicture(
            words=replace(picture_words(say), trend=say("trend")),
            locale=locale,
            days=picture.days,
            days_label=say("axis"),
            curves=[_curve(one, say) for one in picture.categories],
        )
    )


def _curve(one: CategoryRisk, say: Say) -> SurvivalCurve | None:
    if one.lost.whole < HIDDEN_UNDER:
        return None
    return SurvivalCurve(say("curve", category=one.category, n=one.lost.whole), one.lost.whole, one.steps)


def opportunities(picture: OpportunityPicture, say: Say, locale: str) -> "Figure":
    return opportunity_picture(
        MapPicture(
            words=replace(picture_words(say), overall=say("overall")),
            locale=locale,
            found=picture.found,
            names=[_place(one, picture, say) for one in picture.found],
            reference=picture.reference,
            currency=picture.currency,
            share_label=say("axis"),
            value_label=say("value_axis"),
        )
    )


def _place(one: Opportunity, picture: OpportunityPicture, say: Say) -> str:
    known = picture.names.get(one.segment.name)
    return _segment(known, say) or say("segment", segment=one.segment.name)


def differences(picture: DifferencesPicture, say: Say, locale: str) -> "Figure":
    rows = [
        ForestRow(say("row", test=row.facts), row.n, row.difference, say("why_not", test=row.facts))
        for row in picture.rows
    ]
    return forest_picture(
        ForestPicture(
            words=replace(picture_words(say), overall=say("axis")),
            locale=locale,
            rows=rows,
            ratios=False,
            more_is_worse=False,
        )
    )


def _segment(name: SegmentName | None, say: Say) -> str:
    return say("segment", segment=asdict(name)) if name is not None else ""


def ratios(picture: RatiosPicture, say: Say, locale: str) -> "Figure":
    rows = [ForestRow(row.name, row.n, row.ratio, say("too_few"), _segment(row.segment, say)) for row in picture.rows]
    return forest_picture(
        ForestPicture(
            words=replace(picture_words(say), overall=say("axis")),
            locale=locale,
            rows=rows,
            ratios=True,
            more_is_worse=True,
        )
    )


def arms(picture: ArmsPicture, say: Say, locale: str) -> "Figure":
    pairs = zip(("asked", "held_out"), (picture.treated, picture.control), strict=True)
    return breakdown_picture(
        BreakdownPicture(
            words=picture_words(say),
            locale=locale,
            points=False,
            segments=[PicturePoint(say(name), n, estimate) for name, (n, estimate) in pairs],
        )
    )
