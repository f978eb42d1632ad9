"""Drawing pictures and writing files without keeping anybody waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draw")
"""Drawing keeps one processor busy for a tenth of a second, so pictures are drawn one after the other."""


async def drawn(draw: Callable[..., T], *what: object) -> T:
    """A picture or a file, made in the thread for them."""
    return await asyncio.get_running_loop().run_in_executor(DRAWING, draw, *what)
