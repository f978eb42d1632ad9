"""Telegram's HTML, read as strictly as Telegram reads it.

The grammar and the wording of its errors follow https://core.telegram.org/bots/api#html-style and the behaviour of the
official server. Offsets and lengths of entities count UTF-16 code units; offsets in errors count bytes of UTF-8.
"""

import re
from dataclasses import dataclass
from html import unescape
from typing import cast

from bot.playground.refusals import JsonObject, Refusal, bad_request

_TAGS = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strikethrough",
    "strike": "strikethrough",
    "del": "strikethrough",
    "span": "spoiler",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
    "a": "text_link",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
}
_PLAIN = re.compile(r"[^&<]+")
_REFERENCE = re.compile(r"&(?:#x[0-9a-f]{1,6}|#\d{1,7}|(?:lt|gt|amp|quot)(?![a-z]));?", re.IGNORECASE)
_NAME = re.compile(r"[^\s>]*")
_SPACE = re.compile(r"\s*")
_ATTRIBUTE = re.compile(r"([^\s=>/\"']*)\s*")
_TOKEN = re.compile(r"[a-zA-Z0-9.\-]*")
_LINK = re.compile(r"(?:https?|tg|tonsite)://\S+|mailto:\S+|[\w-]+(?:\.[\w-]+)+(?:[/?#]\S*)?", re.IGNORECASE)


@dataclass(frozen=True)
class FormattedText:
    """A text as people see it, with the stretches of it that look or act differently."""

    text: str
    entities: tuple[JsonObject, ...] = ()


@dataclass(frozen=True)
class _OpenTag:
    name: str
    argument: str
    offset: int
    index: int


