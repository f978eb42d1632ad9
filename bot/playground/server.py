"""Runs the page beside the bot in one event loop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

HOST = "127.0.0.1"
PORT = 8800


class _QuietServer(uvicorn.Server):
    """Leaves signals to the one who started it: uvicorn raises them again when it ends, and nothing would run after."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def serve_playground(app: Starlette, host: str = HOST, port: int = PORT) -> None:
    """Serve until cancelled; then end the event streams, finish open requests and close the socket."""
    server = _QuietServer(uvicorn.Config(app, host=host, port=port, log_level="warning", timeout_graceful_shutdown=3))
    serving = asyncio.create_task(server.serve())
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        app.state.playground.messenger.changes.close()
        server.should_exit = True
        await serving
        raise
