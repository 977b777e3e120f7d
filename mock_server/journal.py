"""Remembers nothing yet, but says a line for each request where someone reads it."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.settings import Log
from mock_server.target import canonical

MAX_PATH: Final = 200


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, without the query and without credentials."""

    time: str
    method: str
    path: str
    status: int
    milliseconds: float
    source: str


class Recorder:
    """Says what was asked and how it was answered."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self.app = app
        self.write = _WRITERS[log]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        start = time.perf_counter()
        head: Message = {"status": 0, "headers": []}

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                head.update(message)
            await send(message)

        try:
            await self.app(scope, receive, watched)
        finally:
            self.write(_exchange(scope, head, time.perf_counter() - start))


def _exchange(scope: Scope, head: Message, seconds: float) -> Exchange:
    return Exchange(
        time=time.strftime("%H:%M:%S"),
        method=scope["method"],
        path=canonical(scope.get("raw_path") or scope["path"].encode())[:MAX_PATH],
        status=head["status"],
        milliseconds=round(seconds * 1000, 1),
        source=Headers(raw=head["headers"]).get("Mock-Source", "-"),
    )


def _text(exchange: Exchange) -> None:
    line = "{time} {status} {method} {path} {milliseconds} ms ({source})"
    print(line.format(**asdict(exchange)), file=sys.stdout, flush=True)  # noqa: T201


def _json(exchange: Exchange) -> None:
    print(json.dumps(asdict(exchange)), file=sys.stdout, flush=True)  # noqa: T201


def _nothing(_: Exchange) -> None:
    """Say nothing."""


_WRITERS: Final[Mapping[Log, Callable[[Exchange], None]]] = {
    "off": _nothing,
    "text": _text,
    "json": _json,
}
