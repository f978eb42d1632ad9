"""The road between python-telegram-bot and the playground: real calls, real answers, no socket."""

import asyncio
import json
import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from telegram.request import BaseRequest, RequestData

from bot.playground.botapi import call_method
from bot.playground.messenger import Messenger
from bot.playground.parameters import Upload
from bot.playground.refusals import Refusal

_METHOD = re.compile(r"/bot[^/]+/(\w+)$")
_FILE = re.compile(r"/file/bot[^/]+/(.+)$")


class PlaygroundRequest(BaseRequest):
    """Give one to `.request()` and one to `.get_updates_request()` of an ApplicationBuilder, with any token."""

    def __init__(self, messenger: Messenger) -> None:
        self._messenger = messenger

    @property
    def read_timeout(self) -> float | None:
        return 5.0

    async def initialize(self) -> None:
        """There is no connection to open."""

    async def shutdown(self) -> None:
        """There is no connection to close."""

    async def do_request(  # noqa: PLR0917  the signature is BaseRequest's
        self,
        url: str,
        method: str,  # noqa: ARG002  GET and POST are the same to the Bot API
        request_data: RequestData | None = None,
        read_timeout: object = None,  # noqa: ARG002  nothing travels, so nothing times out
        write_timeout: object = None,  # noqa: ARG002  the same
        connect_timeout: object = None,  # noqa: ARG002  the same
        pool_timeout: object = None,  # noqa: ARG002  the same
    ) -> tuple[int, bytes]:
        # A call over a network always lets others run; a bot must not come to rely on the contrary.
        await asyncio.sleep(0)
        try:
            return HTTPStatus.OK, await self._answer(url, request_data)
        except Refusal as refusal:
            return refusal.status, json.dumps(refusal.to_json()).encode()

    async def _answer(self, url: str, data: RequestData | None) -> bytes:
        if file := _FILE.search(url):
            return self._messenger.files.at(file[1]).upload.content
        found = _METHOD.search(url)
        wire = data.json_parameters if data else {}
        result = await call_method(
            self._messenger, found[1] if found else "", wire, _uploads(data.multipart_data if data else None)
        )
        return json.dumps({"ok": True, "result": result}).encode()


def _uploads(files: Mapping[str, tuple[str, Any, str]] | None) -> dict[str, Upload]:
    return {
        name: Upload(file_name, content if isinstance(content, bytes) else content.read(), mime_type)
        for name, (file_name, content, mime_type) in (files or {}).items()
    }
