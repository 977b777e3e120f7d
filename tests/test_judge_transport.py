"""The transport sends what it may, once, and keeps what came back as it came."""

from __future__ import annotations

import gzip
import itertools
import time
import zlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from contracts.transport import BudgetSpent, Limits, Lost, Transport
from liars.server import Request, Speaker, Speech, serving

from contracts import transport as module
from contracts.exchange import SAFE_METHODS, Exchange, Probe
from contracts.target import target
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


SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"


def faults(raw: bytes, probe: Probe = PROBE) -> str:
    answer = ask(saying(raw), probe).answer
    assert answer is not None
    return "; ".join(map(str, answer.faults))


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
        (OK + b"trailing", "bytes follow"),
        (OK.replace(b": 2", b": 9"), "stops before its end"),
        (OK.replace(b"[]", b""), "stops before its end"),
        (OK.replace(b"Content", b"Transfer-Encoding: chunked\r\nContent"), "stand together"),
        (BOTH_LENGTHS, "stand together"),
        (b"220 smtp ready\r\n\r\n", "no status line"),
        (b"\r\n\r\n", "no status line"),
        (b"\x16\x03\x01", "no status line"),
        (b"HTTP/1.1 2", "stops before its end"),
        (b"HTTP/1.1 101 Go\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n", "switched"),
    ],
)
def test_broken_frame_is_a_fault(raw: bytes, fault: str) -> None:
    """What h11 refuses and what it forgives are both told."""
    assert fault in faults(raw)


