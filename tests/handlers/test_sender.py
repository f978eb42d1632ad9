"""The sender against a strict messenger: what each answer means for the row."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TimedOut

from bot.domain.delivery import Proof
from bot.domain.touchpoints import Kind
from bot.services import delivery
from handlers import sender as sender_module
from handlers.sender import Sender, outcome_of
from handlers.transport import NotSentError
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, queue, queue_survey, row, rows
from tests.stage import RULES, Stage, labels, last, open_stage, text


@pytest.mark.parametrize(
    ("error", "proof"),
    [
        (NotSentError("no connection"), Proof.NOT_SENT),
        (RetryAfter(3), Proof.NOT_SENT),
        (ChatMigrated(-100), Proof.NOT_SENT),
        (InvalidToken(), Proof.NOT_SENT),
        (Forbidden("Forbidden: bot was blocked by the user"), Proof.UNREACHABLE),
        (BadRequest("Chat not found"), Proof.UNREACHABLE),
        (BadRequest("Message is not modified: the same"), Proof.SENT),
        (BadRequest("Can't parse entities"), Proof.REFUSED),
        (TimedOut(), Proof.UNKNOWN),
        (NetworkError("the connection broke"), Proof.UNKNOWN),
        (NetworkError("Bad Gateway"), Proof.UNKNOWN),
    ],
)
def test_each_error_proves_what_the_design_says(error: Any, proof: Proof) -> None:
    assert outcome_of(error).proof is proof


def test_a_demand_to_wait_and_a_move_carry_their_figures() -> None:
    assert outcome_of(RetryAfter(3)).retry_after == timedelta(seconds=3)
    assert outcome_of(ChatMigrated(-100_5)).new_chat_id == -100_5


async def test_what_is_due_is_sent_and_its_message_kept(stage: Stage, database: Database) -> None:
    an = stage.person()
    _, outbox_id = queue_survey(database, add_customer(database))
    assert await stage.sender.drain() == 1
    sent = row(database, "outbox", id=outbox_id)
    assert (sent["status"], sent["message_id"]) == ("sent", last(an.chat).message_id)


async def test_many_that_are_held_do_not_keep_the_rest_from_going(
    stage: Stage, database: Database, clock: HandClock
) -> None:
    held = add_customer(database)
    for number in range(300):
        survey = {"facts": {"kind": "csat", "run_id": number, "subject": ""}, "dedupe_key": f"held:{number}"}
        queue(database, Kind.CSAT, held, due_at=clock.now() - timedelta(hours=1), **survey)
    queue_survey(database, add_customer(database, chat_id=CHAT + 1))
    minh = stage.person(1)
    stage.person()
    await stage.sender.drain()
    assert len(minh.chat.messages) == 1


async def test_a_person_who_blocked_the_bot_is_not_tried_again(stage: Stage, database: Database) -> None:
    an = stage.person()
    customer_id = add_customer(database)
    an.block()
    queue(database, Kind.BIRTHDAY, customer_id)
    await stage.sender.drain()
    assert row(database, "customer")["unreachable_at"] is not None
    assert row(database, "outbox", customer_id=1)["status"] == "failed"
    assert "Bot không nhắn được cho Nguyễn Thị An nữa" in text(last(stage.staff))


async def test_a_chat_that_never_started_the_bot_is_unreachable(stage: Stage, database: Database) -> None:
    stage.person(started=False)
    queue(database, Kind.BIRTHDAY, add_customer(database))
    await stage.sender.drain()
    assert row(database, "outbox", customer_id=1)["status"] == "failed"
    assert row(database, "customer")["unreachable_at"] is not None


async def test_a_flood_loses_nothing(stage: Stage, database: Database, clock: HandClock) -> None:
    stage.messenger.limits.enforced = True
    people = [stage.person(number) for number in range(60)]
    for number in range(60):
        queue(database, Kind.BIRTHDAY, add_customer(database, chat_id=CHAT + number))
    for _ in range(200):
        await stage.sender.drain()
        clock.advance(timedelta(seconds=0.5))
    assert {sent["status"] for sent in rows(database, "outbox")} == {"sent"}
    assert [len(person.chat.messages) for person in people] == [1] * 60


async def test_a_group_that_became_a_supergroup_gets_its_notices_there(
    stage: Stage, database: Database, clock: HandClock
) -> None:
    group = stage.messenger.add_group(-4_000, "Staff", [stage.person().user])
    facts = {"customer": "An", "kind": "message", "text": "Xin chào", "interaction_id": 1}
    about: dict[str, Any] = {"chat_id": group.id, "language": "vi", "template": "staff/interaction", "facts": facts}
    queue(database, Kind.NOTICE, dedupe_key="n", **about)
    moved = stage.messenger.upgrade_group(group.id, to=-1_004_000)
    await stage.sender.drain()
    clock.advance(timedelta(minutes=1))
    await stage.sender.drain()
    assert "Xin chào" in text(last(moved))


async def test_a_closing_takes_the_buttons_off_and_needs_no_contact_policy(
    stage: Stage, database: Database, clock: HandClock
) -> None:
    an = stage.person()
    customer_id = add_customer(database)
    queue_survey(database, customer_id)
    await stage.sender.drain()
    survey = last(an.chat).message_id
    facts = {"kind": "nps", "score": None, "highest": 10, "late": False}
    queue(database, Kind.CLOSING, customer_id, facts=facts, edit_message_id=survey)
    await stage.sender.drain()
    assert labels(an.chat.messages[survey]) == []
    assert "đã đóng" in text(an.chat.messages[survey])


async def test_a_message_that_cannot_be_put_into_words_fails_and_hurts_no_other(
    stage: Stage, database: Database
) -> None:
    stage.person()
    bad = queue(database, Kind.CSAT, add_customer(database), facts={"kind": "csat", "run_id": 1})
    await stage.sender.drain()
    failed = row(database, "outbox", id=bad)
    assert failed["status"] == "failed"
    assert "UndefinedError" in failed["error"]


async def test_a_send_without_an_answer_in_time_is_unknown(
    database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hasty = replace(RULES, delivery=replace(RULES.delivery, timeout=timedelta(seconds=0.01)))
    async with open_stage(database, clock, hasty) as stage:
        stage.person()
        queue(database, Kind.BIRTHDAY, add_customer(database))

        async def never(*_args: object, **_facts: object) -> Any:
            await asyncio.Event().wait()

        monkeypatch.setattr(type(stage.app.bot), "send_message", never)
        await stage.sender.drain()
    assert row(database, "outbox")["status"] == "unknown"


async def test_a_stop_finishes_what_is_in_flight_and_claims_no_more(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.person()
    queue(database, Kind.BIRTHDAY, add_customer(database))
    leaving, may_arrive, stop = asyncio.Event(), asyncio.Event(), asyncio.Event()
    real = Sender._send  # noqa: SLF001  the moment between claim and result is what this is about

    async def slow(self: Sender, one: Any) -> int | None:
        leaving.set()
        await may_arrive.wait()
        return await real(self, one)

    monkeypatch.setattr(Sender, "_send", slow)
    running = asyncio.create_task(stage.sender.run(stop))
    await leaving.wait()
    stop.set()
    stage.person(1)
    left = queue(database, Kind.BIRTHDAY, add_customer(database, chat_id=CHAT + 1))
    may_arrive.set()
    await running
    assert [found["status"] for found in rows(database, "outbox")] == ["sent", "pending"]
    assert row(database, "outbox", id=left)["attempt"] == 0


async def test_a_result_that_cannot_be_kept_is_settled_when_the_lease_runs_out(
    stage: Stage, database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    an = stage.person()
    queue_survey(database, add_customer(database))
    real = database.write

    async def write(use_case: Any, /, **facts: Any) -> Any:
        if use_case is delivery.record:
            raise OSError("disk full")
        return await real(use_case, **facts)

    monkeypatch.setattr(database, "write", write)
    await stage.sender.drain()
    assert row(database, "outbox")["status"] == "sending"
    clock.advance(RULES.delivery.lease + timedelta(seconds=1))
    await stage.sender.drain()
    assert row(database, "outbox")["status"] == "unknown"
    assert len(an.chat.messages) == 1


async def test_the_sender_goes_on_after_the_database_failed(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.person()
    queue(database, Kind.BIRTHDAY, add_customer(database))
    monkeypatch.setattr(sender_module, "POLL", timedelta(0))
    real, errors, stop = database.read, [OSError("gone")], asyncio.Event()

    async def read(use_case: Any, /, **facts: Any) -> Any:
        if errors:
            raise errors.pop()
        found = await real(use_case, **facts)
        if not found:
            stop.set()
        return found

    monkeypatch.setattr(database, "read", read)
    async with asyncio.timeout(20):
        await stage.sender.run(stop)
    assert row(database, "outbox")["status"] == "sent"
