"""Starting the Bot API server and bots as processes of their own, and talking to them."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
TOKEN = "1:token"  # noqa: S105  of a server that takes any
PATIENCE_SECONDS = 60.0


class Server:
    """A running Bot API server."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def push(self, updates: list[dict[str, Any]]) -> None:
        self._call("/control/updates", updates)

    def set(self, **settings: object) -> None:
        self._call("/control/settings", settings)

    def state(self) -> dict[str, Any]:
        return dict(self._call("/control/state"))

    def counts(self) -> Mapping[str, int]:
        return dict(self._call("/control/counts")["counts"])

    def waiting(self) -> int:
        return int(self._call("/control/counts")["waiting"])

    def _call(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers={"Content-Type": "application/json"})  # noqa: S310  our own server
        with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310  our own server
            return json.load(response)["result"]


@contextmanager
def bot_api() -> Iterator[Server]:
    """A Bot API server on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with process([sys.executable, str(ROOT / "tests" / "bot_api.py"), str(port)]):
        server = Server(port)
        wait_until(lambda: _answers(server), "the Bot API server answers")
        yield server


def _answers(server: Server) -> bool:
    try:
        server.counts()
    except OSError:
        return False
    return True


@contextmanager
def process(command: list[str], **environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that does not outlive the block."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COV_")}
    log = subprocess.DEVNULL if "TESTS_SHOW_LOGS" not in os.environ else None
    running = subprocess.Popen(command, cwd=ROOT, env={**kept, **environment}, stdout=log, stderr=log)
    try:
        yield running
    finally:
        if running.poll() is None:
            running.send_signal(signal.SIGKILL)
        running.wait()


def bot_environment(server: Server, database_url: str, **more: str) -> dict[str, str]:
    """What a bot needs to talk to the server instead of Telegram."""
    return {"BOT_TOKEN": TOKEN, "BOT_API_URL": server.url, "DATABASE_URL": database_url, "LOG_LEVEL": "WARNING", **more}


def wait_until(
    happened: Callable[[], bool], what: str, *, every: float = 0.02, patience: float = PATIENCE_SECONDS
) -> None:
    """Wait for something that another process does.

    Raises:
        TimeoutError: it did not come.
    """
    give_up = time.monotonic() + patience
    while not happened():
        if time.monotonic() > give_up:
            raise TimeoutError(f"waited {patience:.0f} s in vain until {what}")
        time.sleep(every)


def tap(update_id: int, chat_id: int, message_id: int, data: str) -> dict[str, Any]:
    """A tap on a button, as Telegram reports it."""
    person = {"id": chat_id, "is_bot": False, "first_name": "An", "language_code": "vi"}
    chat = {"id": chat_id, "type": "private", "first_name": "An"}
    message = {"message_id": message_id, "date": 1, "chat": chat, "text": "?"}
    query = {"id": str(update_id), "from": person, "message": message, "chat_instance": "1", "data": data}
    return {"update_id": update_id, "callback_query": query}


def text(update_id: int, chat_id: int, message_id: int, words: str) -> dict[str, Any]:
    """A message, as Telegram reports it."""
    person = {"id": chat_id, "is_bot": False, "first_name": "An", "language_code": "vi"}
    chat = {"id": chat_id, "type": "private", "first_name": "An"}
    message = {"message_id": message_id, "date": 1, "chat": chat, "from": person, "text": words}
    return {"update_id": update_id, "message": message}
