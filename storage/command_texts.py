"""The words of staff commands that wait for a button, and what the next words of a chat are for."""

from datetime import datetime, timedelta

from sqlalchemy import delete, select

from storage.database import Tx, insert_for
from storage.tables import command_text

KEPT_FOR = timedelta(days=30)
NEXT = 0
"""In the place of a message's id, of which Telegram gives none so: the message that comes next."""


def keep(tx: Tx, *, chat_id: int, message_id: int, body: str, now: datetime) -> None:
    """Keep a command's words for its buttons, and forget those that nobody will tap any more."""
    tx.execute(delete(command_text).where(command_text.c.kept_at < now - KEPT_FOR))
    statement = insert_for(tx)(command_text).values(chat_id=chat_id, message_id=message_id, body=body, kept_at=now)
    tx.execute(statement.on_conflict_do_nothing(index_elements=["chat_id", "message_id"]))


def load(tx: Tx, *, chat_id: int, message_id: int) -> str | None:
    """The words of the command that came in this message, or None when they are kept no more."""
    statement = select(command_text.c.body)
    return tx.execute(
        statement.where(command_text.c.chat_id == chat_id, command_text.c.message_id == message_id)
    ).scalar_one_or_none()


def await_words(tx: Tx, *, chat_id: int, purpose: str, now: datetime) -> None:
    """The next words in a chat are for this purpose, and no more for another."""
    kept = {"body": purpose, "kept_at": now}
    statement = insert_for(tx)(command_text).values(chat_id=chat_id, message_id=NEXT, **kept)
    tx.execute(statement.on_conflict_do_update(index_elements=["chat_id", "message_id"], set_=kept))


def take_awaited(tx: Tx, *, chat_id: int, since: datetime) -> str | None:
    """What the words that came are for, if that was said since then; the words after them are for nothing."""
    awaited = (command_text.c.chat_id == chat_id, command_text.c.message_id == NEXT)
    row = tx.execute(
        delete(command_text).where(*awaited).returning(command_text.c.body, command_text.c.kept_at)
    ).first()
    return row.body if row is not None and row.kept_at >= since else None
