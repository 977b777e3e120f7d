"""A host is reached at whichever of its addresses answers, within one deadline for all of them."""

from __future__ import annotations

import itertools
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from threading import Event
from typing import Any

import pytest

from find_webhook_kit.contracts.wire import dial as module
from find_webhook_kit.contracts.wire.dial import dial

FAR = 60.0
"""Seconds that no test lasts."""


@pytest.fixture
def silent() -> Iterator[int]:
    """A port where nobody answers: its queue is full, and the system drops what comes."""
    with ExitStack() as stack:
        full = stack.enter_context(socket.create_server(("", 0), backlog=0))
        for _ in range(4):
            client = stack.enter_context(socket.socket())
            client.settimeout(0)
            client.connect_ex(("127.0.0.1", full.getsockname()[1]))
        yield full.getsockname()[1]


@pytest.fixture
def open_port() -> Iterator[int]:
    with socket.create_server(("", 0)) as server:
        yield server.getsockname()[1]


def named(monkeypatch: pytest.MonkeyPatch, *ports: int) -> None:
    """Let every name stand for addresses of this machine, each with its port."""

    def look_up(_: str, __: int, **options: Any) -> list[Any]:
        if options.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "not an address")
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{number}", port))
            for number, port in enumerate(ports, 1)
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)


def ticking(step: float) -> Any:
    ticks = itertools.count()
    return lambda: next(ticks) * step


def test_silent_addresses_do_not_hold_up_one_that_answers(
    monkeypatch: pytest.MonkeyPatch, silent: int, open_port: int
) -> None:
    """The next one is tried beside them, a quarter of a second later (RFC 8305)."""
    monkeypatch.setattr(module, "STAGGER", 0.001)
    named(monkeypatch, *[silent] * 12, open_port)
    with dial("many.example", 1, time.monotonic() + FAR) as connection:
        assert open_port == connection.getpeername()[1]


def test_twelve_silent_addresses_share_one_deadline(
    monkeypatch: pytest.MonkeyPatch, silent: int
) -> None:
    """It is asked for before each of them, and ends the whole."""
    monkeypatch.setattr(module, "STAGGER", 0.001)
    named(monkeypatch, *[silent] * 12)

    with pytest.raises(TimeoutError, match="timed out"):
        dial("many.example", 1, 5.0, ticking(1.0))


def test_first_reason_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where every address refuses, it is the preferred one that people know."""
    named(monkeypatch, 1, 1)

    with pytest.raises(ConnectionRefusedError):
        dial("closed.example", 1, time.monotonic() + FAR)


def test_family_that_the_machine_does_not_have_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, open_port: int
) -> None:
    """A machine without IPv6 meets names that have it all the same."""
    named(monkeypatch, open_port)
    real = socket.getaddrinfo

    def look_up(*given: Any, **options: Any) -> list[Any]:
        return [(9999, socket.SOCK_STREAM, 6, "", ("::1", 1, 0, 0)), *real(*given, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with dial("both.example", 1, time.monotonic() + FAR) as connection:
        assert open_port == connection.getpeername()[1]


def test_look_up_that_hangs_ends_at_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's resolver waits for half a minute, and cannot be told not to."""
    done = Event()

    def look_up(*_: Any, **options: Any) -> list[Any]:
        if options.get("flags"):
            raise socket.gaierror(socket.EAI_NONAME, "not an address")
        done.wait(FAR)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    with pytest.raises(TimeoutError, match="timed out"):
        dial("lost.example", 1, time.monotonic())
    done.set()


def test_absolute_name_is_found_without_its_dot(open_port: int) -> None:
    """A file of hosts knows none with a dot at its end."""
    with dial("localhost.", open_port, time.monotonic() + FAR) as connection:
        assert open_port == connection.getpeername()[1]


@pytest.mark.parametrize("host", ["a..b", "x" * 64 + ".example"])
def test_what_cannot_be_a_name_is_an_error_of_the_system(host: str) -> None:
    """Not one of Python's codecs."""
    with pytest.raises(OSError, match=r"not a host name|not known"):
        dial(host, 1, time.monotonic() + FAR)


def test_families_take_turns() -> None:
    """The one that the system prefers comes first (RFC 8305, section 4)."""
    six, four = socket.AF_INET6, socket.AF_INET
    given: list[Any] = [(six, ("a", 1)), (six, ("b", 1)), (six, ("c", 1)), (four, ("d", 1))]

    assert ["a", "d", "b", "c"] == [place[0] for _, place in module._in_turn(given)]  # noqa: SLF001
