"""A connection sends a request, and keeps what came back as it came."""

from __future__ import annotations

import gzip
import itertools
import zlib
from dataclasses import replace

import pytest
from asking import OK, PROBE, Hearing, answer_of, ask, saying, sender
from liars.server import Speech, serving

from find_webhook_kit.contracts.wire import connection
from find_webhook_kit.contracts.wire import content_coding as coding
from find_webhook_kit.contracts.wire.connection import Lost
from find_webhook_kit.contracts.wire.exchange import LossKind
from find_webhook_kit.contracts.wire.probe import Probe
from find_webhook_kit.mock_server.http.server import serving as mock_serving

LAST = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n[]"
BOTH_LENGTHS = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n"
    b"2\r\n[]\r\n0\r\n\r\n"
)


def faults(raw: bytes, probe: Probe = PROBE) -> str:
    return "; ".join(map(str, answer_of(saying(raw), probe).faults))


def test_well_framed_answer_has_no_fault() -> None:
    """Status, content and headers arrive, and nothing is wrong with the frame."""
    answer = answer_of(saying(OK))

    assert (200, b"[]", ()) == (answer.status, answer.content, answer.faults)
    assert ["2"] == answer.values("Content-Length")


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (LAST.replace(b"\r\n", b"\n", 1), "carriage return"),
        (LAST + b"trailing", "bytes follow"),
        (LAST + LAST, "bytes follow"),
        (LAST.replace(b": 2", b": 9"), "stops before its end"),
        (LAST.replace(b"[]", b""), "stops before its end"),
        (LAST.replace(b"Content", b"Transfer-Encoding: chunked\r\nContent"), "stand together"),
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


def test_broken_line_hides_nothing_else() -> None:
    """Status, whole headers and content are judged beside the fault."""
    answer = answer_of(saying(OK.replace(b"\r\n", b"\r\nno header\r\n", 1)))

    assert (200, b"[]", ["2"]) == (answer.status, answer.content, answer.values("Content-Length"))
    assert ["a header does not start with a name and a colon"] == [
        each.message for each in answer.faults
    ]


def coded(name: str, content: bytes) -> bytes:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\nContent-Length: {len(content)}\r\n"
    return f"{head}\r\n".encode() + content


def zipped(content: bytes) -> bytes:
    return gzip.compress(content, mtime=0)


ZIPPED = zipped(b"[1]")
BOMB = zipped(b" " * (2**23 + 1))


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        pytest.param("gzip", b"[]", "incorrect header", id="no gzip"),
        pytest.param("gzip", zlib.compress(b"[]"), "incorrect header", id="deflate for gzip"),
        pytest.param("deflate", ZIPPED, "incorrect header", id="gzip for deflate"),
        pytest.param("gzip", ZIPPED[:-8] + b"\0" * 8, "incorrect data check", id="wrong sum"),
        pytest.param("gzip", ZIPPED[:-1], "stops before its end", id="cut"),
        pytest.param("gzip", ZIPPED + b"\n", "stops before its end", id="a byte behind it"),
        pytest.param("gzip, gzip", ZIPPED, "incorrect header", id="one coding of two"),
        pytest.param(",".join(["gzip"] * 5), ZIPPED, "more than 4 codings", id="five codings"),
        pytest.param("gzip", zipped(b"") * 257, "more than 256 parts", id="many parts"),
        pytest.param("gzip", BOMB, "more than 8388608 bytes", id="bomb"),
        pytest.param("gzip, gzip", zipped(BOMB), "more than 8388608 bytes", id="bomb in a bomb"),
    ],
)
def test_content_that_cannot_be_decoded_is_a_fault(name: str, content: bytes, fault: str) -> None:
    """What a coding names is undone as it says, within bounds, or not at all."""
    assert fault in faults(coded(name, content))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("gzip", ZIPPED),
        ("GZIP", zipped(b"[") + zipped(b"1]")),
        ("x-gzip", ZIPPED),
        ("deflate", zlib.compress(b"[1]")),
        ("identity", b"[1]"),
        ("deflate, gzip", zipped(zlib.compress(b"[1]"))),
    ],
)
def test_content_is_decoded(name: str, content: bytes) -> None:
    """A server may compress although nobody asked."""
    answer = answer_of(saying(coded(name, content)))

    assert (b"[1]", ()) == (answer.content, answer.faults)


