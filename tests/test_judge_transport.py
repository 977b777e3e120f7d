"""The transport sends what it may, once, and keeps what came back as it came."""

from __future__ import annotations

import gzip
import itertools
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from liars.server import Request, Speaker, Speech, serving

from contracts import transport as module
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


def test_retry_after_may_be_a_date(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server may name the moment in place of the seconds (RFC 9110, section 10.2.3)."""
    monkeypatch.setattr(time, "time", lambda: 1_700_000_000.0)
    numbers = itertools.count()
    busy = (
        b"HTTP/1.1 429 X\r\nRetry-After: Tue, 14 Nov 2023 22:13:23 GMT\r\nContent-Length: 0\r\n\r\n"
    )
    waited: list[float] = []
    with serving(lambda _: Speech(OK if next(numbers) else busy)) as url:
        replace(transport(url), sleep=waited.append).send(PROBE)

    assert [3.0] == waited


def test_request_for_which_time_ran_out_twice_is_late() -> None:
    """A connection that broke is lost in another way."""
    assert ask(lambda _: Speech(b"", stays=True), timeout=0.1).late
    assert not ask(lambda _: Speech(b"")).late


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("flood", "fault"),
    [
        pytest.param(HEAD + b"\r\n" + b"[" * 2**18, "131072 bytes of content", id="content"),
        pytest.param(
            HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1;x\r\n[\r\n" * 2**16,
            "bytes in all",
            id="chunks",
        ),
        pytest.param(HEAD + b"X: " + b"x" * 2**18, "bytes in all", id="one header"),
        pytest.param(HEAD + b"X: x\r\n" * 2**16, "bytes in all", id="many headers"),
        pytest.param(b"HTTP/1.1 100 Go\r\n\r\n" * 2**14, "bytes in all", id="interim answers"),
    ],
)
def test_answer_without_end_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, flood: bytes, fault: str
) -> None:
    """Whatever a server floods the judge with, it reads so much and no more."""
    monkeypatch.setattr(module, "MAX_CONTENT", 2**17)
    monkeypatch.setattr(module, "MAX_RAW", 2**17 + 2**16)
    answer = ask(saying(flood), timeout=20.0).answer
    assert answer is not None

    assert fault in "; ".join(answer.faults)
    assert len(answer.content) <= 2**17


def test_bomb_unpacks_to_so_much_and_no_more() -> None:
    """A gigabyte of blanks is a kilobyte of gzip."""
    packed = gzip.compress(b" " * 2**26)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    answer = ask(saying(head.encode() + packed)).answer
    assert answer is not None

    assert ("the content cannot be decoded: it stops before its end",) == answer.faults


def test_contents_that_are_the_same_are_kept_once() -> None:
    """A hundred reads of one instance cost the memory of one."""
    with serving(saying(OK)) as url:
        sender = transport(url)
        first, second = (sender.send(replace(PROBE, repeat=True)) for _ in range(2))
    assert first is not None
    assert second is not None
    assert first.answer is not None
    assert second.answer is not None

    assert first.answer.content is second.answer.content


def test_more_than_the_memory_should_hold_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Different contents add up."""
    monkeypatch.setattr(module, "MAX_KEPT", 1)
    with pytest.raises(BudgetSpent, match="MiB of answers"):
        ask(saying(OK))


def test_number_of_requests_ends_the_run() -> None:
    """Repetitions count."""
    with serving(saying(OK)) as url:
        sender = transport(url, max_requests=1)
        sender.send(PROBE)
        with pytest.raises(BudgetSpent, match="--max-requests 1"):
            sender.send(replace(PROBE, repeat=True))


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
