"""When a connection answers at once, and when it leaves that to the app, in memory."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
import uvicorn
from passed import passed
from uvicorn.server import ServerState

from find_webhook_kit.mock_server.app.cache import PLAIN, CacheEntry
from find_webhook_kit.mock_server.http.at_once import AtOnce

KNOWN = b"GET /known HTTP/1.1\r\nHost: mock\r\n\r\n"
NEW = b"GET /new HTTP/1.1\r\nHost: mock\r\n\r\n"
BODY = b"POST /new HTTP/1.1\r\nHost: mock\r\nContent-Length: 2\r\n\r\n{}"
HEADERS = ((b"content-length", b"2"),)
ENTRY = CacheEntry.of(passed(b"[]", HEADERS), None)


class App:
    """An app that knows the bytes of one request, and answers others when it is called."""

    def __init__(self) -> None:
        self.plain: list[bool] = []

    @staticmethod
    def at_once(head: bytes) -> CacheEntry | None:
        return ENTRY if head == KNOWN else None

    async def __call__(self, scope: Any, _: Any, send: Any) -> None:
        plain = scope["extensions"].pop(PLAIN, None)
        written = plain is not None and plain.answer(ENTRY)
        self.plain.append(written)
        if not written:
            headers = [*HEADERS, (b"by", b"app")]
            await send({"type": "http.response.start", "status": 200, "headers": headers})
            await send({"type": "http.response.body", "body": b"[]"})


class Memory(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closed = False

    def write(self, data: Any) -> None:
        self.written += data

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        self.closed = True

    abort = write_eof = close

    def pause_reading(self) -> None:
        """Go on: the test decides what comes."""

    resume_reading = pause_reading

    def get_write_buffer_size(self) -> int:
        return 0


Step = bytes | Callable[[], object] | None
"""What comes, what is done, or a few turns of the event loop."""


def connected(steps: Callable[[AtOnce], list[Step]]) -> tuple[App, bytes]:
    """Do some steps on a connection, and return its app and what was written."""
    app, transport = App(), Memory()

    async def turn() -> None:
        for _ in range(5):
            await asyncio.sleep(0)

    async def run() -> None:
        config = uvicorn.Config(app, lifespan="off", log_config=None, proxy_headers=False)
        config.load()
        protocol = AtOnce(config, ServerState(), {})
        protocol.connection_made(transport)
        for step in [*steps(protocol), None]:
            if step is None:
                await turn()
            elif isinstance(step, bytes):
                protocol.data_received(step)
            else:
                step()
        protocol.connection_lost(None)

    asyncio.run(run())
    return app, transport.written


def test_known_request_ends_the_wait_for_a_first_one() -> None:
    """Nobody who was answered at once is told later that the request took too long."""
    timers: list[object] = []
    connected(lambda one: [KNOWN, lambda: timers.append(one._timer)])  # noqa: SLF001

    assert [None] == timers


def test_known_request_after_one_with_a_body_lingers_no_more() -> None:
    """What the request before wanted of the end of the connection does not hold for this one."""
    wanted: list[bool] = []

    def look(one: AtOnce) -> Callable[[], None]:
        return lambda: wanted.append(one._lingering.wanted)  # noqa: SLF001

    connected(lambda one: [BODY, None, look(one), KNOWN, look(one)])

    assert [True, False] == wanted


@pytest.mark.parametrize("state", ["as ever", "paused", "last", "gone"])
def test_app_writes_at_once_unless_something_came_between(state: str) -> None:
    """A client that does not read, has closed its half, or is gone, is answered the usual way."""

    def between(one: AtOnce) -> Callable[[], None]:
        def change() -> None:
            if state == "paused":
                one.flow.pause_writing()
            elif state == "last":
                one.eof_received()
            elif state == "gone":
                one.cycle.disconnected = True

        return change

    app, written = connected(lambda one: [NEW, between(one), None, one.flow.resume_writing])

    assert [state == "as ever"] == app.plain
    assert (state in {"paused", "last"}) == (b"by: app" in written)
    assert (state == "last") == (b"connection: close" in written)


def test_request_in_two_pieces_is_not_plain() -> None:
    """Its bytes came one after the other, so that it is not known by them."""
    app, written = connected(lambda _: [NEW[:20], NEW[20:]])

    assert ([False], 1) == (app.plain, written.count(b"by: app"))
