"""The words of a picture: parts of a template, each read when it is drawn."""

from collections.abc import Callable

from bot.charts import PictureWords

Say = Callable[..., str]
"""A part of the picture's template in words, with what else it needs to know."""


def picture_words(say: Say) -> PictureWords:
    """The words that every picture has."""
    return PictureWords(
        title=say("title"), subtitle=say("subtitle"), no_answers=say("no_answers"), too_few=say("too_few")
    )
