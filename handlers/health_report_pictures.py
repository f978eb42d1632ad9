"""The picture of the portfolio's health: every word in it comes from the templates."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from bot.charts import COLOURS, ColourBar, ColourCourse, ColourLine, PicturePoint, PortfolioPicture, portfolio_picture
from bot.domain.health import Colour
from bot.domain.health_reports import RANKED, HealthReportPicture
from handlers.picturing import Say, picture_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def health_report(picture: HealthReportPicture, say: Say, locale: str) -> "Figure":
    """Customers by colour, on a day beside 30 days before, how that came, and those who moved most."""
    return portfolio_picture(
        PortfolioPicture(
            words=picture_words(say),
            locale=locale,
            heading=say("distribution"),
            colours=[
                ColourBar(colour, say("colour", colour=colour), picture.now[colour], picture.before[colour])
                for colour in Colour
            ],
            legend=(say("now"), say("before")),
            movers_heading=say("movers"),
            movers=picture.movers,
            nobody_moved=say("movers_unknown" if picture.movers is None else "nobody_moved"),
            course=_course(picture, say) if picture.steps else None,
        )
    )


def _course(picture: HealthReportPicture, say: Say) -> ColourCourse:
    lines = [
        ColourLine(
            say("colour", colour=colour),
            COLOURS[colour],
            [PicturePoint(say("step", part=asdict(one.part)), one.scored, one.share(colour)) for one in picture.steps],
        )
        for colour in RANKED
    ]
    return ColourCourse(heading=say("trend"), too_few=say("too_few"), lines=lines)
