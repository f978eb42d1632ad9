"""The HTTP door for data, over real requests."""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from bot.domain.records import LAYOUTS, Noun
from bot.domain.rules import Rules
from bot.render import Renderer
from handlers.context import House
from handlers.ingest import LONGEST_KEY, ingest_app
from handlers.ingest_words import MOST_BYTES, MOST_ROWS, example
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import add_customer, row, rows

TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  nobody's
RULES = Rules(pepper="pepper")
EVENT = {"external_id": "E1", "customer_external_id": "K-17", "name": "login", "happened_at": "2026-11-20T09:00:00"}


@pytest.fixture
async def door(database: Database, clock: HandClock) -> AsyncIterator[httpx.AsyncClient]:
    app = ingest_app(House(database, RULES, Renderer(RULES)), token=TOKEN)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://door", headers=headers) as client:
        yield client


async def push(door: httpx.AsyncClient, noun: str, *told: dict[str, Any], key: str | None = None) -> httpx.Response:
    return await door.post(f"/v1/{noun}", json={"rows": told}, headers={} if key is None else {"Idempotency-Key": key})


@pytest.mark.parametrize("noun", list(Noun))
async def test_the_example_of_each_kind_is_taken_in_as_it_stands(
    door: httpx.AsyncClient, database: Database, noun: Noun
) -> None:
    if noun is not Noun.CUSTOMERS:
        add_customer(database, external_id="K-17", chat_id=None)

    answered = await door.post(f"/v1/{noun}", json=example(noun))

    assert (answered.status_code, answered.json()) == (202, {"created": 1, "changed": 0, "unchanged": 0, "errors": []})


async def test_good_rows_are_kept_and_each_bad_one_says_its_number_its_field_and_what_to_do(
    door: httpx.AsyncClient, database: Database
) -> None:
    add_customer(database, external_id="K-17")
    answered = await push(
        door,
        "events",
        {**EVENT, "count": "nhiều"},
        EVENT,
        {**EVENT, "external_id": "E2", "customer_external_id": "K-99"},
        {**EVENT, "external_id": "E3", "nmae": "x"},
    )

    assert answered.status_code == 202
    assert answered.json()["created"] == 0
    assert [(one["row"], one["field"], one["code"]) for one in answered.json()["errors"]] == [
        (0, "count", "unreadable"),
        (1, "external_id", "repeated"),
        (2, "customer_external_id", "unknown"),
        (3, "nmae", "no_field"),
    ]
    assert "send them to /v1/customers first" in answered.json()["errors"][2]["detail"]


async def test_numbers_mean_themselves_and_null_says_nothing(door: httpx.AsyncClient, database: Database) -> None:
    add_customer(database, external_id="K-17")
    ticket = {"external_id": "T1", "customer_external_id": "K-17", "opened_at": "2026-11-01", "solved_at": None}

    assert (await push(door, "tickets", {**ticket, "cost": 1.5, "currency": "USD"})).json()["created"] == 1
    assert row(database, "ticket")["cost_minor"] == 150
    assert (await push(door, "tickets", {**ticket, "cost": 1.234})).json()["errors"][0]["code"] == "unreadable"


