"""Ends connections so that answers arrive, and waits for nobody who does not read them."""

from __future__ import annotations

import asyncio
from typing import Any, Final

LINGER: Final = 1.0
"""Seconds to read on after a refusal, so that its answer is not lost in a connection reset."""

STALL: Final = 30.0
"""Seconds that a client may leave an answer unread which does not fit on the way to it."""


class Lingering:
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
        """Close when all that was written is sent, or when nobody reads it."""
        if self.is_closing():
            return
        if self._transport.get_write_buffer_size():
            self._loop.call_later(STALL, self._transport.abort)
        if self.wanted:
            self.wanted = False
            self._transport.write_eof()
            self._loop.call_later(LINGER, self._transport.close)
        else:
            self._transport.close()
