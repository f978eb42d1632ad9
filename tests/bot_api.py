"""A Bot API server of our own, in a process of its own, so that a bot can be killed and its calls counted after.

It is as lenient as Telegram is strict (the playground's transport is the strict one): it keeps updates until an offset
confirms them, gives messages their ids, and remembers each call.
"""

import asyncio
import itertools
import json
import sys
import time
from collections import Counter
from typing import Any

from aiohttp import web

BOT = {"id": 1, "is_bot": True, "first_name": "Bench", "username": "bench_bot", "can_join_groups": True}


class BotApi:
    """Updates that wait, and calls that came."""

    def __init__(self) -> None:
        self.updates: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.new = asyncio.Event()
        self.message_ids = itertools.count(1000)
        self.delay = 0.0
        self.recording = True
        self.given: dict[int, float] = {}
        self.latencies: list[float] = []

    async def handle(self, request: web.Request) -> web.Response:
        method = request.match_info["method"]
        facts: dict[str, Any] = dict(await request.post())
        self.counts[method] += 1
        if method == "getUpdates":
            return _ok(await self._get_updates(facts))
        if method == "editMessageText" and (given := self.given.pop(int(facts["chat_id"]), None)) is not None:
            self.latencies.append(time.perf_counter() - given)
        if self.recording and method in {"sendMessage", "editMessageText"}:
            self.calls.append({"method": method, **facts})
        if method == "getMe":
            return _ok(BOT)
        if method in {"sendMessage", "editMessageText"}:
            message = self._message(facts)
            # The message exists from here on, whatever becomes of the answer.
            if self.delay:
                await asyncio.sleep(self.delay)
            return _ok(message)
        return _ok(True)

    def _message(self, facts: dict[str, Any]) -> dict[str, Any]:
        chat = {"id": int(facts["chat_id"]), "type": "private", "first_name": "x"}
        message_id = int(facts["message_id"]) if "message_id" in facts else next(self.message_ids)
        return {"message_id": message_id, "date": 0, "chat": chat, "text": facts.get("text", "")}

    async def _get_updates(self, facts: dict[str, Any]) -> list[dict[str, Any]]:
        offset, limit = int(facts.get("offset", 0)), int(facts.get("limit", 100))
        # Updates are pushed with rising ids, so what is confirmed is a prefix.
        cut = next((i for i, update in enumerate(self.updates) if update["update_id"] >= offset), len(self.updates))
        del self.updates[:cut]
        if not self.updates:
            self.new.clear()
            try:
                await asyncio.wait_for(self.new.wait(), float(facts.get("timeout", 0)))
            except TimeoutError:
                return []
        batch = self.updates[:limit]
        for update in batch:
            if "callback_query" in update:
                self.given.setdefault(update["callback_query"]["from"]["id"], time.perf_counter())
        return batch

    async def push(self, request: web.Request) -> web.Response:
        self.updates.extend(await request.json())
        self.new.set()
        return _ok(True)

    async def state(self, _request: web.Request) -> web.Response:
        facts = {"counts": self.counts, "calls": self.calls, "latencies": self.latencies, "waiting": len(self.updates)}
        return _ok(facts)

    async def counts_only(self, _request: web.Request) -> web.Response:
        return _ok({"counts": self.counts, "waiting": len(self.updates)})

    async def settings(self, request: web.Request) -> web.Response:
        for name, value in (await request.json()).items():
            setattr(self, name, value)
        return _ok(True)


def _ok(result: object) -> web.Response:
    return web.Response(text=json.dumps({"ok": True, "result": result}), content_type="application/json")


def application() -> web.Application:
    api = BotApi()
    app = web.Application(client_max_size=2**26)
    app.router.add_post("/control/updates", api.push)
    app.router.add_post("/control/settings", api.settings)
    app.router.add_get("/control/state", api.state)
    app.router.add_get("/control/counts", api.counts_only)
    app.router.add_route("*", "/bot{token}/{method}", api.handle)
    return app


if __name__ == "__main__":
    web.run_app(application(), host="127.0.0.1", port=int(sys.argv[1]), print=None, access_log=None)
