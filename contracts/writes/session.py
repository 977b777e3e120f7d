"""Asks one request after the other, in order; and ends the scenario where that makes no sense."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.wire.connection import Lost
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.pace import Limits
from find_webhook_kit.contracts.wire.probe import SAFE_METHODS, Probe
from find_webhook_kit.contracts.wire.sender import Sender
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.world import World
from find_webhook_kit.contracts.writes.requests import WRITES

RESTORING: Final = 60.0
"""Seconds that putting back may take, whatever the run has left."""


class Ended(Exception):
    """The scenario cannot go on, and why."""


class Session:
    """The way of one scenario to the target, with a pace and a budget of its own."""

    def __init__(  # noqa: PLR0913 - what a way to a target is made of
        self,
        target: Target,
        options: Options,
        control: Probe,
        world: World,
        *,
        max_time: float,
        max_requests: int = 0,
        first: int = 0,
    ) -> None:
        limits = Limits(
            timeout=options.timeout,
            max_time=max_time,
            rate=options.rate,
            max_requests=max_requests,
        )
        methods, tls = SAFE_METHODS | WRITES, options.tls
        self.sender = Sender(
            target, methods, limits, control, tls=tls, world=world, first=first + 1
        )
        self.sender.dispatcher.opening = False

    def connect(self) -> None:
        """Open the connection; raise `Ended`."""
        try:
            self.sender.connect()
        except Lost as error:
            raise Ended(f"the target was not reached: {error}") from None

    def ask(self, probe: Probe) -> Exchange:
        """Send a request; raise `Ended` where the budget is spent or the target throttles."""
        exchange = self.sender.ask(probe)
        if exchange is None:
            raise Ended(self.sender.stop.reason or "the target stopped answering")
        if exchange.answer is not None and exchange.answer.throttles:
            raise Ended(f"{probe.name} was only told to come later: give a --rate-limit")
        return exchange

    def sleep(self, seconds: float) -> None:
        self.sender.dispatcher.sleep(seconds)

    @property
    def now(self) -> float:
        return self.sender.pace.seconds


@contextmanager
def closing(session: Session) -> Iterator[Session]:
    """Close what is open behind the block."""
    try:
        yield session
    finally:
        session.sender.close()
