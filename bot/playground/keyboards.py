"""What a bot may put under a message, checked as Telegram checks it."""

from typing import Any

from bot.playground.refusals import JsonObject, Refusal, bad_request

_INLINE_ACTIONS = (
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
)
_REPLY_ACTIONS = (
    "request_users",
    "request_chat",
    "request_managed_bot",
    "request_contact",
    "request_location",
    "request_poll",
    "web_app",
)
_STYLES = frozenset({"", "danger", "success", "primary"})
_MAY_BE_EMPTY = frozenset({"switch_inline_query", "switch_inline_query_current_chat"})
CALLBACK_DATA_BYTES = 64
MOST_BUTTONS = 100


def read_reply_markup(markup: Any, *, inline_only: bool = False) -> JsonObject | None:  # noqa: ANN401  JSON from the bot
    """Return the markup that Telegram would keep, or None for an empty one.

    Raises:
        Refusal: 400 with the rule that the markup breaks.
    """
    if markup is None:
        return None
    if not isinstance(markup, dict):
        raise bad_request("object expected as reply markup")
    if rows := _rows(markup, "keyboard"):
        _refuse_if(inline_only, "inline keyboard expected")
        return markup | {"keyboard": [[_reply_button(button) for button in row] for row in rows]}
    if rows := _rows(markup, "inline_keyboard"):
        return {"inline_keyboard": [[_inline_button(button) for button in row] for row in rows]}
    other = bool(markup.get("remove_keyboard") or markup.get("force_reply"))
    _refuse_if(other and inline_only, "inline keyboard expected")
    return markup if other else None


def _rows(markup: JsonObject, field: str) -> list[list[Any]]:
    rows = markup.get(field, [])
    if not isinstance(rows, list) or not all(isinstance(row, list) for row in rows):
        of_markup = " of the InlineKeyboardMarkup" if field == "inline_keyboard" else ""
        raise bad_request(f'field "{field}"{of_markup} must be an Array of Arrays')
    _refuse_if(sum(len(row) for row in rows) > MOST_BUTTONS, "reply markup is too long")
    return [row for row in rows if row]


def _inline_button(button: Any) -> JsonObject:  # noqa: ANN401  JSON from the bot
    broken = "can't parse inline keyboard button"
    if not isinstance(button, dict):
        raise bad_request(f"{broken}: InlineKeyboardButton must be an Object")
    _check_label(button, broken)
    actions = [name for name in _INLINE_ACTIONS if _is_set(button, name)]
    _refuse_if(not actions, f"{broken}: Text buttons are unallowed in the inline keyboard")
    _refuse_if(len(actions) > 1, f"{broken}: exactly one of {' and '.join(actions)} must be used")
    _refuse_if(not button["text"], "inline keyboard button text must be non-empty")
    _check_action(button)
    return button


def _is_set(button: JsonObject, action: str) -> bool:
    return button.get(action) is not None and (button[action] != "" or action in _MAY_BE_EMPTY)


def _check_action(button: JsonObject) -> None:
    data = button.get("callback_data", "")
    if not isinstance(data, str) or len(data.encode()) > CALLBACK_DATA_BYTES:
        raise bad_request("BUTTON_DATA_INVALID")
    url = button.get("url")
    if url and not str(url).startswith(("http://", "https://", "tg://")):
        raise _bad_url(str(url))


def _bad_url(url: str) -> Refusal:
    return bad_request(f"inline keyboard button URL '{url}' is invalid: Unsupported URL protocol")


def _reply_button(button: Any) -> JsonObject:  # noqa: ANN401  JSON from the bot
    broken = "can't parse keyboard button"
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict):
        raise bad_request(f"{broken}: KeyboardButton must be a String or an Object")
    _check_label(button, broken)
    actions = [name for name in _REPLY_ACTIONS if button.get(name)]
    _refuse_if(len(actions) > 1, f"{broken}: only one of {' and '.join(actions)} can be used")
    _refuse_if(not button["text"], "keyboard button text must be non-empty")
    return button


def _check_label(button: JsonObject, broken: str) -> None:
    _refuse_if("text" not in button, f'{broken}: Can\'t find field "text"')
    _refuse_if(not isinstance(button["text"], str), f'{broken}: Field "text" must be of type String')
    _refuse_if(button.get("style", "") not in _STYLES, f"{broken}: invalid button style specified")


def _refuse_if(broken: bool, rule: str) -> None:
    if broken:
        raise bad_request(rule)
