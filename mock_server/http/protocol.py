"""HTTP/1.1 on a socket: uvicorn's protocol, with limits, deadlines and errors as JSON.

uvicorn buffers a head without end, waits for one without end, and answers what is not HTTP in
plain text. Here each of these becomes a refusal that the app renders like every other one.
"""

from __future__ import annotations

import asyncio
from asyncio import TimerHandle
from typing import Any, Final, cast

from httptools import HttpParserError, HttpParserUpgrade, parse_url
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from find_webhook_kit.mock_server.answers import limits
from find_webhook_kit.mock_server.answers.delivery import HANG_UP
from find_webhook_kit.mock_server.answers.errors import (
    HeadersTooLarge,
    MalformedRequest,
    Refusal,
    RequestTimeout,
)
from find_webhook_kit.mock_server.app.guard import REFUSAL
from find_webhook_kit.mock_server.http import request_head as head
from find_webhook_kit.mock_server.http.empty_line import EmptyLine
from find_webhook_kit.mock_server.http.idle_connections import make_room
from find_webhook_kit.mock_server.http.transport import STALL, Lingering

DEADLINE: Final = 5.0
"""Seconds for a request to arrive in full."""

KEEP_ALIVE: Final = 75
"""Seconds that a connection is kept for the next request.

Well above what clients keep it for: with both at 5 seconds, as Node's polling every 5 seconds has
it, a request sets out just as the connection is closed, and is lost.
"""

DEPTH: Final = 16
"""Requests of one client that wait for their turn; what follows them is left as it came."""

HALF_CLOSED: Final = 10.0
"""Seconds for an answer to a client that has closed its half of the connection, or all of it."""

# The app refuses by the exact limits. Beyond this much, the rest is not even read.
_CEILING: Final = limits.TARGET + limits.HEADERS + 16 * 1024
KEPT: Final = ((b"connection", b"keep-alive"), (b"keep-alive", b"timeout=%d" % KEEP_ALIVE))
"""Headers of an answer that is not the last one: Node and undici go by the hint."""


