"""The kinds of load, and one round of one of them on one server."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count

from load import load
from process import Process, free_port, running
from results import KNOWN, NEW, Figure
from servers import Server, request

_fresh = count(1)


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of load: a name for the table, what is asked, and how many at once."""

    name: str
    request: Callable[[Server], Callable[[], bytes] | None]
    connections: int = 32


@dataclass(frozen=True, slots=True)
class Length:
    """How long a load lasts: so many seconds or so many requests, whichever is less."""

    seconds: float
    most: int


def known(instance: str, server: Server) -> Callable[[], bytes] | None:
    """Ask for an instance, if the server knows it, by what the server knows it by."""
    if instance not in server.bodies:
        return None
    written = request(instance, server.bodies[instance])
    return lambda: written


def _never_seen(_: Server) -> Callable[[], bytes]:
    return lambda: request(f"new-{next(_fresh)}")


CASES = (
    Case(KNOWN, partial(known, "demo")),
    Case(NEW, _never_seen),
    Case("50 webhooks", partial(known, "many")),
    Case("500 webhooks", partial(known, "huge")),
    Case("1 connection", partial(known, "demo"), connections=1),
    Case("500 connections", partial(known, "demo"), connections=500),
)


def started(server: Server, stack: ExitStack) -> Process:
    """Run a server until the stack ends."""
    port = free_port()
    return stack.enter_context(running(server.command(port), port, request("demo")))


def measured(server: Server, case: Case, process: Process, length: Length) -> Figure | None:
    """Put a server under a load; return None where it cannot be asked that."""
    asked = case.request(server)
    if asked is None:
        return None
    before = process.cpu
    result = load(
        process.port,
        asked,
        connections=case.connections,
        seconds=length.seconds,
        most=length.most,
    )
    cpu = (process.cpu - before) / result.requests
    return Figure(result.rate, 1e6 * cpu, result.percentile(0.5), result.percentile(0.99))
