"""The transport sends what it may, once, and keeps what came back as it came."""

from __future__ import annotations

import gzip
import itertools
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from liars.server import Request, Speaker, Speech, serving

from contracts.exchange import SAFE_METHODS, Exchange, Probe
from contracts.target import target
from contracts.transport import BudgetSpent, Limits, Lost, Transport
from mock_server.server import serving as mock_serving

PROBE = Probe("p", "/x", "x")


def transport(url: str, **limits: Any) -> Transport:
    judged = target(url, token="t", instance_ids=("a",))
    return Transport(judged, SAFE_METHODS, Limits(**{"timeout": 2.0, **limits}))


def ask(speaker: Speaker, probe: Probe = PROBE, **limits: Any) -> Exchange:
    with serving(speaker) as url:
        exchange = transport(url, **limits).send(probe)
    assert exchange is not None
    return exchange


def saying(raw: bytes) -> Speaker:
    return lambda _: Speech(raw)


OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"


BOTH_LENGTHS = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"
    b"2\r\n[]\r\n0\r\n\r\n"
)


def faults(raw: bytes, probe: Probe = PROBE) -> str:
    answer = ask(saying(raw), probe).answer
    assert answer is not None
    return "; ".join(answer.faults)


def test_well_framed_answer_has_no_fault() -> None:
    """Status, content and headers arrive, and nothing is wrong with the frame."""
    answer = ask(saying(OK)).answer
    assert answer is not None

    assert (200, b"[]", ()) == (answer.status, answer.content, answer.faults)
    assert ["2"] == answer.values("Content-Length")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (OK.replace(b"\r\n", b"\n", 1), "carriage return"),
        (OK + b"trailing", "8 bytes follow"),
        (OK.replace(b": 2", b": 9"), "not HTTP/1.1"),
        (OK.replace(b"Content", b"Transfer-Encoding: chunked\r\nContent"), "not HTTP/1.1"),
        (BOTH_LENGTHS, "stand together"),
        (OK.replace(b"Connection", b"X: a\r\n b\r\nConnection"), "folded"),
        (b"220 smtp ready\r\n\r\n", "not HTTP/1.1"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n[]", "decoded"),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 2\r\n\r\n[]", "not asked"),
    ],
)
def test_broken_frame_is_a_fault(raw: bytes, fault: str) -> None:
    """What h11 refuses and what it forgives are both told."""
    assert fault in faults(raw)


def test_content_behind_the_answer_to_head_is_a_fault() -> None:
    """An answer to HEAD ends with its head."""
    assert "2 bytes follow" in faults(OK, replace(PROBE, method="HEAD"))


def test_gzip_is_decoded() -> None:
    """A server may compress although nobody asked."""
    packed = gzip.compress(b"[1]")
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    answer = ask(saying(head.encode() + packed)).answer
    assert answer is not None

    assert (b"[1]", ()) == (answer.content, answer.faults)


def test_redirect_is_not_followed() -> None:
    """One request goes out, and the 302 is the answer."""
    heard: list[Request] = []

    def speaker(request: Request) -> Speech:
        heard.append(request)
        return Speech(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n")

    answer = ask(speaker).answer
    assert answer is not None

    assert (302, 1) == (answer.status, len(heard))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_method_that_was_not_allowed_never_leaves(method: str) -> None:
    """POST to this path creates a webhook on the live API."""
    sender = transport("http://127.0.0.1:1")

    assert sender.send(replace(PROBE, method=method)) is None
    assert 0 == sender.sent


def test_duplicates_are_dropped_and_repeats_are_not() -> None:
    """The same request goes out once, unless the plan wants it again."""
    with serving(saying(OK)) as url:
        sender = transport(url)
        sent = [sender.send(probe) for probe in (PROBE, PROBE, replace(PROBE, repeat=True))]

    assert [True, False, True] == [exchange is not None for exchange in sent]


def test_lost_request_is_repeated_once_and_told() -> None:
    """A dropped connection is no verdict, but it is not hidden either."""
    numbers = itertools.count()
    exchange = ask(lambda _: Speech(OK if next(numbers) else b""))

    assert ("the connection was closed without an answer",) == exchange.losses
    assert exchange.answer is not None


def test_request_that_is_lost_twice_has_no_answer() -> None:
    """Two attempts, two reasons."""
    exchange = ask(lambda _: Speech(b""))

    assert exchange.answer is None
    assert 2 == len(exchange.losses)


def test_silence_ends_at_the_timeout() -> None:
    """A server that says nothing costs two timeouts, not a run."""
    exchange = ask(lambda _: Speech(b"", delay=0.3), timeout=0.1)

    assert ("no complete answer in time",) * 2 == exchange.losses


def test_answer_that_stops_halfway_is_cut_off() -> None:
    """Bytes came, so this is a broken frame and no lost request."""
    exchange = ask(lambda _: Speech(OK[:-1], stays=True), timeout=0.2)

    assert () == exchange.losses
    assert exchange.answer is not None
    assert ("the answer was cut off: no complete answer in time",) == exchange.answer.faults


def test_throttled_request_waits_and_goes_out_again() -> None:
    """Retry-After is honoured, up to a cap."""
    numbers = itertools.count()
    busy = b"HTTP/1.1 429 X\r\nRetry-After: 3600\r\nContent-Length: 0\r\n\r\n"
    waited: list[float] = []
    with serving(lambda _: Speech(OK if next(numbers) else busy)) as url:
        sender = replace(transport(url), sleep=waited.append)
        exchange = sender.send(PROBE)
    assert exchange is not None
    assert exchange.answer is not None

    assert (200, [5.0]) == (exchange.answer.status, waited)


def clock(step: float) -> Callable[[], float]:
    ticks = itertools.count()
    return lambda: next(ticks) * step


def test_budget_ends_the_run() -> None:
    """Nothing leaves once the time for the run is over."""
    sender = replace(transport("http://127.0.0.1:1", max_time=1.0), clock=clock(2.0))

    with pytest.raises(BudgetSpent):
        sender.send(PROBE)


def test_rate_is_kept() -> None:
    """Ten requests a second means a tenth of a second between two."""
    waited: list[float] = []
    with serving(saying(OK)) as url:
        sender = replace(transport(url, rate=10.0), clock=lambda: 0.0, sleep=waited.append)
        for number in range(3):
            sender.send(replace(PROBE, path=f"/{number}"))

    assert [0.0, 0.1, 0.2] == [round(seconds, 6) for seconds in waited]


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no.such.host.invalid"])
def test_target_that_is_not_there_is_lost(url: str) -> None:
    """Refused connections and unknown names are told in words."""
    with pytest.raises(Lost, match="no connection: "):
        transport(url).connect()


def test_plain_http_behind_https_is_a_tls_failure() -> None:
    """A TLS failure is a failure to connect."""
    with mock_serving() as mock, pytest.raises(Lost, match="TLS"):
        transport(mock.url.replace("http", "https")).connect()
