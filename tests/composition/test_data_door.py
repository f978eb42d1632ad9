"""The data door beside the bot: open with a token, and closed without one."""

import socket

import httpx
import pytest
from pydantic import SecretStr

from bot.app import data_door
from bot.domain.records import Noun
from bot.domain.rules import Rules
from bot.render import Renderer
from bot.settings import Settings, SettingsError
from handlers.context import House
from handlers.ingest_words import example
from storage.database import Database
from tests.factories import row

TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  nobody's


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


async def test_with_a_token_the_door_takes_data_in_and_closes_with_the_bot(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(api_token=SecretStr(TOKEN), api_port=free_port())
    house = House(database, Rules(), Renderer(Rules()))
    address = f"http://127.0.0.1:{settings.api_port}/v1/customers"
    async with httpx.AsyncClient(headers={"Authorization": f"Bearer {TOKEN}"}) as shop:
        async with data_door(house, settings):
            answered = await shop.post(address, json=example(Noun.CUSTOMERS))
        with pytest.raises(httpx.ConnectError):
            await shop.post(address, json=example(Noun.CUSTOMERS))

    assert answered.status_code == 202
    assert row(database, "customer")["name"] == "Nguyễn Thị An"
    assert TOKEN not in caplog.text


async def test_without_a_token_there_is_no_door(database: Database) -> None:
    settings = Settings(api_port=free_port())
    async with data_door(House(database, Rules(), Renderer(Rules())), settings), httpx.AsyncClient() as shop:
        with pytest.raises(httpx.ConnectError):
            await shop.get(f"http://127.0.0.1:{settings.api_port}/v1/docs")


async def test_a_port_that_is_taken_is_said_by_the_setting_to_change(database: Database) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(api_token=SecretStr(TOKEN), api_port=taken.getsockname()[1])
        with pytest.raises(SettingsError, match="TOUCHPOINT_API_PORT: port"):
            async with data_door(House(database, Rules(), Renderer(Rules())), settings):
                pass
