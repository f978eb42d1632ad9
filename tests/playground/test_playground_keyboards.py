from typing import Any

import pytest

from bot.playground.keyboards import read_reply_markup
from bot.playground.refusals import Refusal


def inline(*buttons: Any) -> dict[str, Any]:
    return {"inline_keyboard": [list(buttons)]}


def reply(*buttons: Any) -> dict[str, Any]:
    return {"keyboard": [list(buttons)]}


@pytest.mark.parametrize(
    "markup",
    [
        inline({"text": "0", "callback_data": "ấ" * 21 + "x"}),
        inline({"text": "a", "url": "https://a.vn"}, {"text": "b", "callback_data": "b", "style": "danger"}),
        inline({"text": "a", "switch_inline_query": ""}),
        reply({"text": "Số điện thoại", "request_contact": True}, {"text": "Để sau"}),
        {"remove_keyboard": True},
        {"force_reply": True},
    ],
)
def test_a_keyboard_within_the_rules_is_kept_as_it_is(markup: dict[str, Any]) -> None:
    assert read_reply_markup(markup) == markup


def test_a_keyboard_without_buttons_is_no_keyboard() -> None:
    assert read_reply_markup({"inline_keyboard": [[]]}) is None


def test_a_reply_button_may_be_a_plain_text() -> None:
    assert read_reply_markup(reply("Để sau")) == reply({"text": "Để sau"})


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        (inline({"text": "0", "callback_data": "ấ" * 21 + "xx"}), "BUTTON_DATA_INVALID"),
        (inline({"text": "0"}), "Text buttons are unallowed in the inline keyboard"),
        (inline({"text": "0", "callback_data": ""}), "Text buttons are unallowed in the inline keyboard"),
        (inline({"text": "0", "callback_data": "x", "url": "https://a.vn"}), "exactly one of url and callback_data"),
        (inline({"text": "", "callback_data": "x"}), "inline keyboard button text must be non-empty"),
        (inline({"callback_data": "x"}), "Can't find field \"text\""),
        (inline({"text": 5, "callback_data": "x"}), 'Field "text" must be of type String'),
        (inline({"text": "0", "callback_data": "x", "style": "pink"}), "invalid button style specified"),
        (inline({"text": "0", "url": "javascript:alert(1)"}), "is invalid: Unsupported URL protocol"),
        (inline("0"), "InlineKeyboardButton must be an Object"),
        ({"inline_keyboard": [{"text": "0"}]}, "must be an Array of Arrays"),
        ({"inline_keyboard": [[{"text": "0", "callback_data": "x"}] * 101]}, "reply markup is too long"),
        (reply({"text": "a", "request_contact": True, "request_location": True}), "only one of"),
        (reply({"text": ""}), "keyboard button text must be non-empty"),
        (reply(5), "KeyboardButton must be a String or an Object"),
        ([], "object expected as reply markup"),
    ],
)  # fmt: skip
def test_a_keyboard_that_breaks_a_rule_is_refused(markup: Any, words: str) -> None:
    with pytest.raises(Refusal) as refused:
        read_reply_markup(markup)
    assert words in refused.value.description


@pytest.mark.parametrize("markup", [reply("a"), {"remove_keyboard": True}])
def test_an_edit_takes_inline_keyboards_only(markup: dict[str, Any]) -> None:
    with pytest.raises(Refusal, match="inline keyboard expected"):
        read_reply_markup(markup, inline_only=True)
