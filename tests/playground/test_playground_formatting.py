"""Telegram's HTML; the errors' wording and offsets are those of the official server."""

import pytest

from bot.playground.detection import with_detected
from bot.playground.formatting import FormattedText, parse_html, trimmed
from bot.playground.refusals import Refusal


def entity(kind: str, offset: int, length: int, **more: str) -> dict[str, object]:
    return {"type": kind, "offset": offset, "length": length, **more}


@pytest.mark.parametrize(
    ("html", "text", "entities"),
    [
        ("<b>a</b>", "a", [entity("bold", 0, 1)]),
        ("<strong>a</strong>", "a", [entity("bold", 0, 1)]),
        ("😀<i>ấ</i>", "😀ấ", [entity("italic", 2, 1)]),
        ("<u>a<s>b</s></u>", "ab", [entity("underline", 0, 2), entity("strikethrough", 1, 1)]),
        ('<a href="https://a.vn/?x=1&amp;y=2">đây</a>', "đây", [entity("text_link", 0, 3, url="https://a.vn/?x=1&y=2")]),
        ("<a href='javascript:alert(1)'>đây</a>", "đây", []),
        ('<span class="tg-spoiler">a</span>', "a", [entity("spoiler", 0, 1)]),
        ("<blockquote expandable>a</blockquote>", "a", [entity("expandable_blockquote", 0, 1)]),
        ('<pre><code class="language-python">x</code></pre>', "x", [entity("pre", 0, 1, language="python")]),
        ("<pre>x</pre>", "x", [entity("pre", 0, 1)]),
        ('<tg-emoji emoji-id="5">👍</tg-emoji>', "👍", [entity("custom_emoji", 0, 2, custom_emoji_id="5")]),
        ("&lt;b&gt; &amp; &quot;&#7845;&#x1EA5; &nbsp; &copy", '<b> & "ấấ &nbsp; &copy', []),
        ("<b></b>a", "a", []),
        ('<b class="x">a</b>', "a", [entity("bold", 0, 1)]),
        ("<code class=language-go>a</code>", "a", [entity("code", 0, 1)]),
        ("<B>a</>", "a", [entity("bold", 0, 1)]),
        ("1 & 2 > 1", "1 & 2 > 1", []),
    ],
)  # fmt: skip
def test_html_becomes_text_and_entities(html: str, text: str, entities: list[dict[str, object]]) -> None:
    assert parse_html(html) == FormattedText(text, tuple(entities))


@pytest.mark.parametrize(
    ("html", "words"),
    [
        ("ấ<div>", 'Unsupported start tag "div" at byte offset 3'),
        ("a < b", 'Unsupported start tag "" at byte offset 2'),
        ("<b", "Unclosed start tag at byte offset 0"),
        ("<b>a", 'Can\'t find end tag corresponding to start tag "b"'),
        ("a</b>", "Unexpected end tag at byte offset 1"),
        ("<b>a</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'),
        ("<b>a</b ", "Unclosed end tag at byte offset 4"),
        ('<a ="x">a</a>', 'Empty attribute name in the tag "a" at byte offset 0'),
        ('<a href="x>a</a>', "Unclosed start tag at byte offset 0"),
        ("<a href", 'Unclosed start tag "a" at byte offset 0'),
        ("<a href=http://x>a</a>", "Unexpected end of name token at byte offset 8"),
        ("<span>a</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'),
    ],
)
def test_broken_html_is_refused_in_telegrams_words(html: str, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        parse_html(html)
    assert refused.value.description == f"Bad Request: can't parse entities: {words}"


def test_white_space_at_the_ends_goes_and_entities_move_with_the_text() -> None:
    assert trimmed(parse_html("\n <b> a </b>b  ")) == FormattedText("a b", (entity("bold", 0, 2),))


def test_an_entity_of_white_space_alone_goes() -> None:
    assert trimmed(parse_html("a <b> </b>")) == FormattedText("a")


def test_commands_links_mentions_and_hashtags_are_found() -> None:
    found = with_detected(FormattedText("😀 /help@a_bot https://a.vn/x. @nguyen #tết a@b.vn 1/2"))
    assert [(entity["type"], entity["offset"], entity["length"]) for entity in found.entities] == [
        ("bot_command", 3, 11),
        ("url", 15, 14),
        ("mention", 31, 7),
        ("hashtag", 39, 4),
        ("email", 44, 6),
    ]


def test_nothing_is_found_inside_code() -> None:
    given = parse_html("<code>/help</code> /stop")
    assert [entity["type"] for entity in with_detected(given).entities] == ["code", "bot_command"]
