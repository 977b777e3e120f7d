"""A network in memory, with a clock of its own: a server answers at once, until it ends.

A run of the judge on it takes no time at all, so that it can be ended at every single request.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from itertools import count
from typing import cast

from asking import Time
from liars.server import Speaker, keeps, parsed

from find_webhook_kit.contracts.wire.connection import Connection, Lost
from find_webhook_kit.contracts.wire.dial import Clock
from find_webhook_kit.contracts.wire.exchange import LossKind
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.world import World


class End(Enum):
    """What a server does from some request on."""

    REFUSES = "refuses connections"
    RESETS = "resets connections"
    CLOSES = "closes without a byte"
    SILENT = "says nothing any more"


@dataclass(eq=False)
class Network:
    """Leads to one server, which ends in a way at a request, if it does.

    `asked` is called with the number of each request, in the thread that sends it. A connection
    that `loses`, by its number from 1, is closed without a byte when its first request arrives.
    """

    speaker: Speaker
    end: End | None = None
    at: int = 0
    asked: Callable[[int], None] = lambda _: None
    loses: Callable[[int], bool] = lambda _: False
    time: Time = field(default_factory=Time)
    numbers: count[int] = field(default_factory=lambda: count(1))
    lines: count[int] = field(default_factory=lambda: count(1))
    last: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def world(self) -> World:
        return World(self.open, self.time, self.time.sleep)

    @property
    def ended(self) -> bool:
        return self.end is not None and self.last >= self.at

    def open(
        self, target: Target, _tls: ssl.SSLContext | None, _deadline: float, clock: Clock
    ) -> Connection:
        """Take the place of `Connection.open`."""
        if self.ended and self.end is End.REFUSES:
            raise Lost("no connection: Connection refused", LossKind.REFUSED)
        return Connection(target, cast("socket.socket", _Socket(self, next(self.lines))), clock)


@dataclass(eq=False)
class _Socket:
    """As much of a socket as a connection of the judge uses."""

    network: Network
    line: int
    timeout: float = 0.0
    answer: bytes | None = b""
    turn: int = 0
    kept: bool = True
    shut: bool = False

    def settimeout(self, seconds: float) -> None:
        self.timeout = seconds

    def sendall(self, raw: bytes) -> None:
        with self.network.lock:
            number = next(self.network.numbers)
            self.network.last = number
            self.turn += 1
        self.network.asked(number)
        if self.network.end is not None and number >= self.network.at:
            self.answer = None
            return
        if self.turn == 1 and self.network.loses(self.line):
            self.answer = None
            return
        request = parsed(raw, number, turn=self.turn, line=self.line)
        speech = self.network.speaker(request)
        self.network.time.sleep(speech.delay)
        self.answer = speech.raw + speech.behind
        self.kept = speech.stays or keeps(request, speech)

    def recv(self, _size: int) -> bytes:
        if self.shut:
            return b""
        if self.answer is None:
            return self._end()
        came, self.answer = self.answer, b""
        if came:
            return came
        if not self.kept:
            return b""
        if not self.timeout:
            raise BlockingIOError
        return self._end() if self.network.ended else self._late()

    def _end(self) -> bytes:
        if self.network.end is End.SILENT:
            return self._late()
        if self.network.end is End.RESETS:
            raise ConnectionResetError(104, "Connection reset by peer")
        return b""

    def _late(self) -> bytes:
        self.network.time.sleep(self.timeout)
        raise TimeoutError

    def shutdown(self, _how: int) -> None:
        self.shut = True

    def close(self) -> None:
        self.shut = True
