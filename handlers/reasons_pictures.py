"""The picture of what goes with a low score: every word in it comes from the templates."""

from dataclasses import replace
from typing import TYPE_CHECKING

from bot.charts import DriverRow, DriversChart, drivers_picture
from bot.domain.metrics.estimates import Difference
from bot.domain.reasons.messages import DriversPicture, NamedDriver
from handlers.picturing import Say, picture_words

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def paint(picture: DriversPicture, say: Say, locale: str) -> "Figure":
    """Each theme's difference, in points."""
    return drivers_picture(
        DriversChart(
            words=replace(picture_words(say), trend=say("trend")),
            locale=locale,
            rows=[_row(one) for one in picture.rows],
            unhappy=say("unhappy"),
            happy=say("happy"),
        )
    )


def _row(one: NamedDriver) -> DriverRow:
    gap = one.driver.difference
    points = Difference(100 * gap.value, 100 * gap.low, 100 * gap.high) if gap else None
    return DriverRow(one.name, one.driver.named.part, points, one.driver.change.verdict)
