"""The HTTP door for data: other systems push customers and what they do, a batch of rows at a time.

Whoever has the token may write; nothing can be read here. A problem is told as RFC 9457 says, with what to do about it.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.domain.cells import amount_cell
from bot.domain.imports import ImportResult
from bot.domain.records import Noun
from bot.services import imports
from handlers.context import House
from handlers.ingest_words import MOST_BYTES, MOST_ROWS, openapi, page, words

LONGEST_KEY = 200
ANSWERED = "Idempotency-Key"


class _Problem(Exception):  # noqa: N818  it is told to the sender, and is no error of ours
    def __init__(self, status: HTTPStatus, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail


def ingest_app(house: House, *, token: str) -> Starlette:
    """The application: `POST /v1/<noun>` for each kind of data, and two pages that say how."""
    doors = [
        Route(f"/v1/{noun}", partial(_take_in, house=house, noun=noun, token=token.encode()), methods=["POST"])
        for noun in Noun
    ]
    return Starlette(
        routes=[
            *doors,
            Route("/v1/openapi.json", partial(_openapi, house=house)),
            Route("/v1/docs", partial(_docs, house=house)),
        ],
        exception_handlers={
            _Problem: partial(_tell, house=house),
            Exception: partial(_tell_unforeseen, house=house),
        },
    )


async def _take_in(request: Request, *, house: House, noun: Noun, token: bytes) -> Response:
    _check_token(request, token)
    key = request.headers.get(ANSWERED, "")
    if ANSWERED in request.headers and not 1 <= len(key) <= LONGEST_KEY:
        raise _Problem(HTTPStatus.BAD_REQUEST, "key_size")
    body = await _body(request)
    told = imports.Request(noun=noun, rows=_rows(body), digest=_digest(noun, body), key=key)
    result = await house.db.write(imports.take_in, request=told, rules=house.rules)
    if result is None:
        raise _Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "key")
    return JSONResponse(_answer(result, house), HTTPStatus.ACCEPTED)


def _check_token(request: Request, token: bytes) -> None:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), token):
        raise _Problem(HTTPStatus.UNAUTHORIZED, "token")


async def _body(request: Request) -> bytes:
    """What was sent, read no further than it may be long."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise _Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "type")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MOST_BYTES:
            raise _Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size")
    return bytes(body)


def _rows(body: bytes) -> list[dict[str, str]]:
    try:
        told = json.loads(body.decode(), parse_float=Decimal, parse_int=str, parse_constant=str)
    except (ValueError, RecursionError):
        raise _Problem(HTTPStatus.BAD_REQUEST, "json") from None
    rows = told.get("rows") if isinstance(told, dict) and len(told) == 1 else None
    if not isinstance(rows, list) or not all(isinstance(row, dict) and _is_flat(row) for row in rows):
        raise _Problem(HTTPStatus.UNPROCESSABLE_ENTITY, "rows")
    if len(rows) > MOST_ROWS:
        raise _Problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "size")
    return [{name: _cell(value) for name, value in row.items()} for row in rows]


def _is_flat(row: Mapping[str, object]) -> bool:
    return all(value is None or isinstance(value, str | Decimal) for value in row.values())


def _cell(value: str | Decimal | None) -> str:
    return amount_cell(value) if isinstance(value, Decimal) else value or ""


def _digest(noun: Noun, body: bytes) -> str:
    return hashlib.sha256(f"{noun}\n".encode() + body).hexdigest()


def _answer(result: ImportResult, house: House) -> dict[str, Any]:
    say = words(house.renderer)
    return {
        "created": result.created,
        "changed": result.changed,
        "unchanged": result.unchanged,
        "errors": [
            {
                "row": error.row,
                "field": error.column,
                "code": str(error.reason),
                "detail": say(f"reason_{error.reason}"),
            }
            for error in sorted(result.errors, key=lambda error: error.row)
        ],
    }


async def _openapi(_request: Request, *, house: House) -> Response:
    return JSONResponse(openapi(house.renderer))


async def _docs(request: Request, *, house: House) -> Response:
    return page(house.renderer, asked=request.query_params.get("language", ""), usual=house.rules.language)


async def _tell(request: Request, problem: Exception, *, house: House) -> Response:
    assert isinstance(problem, _Problem)
    return _problem(problem.status, problem.detail, house)


async def _tell_unforeseen(_request: Request, _error: Exception, *, house: House) -> Response:
    return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "unforeseen", house)


def _problem(status: HTTPStatus, detail: str, house: House) -> Response:
    told = {
        "type": f"/v1/docs#problem_{detail}",
        "title": status.phrase,
        "status": status,
        "detail": words(house.renderer)(f"problem_{detail}"),
    }
    headers = {"WWW-Authenticate": "Bearer"} if status is HTTPStatus.UNAUTHORIZED else None
    return JSONResponse(told, status, headers, media_type="application/problem+json")
