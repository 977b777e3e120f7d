"""The one switch that ends a run: set by a spent budget, an interrupt or a dead target."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


class Stopped(Exception):
    """The run has ended; nothing more is sent."""


@dataclass(eq=False)
class Stop:
    """Ends a run for all its threads.

    `reason` is why, empty until then. `aborted` tells that what was under way was cut off as well,
    so that it says nothing about the server.
    """

    reason: str = ""
    aborted: bool = False
    _event: threading.Event = field(default_factory=threading.Event)

    @property
    def ended(self) -> bool:
        return self._event.is_set()

    def end(self, reason: str, *, abort: bool = False) -> None:
        """End the run; the first reason counts."""
        self.reason = self.reason or reason
        self.aborted = self.aborted or abort
        self._event.set()

    def check(self) -> None:
        """Raise `Stopped` once the run has ended."""
        if self._event.is_set():
            raise Stopped

    def sleep(self, seconds: float) -> None:
        """Wait for some seconds; raise `Stopped` where the run ends meanwhile."""
        if self._event.wait(seconds):
            raise Stopped
