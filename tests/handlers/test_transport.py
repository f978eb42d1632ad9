"""The transport against a real socket: what travels, and what each failure proves."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from aiohttp import web
from telegram import Bot, InputFile
from telegram.error import BadRequest, NetworkError, TimedOut

from handlers.transport import AiohttpRequest, NotSentError

TOKEN = "1:secret"  # noqa: S105  of a server that takes any
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Server:
    """Answers every method with what `answer` says, and remembers what came."""

    def __init__(self) -> None:
        self.answer: Handler = self._fine
        self.posted: dict[str, object] = {}
        self.address = ""

    async def _fine(self, request: web.Request) -> web.Response:
        posted = await request.post()
        self.posted = {
            name: (value.filename, value.file.read()) if isinstance(value, web.FileField) else value
            for name, value in posted.items()
        }
        message = {"message_id": 5, "date": 0, "chat": {"id": 7_000_000_000, "type": "private"}, "text": "x"}
        return web.json_response({"ok": True, "result": message})

    async def handle(self, request: web.Request) -> web.StreamResponse:
        return await self.answer(request)


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    behind = Server()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", behind.handle)
    runner = web.AppRunner(app, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    behind.address = site.name
    yield behind
    await runner.cleanup()


@pytest.fixture
async def request_() -> AsyncIterator[AiohttpRequest]:
    async with AiohttpRequest(connections=2, total=5) as request:
        yield request


def bot(server: Server, request: AiohttpRequest) -> Bot:
    return Bot(TOKEN, base_url=f"{server.address}/bot", request=request)


async def test_a_message_travels_as_a_form_and_its_answer_comes_back(server: Server, request_: AiohttpRequest) -> None:
    sent = await bot(server, request_).send_message(7_000_000_000, "Xin chào & tạm biệt")
    assert sent.message_id == 5
    assert server.posted == {"chat_id": "7000000000", "text": "Xin chào & tạm biệt"}


async def test_a_file_travels_beside_its_caption(server: Server, request_: AiohttpRequest) -> None:
    picture = InputFile(b"\x89PNG", filename="report.png")
    await bot(server, request_).send_photo(7_000_000_000, picture, caption="Báo cáo")
    assert server.posted["caption"] == "Báo cáo"
    assert ("report.png", b"\x89PNG") in server.posted.values()


async def test_a_refusal_is_the_librarys_error(server: Server, request_: AiohttpRequest) -> None:
    async def refuse(_request: web.Request) -> web.Response:
        return web.json_response(
            {"ok": False, "error_code": 400, "description": "Bad Request: chat not found"}, status=400
        )

    server.answer = refuse
    with pytest.raises(BadRequest, match="hat not found"):
        await bot(server, request_).send_message(1, "x")


async def test_no_connection_proves_that_nothing_was_sent(request_: AiohttpRequest, unused_tcp_port: int) -> None:
    nowhere = Bot(TOKEN, base_url=f"http://127.0.0.1:{unused_tcp_port}/bot", request=request_)
    with pytest.raises(NotSentError):
        await nowhere.send_message(1, "x")


async def test_a_transport_that_is_not_started_sends_nothing(server: Server) -> None:
    with pytest.raises(NotSentError):
        await bot(server, AiohttpRequest(connections=1, total=5)).send_message(1, "x")


async def test_an_answer_that_does_not_come_in_time_proves_nothing(server: Server) -> None:
    async def never(_request: web.Request) -> web.Response:
        await asyncio.sleep(30)
        return web.Response()

    server.answer = never
    async with AiohttpRequest(connections=1, total=0.05) as hasty:
        with pytest.raises(TimedOut):
            await bot(server, hasty).send_message(1, "x")


async def test_a_connection_that_breaks_proves_nothing_and_tells_no_token(
    server: Server, request_: AiohttpRequest
) -> None:
    async def hang_up(request: web.Request) -> web.Response:
        assert request.transport is not None
        request.transport.close()
        return web.Response()

    server.answer = hang_up
    with pytest.raises(NetworkError) as caught:
        await bot(server, request_).send_message(1, "x")
    assert not isinstance(caught.value, NotSentError)
    assert TOKEN not in "".join(traceback.format_exception(caught.value))


async def test_a_redirect_is_not_followed(server: Server, request_: AiohttpRequest) -> None:
    async def elsewhere(_request: web.Request) -> web.Response:
        raise web.HTTPFound("/elsewhere")

    server.answer = elsewhere
    status, _ = await request_.do_request(f"{server.address}/bot{TOKEN}/getMe", "POST")
    assert status == 302


async def test_what_the_server_says_is_read_whole(server: Server, request_: AiohttpRequest) -> None:
    async def much(_request: web.Request) -> web.Response:
        return web.json_response({"ok": True, "result": ["x" * 1000] * 1000})

    server.answer = much
    status, body = await request_.do_request(f"{server.address}/bot{TOKEN}/getUpdates", "POST")
    assert (status, len(json.loads(body)["result"])) == (200, 1000)