def coded(coding: str, content: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {coding}\r\nContent-Length: {len(content)}\r\n"
    return f"{head}\r\n".encode() + content


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


ZIPPED = zipped(b"[1]")


@pytest.mark.parametrize(
    ("coding", "content", "fault"),
    [
        pytest.param("gzip", b"[]", "incorrect header", id="no gzip"),
        pytest.param("gzip", zlib.compress(b"[]"), "incorrect header", id="deflate for gzip"),
        pytest.param("deflate", ZIPPED, "incorrect header", id="gzip for deflate"),
        pytest.param("gzip", ZIPPED[:-8] + b"\0" * 8, "incorrect data check", id="wrong sum"),
        pytest.param("gzip", ZIPPED[:-1], "stops before its end", id="cut"),
        pytest.param("gzip", ZIPPED + b"\n", "stops before its end", id="a byte behind it"),
        pytest.param("gzip, gzip", ZIPPED, "incorrect header", id="one coding of two"),
        pytest.param("br", b"[]", "the coding br was not asked for", id="unknown"),
        pytest.param(",".join(["gzip"] * 5), ZIPPED, "more than 4 codings", id="five codings"),
        pytest.param("gzip", zipped(b"") * 257, "more than 256 parts", id="many parts"),
        pytest.param("gzip", zipped(b" " * 2**24), "more than 8388608 bytes", id="bomb"),
        pytest.param(
            "gzip, gzip",
            zipped(zipped(b" " * 2**26)),
            "more than 8388608 bytes",
            id="bomb in a bomb",
        ),
    ],
)
def test_content_that_cannot_be_decoded_is_a_fault(coding: str, content: bytes, fault: str) -> None:
    """What a coding names is undone as it says, within bounds, or not at all."""
    assert fault in faults(coded(coding, content))


@pytest.mark.parametrize(
    ("coding", "content"),
    [
        ("gzip", ZIPPED),
        ("GZIP", zipped(b"[") + zipped(b"1]")),
        ("x-gzip", ZIPPED),
        ("deflate", zlib.compress(b"[1]")),
        ("identity", b"[1]"),
        ("deflate, gzip", zipped(zlib.compress(b"[1]"))),
    ],
)
def test_content_is_decoded(coding: str, content: bytes) -> None:
    """A server may compress although nobody asked."""
    answer = ask(saying(coded(coding, content))).answer
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
    assert [("the answer was cut off: no complete answer in time", len(OK) - 1)] == [
        (fault.message, fault.at) for fault in exchange.answer.faults
    ]


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


@pytest.mark.parametrize(
    ("speech", "silent"),
    [
        pytest.param(Speech(b"", stays=True), True, id="nothing"),
        pytest.param(Speech(OK[:-1], stays=True), False, id="half an answer, once"),
        pytest.param(Speech(b""), False, id="a closed connection"),
        pytest.param(Speech(OK), False, id="an answer"),
    ],
)
def test_instance_is_silent_once_time_ran_out_twice(
    speech: Speech,
    silent: bool,  # noqa: FBT001
) -> None:
    """A connection that broke is lost in another way."""
    with serving(lambda _: speech) as url:
        sender = transport(url, timeout=0.2)
        sender.send(PROBE)

    assert silent == sender.silent(PROBE.instance_id)


def test_trickle_makes_an_instance_silent_too() -> None:
    """A server that never comes to the end of its answers is not asked for ever."""
    with serving(lambda _: Speech(OK[:-1], stays=True)) as url:
        sender = transport(url, timeout=0.1)
        for _ in range(2):
            sender.send(replace(PROBE, repeat=True))

    assert sender.silent(PROBE.instance_id)


def test_answer_in_time_makes_up_for_one_that_was_late() -> None:
    """Twice means twice in a row: a server that is slow now and then is judged to the end."""
    numbers = itertools.count()
    with serving(lambda _: Speech(b"" if next(numbers) % 2 else OK, stays=True)) as url:
        sender = transport(url, timeout=0.3)
        for _ in range(4):
            sender.send(replace(PROBE, repeat=True))

    assert not sender.silent(PROBE.instance_id)


HEAD = b"HTTP/1.1 200 OK\r\n"


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    ("flood", "fault"),
    [
        pytest.param(HEAD + b"\r\n" + b"[" * 2**18, "131072 bytes of content", id="content"),
        pytest.param(CHUNKED + b"1;x\r\n[\r\n" * 2**16, "196608 bytes in all", id="chunks"),
        pytest.param(CHUNKED + b"1;" + b"x" * 2**18, "65536 bytes", id="an extension"),
        pytest.param(CHUNKED + b"0\r\n" + b"X: x\r\n" * 2**16, "1000 lines", id="a trailer"),
        pytest.param(HEAD + b"X: " + b"x" * 2**18, "65536 bytes", id="one header"),
        pytest.param(HEAD + b"X: x\r\n" * 2**16, "1000 lines", id="many headers"),
        pytest.param(b"x" * 2**18, "no status line", id="a status line"),
        pytest.param(b"HTTP/1.1 102 Go\r\n\r\n" * 2**14, "100 interim answers", id="hints"),
    ],
)
def test_answer_without_end_is_cut_off(
    monkeypatch: pytest.MonkeyPatch, flood: bytes, fault: str
) -> None:
    """Whatever a server floods the judge with, it reads so much and no more."""
    monkeypatch.setattr(module, "MAX_CONTENT", 2**17)
    monkeypatch.setattr(module, "MAX_RAW", 2**17 + 2**16)
    monkeypatch.setattr(module, "MAX_HEAD", 2**16)
    answer = ask(saying(flood), timeout=20.0).answer
    assert answer is not None

    assert fault in "; ".join(map(str, answer.faults))
    assert len(answer.content) <= 2**17


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


def test_content_of_too_many_values_is_a_fault_and_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What takes minutes to judge is wrong anyway."""
    monkeypatch.setattr(module, "MAX_WEIGHT_EACH", 9)
    answer = ask(saying(SIZED % (2, b"{}"))).answer
    assert answer is not None

    assert ["the content has more than 4 values, an object taken for five"] == [
        fault.message for fault in answer.faults
    ]


def test_more_values_than_can_be_judged_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer counts, whether it is new or not."""
    monkeypatch.setattr(module, "MAX_WEIGHT", 5)
    with serving(saying(SIZED % (3, b"[,]"))) as url:
        sender = transport(url)
        sender.send(PROBE)
        with pytest.raises(BudgetSpent, match="values"):
            sender.send(replace(PROBE, repeat=True))


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
