"""A request that is known by its bytes gets the answer that the app behind gave to them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from time import sleep
from typing import Any, Self

import pytest
from http_client import connect
from mock_client import folder, path_of

from find_webhook_kit.mock_server.answers import fixture_store
from find_webhook_kit.mock_server.app.recorder import Recorder
from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings


class Line:
    """A connection that stays open, and how often the app was called for it."""

    def __init__(self, mock: Running) -> None:
        self.socket = connect(mock.url)
        self._rest = b""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def ask(self, *pieces: bytes) -> bytes:
        """Send pieces, each by itself, and read one answer; its date is taken out."""
        for piece in pieces:
            self.socket.sendall(piece)
        return self.read(without_body=pieces[0].startswith(b"HEAD"))

    def read(self, *, without_body: bool = False) -> bytes:
        """Read one answer."""
        while (end := self._rest.find(b"\r\n\r\n") + 4) < 4:
            self._more()
        length = re.search(rb"content-length: (\d+)", self._rest[:end])
        whole = end + (int(length[1]) if length and not without_body else 0)
        while len(self._rest) < whole:
            self._more()
        answer, self._rest = self._rest[:whole], self._rest[whole:]
        return re.sub(rb"date: [^\r]*\r\n", b"", answer)

    def _more(self) -> None:
        received = self.socket.recv(65536)
        if not received:
            raise ConnectionError
        self._rest += received


def request(*headers: str, method: str = "GET", path: str = path_of("demo")) -> bytes:
    """Write a request that asks for nothing to be closed."""
    lines = [f"{method} {path} HTTP/1.1", "Host: mock", "Authorization: Bearer demo-token"]
    return "\r\n".join([*lines, *headers, "", ""]).encode()


@pytest.fixture
def line(mock: Running) -> Iterator[Line]:
    """Return a connection to a mock that has forgotten what it was asked."""
    mock.state.reset()
    with Line(mock) as made:
        yield made


@pytest.fixture
def called(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect the requests that reach the app, by their paths."""
    found: list[str] = []
    call = Recorder.__call__

    async def counted(recorder: Recorder, scope: Any, *given: Any) -> None:
        found.append(scope.get("path", ""))
        await call(recorder, scope, *given)

    monkeypatch.setattr(Recorder, "__call__", counted)
    return found


KNOWN = {
    "GET": request(),
    "HEAD": request(method="HEAD"),
    "OPTIONS": request(method="OPTIONS"),
    "a 304": request("If-None-Match: *"),
    "a 401": request("Authorization: Bearer twice"),
    "a 404": request(path="/nothing"),
    "a 405": request(method="DELETE"),
    "a 406": request("Accept: text/html"),
    "an origin": request("Origin: https://page.example"),
    "gzip": request("Accept-Encoding: gzip", path=path_of("many")),
    "64 KiB": request(path=path_of("huge")),
    "an unknown id": request(path=path_of("nobody-knows-it")),
    "a method that no parser knows": request(method="BREW"),
    "an empty line before": b"\r\n" + request("X: empty line"),
}


@pytest.mark.parametrize("asked", KNOWN.values(), ids=KNOWN)
def test_fifth_answer_has_the_bytes_of_the_first(
    mock: Running, line: Line, called: list[str], asked: bytes
) -> None:
    """The app is asked three times: it decides twice, looks up once, and then is known."""
    fivefold = [line.ask(asked) for _ in range(5)]

    assert [fivefold[0]] * 5 == fivefold
    assert 3 == len(called)
    assert 5 == len(mock.state.journal)


def test_answer_by_bytes_leaves_the_same_traces(mock: Running, line: Line) -> None:
    """The journal tells all but number and time alike, and each time is a visit."""
    for _ in range(5):
        line.ask(request("Cookie: a=b"))
    told = {
        (one.method, one.host, one.path, one.request_headers, one.response_headers, one.body)
        for one in mock.state.journal
    }

    assert 1 == len(told)
    saved = mock.state.fixture_store.by_id["demo"].saved

    assert 5 == mock.state.visits.count("Bearer demo-token", ("demo", saved))


