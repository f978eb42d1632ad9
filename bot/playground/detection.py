"""The entities that Telegram finds by itself in any text: commands, links, mentions, hashtags, addresses."""

import re

from bot.playground.formatting import FormattedText, utf16_length
from bot.playground.refusals import JsonObject

_DETECTED = re.compile(
    r"(?P<url>https?://[^\s<>\"']+[^\s<>\"'.,:;!?)])"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?<![\w/@<>])(?P<bot_command>/[a-zA-Z0-9_]{1,64}(?:@[a-zA-Z0-9_]{3,32})?)(?![\w/])"
    r"|(?<![\w/@])(?P<mention>@[a-zA-Z0-9_]{4,32})\b"
    r"|(?<![\w#])(?P<hashtag>#\w*[^\W\d]\w*)"
)
_CLOSED = frozenset({"code", "pre", "text_link", "text_mention"})


def with_detected(formatted: FormattedText) -> FormattedText:
    """Add what Telegram detects, except inside code and links that were given."""
    found = [entity for entity in _detect(formatted.text) if not _inside(entity, formatted.entities)]
    together = sorted((*formatted.entities, *found), key=lambda entity: (entity["offset"], -entity["length"]))
    return FormattedText(formatted.text, tuple(together))


def _detect(text: str) -> list[JsonObject]:
    return [
        {
            "type": found.lastgroup,
            "offset": utf16_length(text[: found.start()]),
            "length": utf16_length(found[0]),
        }
        for found in _DETECTED.finditer(text)
    ]


def _inside(entity: JsonObject, given: tuple[JsonObject, ...]) -> bool:
    return any(
        other["type"] in _CLOSED
        and other["offset"] < entity["offset"] + entity["length"]
        and entity["offset"] < other["offset"] + other["length"]
        for other in given
    )
