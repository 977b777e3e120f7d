"""Asks a server as the judge does, for the tests of its sending side; time may be a fake one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from liars.server import Request, Speaker, Speech, serving

from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.pace import Limits
from find_webhook_kit.contracts.wire.probe import SAFE_METHODS, Group, Probe
from find_webhook_kit.contracts.wire.sender import Sender
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.contracts.wire.world import World

PROBE = Probe("p", "/x", "x")
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"


@dataclass(eq=False)
class Time:
    """A clock that moves only when somebody waits, and what was waited."""

    now: float = 0.0
    waited: list[float] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        """Let time pass for everybody."""
        with self._lock:
            self.now += seconds

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.now += seconds
            self.waited.append(round(seconds, 6))

    @property
    def world(self) -> World:
        """The real network, at this time."""
        return World(clock=self, sleep=self.sleep)


FIRST = replace(PROBE, path="/first", instance_id="other")
"""The control: what a target in order answers."""


def sender(url: str, world: World | None = None, *, connections: int = 1, **limits: Any) -> Sender:
    """Return a sender to this URL; the rest are limits of the run."""
    judged = target(url, token="t", instance_ids=("a",))
    allowed = Limits(**{"timeout": 2.0, **limits})
    asked = Sender(judged, SAFE_METHODS, allowed, FIRST, connections=connections, world=world)
    asked.dispatcher.opening = False
    return asked


def ask(
    speaker: Speaker, probe: Probe = PROBE, world: World | None = None, **limits: Any
) -> Exchange:
    """Return what became of one probe."""
    with serving(speaker) as url:
        asking = sender(url, world, **limits)
        exchange = asking.ask(probe)
        asking.close()
    assert exchange is not None
    return exchange


def answer_of(speaker: Speaker, probe: Probe = PROBE, **limits: Any) -> Answer:
    """Return the answer to one probe."""
    answer = ask(speaker, probe, **limits).answer
    assert answer is not None
    return answer


def run(asking: Sender, groups: Iterable[Group]) -> list[Exchange]:
    """Send some groups and return what became of them."""
    asking.add(groups)
    asking.complete()
    asking.run(lambda _: None)
    asking.close()
    return asking.exchanges


def saying(raw: bytes) -> Speaker:
    """Say the same to everybody."""
    return lambda _: Speech(raw)


def in_turn(*speeches: bytes, then: bytes = OK) -> Speaker:
    """Say one after the other, and from then on the last."""
    left = list(speeches)
    return lambda _: Speech(left.pop(0) if left else then)


@dataclass(eq=False)
class Hearing:
    """Passes requests on to a speaker, and remembers them."""

    speaker: Callable[[Request], Speech]
    heard: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Speech:
        self.heard.append(request)
        return self.speaker(request)