UNKNOWN = {
    "a body": request("Content-Length: 2", method="POST") + b"{}",
    "no body, but its length": request("Content-Length: 0"),
    "chunks": request("Transfer-Encoding: chunked") + b"0\r\n\r\n",
    "an upgrade": request("Connection: Upgrade", "Upgrade: h2c"),
    "a long head": request("X: " + "x" * 5000),
    "a sequence": request(path=path_of("sequence")),
    "a lie": request("Prefer: lie=null-member"),
    "our own page": request(path="/__mock/health"),
}


@pytest.mark.parametrize("asked", UNKNOWN.values(), ids=UNKNOWN)
def test_what_hangs_on_more_is_never_known(line: Line, called: list[str], asked: bytes) -> None:
    """It is read, and the app is asked, each time."""
    for _ in range(5):
        line.ask(asked)

    assert 5 == len(called)


def test_pieces_of_a_request_are_not_taken_for_one(line: Line) -> None:
    """A request in pieces, each of which may be known by itself, is read as a whole."""
    whole = request()
    for _ in range(5):
        line.ask(whole)
    cut = whole.index(b"Host")
    start = b"GET /nothing HTTP/1.1\r\nX: "

    assert line.ask(whole[:cut], whole[cut:]) == line.ask(whole)
    assert line.ask(start, whole).startswith(b"HTTP/1.1 404 ")
    assert line.ask(whole).startswith(b"HTTP/1.1 200 ")


def test_two_requests_in_one_piece_are_two(line: Line) -> None:
    """They get two answers each time: neither is known by the bytes of both."""
    for _ in range(5):
        line.socket.sendall(request() + request(path="/nothing"))

        assert line.read().startswith(b"HTTP/1.1 200 ")
        assert line.read().startswith(b"HTTP/1.1 404 ")


def test_known_bytes_inside_a_body_are_a_body(line: Line) -> None:
    """What looks like a known request, and is the body of one, is not answered."""
    known = request()
    for _ in range(5):
        line.ask(known)
    head = request(f"Content-Length: {len(known)}", path="/nothing")

    assert line.ask(head, known).startswith(b"HTTP/1.1 404 ")
    assert line.ask(known).startswith(b"HTTP/1.1 200 ")


def _lie(mock: Running, _: Path) -> None:
    mock.state.lie = "null-member"


def _save(mock: Running, path: Path) -> None:
    fixture_store = mock.state.fixture_store
    before = fixture_store.by_id
    folder(path, shop_json='{"answer": "unauthorized"}')
    while fixture_store.by_id is before:
        sleep(0.01)


def _spoil(mock: Running, path: Path) -> None:
    folder(path, shop_json='["broken"]')
    while not mock.state.fixture_store.stale:
        sleep(0.01)


def _reset(mock: Running, _: Path) -> None:
    mock.state.reset()


def _change(mock: Running, _: Path) -> None:
    mock.state.changed()


@pytest.mark.parametrize("change", [_lie, _save, _spoil, _reset, _change])
@pytest.mark.parametrize("name", ["shop", "nobody"])
def test_change_of_the_state_ends_what_is_known(
    change: Any, name: str, tmp_path: Path, called: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A lie, a save, good or bad, a reset, and what calls `changed` let the app decide again."""
    monkeypatch.setattr(fixture_store, "INTERVAL", 0.02)
    folder(tmp_path, shop_json="[]")
    with serving(Settings(port=0, fixtures=tmp_path)) as mock, Line(mock) as line:
        asked = request(path=path_of(name))
        for _ in range(5):
            line.ask(asked)
        change(mock, tmp_path)
        called.clear()
        line.ask(asked)

        assert [path_of(name)] == called
