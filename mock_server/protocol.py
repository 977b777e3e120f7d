"""HTTP/1.1 on a socket: uvicorn's protocol, with limits, deadlines and errors as JSON.

uvicorn buffers a head without end, waits for one without end, and answers what is not HTTP in
plain text. Here each of these becomes a refusal that the app renders like every other one.

An answer that the app has given before is written at once: what uvicorn sets up around an app (a
task, two messages, a check of each header) costs more than all else that is left to do.
"""

from __future__ import annotations

import asyncio
import re
from asyncio import TimerHandle
from collections.abc import Callable
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import (
    STATUS_LINE,
    HttpToolsProtocol,
    RequestResponseCycle,
)

from mock_server import limits
from mock_server.edge import HANG_UP, REFUSAL
from mock_server.refusals import (
    HeadersTooLarge,
    MalformedRequest,
    Refusal,
    RequestTimeout,
    TargetTooLong,
)
from mock_server.replay import Kept

DEADLINE: Final = 10.0
"""Seconds for a request to arrive in full."""

LINGER: Final = 1.0
"""Seconds to read on after a refusal, so that its answer is not lost in a connection reset."""

# The app refuses by the exact limits. Beyond this much, the rest is not even read.
_HEAD_CEILING: Final = limits.TARGET + limits.HEADERS + 16 * 1024
_URL_CEILING: Final = 60 * 1024  # the parser of URLs takes no more than 64 KiB

_REQUEST_LINE: Final = re.compile(
    rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}) (\S+) (?=HTTP/1\.[01]\r?\n)"
)
_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_STAND_IN: Final = b"TRACE"
_PARSED: Final = frozenset(
    b"CONNECT COPY DELETE GET HEAD LOCK MERGE MKCOL MOVE OPTIONS PATCH POST PROPFIND PROPPATCH PUT "
    b"QUERY REPORT SEARCH TRACE UNLOCK".split()
)


