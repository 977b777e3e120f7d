"""What only a socket can show: bytes that are not HTTP, and requests that never end."""

import re
import socket
from collections.abc import Iterator

import pytest
from mock_client import ERROR

from mock_server.protocol import Protocol
from mock_server.server import serving

HEAD = b"GET /api/v2/instance/demo/webhook HTTP/1.1\r\nHost: mock\r\n"
TOKEN = b"Authorization: Bearer demo-token\r\n"
GOOD = HEAD + TOKEN + b"\r\n"
LAST = b"Connection: close\r\n\r\n"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve the mock on a free port."""
    with serving() as mock:
        yield int(mock.url.rpartition(":")[2])


def exchange(port: int, data: bytes) -> list[tuple[int, bytes]]:
    """Send bytes and read answers until the mock closes; return each status and body."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(data)
        received = b"".join(iter(lambda: connection.recv(65536), b""))
    found = re.split(rb"HTTP/1\.1 (?=\d{3} )", received)[1:]
    return [(int(answer[:3]), answer.partition(b"\r\n\r\n")[2]) for answer in found]


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"garbage\r\n\r\n", id="garbage"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", id="TLS"),
        pytest.param(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", id="HTTP/2"),
        pytest.param(b"GET / HTTP/9.9\r\nHost: mock\r\n\r\n", id="HTTP/9.9"),
        pytest.param(b"GET / HTTP/1.1\r\n\r\n", id="no Host"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", id="two Hosts"),
        pytest.param(b"GET /a b HTTP/1.1\r\nHost: mock\r\n\r\n", id="blank in the target"),
        pytest.param(HEAD + b"X: a\x00b\r\n\r\n", id="NUL in a header"),
        pytest.param(
            HEAD + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            id="two lengths",
        ),
    ],
)
def test_what_is_not_http_is_a_json_400(port: int, data: bytes) -> None:
    """Bytes that no app ever sees still get an error in the contract's shape."""
    ((status, body),) = exchange(port, data)

    assert 400 == status
    assert b'"This is not a well-formed HTTP/1.1 request."' in body


@pytest.mark.parametrize(
    ("data", "status"),
    [
        pytest.param(
            b"GET /" + b"a" * 3_000_000 + b" HTTP/1.1\r\nHost: mock\r\n\r\n", 414, id="target"
        ),
        pytest.param(HEAD + b"X: " + b"x" * 3_000_000 + b"\r\n\r\n", 431, id="one header"),
        pytest.param(HEAD + b"X: x\r\n" * 300_000 + b"\r\n", 431, id="many headers"),
    ],
)
def test_endless_head_is_refused_before_it_is_read(port: int, data: bytes, status: int) -> None:
    """A head far beyond the limits is refused early, and the answer still arrives."""
    ((got, _),) = exchange(port, data)

    assert status == got


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        pytest.param(GOOD + GOOD + HEAD + TOKEN + LAST, [200, 200, 200], id="three"),
        pytest.param(GOOD + b"garbage\r\n\r\n", [200, 400], id="the second is no HTTP"),
        pytest.param(
            HEAD + TOKEN + b"Transfer-Encoding: chunked\r\n\r\nZZ\r\n", [200], id="bad body"
        ),
    ],
)
def test_pipelined_requests_are_answered_in_turn(
    port: int, data: bytes, statuses: list[int]
) -> None:
    """A request that is fine is answered, whatever follows it."""
    assert statuses == [status for status, _ in exchange(port, data)]


@pytest.mark.parametrize("method", [b"FOO", b"get", b"M-SEARCH", b"TRACE", b"PURGE"])
def test_method_that_nobody_knows_is_a_405(port: int, method: bytes) -> None:
    """A method unknown to the parser is a method that the path does not take."""
    ((status, body),) = exchange(port, GOOD[:-2].replace(b"GET", method) + LAST)

    assert 405 == status
    assert b"This path takes GET, HEAD, OPTIONS." in body


@pytest.mark.parametrize(
    ("path", "status"), [("é".encode(), 200), (b"\xff", 400), (b"..", 200), (b'"<\\>"', 200)]
)
def test_path_may_hold_raw_bytes(port: int, path: bytes, status: int) -> None:
    """Curl sends what was typed, and the mock reads it as if it had been percent-encoded."""
    data = b"GET /api/v2/instance/" + path + b"/webhook HTTP/1.1\r\nHost: mock\r\n" + TOKEN + LAST

    assert [status] == [got for got, _ in exchange(port, data)]


@pytest.mark.parametrize(
    "header",
    [
        b"Content-Type: \xff\xfe\r\n",
        b"Content-Type: multipart/form-data\r\nContent-Length: 100\r\n",
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n",
        b"Expect: 100-continue\r\nContent-Length: 100\r\n",
        b"Upgrade: websocket\r\nConnection: upgrade\r\n",
    ],
)
def test_body_that_never_comes_is_not_waited_for(port: int, header: bytes) -> None:
    """A GET is answered when its head is there."""
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(HEAD + TOKEN + header + b"\r\n")

        assert connection.recv(12) == b"HTTP/1.1 200"


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        pytest.param(b"", [], id="silence"),
        pytest.param(b"GET / HT", [408], id="half a line"),
        pytest.param(HEAD, [408], id="half a head"),
        pytest.param(HEAD + TOKEN + b"Content-Length: 5\r\n\r\n", [200], id="half a body"),
    ],
)
def test_request_has_a_deadline(
    monkeypatch: pytest.MonkeyPatch, data: bytes, statuses: list[int]
) -> None:
    """A connection whose request does not arrive is not kept."""
    monkeypatch.setattr(Protocol, "deadline", 0.1)
    with serving() as mock:
        port = int(mock.url.rpartition(":")[2])

        assert statuses == [status for status, _ in exchange(port, data)]


def test_refusal_of_the_protocol_has_the_shape_of_the_contract(port: int) -> None:
    """Errors from before the app look like those from within."""
    import json  # noqa: PLC0415

    ((_, body),) = exchange(port, b"garbage\r\n\r\n")

    assert () == ERROR.violations(json.loads(body))