def test_redirect_is_not_followed() -> None:
    """One request goes out, and the 302 is the answer."""
    server = Hearing(saying(b"HTTP/1.1 302 Found\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n"))

    assert (302, 1) == (answer_of(server).status, len(server.heard))


def test_silence_ends_at_the_timeout() -> None:
    """A server that says nothing costs two timeouts, not a run."""
    exchange = ask(lambda _: Speech(b"", delay=0.3), timeout=0.1)

    assert ("no complete answer in time",) * 2 == tuple(map(str, exchange.losses))
    assert {LossKind.LATE} == {loss.kind for loss in exchange.losses}


def test_answer_that_stops_halfway_is_cut_off() -> None:
    """Bytes came, so this is a broken frame and no lost request."""
    exchange = ask(lambda _: Speech(OK[:-1], stays=True), timeout=0.2)

    assert () == exchange.losses
    assert exchange.answer is not None
    assert [("the answer was cut off: no complete answer in time", len(OK) - 1)] == [
        (fault.message, fault.at) for fault in exchange.answer.faults
    ]


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
    monkeypatch.setattr(connection, "MAX_CONTENT", 2**17)
    monkeypatch.setattr(coding, "MAX_CONTENT", 2**17)
    monkeypatch.setattr(connection, "MAX_RAW", 2**17 + 2**16)
    monkeypatch.setattr(connection, "MAX_HEAD", 2**16)
    answer = answer_of(saying(flood), timeout=20.0)

    assert fault in "; ".join(map(str, answer.faults))
    assert len(answer.content) <= 2**17


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://no.such.host.invalid"])
def test_target_that_is_not_there_is_lost(url: str) -> None:
    """Refused connections and unknown names are told in words."""
    with pytest.raises(Lost, match="no connection: ") as lost:
        sender(url).connect()

    assert LossKind.REFUSED is lost.value.kind


def test_plain_http_behind_https_is_a_tls_failure() -> None:
    """A TLS failure is a failure to connect."""
    with mock_serving() as mock, pytest.raises(Lost, match="TLS"):
        sender(mock.url.replace("http", "https")).connect()


# A connection that is kept.


def test_connection_is_used_again() -> None:
    """One connection carries one request after the other (RFC 9112, section 9.3)."""
    server = Hearing(saying(OK))
    with serving(server) as url:
        asking = sender(url)
        for number in range(3):
            asking.ask(replace(PROBE, path=f"/{number}"))
        asking.close()

    assert [1, 2, 3] == [request.turn for request in server.heard]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(LAST, id="close"),
        pytest.param(OK.replace(b"/1.1", b"/1.0"), id="HTTP/1.0"),
        pytest.param(HEAD + b"\r\n[]", id="no length"),
    ],
)
def test_connection_that_the_server_ends_is_not_used_again(raw: bytes) -> None:
    """Where an answer ends with its connection, the next request opens another one."""
    server = Hearing(saying(raw))
    with serving(server) as url:
        asking = sender(url)
        asked = [asking.ask(replace(PROBE, path=f"/{number}")) for number in range(2)]

    assert [1, 1] == [request.turn for request in server.heard]
    assert [(), ()] == [exchange.losses for exchange in asked if exchange is not None]


def test_kept_connection_that_was_closed_is_no_loss() -> None:
    """A request on it goes again on a new one, and nothing is told (RFC 9112, section 9.3.1)."""
    turns = itertools.cycle([OK, b""])  # every second request finds its connection closed
    with serving(lambda _: Speech(next(turns))) as url:
        asking = sender(url)
        asked = [asking.ask(replace(PROBE, path=f"/{number}")) for number in range(3)]
        asking.close()

    assert [((), True)] * 3 == [
        (exchange.losses, exchange.answer is not None) for exchange in asked if exchange
    ]


def test_bytes_that_follow_on_a_kept_connection_are_a_fault_of_the_answer_before() -> None:
    """They arrive between two requests, and belong to the first."""

    def speaker(_: object) -> Speech:
        return Speech(OK + b"more")

    with serving(speaker) as url:
        asking = sender(url)
        asking.ask(PROBE)
        asking.close()

    (exchange,) = asking.exchanges
    assert exchange.answer is not None
    assert ["bytes follow" in fault.message for fault in exchange.answer.faults] == [True]
