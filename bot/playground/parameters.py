"""Reads the parameters of a call: the table of methods in methods.toml says which, of what type, which required."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from bot.playground.refusals import JsonObject, Refusal, bad_request, method_not_found


@dataclass(frozen=True)
class Parameter:
    """One parameter of a method: its possible types in the words of the Bot API's documentation."""

    types: tuple[str, ...]
    required: bool


@dataclass(frozen=True)
class Upload:
    """A file that came with a call."""

    name: str
    content: bytes
    mime_type: str


def _load() -> dict[str, dict[str, Parameter]]:
    table = tomllib.loads(resources.files(__package__).joinpath("methods.toml").read_text(encoding="utf-8"))
    return {
        method: {
            name: Parameter(tuple(words.removesuffix("!").split(" or ")), words.endswith("!"))
            for name, words in parameters.items()
        }
        for method, parameters in table.items()
    }


METHODS: Mapping[str, Mapping[str, Parameter]] = _load()
_NAMES = {name.lower(): name for name in METHODS}
# Telegram's own words for a parameter that is missing; the rest say that it is required.
_MISSING = {
    "chat_id": "chat_id is empty",
    "text": "message text is empty",
    "message_id": "message identifier is not specified",
    "photo": "there is no photo in the request",
    "document": "there is no document in the request",
    "file_id": "file_id not specified",
    "from_chat_id": "from_chat_id is empty",
    "name": "TOPIC_TITLE_EMPTY",
    "action": "wrong parameter action in request",
    "callback_query_id": "query is too old and response timeout expired or query ID is invalid",
}
# There are no business accounts, effects and rich pages here: answered as Telegram does where they are absent.
_ABSENT = {
    "business_connection_id": "business connection not found",
    "video_start_timestamp": "VIDEO_START_TIMESTAMP_INVALID",
    "direct_messages_topic_id": "direct messages topic not found",
    "inline_message_id": "MESSAGE_ID_INVALID",
    "message_effect_id": "EFFECT_ID_INVALID",
    "suggested_post_parameters": "suggested posts can be sent only to channel direct messages",
    "rich_message": "RICH_MESSAGE_INVALID",
}


def method_named(name: str) -> str:
    """The method's proper name; like Telegram, in any case of letters.

    Raises:
        Refusal: 404 when there is no such method.
    """
    if (proper := _NAMES.get(name.lower())) is None:
        raise method_not_found()
    return proper


def read_parameters(method: str, wire: Mapping[str, str], uploads: Mapping[str, Upload]) -> JsonObject:
    """Turn what came over the wire (text, and files) into values of the method's types.

    Parameters that the method does not know are ignored, as Telegram does.

    Raises:
        Refusal: 400 for a missing parameter or one of the wrong type.
    """
    values: JsonObject = {}
    for name, parameter in METHODS[method].items():
        if name in uploads and "InputFile" in parameter.types:
            values[name] = uploads[name]
        elif wire.get(name, "") != "":
            values[name] = _value(name, parameter.types, wire[name], uploads)
        elif parameter.required:
            raise bad_request(_MISSING.get(name, f'parameter "{name}" is required'))
    return values


def _value(name: str, types: tuple[str, ...], text: str, uploads: Mapping[str, Upload]) -> Any:  # noqa: ANN401  any JSON
    if name in _ABSENT:
        raise bad_request(_ABSENT[name])
    match types:
        case ("Integer",):
            return _integer(name, text)
        case ("Integer", "String"):
            return _integer(name, text) if text.lstrip("-").isdigit() else text
        case ("Boolean",):
            return text.lower() in {"true", "yes", "1"}
        case ("String",):
            return text
        case ("InputFile", "String"):
            return uploads.get(text.removeprefix("attach://"), text)
    return _json(name, types, text, uploads)


def _integer(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise bad_request(f"{name} is not a valid Integer") from None


def _json(name: str, types: tuple[str, ...], text: str, uploads: Mapping[str, Upload]) -> Any:  # noqa: ANN401  any JSON
    kind: type = list if types[0].startswith("Array") else dict
    try:
        value = json.loads(text)
    except ValueError:
        raise _not_json(name) from None
    if not isinstance(value, kind):
        raise bad_request(f"expected {'an Array' if kind is list else 'an Object'} as {name}")
    if (
        isinstance(value, dict)
        and name == "media"
        and (attached := uploads.get(str(value.get("media", "")).removeprefix("attach://")))
    ):
        value["media"] = attached
    return value


def _not_json(name: str) -> Refusal:
    words = "reply keyboard markup" if name == "reply_markup" else name.replace("_", " ")
    return bad_request(f"can't parse {words} JSON object")
