"""Ends connections so that answers arrive, and waits for nobody who does not read them."""

from __future__ import annotations

import asyncio
from typing import Any, Final

LINGER: Final = 1.0
"""Seconds to read on after the last answer, so that it is not lost in a connection reset."""

STALL: Final = 30.0
"""Seconds that a client may leave an answer unread which does not fit on the way to it."""


class Lingering:
    """A transport that, once `wanted`, closes its half first and reads on for a moment.

    So RFC 9112, section 9.6 has it: what a client goes on to send would else reset the connection,
    and the answer on its way be lost.
    """

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self.wanted = False
        self._transport = transport
        self._loop = loop
        self._later: list[asyncio.TimerHandle] = []
        # What each answer calls, without the detour below.
        self.write = transport.write
        self.is_closing = transport.is_closing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def hang_up(self) -> None:
        """Close at once, as soon as what was written is sent."""
        self.wanted = False
        self.close()

    def close(self) -> None:
        """Close when all that was written is sent, or when nobody reads it."""
        if self.is_closing():
            return
        if self._transport.get_write_buffer_size():
            self._later.append(self._loop.call_later(STALL, self._transport.abort))
        if self.wanted:
            self.wanted = False
            self._transport.write_eof()
            self._later.append(self._loop.call_later(LINGER, self._transport.close))
        else:
            self._transport.close()

    def lost(self) -> None:
        """Wait for nothing more: the connection is gone."""
        for handle in self._later:
            handle.cancel()
        self._later.clear()
