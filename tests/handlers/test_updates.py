"""No update is confirmed before it is handled or stored."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from telegram import Update
from telegram.error import Conflict, InvalidToken, NetworkError

from bot.services import updates
from handlers import updates as intake_module
from handlers.updates import ALLOWED, Intake
from storage.database import Database
from tests.conftest import HandClock
from tests.factories import CHAT, add_customer, row, rows
from tests.stage import Stage, last, text
from tests.telegram_process import text as text_update


class Hurdle:
    """Stands before the application's handlers: fails a number of times, or keeps them waiting."""

    def __init__(self, stage: Stage, monkeypatch: pytest.MonkeyPatch, *, failures: int = 0) -> None:
        self.open = asyncio.Event()
        self.open.set()
        self.seen: list[int] = []
        self._left = failures
        self._through = stage.app.process_update
        monkeypatch.setattr(type(stage.app), "process_update", self._process)
        self._stage = stage

    async def _process(self, update: Update) -> None:
        await self.open.wait()
        self.seen.append(update.update_id)
        if self._left:
            self._left -= 1
            self._stage.app.bot_data.failures[update.update_id] = LookupError("a hurdle")
            return
        await self._through(update)


def message(stage: Stage, update_id: int, chat_id: int = CHAT, words: str = "xin chào") -> Update:
    return Update.de_json(text_update(update_id, chat_id, update_id, words), stage.app.bot)


