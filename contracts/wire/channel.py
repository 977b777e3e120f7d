"""A worker's way to the target: a connection that is kept, and opened again when it was closed."""

from __future__ import annotations

import ssl
from collections.abc import Callable
from dataclasses import dataclass

from find_webhook_kit.contracts.wire.connection import LINGER, Connection, Lost
from find_webhook_kit.contracts.wire.exchange import Answer, LossKind
from find_webhook_kit.contracts.wire.pace import Pace
from find_webhook_kit.contracts.wire.probe import Group, Probe, Way
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.world import World

Heard = Callable[[int, Connection, bytes], None]


@dataclass(eq=False)
class Channel:
    """Asks one request after the other, on one connection as long as the server keeps it.

    `told` is called with the number of an answer, its connection, and bytes that came behind it.
    `proven` tells that an answer ever came this way.
    """

    target: Target
    tls: ssl.SSLContext | None
    world: World
    pace: Pace
    told: Heard
    proven: bool = False
    connection: Connection | None = None
    number: int = 0
    bad: bool = False
    aborted: bool = False

    def connect(self) -> Connection:
        """Open the connection; raise `Lost`."""
        deadline, clock = self._deadline(), self.world.clock
        self.connection = self.world.open(self.target, self.tls, deadline, clock)
        if self.aborted:  # while it was opened
            self._drop()
            raise Lost("the run has ended")
        return self.connection

    def prepare(self, group: Group) -> None:
        """Close the connection where it must not be shared with a group.

        Nobody and somebody do not take turns on one, unless that is what a group is about: what
        sticks to a connection is one finding then, and not one for each probe.
        """
        bad = group.probes[0].credentials.bad
        if group.way is Way.OWN or bad is not self.bad:
            self.close()
        self.bad = bad

    def ask(self, probe: Probe, number: int, *, stay: bool) -> Answer:
        """Send a probe and return its answer; raise `Lost` and `BudgetSpent`.

        A request on a kept connection that the server closed meanwhile goes again on a new one,
        and is no lost request (RFC 9112, section 9.3.1). `stay` keeps the connection.
        """
        self._look()
        if not probe.repeatable:
            self._drop()  # the server may be about to close it: nobody would know what arrived
        if self.connection is not None and self.connection.used:
            try:
                return self._ask(self.connection, probe, number, stay=stay)
            except Lost as error:
                if error.kind is not LossKind.BROKEN:
                    raise
            self.pace.wait()
        connection = self.connection or self.connect()
        return self._ask(connection, probe, number, stay=stay)

    def _ask(self, connection: Connection, probe: Probe, number: int, *, stay: bool) -> Answer:
        self.connection = connection
        try:
            answer, again = connection.ask(probe, self._deadline(), stay=stay)
        except BaseException:
            self._drop()
            raise
        self.proven = True
        self.number = number
        if again:
            return answer
        extra = b"" if answer.faults else connection.unannounced(LINGER)
        self._drop()
        return connection.with_bytes_behind(answer, extra) if extra else answer

    def close(self) -> None:
        """Close the connection, once what may follow its last answer has had time to arrive."""
        self._look(LINGER)
        self._drop()

    def abort(self) -> None:
        """Wake up whoever waits for an answer here, in whichever thread; nobody will again."""
        self.aborted = True
        connection = self.connection
        if connection is not None:
            connection.abort()

    def _look(self, seconds: float = 0.0) -> None:
        """See what came since the last answer: nothing, other bytes, or the end."""
        connection = self.connection
        if connection is None or not connection.used:
            return
        came = connection.unannounced(seconds)
        if came:
            self.told(self.number, connection, came)
        if came != b"":
            self._drop()

    def _drop(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()

    def _deadline(self) -> float:
        return self.world.clock() + min(self.pace.limits.timeout, max(self.pace.left, 0.1))
