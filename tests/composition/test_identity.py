import asyncio
import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.identity import Identity, UnknownTokenError, UnreachableError, ask_identity
from bot.settings import Settings, SettingsError

TOKEN = "123456789:AAE-secret_secret_secret_secret_secre"  # noqa: S105  nobody's token
SERVED_AT = "Fri, 20 Nov 2026 03:00:00 GMT"


async def answer(request: web.Request) -> web.Response:
    headers = {"Date": SERVED_AT}
    match request.match_info["token"]:
        case _ if request.match_info["token"] == TOKEN:
            return web.json_response({"ok": True, "result": {"id": 1, "username": "hoa_bot"}}, headers=headers)
        case "2:strange":
            return web.json_response({"ok": True, "result": []}, headers=headers)
        case "3:portal":
            return web.Response(text="<html>Log in to this Wi-Fi</html>", content_type="text/html")
        case _:
            return web.json_response({"ok": False, "error_code": 401, "description": "Unauthorized"}, status=401)


@pytest.fixture(scope="module")
def api_url() -> Iterator[str]:
    """A server that answers getMe, in a thread of its own, since the question blocks."""
    loop = asyncio.new_event_loop()
    app = web.Application()
    app.router.add_get("/bot{token}/getMe", answer)
    runner = web.AppRunner(app)
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def test_telegram_says_who_the_bot_is_and_what_time_it_is(api_url: str) -> None:
    settings = Settings(bot_token=SecretStr(TOKEN), bot_api_url=api_url)

    assert ask_identity(settings) == Identity(
        username="hoa_bot", telegram_time=datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    )


def test_a_wrong_token_says_what_to_do(api_url: str) -> None:
    with pytest.raises(UnknownTokenError, match="copy it again from @BotFather"):
        ask_identity(Settings(bot_token=SecretStr("1:wrong"), bot_api_url=api_url))


@pytest.mark.parametrize("token", ["2:strange", "3:portal"])
def test_an_answer_that_is_not_telegrams_is_no_answer(api_url: str, token: str) -> None:
    with pytest.raises(UnreachableError, match="set BOT_PROXY"):
        ask_identity(Settings(bot_token=SecretStr(token), bot_api_url=api_url))


def test_an_unreachable_telegram_says_what_to_do_without_the_token() -> None:
    with pytest.raises(UnreachableError) as caught:
        ask_identity(Settings(bot_token=SecretStr(TOKEN), bot_api_url="http://127.0.0.1:9"))

    assert "http://127.0.0.1:9" in str(caught.value)
    assert TOKEN not in str(caught.value)
    assert caught.value.__suppress_context__


def test_without_a_token_nobody_is_asked() -> None:
    with pytest.raises(SettingsError, match="BOT_TOKEN"):
        ask_identity(Settings())
