"""What is refused before it reaches the app is remembered like every other request."""

from __future__ import annotations

import pytest
from mock_client import path_of
from probes import line
from wire import exchange

from find_webhook_kit.mock_server.http.protocol import Protocol
from find_webhook_kit.mock_server.http.server import Running

ASKED = path_of("demo") + "?__code=401&token=s3cr3t"
PREFLIGHT = b"Origin: http://a.example\r\nAccess-Control-Request-Method: GET\r\n"


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        pytest.param(line(target=ASKED.encode()) + b"\r\n", ("GET", 400), id="no Host"),
        pytest.param(
            line(b"PUT", ASKED.encode()) + b"Host: a\r\nHost: b\r\n\r\n", ("PUT", 400), id="two"
        ),
        pytest.param(line(target=ASKED.encode()) + b"Host: a\r\nX", ("GET", 408), id="late"),
        pytest.param(
            line(target=ASKED.encode()) + b"Host: a b\r\n\r\n", ("GET", 400), id="no such Host"
        ),
    ],
)
def test_refused_request_is_remembered(
    mock: Running, monkeypatch: pytest.MonkeyPatch, sent: bytes, seen: tuple[str, int]
) -> None:
    """With its method, path and query, as far as they had come, and with its secrets masked."""
    monkeypatch.setattr(Protocol, "deadline", 0.1)
    mock.state.reset()
    exchange(int(mock.url.rpartition(":")[2]), [sent])
    (entry,) = mock.state.journal

    assert seen == (entry.method, entry.status)
    assert (path_of("demo"), "__code=401&token=***") == (entry.path, entry.query)
    assert " " not in entry.url


@pytest.mark.parametrize("sent", [b"garbage\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"G"])
def test_request_whose_target_never_came_is_remembered(
    mock: Running, monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    """It stands there as one for the root, and so does one that was."""
    monkeypatch.setattr(Protocol, "deadline", 0.1)
    mock.state.reset()
    exchange(int(mock.url.rpartition(":")[2]), [sent])

    assert [("GET", "/", "refused")] == [
        (entry.method, entry.path, entry.source) for entry in mock.state.journal
    ]


def test_broken_request_is_no_preflight(mock: Running) -> None:
    """Whatever else it asks for, a request without Host is a 400 that a page may read."""
    sent = line(b"OPTIONS") + PREFLIGHT + b"\r\n"
    (answer,) = exchange(int(mock.url.rpartition(":")[2]), [sent], b"OPTIONS")

    assert 400 == answer.status
    assert b"http://a.example" == dict(answer.headers)[b"access-control-allow-origin"]
