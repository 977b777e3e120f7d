"""What is answered from the cache, on a socket, has the bytes and the order of other answers."""

from __future__ import annotations

import gc
import re
import socket
import threading
import time
from contextlib import ExitStack
from typing import Any

import pytest
from http_client import connect
from mock_client import path_of
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from find_webhook_kit.mock_server.app.recorder import Recorder
from find_webhook_kit.mock_server.http.at_once import AtOnce
from find_webhook_kit.mock_server.http.protocol import DEPTH
from find_webhook_kit.mock_server.http.server import Running

DEMO = path_of("demo")
CLOSE = ("Connection: close",)


def request(*headers: str, method: str = "GET", path: str = DEMO, version: str = "1.1") -> bytes:
    """Write a request with the token and no mercy."""
    start = f"{method} {path} HTTP/{version}"
    lines = [start, "Host: mock", "Authorization: Bearer demo-token", *headers, "", ""]
    return "\r\n".join(lines).encode()


def answers(mock: Running, *pieces: bytes) -> bytes:
    """Send pieces on one connection and read until it is closed; dates are taken out."""
    with connect(mock.url) as connection:
        for piece in pieces:
            connection.sendall(piece)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    return re.sub(rb"date: [^\r]*\r\n", b"", received)


@pytest.fixture
def decided(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Collect the requests that are not answered from the cache."""
    found: list[object] = []
    decide = Recorder._decided  # noqa: SLF001

    async def counted(recorder: Recorder, *given: Any) -> None:
        found.append(given)
        await decide(recorder, *given)

    monkeypatch.setattr(Recorder, "_decided", counted)
    return found


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param(request(*CLOSE), id="GET"),
        pytest.param(request(*CLOSE, method="HEAD"), id="HEAD"),
        pytest.param(request(*CLOSE, method="OPTIONS"), id="OPTIONS"),
        pytest.param(request(*CLOSE, method="BREW"), id="a method that no parser knows"),
        pytest.param(request(*CLOSE, "If-None-Match: *"), id="304"),
        pytest.param(request(*CLOSE, "Accept: text/html"), id="406"),
        pytest.param(request(*CLOSE, "Origin: https://a.example"), id="an origin"),
        pytest.param(request(*CLOSE, "Accept-Encoding: gzip", path=path_of("many")), id="gzip"),
        pytest.param(request(*CLOSE, path="/nothing"), id="404"),
        pytest.param(request(*CLOSE, "Authorization: Bearer twice"), id="401"),
        pytest.param(request(*CLOSE, "Content-Length: 3", method="POST") + b"abc", id="a body"),
        pytest.param(request(version="1.0"), id="HTTP/1.0"),
    ],
)
def test_answer_at_once_is_the_same(mock: Running, decided: list[object], asked: bytes) -> None:
    """The fourth answer has the bytes of the first, and only the first two were decided."""
    mock.state.reset()
    asked = asked.replace(b"Host: mock", b"Host: at-once")  # as no other test does
    fourfold = [answers(mock, asked) for _ in range(4)]

    assert [fourfold[0]] * 4 == fourfold
    assert (2, 4) == (len(decided), len(mock.state.journal))


def test_answers_keep_the_order_of_their_requests(mock: Running) -> None:
    """One that is known does not overtake one that is not."""
    names = [name for number in range(20) for name in ("demo", f"fresh-{number}", "demo")]
    requests = [request(path=path_of(name)) for name in names]
    received = answers(mock, b"".join(requests) + request(*CLOSE, path="/nothing"))
    sources = re.findall(rb"mock-source: (\S+)", received)

    assert [b"fixture;", b"unknown-instance;", b"fixture;"] * 20 + [b"refused"] == sources


def test_many_requests_in_one_piece(mock: Running) -> None:
    """A thousand known answers are given one after the other."""
    answers(mock, request() * 3 + request(*CLOSE))
    received = answers(mock, request() * 1000 + request(*CLOSE))

    assert 1001 == received.count(b"HTTP/1.1 200 OK\r\n")


def test_malformed_request_after_known_answers_is_refused(mock: Running) -> None:
    """What follows an answer at once is judged as ever."""
    answers(mock, request() * 3 + request(*CLOSE))
    received = answers(mock, request() * 3 + b"GET / HTTP/1.1\r\nno header\r\n\r\n")

    assert [b"200", b"200", b"200", b"400"] == re.findall(rb"HTTP/1.1 (\d+)", received)


def test_nothing_is_answered_behind_a_close(mock: Running) -> None:
    """Who asks to close the connection gets one answer, and one visit is counted."""
    answers(mock, request(*CLOSE))
    answers(mock, request(*CLOSE))
    mock.state.reset()
    received = answers(mock, request(*CLOSE) * 3)

    assert (1, 1) == (received.count(b"HTTP/1.1 200"), len(mock.state.journal))


def test_body_may_come_after_its_answer(mock: Running) -> None:
    """The next request on the connection is found behind it."""
    late = request("Content-Length: 3")
    answers(mock, late + b"abc" + request(*CLOSE))
    answers(mock, late + b"abc" + request(*CLOSE))
    received = answers(mock, late, b"abc", request(*CLOSE))

    assert 2 == received.count(b"HTTP/1.1 200 OK\r\n")


def in_memory(kind: type) -> int:
    """Count the connections or requests that are still in memory."""
    return sum(type(thing) is kind for thing in gc.get_objects())


def test_requests_of_one_client_do_not_pile_up(mock: Running) -> None:
    """Who asks hundreds of times before reading gets all answers, and few are begun before."""
    gc.collect()
    before = in_memory(RequestResponseCycle)
    asked = request(path=path_of("huge")) * 200 + request(*CLOSE, path="/nothing")
    with connect(mock.url) as connection:
        threading.Thread(target=connection.sendall, args=[asked]).start()
        time.sleep(0.5)  # all that fits on the way is there
        begun = in_memory(RequestResponseCycle) - before
        answers = b"".join(iter(lambda: connection.recv(1 << 20), b""))
        received = re.findall(rb"HTTP/1.1 (\d+)", answers)

    assert begun <= DEPTH + 3
    assert [b"200"] * 200 + [b"404"] == received


def test_closed_connection_waits_for_no_garbage_collector(mock: Running) -> None:
    """What was a connection is gone when it is closed, also where it was answered at once."""
    gc.collect()
    gc.disable()
    try:
        for _ in range(20):
            answers(mock, request(*CLOSE))
        end = time.monotonic() + 20
        while in_memory(AtOnce) > 2 and time.monotonic() < end:
            time.sleep(0.01)  # until the server has noticed the last one

        assert in_memory(AtOnce) <= 2
    finally:
        gc.enable()


@pytest.mark.parametrize("name", ["demo", "silent"])
def test_client_that_asks_and_says_no_more_is_answered(
    mock: Running, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The end of a client's half, read right behind its request, takes no answer away."""
    asked = request("X-Row: end", path=path_of(name))
    if name == "demo":  # is to be known
        answers(mock, asked * 3 + request(*CLOSE))
    look = mock.state.fixture_store.look

    def slow() -> None:
        time.sleep(0.02)  # by then the end has come, too
        look()

    monkeypatch.setattr(mock.state.fixture_store, "look", slow)
    with ExitStack() as stack:
        lines = [stack.enter_context(connect(mock.url)) for _ in range(9)]
        for each in lines:
            each.sendall(asked)
            each.shutdown(socket.SHUT_WR)
        received = [each.recv(65536) for each in lines]

    assert [b"HTTP/1.1 200 OK"] * 9 == [answer.partition(b"\r\n")[0] for answer in received]
