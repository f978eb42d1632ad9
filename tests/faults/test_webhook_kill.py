"""A kill while another system is being told: it hears of it again, by the same id."""

import sys
import threading
from collections.abc import Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bot.clock import utc_now
from bot.domain.rules import Rules
from bot.domain.webhooks import Event
from storage.database import Database, Tx
from storage.migrate import migrate
from storage.webhooks import emit
from tests.factories import add_customer, rows
from tests.telegram_process import bot_api, bot_environment, process, wait_until

BOT = [sys.executable, "-m", "bot", "run"]
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105  from the standard's own page
QUICK = """
[delivery]
timeout = "1s"
lease = "3s"
"""


class Receiver(ThreadingHTTPServer):
    """Hears every call, and keeps it waiting for an answer until it `may_answer`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.heard: list[str] = []
        self.may_answer = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(self.headers["webhook-id"])
        self.server.may_answer.wait()
        if len(self.server.heard) > 1:
            self.send_response(204)
            self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Nothing to say."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.may_answer.set()
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_kill_in_mid_call_loses_nothing_and_the_second_call_has_the_same_id(
    receiver: Receiver, tmp_path: Path
) -> None:
    url, address = f"sqlite:///{tmp_path / 'touchpoint.sqlite3'}", f"http://127.0.0.1:{receiver.server_port}/hook"
    migrate(url)
    database = Database(url, now=utc_now)

    def tell(tx: Tx, *, now: datetime) -> None:
        emit(tx, Event.ANSWER_GIVEN, customer_id, {}, key="1", rules=Rules(webhook_url=address), now=now)

    customer_id = add_customer(database, chat_id=None)
    database.write_now(tell)
    rules = tmp_path / "rules.toml"
    rules.write_text(QUICK)
    with bot_api() as telegram:
        settings = {"TOUCHPOINT_WEBHOOK_URL": address, "TOUCHPOINT_WEBHOOK_SECRET": SECRET}
        environment = bot_environment(telegram, url, TOUCHPOINT_RULES=str(rules), **settings)
        with process(BOT, **environment) as running:
            wait_until(lambda: len(receiver.heard) == 1, "the call has arrived")
            running.kill()
        receiver.may_answer.set()
        with process(BOT, **environment):
            wait_until(lambda: rows(database, "outbox", status="sent") != [], "the call was heard")
    assert len(receiver.heard) >= 2
    assert len(set(receiver.heard)) == 1
    database.close()
