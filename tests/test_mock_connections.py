"""A connection lasts as long as its requests and answers do, and no longer."""

from __future__ import annotations

import asyncio
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from mock_client import path_of
from test_mock_at_once import CLOSE, answers, request

from find_webhook_kit.mock_server.http.protocol import DEPTH, KEEP_ALIVE, Protocol
from find_webhook_kit.mock_server.http.server import Running

IDLE = 0.3
"""Seconds after which the mock of these tests closes a connection."""


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let idle connections and unfinished requests end after a moment."""
    made = Protocol.connection_made

    def quick(protocol: Protocol, transport: asyncio.Transport) -> None:
        protocol.timeout_keep_alive = IDLE  # type: ignore[assignment]  # any number will do
        made(protocol, transport)

    monkeypatch.setattr(Protocol, "connection_made", quick)
    monkeypatch.setattr(Protocol, "deadline", IDLE)


@contextmanager
def connected(mock: Running, buffer: int | None = None) -> Iterator[socket.socket]:
    """Give a connection, with little room for answers if need be."""
    address = urlsplit(mock.url)
    with socket.socket() as line:
        if buffer is not None:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        line.settimeout(20)
        line.connect((str(address.hostname), int(address.port or 0)))
        yield line


def rest(line: socket.socket) -> bytes:
    """Read to the end."""
    return b"".join(iter(lambda: line.recv(65536), b""))


def statuses(received: bytes) -> list[bytes]:
    return re.findall(rb"HTTP/1.1 (\d+)", received)


def test_answers_in_a_row_leave_no_timer_behind(mock: Running) -> None:
    """Only the last answer starts the time after which an idle connection is closed."""
    answers(mock, request() * 3 + request(*CLOSE))
    received = answers(mock, request() * 3, request("Prefer: delay=600", *CLOSE))

    assert [b"200"] * 4 == statuses(received)


def test_connection_is_closed_behind_requests_sent_ahead(mock: Running) -> None:
    """However many waited behind one that was slow."""
    received = answers(mock, request("Prefer: delay=50") + request() * (DEPTH + 1))

    assert [b"200"] * (DEPTH + 2) == statuses(received)


@pytest.mark.parametrize("body", ["Content-Length: 5", "Transfer-Encoding: chunked"])
def test_connection_is_closed_behind_a_late_body(mock: Running, body: str) -> None:
    """A body that comes after its answer does not keep the connection for ever."""
    with connected(mock) as line:
        line.sendall(request(body))
        answer = line.recv(65536)
        line.sendall(b"hello" if "Length" in body else b"5\r\nhello\r\n0\r\n\r\n")

        assert ([b"200"], b"") == (statuses(answer), rest(line))


def test_empty_line_behind_a_request_is_ignored(mock: Running) -> None:
    """It is no request that has to be complete in time (RFC 9112, section 2.2)."""
    with connected(mock) as line:
        line.sendall(request("Prefer: delay=600") + b"\r\n")

        assert [b"200"] == statuses(rest(line))


def test_request_that_begins_behind_an_answer_is_waited_for(mock: Running) -> None:
    """One that does not go on is a 408, whatever came before it in the same piece."""
    answers(mock, request() * 3 + request(*CLOSE))

    assert [b"200", b"408"] == statuses(answers(mock, request() + b"GE"))


@pytest.mark.parametrize(("lie", "share"), [("dropped", 0), ("cut-body", 0.5)])
def test_hanging_up_takes_no_answer_away(mock: Running, lie: str, share: float) -> None:
    """What came before the end arrives, though the client has sent much that is never read."""
    whole = answers(mock, request(*CLOSE, path=path_of("huge"))).partition(b"\r\n\r\n")[2]
    hung_up = request(f"Prefer: lie={lie}", path=path_of("huge"))
    with connected(mock, buffer=4096) as line:
        line.sendall(request(path=path_of("many")) * 5 + hung_up + request() * 1000)
        time.sleep(0.1)  # until the mock has hung up
        received = rest(line)

    *before, last = received.split(b"HTTP/1.1 ")[1:]
    if not share:
        before.append(last)
    assert [b"200 OK"] * 5 == [answer.partition(b"\r\n")[0] for answer in before]
    assert not share or len(whole) // 2 == len(last.partition(b"\r\n\r\n")[2])


@pytest.mark.parametrize(
    "asked",
    [b"HEAD / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", b"HEAD / HTTP/1.1\r\nno header\r\n\r\n"],
)
def test_refused_head_has_no_body(mock: Running, asked: bytes) -> None:
    """Also where the request never reaches the app (RFC 9110, section 9.3.2)."""
    head, _, body = answers(mock, asked).partition(b"\r\n\r\n")

    assert ([b"400"], b"") == (statuses(head), body)


@pytest.mark.parametrize("path", [path_of("demo"), path_of("sequence"), "/nothing"])
def test_kept_connection_says_how_long(mock: Running, path: str) -> None:
    """So that clients such as Node do not send a request just as it is closed."""
    *kept, last = answers(mock, request(path=path) * 4, request(*CLOSE, path=path)).split(
        b"HTTP/1.1 "
    )[1:]

    assert KEEP_ALIVE >= 60
    hint = b"connection: keep-alive\r\nkeep-alive: timeout=%d\r\n" % KEEP_ALIVE
    assert [1] * 4 == [answer.count(hint) for answer in kept]
    assert (1, 0) == (last.count(b"connection: close\r\n"), last.count(b"keep-alive"))


@pytest.mark.parametrize(
    "last",
    [
        request(version="1.0"),
        request("Upgrade: h2c", "Connection: upgrade", "Content-Length: 2") + b"ab",
        b"garbage\r\n\r\n",
    ],
)
def test_last_answer_of_a_connection_promises_nothing(mock: Running, last: bytes) -> None:
    """Whoever ended it: the client's version, its offer, or what is no request."""
    received = answers(mock, last)

    assert b"connection: close\r\n" in received
    assert b"keep-alive" not in received
