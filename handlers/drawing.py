"""Drawing pictures without keeping anybody waiting."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

DRAWING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="draw")
"""Drawing keeps one processor busy for a tenth of a second, so pictures are drawn one after the other."""


async def drawn(draw: Callable[..., bytes], *what: object) -> bytes:
    """A picture, drawn in the thread for pictures."""
    return await asyncio.get_running_loop().run_in_executor(DRAWING, draw, *what)
