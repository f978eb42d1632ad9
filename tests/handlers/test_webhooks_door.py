"""Calls to another system, over real HTTP to a server of this test."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.domain.rules import Rules
from bot.domain.webhooks import Event
from bot.render import Renderer
from handlers.context import House
from handlers.webhooks import WebhookSender
from storage import webhooks
from storage.database import Database, Tx
from tests.factories import add_customer, row

SECRET = b"k" * 32


class Receiver:
    """Another system, which answers as it is told to."""

    def __init__(self) -> None:
        self.status = 204
        self.calls: list[tuple[dict[str, str], Any]] = []
        self.heard = asyncio.Event()
        self.server = TestServer(self._app())

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_post("/hook", self._hear)
        app.router.add_post("/elsewhere", self._hear)
        return app

    async def _hear(self, request: web.Request) -> web.Response:
        self.calls.append((dict(request.headers), await request.json()))
        self.heard.set()
        return web.Response(status=self.status, headers={"Location": "/elsewhere"})


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    one = Receiver()
    await one.server.start_server()
    yield one
    await one.server.close()


def sender(database: Database, receiver: Receiver) -> WebhookSender:
    rules = Rules(webhook_url=str(receiver.server.make_url("/hook")))

    def emit(tx: Tx, *, now: Any) -> None:
        webhooks.emit(tx, Event.ANSWER_GIVEN, customer_id, {"score": 9}, key="1", rules=rules, now=now)

    customer_id = add_customer(database, external_id="K1")
    database.write_now(emit)
    return WebhookSender(House(database, rules, Renderer(rules)), url=rules.webhook_url, secret=SECRET, owner="test")


async def test_a_call_says_what_happened_signed_and_once(database: Database, receiver: Receiver) -> None:
    caller = sender(database, receiver)
    assert (await caller.drain(), await caller.drain()) == (1, 0)

    ((headers, body),) = receiver.calls
    assert body["type"] == "answer.given"
    assert body["data"] == {"customer": {"id": row(database, "customer")["id"], "external_id": "K1"}, "score": 9}
    assert headers["webhook-id"] == f"msg_{row(database, 'outbox')['id']}"
    assert headers["webhook-signature"].startswith("v1,")
    assert row(database, "outbox")["status"] == "sent"


@pytest.mark.parametrize(
    ("status", "left"), [(200, "sent"), (302, "pending"), (404, "pending"), (503, "pending"), (410, "failed")]
)
async def test_the_answer_decides_and_no_redirect_is_followed(
    database: Database, receiver: Receiver, status: int, left: str
) -> None:
    receiver.status = status
    await sender(database, receiver).drain()
    assert (len(receiver.calls), row(database, "outbox")["status"]) == (1, left)


async def test_a_receiver_that_is_not_there_is_called_again_and_its_address_is_not_logged(
    database: Database, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    caller = sender(database, receiver)
    address = str(receiver.server.make_url("/hook"))
    await receiver.server.close()
    await caller.drain()
    assert (row(database, "outbox")["status"], row(database, "outbox")["error"]) == (
        "pending",
        "ClientConnectorError",
    )
    assert address not in caplog.text


async def test_it_calls_by_itself_until_told_to_stop(database: Database, receiver: Receiver) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(sender(database, receiver).run(stop))
    await receiver.heard.wait()
    stop.set()
    await running
    assert (len(receiver.calls), row(database, "outbox")["status"]) == (1, "sent")
