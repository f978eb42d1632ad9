"""The page's server: what it shows, what it lets people do, and whom it answers."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock

import httpx
import pytest
from starlette.applications import Starlette

from bot.playground.clock import ClockMover, MovableClock
from bot.playground.messenger import Messenger
from bot.playground.page import LANGUAGES, words
from bot.playground.parameters import Upload
from bot.playground.persons import Person
from bot.playground.server import serve_playground
from bot.playground.views import Playground
from bot.playground.web import playground_app
from bot.playground.world import Chat
from bot.serving import listen

Call = Callable[..., Awaitable[Any]]
STATIC = Path(__file__).parents[2] / "bot" / "playground" / "static"
SKELETON = STATIC.parent / "page.html"


@pytest.fixture
def web(messenger: Messenger, clock: MovableClock) -> Starlette:
    async def nothing_due(_after: object) -> None:
        return None

    async def settled() -> None:
        return None

    mover = ClockMover(clock, next_due=nothing_due, settle=settled)
    return playground_app(Playground(messenger, mover, "Asia/Ho_Chi_Minh", "vi", AsyncMock()))


@pytest.fixture
async def page(web: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8800") as client:
        yield client


async def last_update(call: Call) -> dict[str, Any]:
    update: dict[str, Any] = (await call("getUpdates"))[-1]
    return update


@pytest.mark.parametrize("language", LANGUAGES)
async def test_the_page_is_whole_in_both_languages_and_says_in_which_it_was_opened(
    web: Starlette, page: httpx.AsyncClient, language: str
) -> None:
    answer = await page.get(f"/{language}")
    web.state.playground.speak.assert_awaited_once_with(language)
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in answer.text
    assert words(language)["tagline"] in answer.text


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "vi"),
        ("en", "en"),
        ("en-GB,en;q=0.9,vi;q=0.8", "en"),
        ("vi-VN,vi;q=0.9,en;q=0.8", "vi"),
        ("fr-FR,fr;q=0.9,en;q=0.5", "en"),
        ("en;q=0.3, vi;q=0.7", "vi"),
        ("vi;q=0, en;q=0.1", "en"),
        ("en;q=0", "vi"),
        ("de, *;q=0.5", "vi"),
        ("EN-us", "en"),
        (";;q=,,", "vi"),
    ],
)
async def test_the_page_opens_in_the_language_that_the_browser_likes_best(
    page: httpx.AsyncClient, accepted: str, language: str
) -> None:
    answer = await page.get("/", headers={"Accept-Language": accepted})
    assert (answer.headers["location"], answer.headers["vary"]) == (f"/{language}", "Accept-Language")


async def test_the_page_needs_nothing_from_outside(page: httpx.AsyncClient) -> None:
    answer = await page.get("/vi")
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', answer.text)
    assert "default-src 'none'" in answer.headers["content-security-policy"]


async def test_every_file_that_the_page_names_is_served(page: httpx.AsyncClient) -> None:
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', (await page.get("/vi")).text)
    for script in STATIC.glob("*.js"):
        named += [f"/static/{name}" for name in re.findall(r'from "\./([^"]+)"', script.read_text())]
    assert {name: (await page.get(name)).status_code for name in named} == dict.fromkeys(named, 200)


def test_both_languages_have_the_same_words_and_none_is_empty() -> None:
    assert words("vi").keys() == words("en").keys()
    assert all(text for language in LANGUAGES for text in words(language).values())


def test_every_word_is_used_and_every_word_that_is_used_is_there() -> None:
    scripts = "".join(script.read_text() for script in STATIC.glob("*.js"))
    used = set(re.findall(r"(?:words|spoken\[code\])\.(\w+)", SKELETON.read_text()))
    used |= set(re.findall(r'"(\w+)"', "".join(re.findall(r"word\(([^)`]*)", scripts))))
    used |= {f"role_{role}" for role in ("customer", "csm", "manager", "admin", "group")}
    assert used - words("vi").keys() == set()
    assert words("vi").keys() - used == set()


@pytest.mark.parametrize("host", ["example.com", "127.0.0.1.example.com", "192.168.1.2:8800"])
async def test_a_foreign_host_name_is_refused(page: httpx.AsyncClient, host: str) -> None:
    assert (await page.get("/api/overview", headers={"Host": host})).status_code == 400


@pytest.mark.usefixtures("an")
async def test_an_act_that_is_not_json_is_refused(page: httpx.AsyncClient, an: Person) -> None:
    path = f"/api/chats/{an.user.id}/messages"
    answer = await page.post(path, content=json.dumps({"person": an.user.id, "text": "a"}))
    assert (answer.status_code, len(an.chat.messages)) == (415, 1)


async def test_the_overview_lists_chats_with_their_last_message(
    page: httpx.AsyncClient, an: Person, staff_group: Chat
) -> None:
    overview = (await page.get("/api/overview")).json()
    assert overview["clock"] == {"now": 1795330800000, "moving": False}
    assert overview["time_zone"] == "Asia/Ho_Chi_Minh"
    lines = {chat["id"]: chat for chat in overview["chats"]}
    customer = lines[an.user.id]
    assert (customer["title"], customer["initial"], customer["role"]) == ("Nguyễn Thị An", "A", "customer")
    assert customer["last"]["text"] == "/start"
    assert (lines[staff_group.id]["role"], lines[staff_group.id]["last"]) == ("group", None)


async def test_a_conversation_shows_messages_commands_and_the_reply_keyboard(
    page: httpx.AsyncClient, call: Call, an: Person
) -> None:
    keyboard = {"keyboard": [[{"text": "Để sau"}]]}
    await call("sendMessage", chat_id=an.user.id, text="Chào", reply_markup=keyboard)
    await call("setMyCommands", commands=[{"command": "help", "description": "Trợ giúp"}])
    await call("setMyDescription", description="Hỏi thăm", language_code="vi")
    await call("setMessageReaction", chat_id=an.user.id, message_id=1, reaction=[{"type": "emoji", "emoji": "❤"}])
    shown = (await page.get(f"/api/chats/{an.user.id}")).json()
    assert [message["text"] for message in shown["messages"]] == ["/start", "Chào"]
    assert shown["messages"][0]["reactions"][0]["emoji"] == "❤"
    assert shown["people"][0]["commands"] == [{"command": "help", "description": "Trợ giúp"}]
    assert (shown["reply_keyboard"], shown["description"]) == (keyboard, "Hỏi thăm")


async def test_a_long_conversation_shows_its_latest_messages(page: httpx.AsyncClient, an: Person) -> None:
    for number in range(250):
        an.send_text(str(number))
    shown = (await page.get(f"/api/chats/{an.user.id}")).json()["messages"]
    assert (len(shown), shown[-1]["text"]) == (200, "249")


@pytest.mark.parametrize("chat_id", ["5", "-5", "x"])
async def test_a_chat_that_is_not_there_is_not_found(page: httpx.AsyncClient, chat_id: str) -> None:
    assert (await page.get(f"/api/chats/{chat_id}")).status_code == 404


async def test_a_person_starts_writes_and_edits(page: httpx.AsyncClient, call: Call, stranger: Person) -> None:
    here = f"/api/chats/{stranger.user.id}"
    assert (await page.post(f"{here}/start", json={"payload": "code"})).status_code == 204
    assert (await last_update(call))["message"]["text"] == "/start code"
    await page.post(f"{here}/messages", json={"person": stranger.user.id, "text": "Tốt"})
    assert (await last_update(call))["message"]["text"] == "Tốt"
    await page.post(f"{here}/messages/2/edit", json={"person": stranger.user.id, "text": "Rất tốt"})
    assert (await last_update(call))["edited_message"]["text"] == "Rất tốt"


async def test_a_person_taps_and_shares_the_contact(page: httpx.AsyncClient, call: Call, an: Person) -> None:
    button = {"text": "9", "callback_data": "nps:9"}
    await call("sendMessage", chat_id=an.user.id, text="?", reply_markup={"inline_keyboard": [[button]]})
    here = f"/api/chats/{an.user.id}"
    tap = {"person": an.user.id, "row": 0, "column": 0}
    assert (await page.post(f"{here}/messages/2/tap", json=tap)).status_code == 204
    assert (await last_update(call))["callback_query"]["data"] == "nps:9"
    await page.post(f"{here}/contact", json={})
    assert (await last_update(call))["message"]["contact"]["user_id"] == an.user.id


async def test_a_person_blocks_and_unblocks(page: httpx.AsyncClient, an: Person) -> None:
    here = f"/api/chats/{an.user.id}"
    await page.post(f"{here}/block", json={"blocked": True})
    assert (await page.get(here)).json()["chat"]["blocked"] is True
    await page.post(f"{here}/block", json={"blocked": False})
    assert (await page.get(here)).json()["chat"]["blocked"] is False


async def test_a_member_speaks_in_the_group_and_nobody_else_can(
    page: httpx.AsyncClient, call: Call, an: Person, hoa: Person, staff_group: Chat
) -> None:
    path = f"/api/chats/{staff_group.id}/messages"
    await page.post(path, json={"person": hoa.user.id, "text": "Để em"})
    assert (await last_update(call))["message"]["chat"]["id"] == staff_group.id
    refused = await page.post(path, json={"person": an.user.id, "text": "a"})
    assert (refused.status_code, "problem" in refused.json()) == (409, True)


@pytest.mark.parametrize("act", [{"person": "me", "text": "a"}, {"text": "a"}, {}])
async def test_an_act_that_lacks_something_is_not_understood(
    page: httpx.AsyncClient, an: Person, act: dict[str, Any]
) -> None:
    assert (await page.post(f"/api/chats/{an.user.id}/messages", json=act)).status_code == 422


async def test_who_is_not_there_cannot_act(page: httpx.AsyncClient, an: Person) -> None:
    act = {"person": 5, "text": "a"}
    assert (await page.post(f"/api/chats/{an.user.id}/messages", json=act)).status_code == 404


async def test_a_picture_is_shown_and_a_document_is_only_saved(
    page: httpx.AsyncClient, call: Call, an: Person, png: bytes
) -> None:
    photo = await call("sendPhoto", chat_id=an.user.id, photo=Upload("a.png", png, "image/png"))
    shown = await page.get(f"/api/files/{photo['photo'][-1]['file_id']}")
    assert (shown.content, shown.headers["content-type"]) == (png, "image/png")
    assert "content-disposition" not in shown.headers
    html = Upload("a.html", b"<script>", "text/html")
    document = await call("sendDocument", chat_id=an.user.id, document=html)
    saved = await page.get(f"/api/files/{document['document']['file_id']}")
    assert saved.headers["content-disposition"] == "attachment"
    assert saved.headers["content-security-policy"] == "sandbox"
    assert (await page.get("/api/files/none")).status_code == 404


async def test_the_clock_moves_and_everybody_hears_of_it(page: httpx.AsyncClient, messenger: Messenger) -> None:
    changes: list[dict[str, Any]] = []

    async def listen() -> None:
        changes.extend([change async for change in messenger.changes.listen()])

    listener = asyncio.create_task(listen())
    await asyncio.sleep(0)
    answer = await page.post("/api/clock", json={"hours": 720})
    messenger.changes.close()
    await listener
    assert [change async for change in messenger.changes.listen()] == []
    start, end = 1795330800000, 1795330800000 + 720 * 3_600_000
    assert answer.json() == {"now": end, "moving": False}
    assert changes == [
        {"kind": "clock", "now": end, "moving": True, "from": start, "to": end},
        {"kind": "clock", "now": end, "moving": False},
    ]


async def test_a_clock_that_is_moving_is_not_moved_again(
    page: httpx.AsyncClient, messenger: Messenger, clock: MovableClock
) -> None:
    arrived = asyncio.Event()
    reached = asyncio.Event()

    async def settle() -> None:
        reached.set()
        await arrived.wait()

    async def nothing_due(_after: object) -> None:
        return None

    mover = ClockMover(clock, next_due=nothing_due, settle=settle)
    web = playground_app(Playground(messenger, mover, "UTC", "en", AsyncMock()))
    transport = httpx.ASGITransport(web)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        first = asyncio.create_task(client.post("/api/clock", json={"hours": 1}))
        await reached.wait()
        second = await client.post("/api/clock", json={"hours": 1})
        arrived.set()
        assert (second.status_code, (await first).status_code) == (409, 200)


@pytest.mark.parametrize("hours", [0, -1, 24 * 401])
async def test_the_clock_moves_forward_and_not_too_far(page: httpx.AsyncClient, hours: int) -> None:
    assert (await page.post("/api/clock", json={"hours": hours})).status_code == 422


async def test_the_server_tells_changes_as_they_happen_and_stops_with_a_stream_open(
    web: Starlette, an: Person, unused_tcp_port: int
) -> None:
    serving = asyncio.create_task(serve_playground(web, listen("127.0.0.1", unused_tcp_port)))
    events: list[dict[str, Any]] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{unused_tcp_port}") as client:
        await until_served(client)
        async with asyncio.timeout(10), client.stream("GET", "/api/events") as stream:
            async for line in stream.aiter_lines():
                if not line.startswith("data: "):
                    continue
                events.append(json.loads(line.removeprefix("data: ")))
                if len(events) == 1:
                    an.send_text("Chào")
                elif len(events) == 2:
                    serving.cancel()
    with pytest.raises(asyncio.CancelledError):
        await serving
    assert [event["kind"] for event in events] == ["clock", "message"]
    assert events[1]["message"]["text"] == "Chào"


async def until_served(client: httpx.AsyncClient) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                await client.get("/api/overview")
            except httpx.ConnectError:
                await asyncio.sleep(0)
            else:
                return
