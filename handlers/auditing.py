"""How staff reach a use case: never past the audit log."""

from collections.abc import Callable
from typing import Any, TypeVar

from telegram import Update

from bot.domain.audit import Deed
from bot.services import audit
from handlers import choosing, replies
from handlers.context import Context, message

T = TypeVar("T")


async def act(context: Context, deed: Deed, use_case: Callable[..., T], **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
    """Run a use case that writes, logged in its own transaction."""
    return await context.bot_data.db.write(audit.perform, deed=deed, use_case=use_case, **facts)


async def look(context: Context, deed: Deed, use_case: Callable[..., T], **facts: Any) -> T:  # noqa: ANN401  the use case's own facts
    """Run a use case that reads, after the look is logged."""
    await context.bot_data.db.write(audit.note, deed=deed)
    return await context.bot_data.db.read(use_case, **facts)


async def log(update: Update, context: Context) -> None:
    """`/audit`, and after it a customer or a member of staff."""
    by = await choosing.asker(update, context)
    query = " ".join(context.args or ())
    deed = Deed(staff_id=by.user_id, command="audit")
    said = await look(context, deed, audit.show_log, query=query, language=by.language)
    await replies.send(context, message(update).chat_id, said)
