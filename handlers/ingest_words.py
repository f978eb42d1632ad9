"""How the HTTP door for data is to be used: for programs as OpenAPI 3.1, for people as a page without foreign parts."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from bot.domain.imports import LONGEST, Layout, Reason
from bot.domain.messages import Language, Message
from bot.domain.records import LAYOUTS, LONGEST_REASON, Noun
from bot.render import Renderer

MOST_ROWS = 1000
MEGABYTES = 2
MOST_BYTES = MEGABYTES * 1_000_000
WHOLE = ("count", "score", "renewals", "csm_id")
AMOUNTS = ("amount", "cost", "price")
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
GENERAL = ("token", "again", "limits", "same", "times")
LABELS = ("title", "intro", "machine", "field", "meaning", "required", "example", "codes", "other_language")
EXAMPLES: Mapping[str, object] = {
    "external_id": "A-1001",
    "customer_external_id": "K-17",
    "amount": 1250000,
    "cost": 50000,
    "price": 12000000,
    "currency": "VND",
    "purchased_at": "2026-11-19T15:30:00+07:00",
    "happened_at": "2026-11-19T15:30:00+07:00",
    "opened_at": "2026-11-19T09:00:00+07:00",
    "solved_at": "2026-11-19T15:30:00+07:00",
    "answered_at": "2026-11-19T15:30:00+07:00",
    "starts_on": "2026-01-01",
    "ends_on": "2026-12-31",
    "score": 9,
    "category": "delivery",
    "phone": "0912345678",
}
OWN_EXAMPLES: Mapping[Noun, Mapping[str, object]] = {
    Noun.CUSTOMERS: {"external_id": "K-17", "name": "Nguyễn Thị An", "tags": "vip, đại lý"},
    Noun.EVENTS: {"name": "order_delivered"},
}
_page = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined)


def words(renderer: Renderer, language: Language = Language.EN) -> Callable[[str], str]:
    """What the door says, by the name of the words. To programs it speaks English."""
    return partial(renderer.part, Message("ingest/api", language, {"rows": MOST_ROWS, "megabytes": MEGABYTES}))


def example(noun: Noun) -> dict[str, object]:
    """A request of a kind, as it may be sent."""
    known = {**EXAMPLES, **OWN_EXAMPLES.get(noun, {})}
    return {"rows": [{column: known[column] for column in LAYOUTS[noun].columns if column in known}]}


def openapi(renderer: Renderer) -> dict[str, Any]:
    """The description for programs (OpenAPI 3.1)."""
    say = words(renderer)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": say("title"),
            "version": "1",
            "description": "\n\n".join(say(name) for name in ("intro", *GENERAL)),
        },
        "security": [{"token": []}],
        "paths": {f"/v1/{noun}": {"post": _operation(noun, say)} for noun in Noun},
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **{str(noun): _row(noun, LAYOUTS[noun], say) for noun in Noun},
                "accepted": _ACCEPTED,
                "problem": _PROBLEM,
            },
        },
    }


def _operation(noun: Noun, say: Callable[[str], str]) -> dict[str, Any]:
    rows = {"type": "array", "maxItems": MOST_ROWS, "items": {"$ref": f"#/components/schemas/{noun}"}}
    sent = {"type": "object", "required": ["rows"], "additionalProperties": False, "properties": {"rows": rows}}
    problems = {"400": "json", "401": "token", "413": "size", "415": "type", "422": "key", "500": "unforeseen"}
    return {
        "operationId": f"post_{noun}",
        "summary": say(f"about_{noun}"),
        "parameters": [
            {
                "name": "Idempotency-Key",
                "in": "header",
                "description": say("again"),
                "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST},
            }
        ],
        "requestBody": {"required": True, "content": {"application/json": {"schema": sent, "example": example(noun)}}},
        "responses": {
            "202": _response(say("answer_accepted"), "application/json", "accepted"),
            **{
                status: _response(say(f"problem_{name}"), "application/problem+json", "problem")
                for status, name in problems.items()
            },
        },
    }


def _response(description: str, media_type: str, schema: str) -> dict[str, Any]:
    content = {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"description": description, "content": content}


def _row(noun: Noun, layout: Layout[Any], say: Callable[[str], str]) -> dict[str, Any]:
    properties = {
        column: {**_value(column, required=column in layout.required), "description": say(f"{noun}_{column}")}
        for column in layout.columns
    }
    return {
        "type": "object",
        "required": list(layout.required),
        "additionalProperties": False,
        "properties": properties,
    }


def _value(column: str, *, required: bool) -> dict[str, Any]:
    empty = [] if required else ["null"]
    if column in WHOLE:
        return {"type": ["integer", *empty]}
    if column in AMOUNTS:
        return {"type": ["number", "string", *empty]}
    if column.endswith("_on"):
        return {"type": ["string", *empty], "format": "date"}
    return {"type": ["string", *empty], "maxLength": LONGEST_REASON if column == "reason" else LONGEST}


_COUNT = {"type": "integer", "minimum": 0}
_ERROR = {
    "type": "object",
    "required": ["row", "field", "code", "detail"],
    "properties": {
        "row": _COUNT,
        "field": {"type": "string"},
        "code": {"type": "string", "enum": [str(reason) for reason in Reason]},
        "detail": {"type": "string"},
    },
}
_ACCEPTED = {
    "type": "object",
    "required": ["created", "changed", "unchanged", "errors"],
    "properties": {
        "created": _COUNT,
        "changed": _COUNT,
        "unchanged": _COUNT,
        "errors": {"type": "array", "items": _ERROR},
    },
}
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
    },
}


def page(renderer: Renderer, *, asked: str, usual: Language) -> Response:
    """The page for people, in the language they ask for or the business's own; it loads nothing from anywhere."""
    language = Language(asked) if asked in set(Language) else usual
    say = words(renderer, language)
    nouns = [
        {
            "name": str(noun),
            "about": say(f"about_{noun}"),
            "example": json.dumps(example(noun), ensure_ascii=False),
            "fields": [
                {"name": column, "required": column in layout.required, "meaning": say(f"{noun}_{column}")}
                for column in layout.columns
            ],
        }
        for noun, layout in LAYOUTS.items()
    ]
    html = _page.get_template("ingest.html").render(
        language=language,
        other=next(one for one in Language if one is not language),
        words={name: say(name) for name in LABELS},
        general=[say(name) for name in GENERAL],
        nouns=nouns,
        reasons={str(reason): say(f"reason_{reason}") for reason in Reason},
    )
    return HTMLResponse(html, headers={"Content-Security-Policy": POLICY, "X-Content-Type-Options": "nosniff"})
