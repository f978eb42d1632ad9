"""The picture of the portfolio's health: every word in it comes from the templates."""

from typing import TYPE_CHECKING

from bot.charts import ColourBar, PortfolioPicture, portfolio_picture
from bot.domain.health import Colour
from bot.domain.health_reports import HealthReportPicture
from handlers.picturing import Say, picture_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def health_report(picture: HealthReportPicture, say: Say, locale: str) -> "Figure":
    """Customers by colour, now beside 30 days ago, and those who moved most."""
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
            nobody_moved=say("nobody_moved"),
        )
    )