@pytest.mark.parametrize("authorization", ["", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer", "Bearer \xe9"])
async def test_without_the_token_nothing_is_taken_in(
    door: httpx.AsyncClient, database: Database, authorization: str
) -> None:
    headers = {b"authorization": authorization.encode("latin-1"), b"content-type": b"application/json"}
    answered = await door.post("/v1/customers", content=json.dumps(example(Noun.CUSTOMERS)), headers=headers)

    assert answered.status_code == 401
    assert answered.headers["WWW-Authenticate"] == "Bearer"
    assert answered.headers["Content-Type"] == "application/problem+json"
    assert "TOUCHPOINT_API_TOKEN" in answered.json()["detail"]
    assert rows(database, "customer") == []


async def test_the_same_key_and_body_gets_the_same_answer_and_takes_nothing_in_twice(
    door: httpx.AsyncClient, database: Database
) -> None:
    add_customer(database, external_id="K-17")
    told = (EVENT, {**EVENT, "external_id": "E2", "customer_external_id": "K-99"})

    first, second = [await push(door, "events", *told, key="k1") for _ in range(2)]

    assert first.json()["created"] == 1
    assert (second.status_code, second.json()) == (202, first.json())
    assert "K-99" not in str(rows(database, "ingest"))


async def test_of_two_requests_with_one_key_at_once_one_is_taken_in_and_both_get_its_answer(
    door: httpx.AsyncClient, database: Database
) -> None:
    add_customer(database, external_id="K-17")

    answers = await asyncio.gather(*(push(door, "events", EVENT, key="k1") for _ in range(4)))

    assert [(one.status_code, one.json()["created"]) for one in answers] == [(202, 1)] * 4


@pytest.mark.parametrize(("noun", "told"), [("events", {**EVENT, "count": 2}), ("tickets", EVENT)])
async def test_the_same_key_for_something_else_is_refused(
    door: httpx.AsyncClient, database: Database, noun: str, told: dict[str, Any]
) -> None:
    add_customer(database, external_id="K-17")
    await push(door, "events", EVENT, key="k1")

    answered = await push(door, noun, told, key="k1")

    assert (answered.status_code, row(database, "usage_event")["quantity"]) == (422, 1)
    assert "new key" in answered.json()["detail"]


async def test_without_a_key_every_request_is_a_new_one(door: httpx.AsyncClient, database: Database) -> None:
    add_customer(database, external_id="K-17")

    assert [(await push(door, "events", EVENT)).json()["created"] for _ in range(2)] == [1, 0]
    assert rows(database, "ingest") == []


@pytest.mark.parametrize("key", ["", "k" * (LONGEST_KEY + 1)])
async def test_a_key_has_a_sensible_length(door: httpx.AsyncClient, key: str) -> None:
    assert (await push(door, "events", EVENT, key=key)).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b'{"rows": [', 400),
        (b"\xff", 400),
        (b"[" * 100_000, 400),
        (b"[]", 422),
        (b'{"rows": [], "more": 1}', 422),
        (b'{"rows": [1]}', 422),
        (b'{"rows": [{"name": {}}]}', 422),
        (b'{"rows": [{"name": true}]}', 422),
        (b'{"rows": [' + b"{}," * MOST_ROWS + b"{}]}", 413),
        (b" " * (MOST_BYTES + 1), 413),
        (b'{"rows": []}', 202),
    ],
)
async def test_what_is_no_batch_of_rows_is_refused_as_a_whole(
    door: httpx.AsyncClient, body: bytes, status: int
) -> None:
    answered = await door.post("/v1/customers", content=body, headers={"Content-Type": "application/json"})
    assert answered.status_code == status


async def test_what_is_not_sent_as_json_is_refused(door: httpx.AsyncClient) -> None:
    assert (await door.post("/v1/customers", data={"rows": "x"})).status_code == 415


async def test_text_that_no_database_can_keep_is_an_error_of_its_row(door: httpx.AsyncClient) -> None:
    body = b'{"rows": [{"external_id": "K1", "name": "a\\u0000"}, {"external_id": "K2", "name": "\\ud800"}]}'
    answered = await door.post("/v1/customers", content=body, headers={"Content-Type": "application/json"})
    assert [one["code"] for one in answered.json()["errors"]] == ["unreadable", "unreadable"]


async def test_a_failure_here_says_to_send_it_again(
    door: httpx.AsyncClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fail(*_args: Any, **_facts: Any) -> None:
        raise OSError("the disk is full of secrets")

    monkeypatch.setattr(database, "write", fail)
    answered = await push(door, "customers", {"external_id": "K1", "name": "An"})

    assert answered.status_code == 500
    assert "Send it again" in answered.json()["detail"]
    assert "secrets" not in answered.text


async def test_the_description_for_programs_names_every_kind_and_field_and_every_reference_leads_somewhere(
    door: httpx.AsyncClient,
) -> None:
    told = (await door.get("/v1/openapi.json", headers={"Authorization": ""})).json()

    schemas = told["components"]["schemas"]
    for noun, layout in LAYOUTS.items():
        assert set(told["paths"][f"/v1/{noun}"]["post"]["responses"]) == {
            "202",
            "400",
            "401",
            "413",
            "415",
            "422",
            "500",
        }
        assert (set(schemas[noun]["properties"]), schemas[noun]["required"]) == (
            set(layout.columns),
            list(layout.required),
        )
        assert all(field["description"] for field in schemas[noun]["properties"].values())
    references = json.dumps(told).split('"$ref": "#/components/schemas/')[1:]
    assert {reference.partition('"')[0] for reference in references} <= set(schemas)


@pytest.mark.parametrize(
    ("language", "title"),
    [("", "Touchpoint: nhận dữ liệu"), ("vi", "Touchpoint: nhận dữ liệu"), ("en", "Touchpoint: data in")],
)
async def test_the_page_for_people_speaks_both_languages_and_loads_nothing_from_anywhere(
    door: httpx.AsyncClient, language: str, title: str
) -> None:
    page = await door.get("/v1/docs", params={"language": language})

    assert title in page.text
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    assert not any(foreign in page.text for foreign in ("http://", "https://", "<script", "src="))
    assert all(f"POST /v1/{noun}" in page.text for noun in Noun)
