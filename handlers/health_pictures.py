"""The picture of a customer's score over time: every word in it comes from the templates."""

from dataclasses import replace

from bot.charts import HealthPicture, PictureWords, health_picture
from bot.domain.health import Colour
from bot.domain.health_trend import HealthTrend
from bot.render import Renderer


def draw(trend: HealthTrend, renderer: Renderer) -> bytes:
    """The picture as PNG; takes a tenth of a second, so it is called in a thread of its own."""

    def say(part: str, /, **facts: object) -> str:
        return renderer.part(replace(trend.words, facts={**trend.words.facts, **facts}), part)

    unknown = say("unknown")
    return health_picture(
        HealthPicture(
            words=PictureWords(title=say("title"), subtitle=say("subtitle"), no_answers=unknown, too_few=unknown),
            points=trend.points,
            labels=[say("step", day=point.day) for point in trend.points],
            borders=(trend.red_up_to, trend.yellow_up_to),
            names={colour: say(colour) for colour in (Colour.RED, Colour.YELLOW, Colour.GREEN)},
        )
    )
