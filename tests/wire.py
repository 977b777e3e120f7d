"""Speaks to the mock in raw bytes, and reads its answers as strictly as h11 does."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import h11
from mock_client import ERROR

LONGEST = 8 * 1024
"""Bytes of the longest error that is not out of hand."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it came; the date is left out, which alone may change."""

    method: bytes
    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    def issues(self) -> Iterator[str]:
        """List what the mock must never send, whatever it was sent."""
        if self.status >= 500:
            yield f"{self.status}, which nobody asked for"
        if self.status >= 400 and self.method != b"HEAD":
            if dict(self.headers).get(b"content-type") != b"application/json":
                yield "an error that is no JSON"
            elif ERROR.violations(json.loads(self.body)):
                yield "an error in another shape"
            elif json.loads(self.body)["statusCode"] != self.status:
                yield "an error that names another status"
            if len(self.body) > LONGEST:
                yield "an error without end"
        if b"Traceback" in self.body or b".py" in self.body[:LONGEST]:
            yield "a trace"


def exchange(
    port: int,
    pieces: Iterable[bytes],
    method: bytes | None = b"GET",
    *,
    timeout: float = 120,
    finish: bool = False,
) -> list[Answer]:
    """Send pieces, each in a packet if need be, and read answers until the mock ends.

    With `finish`, the client then closes its half, so that the mock waits for nothing more.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with suppress(OSError):  # it may have had enough
            for piece in pieces:
                connection.sendall(piece)
            if finish:
                connection.shutdown(socket.SHUT_WR)
        received = bytearray()
        with suppress(ConnectionResetError):
            while piece := connection.recv(65536):
                received += piece
    return list(answers(bytes(received), method))


def answers(received: bytes, method: bytes | None = b"GET") -> Iterator[Answer]:
    """Read answers one after the other; raise `h11.RemoteProtocolError` for what is none.

    Without a method, an answer that nothing but the next one follows is one to HEAD.
    """
    place = 0
    while place < len(received):
        answer, place = _at(place, received, method or _guessed(place, received))
        yield answer


def _guessed(place: int, received: bytes) -> bytes:
    head, end, _ = received[place : place + LONGEST].partition(b"\r\n\r\n")
    behind = place + len(head + end)
    return b"HEAD" if received[behind : behind + 9] in {b"", b"HTTP/1.1 "} else b"GET"


def _at(place: int, received: bytes, method: bytes) -> tuple[Answer, int]:
    """Read the answer at a place, and return the place behind it."""
    client = h11.Connection(h11.CLIENT, max_incomplete_event_size=1024 * 1024)
    client.send(h11.Request(method=method, target="/", headers=[("host", "mock")]))
    client.send(h11.EndOfMessage())
    body = bytearray()
    while not isinstance(event := client.next_event(), h11.EndOfMessage):
        if isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif event is h11.NEED_DATA:  # where the end has come, h11 says what is missing
            piece = received[place : place + LONGEST]
            place += len(piece)
            client.receive_data(piece)
        elif not isinstance(event, h11.InformationalResponse):
            raise TypeError(event)
    headers = tuple(pair for pair in head.headers if pair[0] != b"date")
    rest, _ = client.trailing_data
    return Answer(method, head.status_code, headers, bytes(body)), place - len(rest)


def in_pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Cut data into pieces of a size."""
    for start in range(0, len(data), size):
        yield data[start : start + size]
