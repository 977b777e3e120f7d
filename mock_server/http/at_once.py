"""Answers a request at once whose bytes the app knows.

To parse a request, and what uvicorn sets up around an app (a task, two messages, a check of each
header), costs more than all else there is to do. Known are the bytes of a whole request without a
body, which came in one piece over a connection where nothing else was going on, and were answered
from the cache of the app (`app/cache.py`): the same bytes mean the same request again.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, RequestResponseCycle

from find_webhook_kit.mock_server.app.cache import PLAIN, CacheEntry, Plain
from find_webhook_kit.mock_server.http.protocol import KEPT, Protocol

_END: Final = b"\r\n\r\n"
_KEPT_LINES: Final = b"".join(b"%b: %b\r\n" % pair for pair in KEPT)

_Known = Callable[[bytes], CacheEntry | None]

MAX_HEAD: Final = 4096
"""Bytes of a request that is known by them; most have a few hundred."""


class AtOnce(Protocol):
    """A connection that asks the app for the answer to the bytes of a request before it reads them.

    An app without such a table, or one that somebody has wrapped, is asked as ever.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._known: _Known | None = getattr(self.app, "at_once", None)

    def data_received(self, data: bytes) -> None:
        """Answer what is known; else read it, and tell the app by what it would be known."""
        if self._known is None or not self._is_head(data):
            super().data_received(data)
            return
        kept = self._known(data)
        if kept is not None:
            self._unset_keepalive_if_required()
            self._disarm()
            self._lingering.wanted = False
            self._write(kept)
            return
        before = self.cycle
        super().data_received(data)
        if self.cycle is not before and self._is_plain():
            # The app has not started yet, so that it finds this.
            extensions = cast("dict[str, object]", self.scope["extensions"])
            extensions[PLAIN] = Plain(data, partial(self._answered, self.cycle))

    def _is_head(self, data: bytes) -> bool:
        """Say whether bytes may be all of a request, with nothing before it in the way."""
        return (
            len(data) <= MAX_HEAD
            and 0 < data.find(_END) == len(data) - len(_END)
            and self._between_messages
            and (self.cycle is None or self.cycle.response_complete)
            and not (self._begun or self._unread or self._refused or self.flow.write_paused)
            and not self.transport.is_closing()
        )

    def _is_plain(self) -> bool:
        """Say whether one whole request was read, without a body, and more may follow it.

        A second one would wait in the pipeline.
        """
        return (
            self._between_messages
            and not (self._lingering.wanted or self._begun or self._unread or self._refused)
            and not self.pipeline
            and not self.parser.should_upgrade()
        )

    def _answered(self, cycle: RequestResponseCycle, kept: CacheEntry) -> bool:
        """Write the answer to a request that was read, unless something came in between."""
        if self.flow.write_paused or cycle.disconnected or not cycle.keep_alive:
            return False
        cycle.response_started = cycle.response_complete = True
        self._write(kept)
        return True

    def _write(self, kept: CacheEntry) -> None:
        """Write an answer as uvicorn would, and go on with the next request."""
        lines = [STATUS_LINE[kept.passed.status]]
        lines += [b"%b: %b\r\n" % pair for pair in self.server_state.default_headers]
        self.transport.write(b"".join([*lines, _KEPT_LINES, kept.lines, b"\r\n"]))
        self.transport.write(kept.passed.body)  # a copy of it would stay until it is sent
        self.on_response_complete()
