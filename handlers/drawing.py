"""Pictures are drawn, and files written, in a thread of their own, while the chat says that one is coming."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from telegram.constants import ChatAction
from telegram.error import Forbidden, NetworkError

from bot.domain.messages import Message
from handlers import replies
from handlers.context import Context

T = TypeVar("T")

DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draw")
"""Drawing keeps one processor busy for a tenth of a second, so pictures are drawn one after the other."""


async def send(context: Context, chat_id: int, draw: Callable[[], bytes], message: Message) -> None:
    """Draw a picture and send it with its message."""
    with suppress(Forbidden, NetworkError):  # the picture comes all the same, or says why it cannot
        await context.bot.send_chat_action(chat_id, ChatAction.UPLOAD_PHOTO)
    await replies.send_picture(context, chat_id, await make(draw), message)


async def make(draw: Callable[[], T]) -> T:
    """What is drawn, or written into a file that takes as long."""
    return await asyncio.get_running_loop().run_in_executor(DRAWING, draw)