class Protocol(HttpToolsProtocol):
    """One connection of the mock."""

    deadline = DEADLINE

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refused = False
        self._reason: Refusal = MalformedRequest()
        self._timer: TimerHandle | None = None
        self._method: str | None = None
        self._between_messages = True
        self._in_head = False
        self._head_size = 0
        self._holding = False
        self._held: RequestResponseCycle | None = None
        self._replayed: Callable[[Any], Kept | None] | None = getattr(self.app, "replayed", None)
        self._anew: Any = getattr(self.app, "anew", self.app)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        self._lingering = _Lingering(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._lingering))
        self._arm()

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._refused:
            return
        if self._between_messages:
            data = self._parsable(data)
        super().data_received(data)
        if self._between_messages or self._refused:
            return
        self._arm()  # only now: most requests arrive whole, and a timer costs as much as an answer
        if self._in_head:
            self._head_size += len(data)
            if self._head_size > _HEAD_CEILING:
                self._refuse(HeadersTooLarge(limits.HEADERS))

    def _parsable(self, data: bytes) -> bytes:
        """Rewrite a request line that the parser would wrongly call malformed.

        A method that it does not know gets a stand-in: what the path takes is for the app to say.
        Bytes beyond ASCII, which curl sends as they were typed, are percent-encoded.
        """
        self._method = None
        line = _REQUEST_LINE.match(data)
        if line is None:
            return data
        method, target = line.groups()
        if method in _PARSED and target.isascii():
            return data
        if method not in _PARSED:
            self._method = method.decode()
            method = _STAND_IN
        target = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], target)
        return b"%b %b %b" % (method, target, data[line.end() :])

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._between_messages = False
        self._in_head = True
        self._head_size = 0

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > _URL_CEILING:
            self._reject(TargetTooLong("request target", limits.TARGET))

    def on_headers_complete(self) -> None:
        self._in_head = False
        hosts = [name for name, _ in self.headers].count(b"host")
        if hosts != 1 and self.parser.get_http_version() != "1.0":
            self._reject(MalformedRequest())  # RFC 9112, section 3.2
        self._holding = True
        try:
            super().on_headers_complete()
        finally:
            self._holding = False
        # The app has not started yet, so that it finds what is added here.
        self.scope["extensions"] = {HANG_UP: {"close": self.transport.close}}
        if self._method is not None:
            self.scope["method"] = self._method
        held, self._held = self._held, None
        if held is not None and not self.transport.is_closing():
            self._begin(held)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        if self._holding:
            self._held = cycle
        else:
            super()._start_asgi_task(cycle, app)

    def _begin(self, cycle: RequestResponseCycle) -> None:
        """Answer a request, at once if its answer is known and nothing is in the way."""
        if self._replayed is None or self.flow.write_paused:
            super()._start_asgi_task(cycle, self.app)
            return
        kept = self._replayed(cycle.scope)
        if kept is None:
            super()._start_asgi_task(cycle, self._anew)
            return
        cycle.response_started = cycle.response_complete = True
        lines = [STATUS_LINE[kept.sent.status]]
        lines += [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]
        lines.append(kept.lines)
        if not cycle.keep_alive:
            lines.append(b"connection: close\r\n")
        self.transport.write(b"".join([*lines, b"\r\n"]))
        self.transport.write(kept.sent.body)  # a copy of it would stay until it is sent
        if not cycle.keep_alive:
            self.transport.close()
        self.on_response_complete()
        cycle.on_response = _nothing  # as uvicorn does, or the two would keep each other alive

    def on_message_complete(self) -> None:
        self._between_messages = True
        self._disarm()
        self.cycle.more_body = False  # also where the answer did not wait for it
        super().on_message_complete()

    def _reject(self, reason: Refusal) -> None:
        """Stop the parser; uvicorn then asks for a 400, and gets the reason."""
        self._reason = reason
        raise reason

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - the signature is uvicorn's
        self._refuse(self._reason)

    def _refuse(self, reason: Refusal) -> None:
        """Let the app answer a request that is not there, after those that came before it."""
        self._refused = True
        self._lingering.wanted = True
        self._disarm()
        if self.cycle is not None and self.cycle.more_body:
            self._end_after_answer()
            return
        cycle = self._cycle_for(reason)
        if self.cycle is None or self.cycle.response_complete:
            self.cycle = cycle
            self._start_asgi_task(cycle, self.app)
        else:
            self.pipeline.appendleft((cycle, self.app))

    def _end_after_answer(self) -> None:
        """Let the answer to a request with a broken body be the last one."""
        if self.cycle.response_complete:
            self.transport.close()
        else:
            self.cycle.keep_alive = False

    def _cycle_for(self, reason: Refusal) -> RequestResponseCycle:
        scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": self.server,
            "client": self.client,
            "root_path": self.root_path,
            "state": self.app_state.copy(),
            "method": "GET",
            "path": "/",
            "raw_path": b"/",
            "query_string": b"",
            "headers": list(self.headers or []),
            "extensions": {REFUSAL: reason},
        }
        return RequestResponseCycle(
            scope=cast("Any", scope),
            transport=self.transport,
            flow=self.flow,
            logger=self.logger,
            access_logger=self.access_logger,
            access_log=self.access_log,
            default_headers=self.server_state.default_headers,
            message_event=asyncio.Event(),
            expect_100_continue=False,
            keep_alive=False,
            on_response=self.on_response_complete,
        )

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(self.deadline, self._expire)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        """Give up on a request; a connection that never said a word just closes."""
        self._timer = None
        if self._in_head:
            self._refuse(RequestTimeout())
        else:
            self.transport.close()


def _nothing() -> None:
    """Stand for what is done."""


class _Lingering:
    """A transport that, once `wanted`, closes its half first and reads on for a moment."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.wanted = False
        self._transport = transport
        self._loop = loop
        # What each answer calls, without the detour below.
        self.write = transport.write
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def close(self) -> None:
        if self.wanted and not self._transport.is_closing():
            self.wanted = False
            self._transport.write_eof()
            self._loop.call_later(LINGER, self._transport.close)
        else:
            self._transport.close()
