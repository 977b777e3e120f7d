"""What a run needs of the world outside: connections, a clock, and a way to wait."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass

from find_webhook_kit.contracts.wire.connection import Connection
from find_webhook_kit.contracts.wire.dial import Clock
from find_webhook_kit.contracts.wire.target import Target

Open = Callable[[Target, ssl.SSLContext | None, float, Clock], Connection]
"""Opens a connection to a target until a deadline, or raises `Lost`."""


@dataclass(frozen=True, slots=True)
class World:
    """The real one, or what a test puts in its place.

    `sleep` waits for some seconds; without one, a run waits until then or until it is stopped.
    """

    open: Open = Connection.open
    clock: Clock = time.monotonic
    sleep: Callable[[float], None] | None = None
