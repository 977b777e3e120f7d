"""Gets answers to clients, together and to the last byte, and waits for nobody who reads none."""

from __future__ import annotations

import asyncio
from typing import Any, Final

LINGER: Final = 1.0
"""Seconds to read on after the last answer has left, so that no reset of the line takes it."""

STALL: Final = 30.0
"""Seconds that a client may leave an answer unread which does not fit on the way to it."""

TOGETHER: Final = 64 * 1024
"""Bytes that wait for more to be written before they leave."""


class Lingering:
    """A transport that, once `wanted`, closes its half first and reads on for a moment.

    So RFC 9112, section 9.6 has it: what a client goes on to send would else reset the connection,
    and the answer on its way be lost.

    What is written in one turn of the event loop leaves at its end, in one piece: by then the
    requests of all clients are read. A client that is woken by each answer, while others wait to be
    read, costs the mock more than the answer.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.wanted = False
        self._transport = transport
        self._loop = loop
        self._later: list[asyncio.TimerHandle] = []
        self._half_closed = False
        self._written: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def is_closing(self) -> bool:
        """Say whether nothing more can be sent."""
        return self._half_closed or self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send bytes at the end of this turn, or now if they are many."""
        if not self._written:
            self._loop.call_soon(self.flush)
        self._written.append(data)
        self._size += len(data)
        if self._size > TOGETHER:
            self.flush()

    def flush(self) -> None:
        """Send what was written."""
        written, size = self._written, self._size
        self._written, self._size = [], 0
        if not written or self.is_closing():
            return
        # A copy of much would stay until it is sent. `writelines` knows no limit in some Pythons.
        for piece in [b"".join(written)] if size <= TOGETHER else written:
            self._transport.write(piece)

    def hang_up(self) -> None:
        """Close in the middle of an answer, of which what was written arrives."""
        self.wanted = True
        self.close()

    def close(self) -> None:
        """Close when all that was written is sent, or when nobody reads it."""
        if self.is_closing():
            return
        self.flush()
        if self._transport.get_write_buffer_size():
            self._later.append(self._loop.call_later(STALL, self._transport.abort))
        if self.wanted:
            self._close_own_half()
        else:
            self._transport.close()

    def _close_own_half(self) -> None:
        self._half_closed = True
        try:
            self._transport.write_eof()
        except OSError:  # the client has gone
            self._transport.abort()
            return
        self._transport.resume_reading()
        self._linger()

    def _linger(self) -> None:
        """Read on for a moment, which begins again while the last answer is on its way."""
        on_its_way = self._transport.get_write_buffer_size() > 0
        then = self._linger if on_its_way else self._transport.close
        self._later.append(self._loop.call_later(LINGER, then))

    def lost(self) -> None:
        """Wait for nothing more: the connection is gone."""
        for handle in self._later:
            handle.cancel()
        self._later.clear()
