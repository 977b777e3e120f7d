"""A server of raw bytes: it reads a request, and says whatever a speaker wants said."""

from __future__ import annotations

import itertools
import socket
import socketserver
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from typing import Any, cast

HEAD_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came.

    `number` counts the requests of one server from 1, `line` its connections, `turn` the requests
    of one connection. `lines` are the header fields as they were written, spaces and all.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    number: int
    turn: int = 1
    line: int = 1
    version: str = "HTTP/1.1"
    lines: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def stays(self) -> bool:
        """True where the other side wants to ask again on the same connection."""
        return self.values("connection") == ["keep-alive"]

    def values(self, name: str) -> list[str]:
        """Return the values of a header, one for each line it stood on."""
        return [value for key, value in self.headers if key == name]


@dataclass(frozen=True, slots=True)
class Speech:
    """What a server says: bytes (none: it hangs up), how late, and whether it then stays on.

    `behind` are bytes that it says a moment later.
    """

    raw: bytes
    delay: float = 0.0
    stays: bool = False
    behind: bytes = b""


Speaker = Callable[[Request], Speech]

MOMENT = 0.01
MANY = 1000


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server treats connections, where it has a way of its own.

    `idle` are the seconds after which it closes one that nobody uses, `turns` how many requests it
    takes on one before it closes it without a word, `places` how many it serves at the same time:
    the others wait until one is closed.
    """

    idle: float | None = None
    turns: int | None = None
    places: int | None = None


@contextmanager
def serving(
    speaker: Speaker,
    *,
    host: str = "127.0.0.1",
    tls: ssl.SSLContext | None = None,
    manner: Manner | None = None,
) -> Iterator[str]:
    """Serve on a free port, give the base URL, and leave no thread or socket behind."""
    with _Server(speaker, host, tls, manner or Manner()) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            name = f"[{host}]" if ":" in host else host
            yield f"{'https' if tls else 'http'}://{name}:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(
        self, speaker: Speaker, host: str, tls: ssl.SSLContext | None, manner: Manner
    ) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Conversation)
        self.speaker = speaker
        self.tls = tls
        self.manner = manner
        self.numbers = itertools.count(1)
        self.lines = itertools.count(1)
        self.places = threading.BoundedSemaphore(manner.places or MANY)

    def process_request(self, request: Any, client_address: Any) -> None:
        self.places.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.places.release()


class _Conversation(socketserver.BaseRequestHandler):
    """One connection, and one request, unless the other side wants more."""

    server: _Server

    def handle(self) -> None:
        with suppress(OSError), self._secured():  # the other side may hang up at any time
            line = next(self.server.lines)
            for turn in itertools.count(1):
                head = self._head()
                if not head:
                    return
                request = parsed(head, next(self.server.numbers), turn=turn, line=line)
                speech = self.server.speaker(request)
                again = keeps(request, speech) and turn != self.server.manner.turns
                self._say(replace(speech, stays=speech.stays and not again))
                if not again:
                    return
                self.request.settimeout(self.server.manner.idle)

    def _secured(self) -> socket.socket:
        plain: socket.socket = self.request
        if self.server.tls is not None:
            self.request = self.server.tls.wrap_socket(plain, server_side=True)
            return cast("socket.socket", self.request)
        return plain

    def _head(self) -> bytes:
        head = b""
        while b"\r\n\r\n" not in head and len(head) < HEAD_LIMIT:
            chunk = self.request.recv(65536)
            if not chunk:
                return b""
            head += chunk
        return head

    def _say(self, speech: Speech) -> None:
        time.sleep(speech.delay)
        self.request.sendall(speech.raw)
        if speech.behind:
            time.sleep(MOMENT)
            self.request.sendall(speech.behind)
        while speech.stays and self.request.recv(65536):
            pass  # until the other side has had enough


def keeps(request: Request, speech: Speech) -> bool:
    """Tell whether another answer may follow: without a length, or after `close`, none can."""
    head = speech.raw.partition(b"\r\n\r\n")[0]
    return request.stays and b"Content-Length: " in head and b"Connection: close" not in head


def parsed(head: bytes, number: int, *, turn: int, line: int) -> Request:
    """Read a request, the one of this number."""
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, target, version = first.split(" ", 2)
    fields = (line.partition(":") for line in lines)
    headers = tuple((name.lower(), value.strip()) for name, _, value in fields)
    return Request(method, target, headers, number, turn, line, version, tuple(lines))
