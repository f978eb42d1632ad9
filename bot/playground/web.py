"""The page's server: chats as JSON, acts as POST, changes as Server-Sent Events.

It is meant for the one who sits at this machine, so it answers to local names only, and an act must be JSON, which a
foreign site cannot send without asking first.
"""

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from http import HTTPStatus
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, Field, ValidationError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from bot.domain.messages import Language
from bot.playground.page import LANGUAGES, render_page, spoken_first
from bot.playground.persons import NotPossible, Person
from bot.playground.refusals import Refusal
from bot.playground.views import Playground
from bot.playground.world import Chat

LOCAL_NAMES = ["127.0.0.1", "localhost"]
LONGEST_MOVE = timedelta(days=400)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
    " base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_Act = TypeVar("_Act", bound=BaseModel)


class _Start(BaseModel):
    payload: str | None = None


class _Text(BaseModel):
    person: int
    text: str
    reply_to: int | None = None


class _Tap(BaseModel):
    person: int
    row: int
    column: int


class _Block(BaseModel):
    blocked: bool


class _Contact(BaseModel):
    """One's own: there is nothing to choose."""


class _Move(BaseModel):
    hours: int = Field(ge=1, le=LONGEST_MOVE // timedelta(hours=1))


def playground_app(playground: Playground) -> Starlette:
    """Build the page's application."""
    app = Starlette(
        routes=[
            Route("/", _front_door),
            *(Route(f"/{spoken}", _page) for spoken in LANGUAGES),
            Route("/api/overview", _overview),
            Route("/api/events", _events),
            Route("/api/clock", _move_clock, methods=["POST"]),
            Route("/api/files/{file_id}", _file),
            Route("/api/chats/{chat_id}", _conversation),
            Route("/api/chats/{chat_id}/start", _start, methods=["POST"]),
            Route("/api/chats/{chat_id}/contact", _share_contact, methods=["POST"]),
            Route("/api/chats/{chat_id}/block", _block, methods=["POST"]),
            Route("/api/chats/{chat_id}/messages", _send_text, methods=["POST"]),
            Route("/api/chats/{chat_id}/messages/{message_id:int}/edit", _edit_text, methods=["POST"]),
            Route("/api/chats/{chat_id}/messages/{message_id:int}/tap", _tap, methods=["POST"]),
            Mount("/static", StaticFiles(directory=Path(__file__).parent / "static")),
        ],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=LOCAL_NAMES)],
        exception_handlers={NotPossible: _not_possible, ValidationError: _not_understood},
    )
    app.state.playground = playground
    return app


async def _front_door(request: Request) -> Response:
    """To the page in the language that the browser likes best, or else the business's own."""
    language = spoken_first(request.headers.get("accept-language", ""), _playground(request).language)
    return RedirectResponse(f"/{language}", headers={"Vary": "Accept-Language"})


async def _page(request: Request) -> Response:
    language = Language(request.url.path.strip("/"))
    await _playground(request).speak(language)
    return HTMLResponse(render_page(language), headers={"Content-Security-Policy": _POLICY})


async def _overview(request: Request) -> Response:
    return JSONResponse(_playground(request).overview())


async def _conversation(request: Request) -> Response:
    return JSONResponse(_playground(request).conversation(_chat(request)))


async def _events(request: Request) -> Response:
    return StreamingResponse(
        _as_events(_playground(request)),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store"},
    )


async def _as_events(playground: Playground) -> AsyncIterator[str]:
    yield f"data: {json.dumps({'kind': 'clock'} | playground.clock())}\n\n"
    async for change in playground.messenger.changes.listen():
        yield f"data: {json.dumps(change)}\n\n"


async def _file(request: Request) -> Response:
    try:
        file = _playground(request).messenger.files.find(request.path_params["file_id"])
    except Refusal:
        raise HTTPException(HTTPStatus.NOT_FOUND) from None
    headers = {"Content-Security-Policy": "sandbox", "X-Content-Type-Options": "nosniff"}
    if not file.width:
        headers["Content-Disposition"] = "attachment"
    return Response(file.upload.content, media_type=file.upload.mime_type, headers=headers)


async def _start(request: Request) -> Response:
    _owner(request).start((await _act(request, _Start)).payload)
    return _done()


async def _send_text(request: Request) -> Response:
    act = await _act(request, _Text)
    _person(request, act.person).send_text(act.text, chat_id=_chat(request).id, reply_to=act.reply_to)
    return _done()


async def _edit_text(request: Request) -> Response:
    act = await _act(request, _Text)
    _person(request, act.person).edit_text(_message_id(request), act.text, chat_id=_chat(request).id)
    return _done()


async def _tap(request: Request) -> Response:
    act = await _act(request, _Tap)
    _person(request, act.person).tap_at(_message_id(request), act.row, act.column, chat_id=_chat(request).id)
    return _done()


async def _share_contact(request: Request) -> Response:
    await _act(request, _Contact)
    _owner(request).share_contact()
    return _done()


async def _block(request: Request) -> Response:
    act = await _act(request, _Block)
    person = _owner(request)
    if act.blocked:
        person.block()
    else:
        person.unblock()
    return _done()


async def _move_clock(request: Request) -> Response:
    """Answer when the clock has arrived; the way there is told as events."""
    act = await _act(request, _Move)
    playground = _playground(request)
    if playground.mover.moving:
        raise HTTPException(HTTPStatus.CONFLICT)
    here = playground.messenger.now()
    to = here + timedelta(hours=act.hours)
    changes = playground.messenger.changes
    span = {"from": int(here.timestamp() * 1000), "to": int(to.timestamp() * 1000)}
    try:
        await playground.mover.advance(to, on_step=lambda _at: changes.publish("clock", **playground.clock(), **span))
    finally:
        changes.publish("clock", **playground.clock())
    return JSONResponse(playground.clock())


async def _not_possible(_request: Request, problem: Exception) -> Response:
    return JSONResponse({"problem": str(problem)}, HTTPStatus.CONFLICT)


async def _not_understood(_request: Request, problem: Exception) -> Response:
    return JSONResponse({"problem": str(problem)}, HTTPStatus.UNPROCESSABLE_ENTITY)


async def _act(request: Request, kind: type[_Act]) -> _Act:
    if request.headers.get("content-type") != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    return kind.model_validate_json(await request.body())


def _playground(request: Request) -> Playground:
    playground: Playground = request.app.state.playground
    return playground


def _chat(request: Request) -> Chat:
    number = request.path_params["chat_id"]
    chats = _playground(request).messenger.chats
    if not number.removeprefix("-").isdecimal() or (chat := chats.get(int(number))) is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return chat


def _message_id(request: Request) -> int:
    message_id: int = request.path_params["message_id"]
    return message_id


def _owner(request: Request) -> Person:
    """The person whose private chat the address names."""
    return _person(request, _chat(request).id)


def _person(request: Request, person_id: int) -> Person:
    person = _playground(request).messenger.persons.get(person_id)
    if person is None:
        raise HTTPException(HTTPStatus.NOT_FOUND)
    return person


def _done() -> Response:
    return Response(status_code=HTTPStatus.NO_CONTENT)
