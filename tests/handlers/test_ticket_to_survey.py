"""A ticket that is solved elsewhere, from the help desk's request to the customer's tap."""

from datetime import timedelta

import httpx
import pytest

from bot import scheduler
from handlers.ingest import ingest_app
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, row
from tests.stage import Stage, labels, last, text

TOKEN = "a-token-of-more-than-twenty-letters"  # noqa: S105  nobody's
WORDS = {"vi": "Hoa Mai đã giúp chị", "en": "Hoa Mai made it easy for me"}


@pytest.mark.parametrize("language", WORDS)
async def test_a_solved_ticket_asks_an_hour_later_and_the_answer_is_kept(
    stage: Stage, clock: HandClock, language: str
) -> None:
    person = stage.person(language=language)
    customer_id = add_customer(stage.database, external_id="K-17", chat_id=CHAT, language=language)
    solved_at = clock.now() - timedelta(minutes=5)
    ticket = {"external_id": "T-7", "customer_external_id": "K-17", "opened_at": "2026-11-19T09:00:00+07:00"}
    transport = httpx.ASGITransport(ingest_app(stage.app.bot_data, token=TOKEN))
    async with httpx.AsyncClient(transport=transport, base_url="http://door") as desk:
        told = {"rows": [{**ticket, "solved_at": solved_at.isoformat()}]}
        answered = await desk.post("/v1/tickets", json=told, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answered.json()["created"] == 1

    await stage.settle()
    assert person.chat.messages == {}
    clock.advance(timedelta(hours=1))
    await scheduler.run_planners_once(stage.database, stage.app.bot_data.rules)
    await stage.settle()

    asked = last(person.chat)
    assert WORDS[language] in text(asked)
    assert labels(asked) == [["1", "2", "3", "4", "5", "6", "7"]]
    person.tap_at(asked.message_id, 0, 5)
    await stage.settle()
    kept = row(stage.database, "answer")
    assert (kept["customer_id"], kept["kind"], kept["score"]) == (customer_id, "ces", 6)
