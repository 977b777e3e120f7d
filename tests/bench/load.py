"""Asks a server over many connections at once, as fast as it answers, and counts.

One thread, raw sockets and epoll, which takes less time for a request than any of the servers.
Every answer must be a 200 and is read to its last byte; one that came in a single piece of the same
length as the last one is taken to be whole.
"""

from __future__ import annotations

import re
import select
import socket
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Final

CHUNK: Final = 256 * 1024
PATIENCE: Final = 20.0
"""Seconds without any answer after which a server counts as hanging."""

_LENGTH: Final = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class BrokenAnswerError(Exception):
    """A server that did not answer 200, in full and in time."""


@dataclass(frozen=True, slots=True)
class Load:
    """What came of it: how many requests in how many seconds, and how long each took, sorted."""

    requests: int
    seconds: float
    latencies: tuple[float, ...]

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def percentile(self, share: float) -> float:
        """Return the milliseconds within which a share of the answers came."""
        return 1000 * self.latencies[int(share * (len(self.latencies) - 1))]


def load(
    port: int, request: Callable[[], bytes], *, connections: int, seconds: float, most: int
) -> Load:
    """Ask until the time or the number is reached, whichever comes first."""
    poll = select.epoll()
    lines = [_Line(port) for _ in range(connections)]
    by_number = {line.socket.fileno(): line for line in lines}
    latencies: list[float] = []
    started = perf_counter()
    end, waiting = started + seconds, len(lines)
    try:
        for number, line in by_number.items():
            poll.register(number, select.EPOLLIN)
            line.ask(request())
        while waiting:
            events = poll.poll(PATIENCE)
            if not events:
                raise BrokenAnswerError("no answer")
            for number, _ in events:
                line = by_number[number]
                if not line.answered():
                    continue
                now = perf_counter()
                latencies.append(now - line.asked)
                if now < end and len(latencies) + waiting <= most:
                    line.ask(request())
                else:
                    waiting -= 1
        return Load(len(latencies), perf_counter() - started, tuple(sorted(latencies)))
    finally:
        poll.close()
        for line in lines:
            line.socket.close()


class _Line:
    """A connection that asks one request after the other."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.settimeout(None)  # with one, Python asks the system twice for each call
        self._usual = 0
        self.asked = 0.0
        self._head = b""
        self._missing: int | None = None

    def ask(self, request: bytes) -> None:
        self._head, self._missing = b"", None
        self.asked = perf_counter()
        self.socket.sendall(request)

    def answered(self) -> bool:
        """Read what has come, and say whether it is all of the answer."""
        data = self.socket.recv(CHUNK)
        if not data:
            raise BrokenAnswerError("closed before the end of an answer")
        if not self._head and len(data) == self._usual and data.startswith(b"HTTP/1.1 200 "):
            return True
        if self._missing is None:
            self._head += data
            end = self._head.find(b"\r\n\r\n")
            if end < 0:
                return False
            if not self._head.startswith(b"HTTP/1.1 200 "):
                raise BrokenAnswerError(self._head[:80].decode("latin-1"))
            length = _LENGTH.search(self._head, 0, end)
            if length is None:  # in chunks; a small body ends with its last one
                return self._head.endswith(b"\r\n0\r\n\r\n")
            self._missing = end + 4 + int(length[1]) - len(self._head)
            self._usual = len(self._head) if self._missing == 0 else 0
        else:
            self._missing -= len(data)
        return self._missing <= 0