def utf16_length(text: str) -> int:
    """The unit in which Telegram counts: a character beyond the basic plane counts as two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def parse_html(html: str) -> FormattedText:
    """Read Telegram HTML.

    Raises:
        Refusal: 400 "can't parse entities", in Telegram's words.
    """
    reader = _Reader(html)
    while reader.at < len(html):
        reader.step()
    if reader.open:
        raise _unparsable(f'Can\'t find end tag corresponding to start tag "{reader.open[-1].name}"')
    return FormattedText("".join(reader.text), tuple(sorted(reader.entities, key=_reading_order)))


def trimmed(formatted: FormattedText) -> FormattedText:
    """The same text without the white space at its ends, which Telegram drops."""
    text = formatted.text.strip()
    cut = utf16_length(formatted.text) - utf16_length(formatted.text.lstrip())
    end = utf16_length(text)
    kept = []
    for entity in formatted.entities:
        start = max(entity["offset"] - cut, 0)
        stop = min(entity["offset"] + entity["length"] - cut, end)
        if stop > start:
            kept.append(entity | {"offset": start, "length": stop - start})
    return FormattedText(text, tuple(kept))


class _Reader:
    def __init__(self, html: str) -> None:
        self.html = html
        self.at = 0
        self.text: list[str] = []
        self.length = 0
        self.open: list[_OpenTag] = []
        self.entities: list[JsonObject] = []

    def step(self) -> None:
        if self.html.startswith("</", self.at):
            self._end_tag()
        elif self.html[self.at] == "<":
            self._start_tag()
        elif reference := _REFERENCE.match(self.html, self.at):
            self._take(unescape(reference[0].rstrip(";") + ";"), reference.end())
        else:
            plain = _PLAIN.match(self.html, self.at)
            end = plain.end() if plain else self.at + 1
            self._take(self.html[self.at : end], end)

    def _take(self, text: str, end: int) -> None:
        self.text.append(text)
        self.length += utf16_length(text)
        self.at = end

    def _start_tag(self) -> None:
        begin = self.at
        name_end = self._match(_NAME, begin + 1).end()
        name = self.html[begin + 1 : name_end].lower()
        if name_end == len(self.html):
            raise self._unparsable("Unclosed start tag", begin)
        if name not in _TAGS:
            raise self._unparsable(f'Unsupported start tag "{name}"', begin)
        self.at = name_end
        argument = self._attributes(name, begin)
        if name == "span" and argument != "spoiler":
            raise self._unparsable('Tag "span" must have class "tg-spoiler"', begin)
        self.open.append(_OpenTag(name, argument, self.length, len(self.text)))

    def _attributes(self, tag: str, begin: int) -> str:
        argument = ""
        while True:
            self.at = self._match(_SPACE, self.at).end()
            if self.html.startswith(">", self.at):
                self.at += 1
                return argument
            argument = _argument(tag, *self._attribute(tag, begin)) or argument

    def _attribute(self, tag: str, begin: int) -> tuple[str, str]:
        found = self._match(_ATTRIBUTE, self.at)
        self.at = found.end()
        if self.at == len(self.html):
            raise self._unparsable(f'Unclosed start tag "{tag}"', begin)
        if not found[1]:
            raise self._unparsable(f'Empty attribute name in the tag "{tag}"', begin)
        if self.html[self.at] != "=":
            return found[1], "1"
        self.at = self._match(_SPACE, self.at + 1).end()
        return found[1], self._value(begin)

    def _value(self, begin: int) -> str:
        quote = self.html[self.at : self.at + 1]
        if quote not in {'"', "'"}:
            return self._token()
        end = self.html.find(quote, self.at + 1)
        if end < 0 or end + 1 == len(self.html):
            raise self._unparsable("Unclosed start tag", begin)
        value = self.html[self.at + 1 : end]
        self.at = end + 1
        return _REFERENCE.sub(lambda found: unescape(found[0].rstrip(";") + ";"), value)

    def _token(self) -> str:
        begin = self.at
        token = self._match(_TOKEN, begin)
        self.at = token.end()
        if not self.html[self.at : self.at + 1].isspace() and not self.html.startswith(">", self.at):
            raise self._unparsable("Unexpected end of name token", begin)
        return token[0].lower()

    def _end_tag(self) -> None:
        begin = self.at
        if not self.open:
            raise self._unparsable("Unexpected end tag", begin)
        name_end = self._match(_NAME, begin + 2).end()
        name = self.html[begin + 2 : name_end]
        close = self._match(_SPACE, name_end).end()
        if not self.html.startswith(">", close):
            raise self._unparsable("Unclosed end tag", begin)
        tag = self.open.pop()
        if name and name != tag.name:
            raise self._unparsable("Unmatched end tag", begin, f', expected "</{tag.name}>", found "</{name}>"')
        self.at = close + 1
        if self.length > tag.offset:
            self._close(tag)

    def _close(self, tag: _OpenTag) -> None:
        place = {"offset": tag.offset, "length": self.length - tag.offset}
        entity: JsonObject | None = {"type": _TAGS[tag.name], **place}
        if tag.name == "a":
            entity = _link(tag.argument or "".join(self.text[tag.index :]), place)
        elif tag.name == "tg-emoji":
            entity = {"type": "custom_emoji", **place, "custom_emoji_id": tag.argument}
        elif tag.name == "blockquote" and tag.argument:
            entity = {"type": "expandable_blockquote", **place}
        elif tag.name == "code" and tag.argument and self.open and self.open[-1].name == "pre":
            entity = {"type": "code", **place, "language": tag.argument}
        elif tag.name == "pre":
            entity = self._preformatted(place)
        if entity is not None:
            self.entities.append(entity)

    def _preformatted(self, place: dict[str, int]) -> JsonObject:
        inner = self.entities[-1] if self.entities else {}
        if inner.get("language") and {key: inner[key] for key in place} == place:
            return {"type": "pre", **place, "language": self.entities.pop()["language"]}
        return {"type": "pre", **place}

    def _match(self, pattern: re.Pattern[str], at: int) -> re.Match[str]:
        # Each pattern that comes here matches the empty string too.
        return cast("re.Match[str]", pattern.match(self.html, at))

    def _unparsable(self, problem: str, begin: int, more: str = "") -> Refusal:
        return _unparsable(f"{problem} at byte offset {len(self.html[:begin].encode())}{more}")


def _argument(tag: str, name: str, value: str) -> str:
    match tag, name:
        case ("a", "href") | ("tg-emoji", "emoji-id") | ("blockquote", "expandable"):
            return value
        case ("code", "class") if value.startswith("language-"):
            return value.removeprefix("language-")
        case ("span", "class") if value.startswith("tg-"):
            return value.removeprefix("tg-")
    return ""


def _link(url: str, place: dict[str, int]) -> JsonObject | None:
    """Telegram drops a link it does not understand and keeps its words."""
    if not _LINK.fullmatch(url):
        return None
    return {"type": "text_link", **place, "url": url if ":" in url else f"http://{url}/"}


def _unparsable(problem: str) -> Refusal:
    return bad_request(f"can't parse entities: {problem}")


def _reading_order(entity: JsonObject) -> tuple[int, int]:
    return entity["offset"], -entity["length"]
