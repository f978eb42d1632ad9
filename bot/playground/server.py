"""Runs the page beside the bot in one event loop."""

import socket

from starlette.applications import Starlette

from bot.serving import serve

HOST = "127.0.0.1"
PORT = 8800


async def serve_playground(app: Starlette, listener: socket.socket) -> None:
    """Serve until cancelled; then end the event streams, finish open requests and close the socket."""
    await serve(app, listener, before_closing=app.state.playground.messenger.changes.close)
