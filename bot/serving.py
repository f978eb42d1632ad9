"""Serving HTTP beside the bot in one event loop."""

import asyncio
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


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


async def serve(app: Starlette, listener: socket.socket, *, before_closing: Callable[[], None] | None = None) -> None:
    """Serve until cancelled; then finish open requests and close the socket. Addresses and headers are never logged."""
    config = uvicorn.Config(app, log_level="warning", access_log=False, timeout_graceful_shutdown=3)
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await asyncio.shield(serving)
    except asyncio.CancelledError:
        if before_closing is not None:
            before_closing()
        server.should_exit = True
        await serving
        raise
