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
from typing import cast

HEAD_LIMIT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came.

    `number` counts the requests of one server from 1, `turn` those of one connection. `lines` are
    the header fields as they were written, spaces and all.
    """

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    number: int
    turn: int = 1
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
    """What a server says: bytes (none: it hangs up), how late, and whether it then stays on."""

    raw: bytes
    delay: float = 0.0
    stays: bool = False


Speaker = Callable[[Request], Speech]


@contextmanager
def serving(
    speaker: Speaker, *, host: str = "127.0.0.1", tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve on a free port, give the base URL, and leave no thread or socket behind."""
    with _Server(speaker, host, tls) as server:
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

    def __init__(self, speaker: Speaker, host: str, tls: ssl.SSLContext | None) -> None:
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, 0), _Conversation)
        self.speaker = speaker
        self.tls = tls
        self.numbers = itertools.count(1)


class _Conversation(socketserver.BaseRequestHandler):
    """One connection, and one request, unless the other side wants more."""

    server: _Server

    def handle(self) -> None:
        with suppress(OSError), self._secured():  # the other side may hang up at any time
            for turn in itertools.count(1):
                head = self._head()
                if not head:
                    return
                request = replace(_parsed(head, next(self.server.numbers)), turn=turn)
                speech = self.server.speaker(request)
                # Without a length, only the end of the connection is the end of an answer.
                again = request.stays and b"Content-Length: " in speech.raw
                self._say(replace(speech, stays=speech.stays and not again))
                if not again:
                    return

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
        while speech.stays and self.request.recv(65536):
            pass  # until the other side has had enough


def _parsed(head: bytes, number: int) -> Request:
    first, *lines = head.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
    method, target, version = first.split(" ", 2)
    fields = (line.partition(":") for line in lines)
    headers = tuple((name.lower(), value.strip()) for name, _, value in fields)
    return Request(method, target, headers, number, version=version, lines=tuple(lines))
