"""The pictures of reviews: those of the report, drawn from what was kept when the review was planned."""

from bot.domain.messages import Message
from bot.domain.review_messages import drawn
from bot.render import Renderer
from handlers import report_pictures


def draw(message: Message, renderer: Renderer) -> bytes:
    """The picture as PNG; takes a tenth of a second, so it is called in a thread of its own."""
    return report_pictures.draw(drawn(message), renderer)
