"""Watches every request from the outside: for the journal, and for the line in the log."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.edge import RECORD
from mock_server.journal import Exchange
from mock_server.lies import MARK
from mock_server.memory import Memory
from mock_server.pages import OWN
from mock_server.refusals import UnreadableId
from mock_server.reply import SOURCE, Reply
from mock_server.settings import Log
from mock_server.target import canonical, decoded
from spec import Operation

MAX_PATH: Final = 200
"""Characters of a path in a line of the log."""

_SECRET: Final = frozenset(
    {"authorization", "cookie", "proxy-authorization", "x-api-key", "apikey", "x-auth-token"}
)


class Recorder:
    """Passes a request on, and remembers what became of it."""

    def __init__(self, app: ASGIApp, memory: Memory) -> None:
        self.app = app
        self.memory = memory
        self.write = _WRITERS[memory.settings.log]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        watch = _Watch(send)
        extensions = {**scope.get("extensions", {}), RECORD: watch.replies}
        try:
            await self.app({**scope, "extensions": extensions}, receive, watch.send)
        finally:
            self._record(watch.exchange(scope, self.memory))

    def _record(self, exchange: Exchange) -> None:
        if exchange.path not in OWN:
            self.memory.journal.add(exchange)
        self.write(exchange)


class _Watch:
    """Sees an answer pass."""

    def __init__(self, send: Send) -> None:
        self.replies: list[Reply] = []
        self._send = send
        self._start = time.perf_counter()
        self._time = datetime.now(UTC)
        self._head: Message = {"status": 0, "headers": []}
        self._body = bytearray()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._head = message
        else:
            self._body += message.get("body", b"")
        await self._send(message)

    def exchange(self, scope: Scope, memory: Memory) -> Exchange:
        path = canonical(scope.get("raw_path") or scope["path"].encode())
        marks = self.replies[-1].headers if self.replies else {}
        request = Headers(scope=scope)
        return Exchange(
            time=self._time,
            method=scope["method"],
            host=request.get("host", "localhost"),
            path=path,
            instance=_instance(path, memory.operation),
            request_headers=tuple((name, _masked(name, value)) for name, value in request.items()),
            status=self._head["status"],
            response_headers=tuple(Headers(raw=self._head["headers"]).items()),
            body=bytes(self._body),
            milliseconds=round((time.perf_counter() - self._start) * 1000, 1),
            source=marks.get(SOURCE, "-"),
            lie=marks.get(MARK),
            number=memory.journal.next_number(),
        )


def _masked(name: str, value: str) -> str:
    """Keep the scheme of credentials, and nothing else of them."""
    if name not in _SECRET:
        return value
    scheme, blank, _ = value.partition(" ")
    return f"{scheme} ***" if blank and name != "cookie" else "***"


def _instance(path: str, operation: Operation) -> str | None:
    """Return the instance that a path of the contract asks for."""
    before, _, after = operation.path.partition("{instanceId}")
    segment = path.removeprefix(before).removesuffix(after)
    if "/" in segment or not segment or path != before + segment + after:
        return None
    try:
        return decoded(segment)
    except UnreadableId:
        return None


def _text(exchange: Exchange) -> None:
    lie = f" LIE {exchange.lie}" if exchange.lie else ""
    _say(
        f"{exchange.time:%H:%M:%S} {exchange.status} {exchange.method} {exchange.path[:MAX_PATH]} "
        f"{exchange.milliseconds} ms ({exchange.source}){lie}"
    )


def _json(exchange: Exchange) -> None:
    entry = {
        "time": exchange.time.isoformat(timespec="milliseconds"),
        "status": exchange.status,
        "method": exchange.method,
        "path": exchange.path[:MAX_PATH],
        "milliseconds": exchange.milliseconds,
        "source": exchange.source,
        "lie": exchange.lie,
    }
    _say(json.dumps(entry))


def _say(line: str) -> None:
    with suppress(OSError):  # whoever read the log may have gone
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _nothing(_: Exchange) -> None:
    """Say nothing."""


_WRITERS: Final[Mapping[Log, Callable[[Exchange], None]]] = {
    "off": _nothing,
    "text": _text,
    "json": _json,
}