class Protocol(HttpToolsProtocol):
    """One connection of the mock."""

    deadline = DEADLINE
    stall = STALL

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._refused = False
        self._reason: Refusal = MalformedRequest()
        self._timer: TimerHandle | None = None
        self._stall: TimerHandle | None = None
        self._unread = b""
        self._ended = False
        self._begun = b""
        self._empty_line = EmptyLine()
        self._left: int | None = None
        self._method: str | None = None
        self._host: bytes | None = None
        self._between_messages = True
        self._in_head = False
        self._in_body = False
        self._overhead = 0
        self._running: RequestResponseCycle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn
        self._lingering = Lingering(transport, self.loop)
        super().connection_made(cast("asyncio.Transport", self._lingering))
        make_room(self.connections, self)
        self._arm(self.deadline)

    def connection_lost(self, exc: Exception | None) -> None:
        self._disarm()
        self._lingering.lost()
        self.pipeline.clear()
        self._unread = b""
        self.resume_writing()
        if self._running is not None:  # uvicorn tells the last request alone
            self._running.disconnected = True
            self._running.message_event.set()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser one head at a time, so that the start of each message is known."""
        if self.transport.is_closing():
            return  # RFC 9112, section 9.6: this is not for us
        self._unset_keepalive_if_required()
        data, self._unread = self._unread + data, b""
        while data and not self._refused:
            if len(self.pipeline) >= DEPTH:
                self._unread = data
                self.flow.pause_reading()
                break
            data = self._fed(data)
        if not self._refused:
            self._set_timer()

    def _set_timer(self) -> None:
        """Give the client some time for the rest of a request, or for its next one.

        Only when all is read: most requests arrive whole, and a timer costs as much as an answer.
        """
        if self._unfinished:
            self._unset_keepalive_if_required()
            self._arm(self.deadline)
        elif self.timeout_keep_alive_task is None and self.cycle and self.cycle.response_complete:
            self.timeout_keep_alive_task = self.loop.call_later(
                self.timeout_keep_alive, self.timeout_keep_alive_handler
            )
            self._hurry_after_empty_line()

    def _hurry_after_empty_line(self) -> None:
        """Wait for a request that has begun with an empty line for as long as for every other."""
        if self._begun:
            self._unset_keepalive_if_required()
            self._arm(self.deadline)

    def _fed(self, data: bytes) -> bytes:
        """Feed what belongs together, and return what is left."""
        if self._between_messages:
            return self._feed_start(data)
        if self._in_head:
            end = self._empty_line.end(data, 0)
        elif self._left is None:
            return self._feed_chunks(data)
        else:
            end = min(self._left, len(data))
            self._left -= end
        return self._feed(data[:end]) + data[end:]

    def _feed_chunks(self, data: bytes) -> bytes:
        """Stop wherever the chunks may end, for there the next message would begin."""
        start = 0
        while start < len(data) and not self._between_messages and not self._refused:
            end = self._empty_line.end(data, start)
            self._feed(data[start:end])
            start = end
        return data[start:]

    def _feed_start(self, data: bytes) -> bytes:
        if self.cycle is not None and not self.cycle.keep_alive:
            return b""  # RFC 9112, section 9.6: this is not for us
        if self._begun:
            data, self._begun = self._begun + data, b""
        try:
            started = head.start(data)
        except Refusal as reason:
            self._refuse(reason)
            return b""
        if started is None:
            self._begun = data
            return b""
        data, self._method = started
        self._empty_line.forget()
        end = self._empty_line.end(data, 0)
        return self._feed(data[:end]) + data[end:]

    def _feed(self, data: bytes) -> bytes:
        """Feed the parser, and return what it did not take."""
        self._in_body = False
        try:
            self.parser.feed_data(data)
        except HttpParserUpgrade as offer:  # is declined: HTTP/1.1 goes on
            return data[offer.args[0] :]
        except HttpParserError:
            self._refuse(self._reason)
            return b""
        if not self._between_messages:
            self._overhead = 0 if self._in_body else self._overhead + len(data)
            if self._overhead > _CEILING:
                self._refuse(HeadersTooLarge(limits.HEADERS))
        return b""

    def eof_received(self) -> bool:  # type: ignore[override]  # asyncio wants to know whether to stay
        """Answer what came in full, and say so where something did not."""
        if self.transport.is_closing():
            return False
        if self._unread:
            self._ended = True
            return True
        if self._unfinished and not self._refused:
            self._refuse(MalformedRequest())
        if self.cycle is None or self.cycle.response_complete:
            self._lingering.wanted = False
            self._lingering.close()
            return False
        self._make_last(self.cycle)
        self._disarm()
        self._timer = self.loop.call_later(HALF_CLOSED, self.transport.abort)
        return True

    @property
    def _unfinished(self) -> bool:
        """Say whether a request has begun and not ended."""
        return bool(self._begun.strip()) or not self._between_messages

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._unset_keepalive_if_required()  # that an answer in the same piece of data has set
        self._between_messages = False
        self._in_head = True
        self._overhead = 0

    def on_headers_complete(self) -> None:
        self._in_head = False
        has_body = self._check_head()
        super().on_headers_complete()
        # The app has not started yet, so that it finds what is added here.
        self.scope["extensions"] = {HANG_UP: {"close": self._lingering.hang_up}}
        if self._method is not None:
            self.scope["method"] = self._method
        self.headers = []  # trailers are no headers (RFC 9110, section 6.5.1)
        self._empty_line.forget()
        if has_body and self.parser.should_upgrade():
            self._make_last(self.cycle)  # the parser would take the body for what comes next
        self._lingering.wanted = has_body or not self.cycle.keep_alive

    def _check_head(self) -> bool:
        """Stop the parser where the head breaks a rule that it does not know.

        Return whether a body follows.
        """
        names = [name for name, _ in self.headers]
        try:
            # The host of a connection hardly ever changes.
            if names.count(b"host") != 1 or self.headers[names.index(b"host")][1] != self._host:
                hosts = self._values(b"host")
                head.check_host(hosts, self.parser.get_http_version())
                self._host = hosts[0] if hosts else None
            if b"transfer-encoding" in names:
                head.check_coding(self._values(b"transfer-encoding"))
                self._left = None
                return True
        except Refusal as reason:
            self._reason = reason
            raise
        if b"content-length" in names:
            self._left = int(self._values(b"content-length")[0])
            return True
        return False

    def _values(self, wanted: bytes) -> list[bytes]:
        return [value for name, value in self.headers if name == wanted]

    def _make_last(self, cycle: RequestResponseCycle) -> None:
        """Close the connection behind an answer, which says so if it has not begun."""
        cycle.keep_alive = False
        cycle.default_headers = self.server_state.default_headers

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        """Let the app answer, which is told when the client goes."""
        self._running = cycle
        if cycle.keep_alive:
            cycle.default_headers = [*cycle.default_headers, *KEPT]
        super()._start_asgi_task(cycle, app)

    def on_message_complete(self) -> None:
        self._between_messages = True
        self._disarm()
        self.cycle.more_body = False  # also where the answer did not wait for it
        super().on_message_complete()

    def on_body(self, body: bytes) -> None:
        self._in_body = True
        super().on_body(body)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.transport.is_closing():
            return
        if not self.pipeline:
            self._hurry_after_empty_line()
        if self.pipeline or self._unread:
            self.flow.pause_reading()  # until those are answered that are here already
        if self._unread and not self.pipeline:
            self.loop.call_soon(self._read_on)

    def _read_on(self) -> None:
        """Go on with what was left as it came."""
        if self.transport.is_closing() or not self._unread:
            return
        self.flow.resume_reading()
        self.data_received(b"")
        if self._ended and not self._unread and not self.eof_received():
            self.transport.close()

    def _refuse(self, reason: Refusal) -> None:
        """Let the app answer a request that is not there, after those that came before it."""
        self._refused = True
        self._lingering.wanted = True
        self._disarm()
        if self.cycle is not None and self.cycle.more_body:
            self._end_after_answer()
            return
        before, self.cycle = self.cycle, self._cycle_for(reason)
        if before is None or before.response_complete:
            self._start_asgi_task(self.cycle, self.app)
        else:
            self.pipeline.appendleft((self.cycle, self.app))

    def _end_after_answer(self) -> None:
        """Let the answer to a request with a broken body be the last one."""
        if self.cycle.response_complete:
            self.transport.close()
        else:
            self._make_last(self.cycle)

    def _cycle_for(self, reason: Refusal) -> RequestResponseCycle:
        path, query = self._asked_target()
        scope = {
            "type": "http",
            "asgi": {"version": self.asgi_version, "spec_version": "2.3"},
            "http_version": "1.1",
            "scheme": self.scheme,
            "server": self.server,
            "client": self.client,
            "root_path": self.root_path,
            "state": self.app_state.copy(),
            "method": self._asked_method(),
            "path": path.decode("ascii"),
            "raw_path": path,
            "query_string": query,
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

    def _asked_method(self) -> str:
        """Return the method of the request that is being read, if that much of it was read."""
        if self._between_messages:
            return "GET"
        return self._method or self.parser.get_method().decode()

    def _asked_target(self) -> tuple[bytes, bytes]:
        """Return the path and the query of the request that is being read, likewise."""
        if self._between_messages:
            return b"/", b""
        try:
            target = parse_url(self.url)
        except HttpParserError:
            return b"/", b""
        return target.path or b"/", target.query or b""

    @property
    def idle_since(self) -> float | None:
        """When the client was last answered, or came; None while there is something to do."""
        if self.transport.is_closing() or self._unfinished:
            return None
        if self.timeout_keep_alive_task is not None:
            return self.timeout_keep_alive_task.when() - self.timeout_keep_alive
        if not self.cycle and self._timer is not None:
            return self._timer.when() - self.deadline
        return None

    def leave(self) -> None:
        """Close an idle connection."""
        self.timeout_keep_alive_handler()

    def pause_writing(self) -> None:
        super().pause_writing()
        self._stall = self.loop.call_later(self.stall, self.transport.abort)

    def resume_writing(self) -> None:
        super().resume_writing()
        if self._stall is not None:
            self._stall.cancel()
            self._stall = None

    def _arm(self, seconds: float) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(seconds, self._expire)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _expire(self) -> None:
        """Give up on a request; a connection that never said a word just closes."""
        self._timer = None
        if self.flow.read_paused:  # the client could not go on
            self._arm(self.deadline)
        elif self._unfinished:
            self._refuse(RequestTimeout())
        else:
            self.transport.close()