async def test_an_update_that_fails_is_kept_and_handled_when_its_hour_comes(
    stage: Stage, database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customer(database)
    stage.person()
    Hurdle(stage, monkeypatch, failures=1)
    await stage.intake.accept([message(stage, 1)])
    kept = row(database, "inbox")
    assert (kept["attempts"], kept["error"], kept["next_at"]) == (
        1,
        "LookupError: a hurdle",
        clock.now() + timedelta(seconds=2),
    )
    await stage.intake.replay()
    assert rows(database, "interaction") == []
    clock.advance(timedelta(seconds=2))
    await stage.intake.replay()
    assert row(database, "interaction")["body"] == "xin chào"
    assert rows(database, "inbox") == []


async def test_an_update_that_always_fails_is_given_up_and_stays_to_be_seen(
    stage: Stage, database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    Hurdle(stage, monkeypatch, failures=100)
    await stage.intake.accept([message(stage, 1)])
    for _ in range(updates.ATTEMPTS + 3):
        clock.advance(timedelta(hours=1))
        await stage.intake.replay()
    given_up = row(database, "inbox")
    assert (given_up["attempts"], given_up["next_at"]) == (updates.ATTEMPTS, None)


async def test_what_takes_long_is_stored_before_the_batch_is_safe_and_removed_when_done(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customer(database)
    stage.person()
    monkeypatch.setattr(intake_module, "PATIENCE_SECONDS", 0.01)
    hurdle = Hurdle(stage, monkeypatch)
    hurdle.open.clear()
    await stage.intake.accept([message(stage, 1)])
    assert row(database, "inbox")["payload"]["message"]["text"] == "xin chào"
    hurdle.open.set()
    await stage.intake.finish()
    assert rows(database, "inbox") == []
    assert len(rows(database, "interaction")) == 1


async def test_what_is_in_hand_is_not_taken_up_a_second_time(
    stage: Stage, database: Database, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(intake_module, "PATIENCE_SECONDS", 0.01)
    hurdle = Hurdle(stage, monkeypatch)
    hurdle.open.clear()
    await stage.intake.accept([message(stage, 1)])
    clock.advance(timedelta(hours=1))
    await stage.intake.replay()
    hurdle.open.set()
    await stage.intake.finish()
    assert hurdle.seen == [1]


async def test_a_new_process_takes_up_what_the_last_one_had_in_hand(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customer(database)
    stage.person()
    payload = message(stage, 1).to_dict()
    await database.write(updates.keep, payloads=[payload])
    after_restart = Intake(stage.app)
    await after_restart.replay()
    assert rows(database, "interaction") == []
    await database.write(updates.hasten)
    await after_restart.replay()
    assert len(rows(database, "interaction")) == 1
    assert rows(database, "inbox") == []


async def test_one_chats_updates_keep_their_order_and_another_chat_does_not_wait(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = asyncio.Event()
    order: list[str] = []

    async def process(_app: object, update: Update) -> None:
        if update.update_id == 1:
            await slow.wait()
        assert update.effective_user is not None
        order.append(f"{update.effective_user.id - CHAT}:{update.update_id}")
        if update.update_id == 3:
            slow.set()

    monkeypatch.setattr(type(stage.app), "process_update", process)
    await stage.intake.accept([message(stage, 1), message(stage, 2), message(stage, 3, CHAT + 1)])
    assert order == ["1:3", "0:1", "0:2"]


async def test_a_batch_that_the_database_cannot_keep_is_not_confirmed(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    Hurdle(stage, monkeypatch, failures=1)
    real = database.write

    async def write(use_case: Any, /, **facts: Any) -> Any:
        if use_case is updates.keep_failure:
            raise OSError("disk full")
        return await real(use_case, **facts)

    monkeypatch.setattr(database, "write", write)
    with pytest.raises(OSError, match="disk full"):
        await stage.intake.accept([message(stage, 1)])


async def poll_until_confirmed(stage: Stage) -> None:
    """Poll as the bot does until everything is confirmed; then stop as SIGTERM does."""
    stop = asyncio.Event()
    polling = asyncio.create_task(stage.intake.poll(stop))
    async with asyncio.timeout(20):
        await stage.messenger.updates.drained()
    stop.set()
    await polling


async def test_a_stop_confirms_what_was_handled_and_nothing_else(stage: Stage, database: Database) -> None:
    add_customer(database)
    an = stage.person()
    an.send_text("một")
    an.send_text("hai")
    await poll_until_confirmed(stage)
    an.send_text("ba")
    assert [kept["body"] for kept in rows(database, "interaction")] == ["một", "hai"]
    assert stage.messenger.updates.unconfirmed == 1


async def test_what_is_in_hand_at_a_stop_is_finished_and_then_confirmed(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_customer(database)
    monkeypatch.setattr(intake_module, "PATIENCE_SECONDS", 0.01)
    hurdle = Hurdle(stage, monkeypatch)
    hurdle.open.clear()
    stop = asyncio.Event()
    stage.person().send_text("một")
    polling = asyncio.create_task(stage.intake.poll(stop))
    async with asyncio.timeout(20):
        await stage.messenger.updates.drained()
    stop.set()
    hurdle.open.set()
    await polling
    assert row(database, "interaction")["body"] == "một"
    assert rows(database, "inbox") == []


@pytest.mark.parametrize("error", [NetworkError("down"), Conflict("another poller")])
async def test_polling_goes_on_after_an_error(
    stage: Stage, database: Database, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    add_customer(database)
    monkeypatch.setattr(intake_module, "LONGEST_BACKOFF_SECONDS", 0.0)
    real, errors = type(stage.app.bot).get_updates, [error]

    async def get_updates(bot: Any, *args: Any, **facts: Any) -> Any:
        if errors:
            raise errors.pop()
        return await real(bot, *args, **facts)

    monkeypatch.setattr(type(stage.app.bot), "get_updates", get_updates)
    stage.person().send_text("một")
    await poll_until_confirmed(stage)
    assert row(database, "interaction")["body"] == "một"


async def test_a_token_that_telegram_does_not_know_ends_the_polling(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def get_updates(*_args: Any, **_facts: Any) -> Any:
        raise InvalidToken

    monkeypatch.setattr(type(stage.app.bot), "get_updates", get_updates)
    with pytest.raises(InvalidToken):
        await stage.intake.poll(asyncio.Event())


async def test_an_update_of_a_kind_that_telegram_invents_tomorrow_is_passed_over(
    stage: Stage, database: Database
) -> None:
    strange = Update.de_json({"update_id": 1, "brand_new_thing": {"x": 1}}, stage.app.bot)
    await stage.intake.accept([strange])
    assert rows(database, "inbox") == []


async def test_only_kinds_that_we_handle_are_asked_for(stage: Stage) -> None:
    assert set(ALLOWED) == {"message", "edited_message", "callback_query", "my_chat_member"}


async def test_a_handled_update_that_comes_again_is_answered_again_and_counted_once(
    stage: Stage, database: Database
) -> None:
    add_customer(database)
    an = stage.person()
    await stage.intake.accept([message(stage, 1)])
    await stage.intake.accept([message(stage, 1)])
    assert len(rows(database, "interaction")) == 1
    assert "đã nhận được" in text(last(an.chat))
