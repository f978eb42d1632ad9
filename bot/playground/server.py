"""Runs the page beside the bot in one event loop."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

HOST = "127.0.0.1"
PORT = 8800


class PortTakenError(Exception):
    """Another program listens on the port."""


class _QuietServer(uvicorn.Server):
    """Leaves signals to the one who started it: uvicorn raises them again when it ends, and nothing would run after."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(host: str, port: int) -> socket.socket:
    """A socket that listens; port 0 takes any that is free.

    Raises:
        PortTakenError: the port is in use or forbidden.
    """
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise PortTakenError(f"port {port} cannot be used: {error.strerror}") from error


async def serve_playground(app: Starlette, listener: socket.socket) -> None:
    """Serve until cancelled; then end the event streams, finish open requests and close the socket."""
    server = _QuietServer(uvicorn.Config(app, log_level="warning", timeout_graceful_shutdown=3))
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        app.state.playground.messenger.changes.close()
        server.should_exit = True
        await serving
        raise
