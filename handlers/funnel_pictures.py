"""The picture of the funnel of surveys, with its words from the template."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.charts import FunnelBar, FunnelPicture, PicturePoint, funnel_picture
from bot.domain.funnel_messages import SurveyFunnelPicture
from bot.domain.survey_funnels import SurveyFunnel, steps
from bot.domain.touchpoints import Kind
from handlers.picturing import Say, picture_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure

ASIDE = frozenset({"kept", "unreachable", "reminded", "answered_after", "unanswered"})


def paint(picture: SurveyFunnelPicture, say: Say, locale: str) -> "Figure":
    """Draws the funnel, and beside it the share answered of each kind where there are several."""
    planned = FunnelBar(say("step_planned"), picture.funnel.planned, None, aside=False)
    bars = [
        FunnelBar(say(f"step_{step.key}"), step.count, step.estimate, aside=step.key in ASIDE)
        for step in steps(picture.funnel)
    ]
    several = len(picture.kinds) > 1
    kinds = [_answered(kind, funnel) for kind, funnel in picture.kinds.items()] if several else []
    return funnel_picture(
        FunnelPicture(
            words=replace(picture_words(say), funnel=say("funnel"), trend=say("by_kind")),
            locale=locale,
            steps=[planned, *bars],
            kinds=kinds,
        )
    )


def _answered(kind: Kind, funnel: SurveyFunnel) -> PicturePoint:
    step = next(step for step in steps(funnel) if step.key == "answered")
    return PicturePoint(kind.upper(), step.of, step.estimate)
