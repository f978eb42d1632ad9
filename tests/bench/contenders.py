"""Bots to measure beside: `python tests/bench/contenders.py NAME API_URL DATABASE_FILE`."""

# ruff: noqa: PLC0415  each bot loads its own library and not the others'

import asyncio
import logging
import sys
from typing import Any

from sqlalchemy import Engine, event
from sqlmodel import Field, Session, SQLModel, create_engine

TOKEN = "1:token"  # noqa: S105  of a server that takes any


class Tapped(SQLModel, table=True):
    """The one row that a bare bot inserts a tap."""

    id: int | None = Field(default=None, primary_key=True)
    chat_id: int
    data: str


def engine(path: str) -> Engine:
    made = create_engine(f"sqlite:///{path}")

    @event.listens_for(made, "connect")
    def durable(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    SQLModel.metadata.create_all(made)
    return made


def insert(made: Engine, chat_id: int, data: str) -> None:
    with Session(made) as session:
        session.add(Tapped(chat_id=chat_id, data=data))
        session.commit()


def run_telegram(api_url: str, made: Engine | None, *, concurrent: bool) -> None:
    """python-telegram-bot with its defaults; without a database, its handler does nothing but answer and edit."""
    from telegram import Update
    from telegram.ext import Application, CallbackQueryHandler, ContextTypes

    async def tapped(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        query = update.callback_query
        assert query is not None
        await query.answer()
        if made is not None:
            insert(made, query.from_user.id, query.data or "")
        await query.edit_message_text(f"{query.data}")

    app = Application.builder().token(TOKEN).base_url(f"{api_url}/bot").concurrent_updates(concurrent).build()
    app.add_handler(CallbackQueryHandler(tapped))
    app.run_polling()


def run_aiogram(api_url: str, made: Engine) -> None:
    """Aiogram with its defaults."""
    from aiogram import Bot, Dispatcher
    from aiogram.client.session.aiohttp import AiohttpSession
    from aiogram.client.telegram import TelegramAPIServer
    from aiogram.types import CallbackQuery, Message

    dispatcher = Dispatcher()

    @dispatcher.callback_query()
    async def tapped(query: CallbackQuery) -> None:
        await query.answer()
        insert(made, query.from_user.id, query.data or "")
        assert isinstance(query.message, Message)
        await query.message.edit_text(f"{query.data}")

    bot = Bot(TOKEN, session=AiohttpSession(api=TelegramAPIServer.from_base(api_url)))
    asyncio.run(dispatcher.start_polling(bot))


def main(name: str, api_url: str, path: str) -> None:
    logging.disable(logging.CRITICAL)
    match name:
        case "telegram-idle":
            run_telegram(api_url, None, concurrent=False)
        case "telegram":
            run_telegram(api_url, engine(path), concurrent=False)
        case "telegram-concurrent":
            run_telegram(api_url, engine(path), concurrent=True)
        case "aiogram":
            run_aiogram(api_url, engine(path))


if __name__ == "__main__":
    main(*sys.argv[1:])
