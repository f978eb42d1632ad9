"""How the Bot API says no: a status, a description and, for two of them, a parameter to act on."""

import math
from datetime import timedelta
from http import HTTPStatus
from typing import Any, TypeAlias

JsonObject: TypeAlias = dict[str, Any]


class Refusal(Exception):  # noqa: N818  the Bot API's word for it is "unsuccessful request", not an error of ours
    """An unsuccessful request, as https://core.telegram.org/bots/api#making-requests describes it."""

    def __init__(self, status: HTTPStatus, description: str, **parameters: int) -> None:
        super().__init__(description)
        self.status = status
        self.description = description
        self.parameters = parameters

    def to_json(self) -> JsonObject:
        answer: JsonObject = {"ok": False, "error_code": int(self.status), "description": self.description}
        return answer | ({"parameters": self.parameters} if self.parameters else {})


def bad_request(description: str, **parameters: int) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, f"Bad Request: {description}", **parameters)


def forbidden(description: str) -> Refusal:
    return Refusal(HTTPStatus.FORBIDDEN, f"Forbidden: {description}")


def conflict(description: str) -> Refusal:
    return Refusal(HTTPStatus.CONFLICT, f"Conflict: {description}")


def method_not_found() -> Refusal:
    return Refusal(HTTPStatus.NOT_FOUND, "Not Found: method not found")


def too_many_requests(wait: timedelta) -> Refusal:
    """Telegram tells the wait in whole seconds, never zero."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    return Refusal(HTTPStatus.TOO_MANY_REQUESTS, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
