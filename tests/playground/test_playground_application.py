"""A real python-telegram-bot application over the playground: updater, offsets, error classes and all."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, InputMediaPhoto, Update
from telegram.error import BadRequest, ChatMigrated, Conflict, Forbidden, InvalidToken, RetryAfter
from telegram.ext import Application, ApplicationBuilder, CallbackQueryHandler, ContextTypes, MessageHandler, filters

from bot.playground.messenger import Messenger
from bot.playground.persons import Person
from bot.playground.transport import PlaygroundRequest

App = Application[Any, Any, Any, Any, Any, Any]
Context = ContextTypes.DEFAULT_TYPE


async def echo(update: Update, _context: Context) -> None:
    assert update.message
    keyboard = InlineKeyboardMarkup([[InlineKeyboardButton("9", callback_data="nps:9")]])
    await update.message.reply_html(f"<b>{update.message.text}</b>", reply_markup=keyboard)


async def choose(update: Update, _context: Context) -> None:
    assert update.callback_query
    await update.callback_query.answer("Cảm ơn")
    await update.callback_query.edit_message_text(f"Đã chọn {update.callback_query.data}")


@pytest.fixture
async def app(messenger: Messenger) -> AsyncIterator[App]:
    """An application that is initialized and can call, but does not listen yet."""
    built = (
        ApplicationBuilder()
        .token("demo")
        .request(PlaygroundRequest(messenger))
        .get_updates_request(PlaygroundRequest(messenger))
        .build()
    )
    built.add_handler(MessageHandler(filters.TEXT, echo))
    built.add_handler(CallbackQueryHandler(choose))
    async with built:
        yield built


@pytest.fixture
async def listening(app: App) -> AsyncIterator[App]:
    assert app.updater
    await app.start()
    await app.updater.start_polling()
    yield app
    await app.updater.stop()
    await app.stop()


async def heard(messenger: Messenger, kind: str) -> dict[str, Any]:
    """Wait for the next change of this kind."""
    async with asyncio.timeout(5):
        async for change in messenger.changes.listen():
            if change["kind"] == kind:
                return change
    raise AssertionError(f"no {kind} came")


@pytest.mark.usefixtures("listening")
async def test_a_bot_answers_and_edits_what_it_said(messenger: Messenger, an: Person) -> None:
    answer = (await heard(messenger, "message"))["message"]
    assert (answer["text"], answer["entities"][0]["type"]) == ("/start", "bold")
    an.tap(answer["message_id"], "9")
    edit = (await heard(messenger, "edit"))["message"]
    assert edit["text"] == "Đã chọn nps:9"


@pytest.mark.usefixtures("listening")
async def test_updates_are_confirmed_by_the_next_poll(messenger: Messenger, an: Person) -> None:
    assert an.chat.messages
    async with asyncio.timeout(5):
        await messenger.updates.drained()


async def test_refusals_become_the_librarys_own_errors(app: App, messenger: Messenger, an: Person, hoa: Person) -> None:
    with pytest.raises(BadRequest, match="Chat not found"):
        await app.bot.send_message(hoa.user.id, "a")
    sent = await app.bot.send_message(an.user.id, "a")
    with pytest.raises(BadRequest, match="Message is not modified"):
        await sent.edit_text("a")
    messenger.add_group(-5, "Staff", [hoa.user])
    messenger.upgrade_group(-5, to=-1_005)
    with pytest.raises(ChatMigrated) as migrated:
        await app.bot.send_message(-5, "a")
    assert migrated.value.new_chat_id == -1_005
    an.block()
    with pytest.raises(Forbidden, match="bot was blocked by the user"):
        await app.bot.send_message(an.user.id, "a")


async def test_too_much_speed_becomes_the_librarys_own_error(
    app: App, an: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "1")
    for _ in range(5):
        await app.bot.send_message(an.user.id, "a")
    with pytest.raises(RetryAfter) as refused:
        await app.bot.send_message(an.user.id, "a")
    assert refused.value.retry_after == timedelta(seconds=5)


async def test_a_method_that_is_not_there_is_unknown_to_the_library_too(app: App) -> None:
    with pytest.raises(InvalidToken, match="method not found"):
        await app.bot.send_dice(5)


async def test_two_pollers_of_one_bot_are_in_conflict(app: App) -> None:
    first = asyncio.create_task(app.bot.get_updates(timeout=5))
    # Once for the task to start, once for the request to pass its own yield, once to reach the wait.
    for _ in range(3):
        await asyncio.sleep(0)
    second = asyncio.create_task(app.bot.get_updates(timeout=5))
    with pytest.raises(Conflict):
        await first
    second.cancel()


async def test_files_travel_both_ways(app: App, an: Person, png: bytes) -> None:
    sent = await app.bot.send_photo(an.user.id, png, caption="NPS")
    assert (sent.photo[-1].width, sent.photo[-1].height) == (1200, 675)
    file = await app.bot.get_file(sent.photo[-1])
    assert bytes(await file.download_as_bytearray()) == png
    document = await app.bot.send_document(an.user.id, b"n\n1\n", filename="báo cáo.csv")
    assert document.document
    assert (document.document.file_name, document.document.mime_type) == ("báo cáo.csv", "text/csv")


async def test_a_new_picture_takes_the_place_of_the_old(app: App, an: Person, png: bytes) -> None:
    sent = await app.bot.send_photo(an.user.id, png)
    edited = await sent.edit_media(InputMediaPhoto(png, caption="Quý 4"))
    assert not isinstance(edited, bool)
    assert (edited.caption, edited.photo[-1].file_id != sent.photo[-1].file_id) == ("Quý 4", True)


async def test_the_library_can_read_a_chat_and_the_bot_itself(app: App, an: Person) -> None:
    assert (await app.bot.get_chat(an.user.id)).first_name == "Nguyễn Thị An"
    assert (await app.bot.get_me()).username == "touchpoint_demo_bot"
    assert (await app.bot.get_webhook_info()).pending_update_count == 1
