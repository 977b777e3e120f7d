"""Answers reach a client together, in order, and never in heaps."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest

from find_webhook_kit.mock_server.http import transport as lingering
from find_webhook_kit.mock_server.http.transport import TOGETHER, Lingering


class Transport:
    """Remembers what it is told."""

    def __init__(self) -> None:
        self.told: list[str | bytes] = []

    def write(self, data: bytes) -> None:
        self.told.append(data)

    def resume_reading(self) -> None:
        pass

    def write_eof(self) -> None:
        self.told.append("end")

    def close(self) -> None:
        self.told.append("close")

    def abort(self) -> None:
        self.told.append("abort")

    def is_closing(self) -> bool:
        return "close" in self.told or "abort" in self.told

    def get_write_buffer_size(self) -> int:
        return 0


class Stuck(Transport):
    """A transport whose client does not read."""

    def get_write_buffer_size(self) -> int:
        return 1


class Gone(Transport):
    """A transport whose client is no longer there."""

    def write_eof(self) -> None:
        raise OSError


async def _turn(
    *calls: tuple[str, bytes] | tuple[str], transport: Transport, wanted: bool = False
) -> list[str | bytes]:
    """Make calls in one turn of the loop, and wait for the next but one."""
    line = Lingering(cast("asyncio.Transport", transport), asyncio.get_running_loop())
    line.wanted = wanted
    for name, *arguments in calls:
        getattr(line, name)(*arguments)
    transport.told.append("turn")
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return transport.told


def told(*calls: tuple[str, bytes] | tuple[str]) -> list[str | bytes]:
    """Return what a transport is told, and when the turn ended."""
    return asyncio.run(_turn(*calls, transport=Transport()))


def test_what_is_written_in_one_turn_leaves_together() -> None:
    """By then the requests of all clients are read."""
    assert ["turn", b"abc"] == told(("write", b"a"), ("write", b"b"), ("write", b"c"))


def test_many_bytes_leave_at_once() -> None:
    """A thousand requests in one piece do not pile up a thousand answers."""
    large = b"x" * TOGETHER

    assert [b"a", large, "turn", b"b"] == told(("write", b"a"), ("write", large), ("write", b"b"))


def test_close_comes_after_what_was_written() -> None:
    """The last answer of a connection arrives."""
    assert [b"a", "close", "turn"] == told(("write", b"a"), ("close",))


def test_nothing_is_written_after_the_end() -> None:
    """Whoever ends a connection at once wants nothing more to leave."""
    assert ["abort", "turn"] == told(("write", b"a"), ("abort",))
    assert [b"a", "close", "turn"] == told(("write", b"a"), ("close",), ("write", b"b"))


def test_nothing_is_written_after_the_own_half_is_closed() -> None:
    """While the rest of what a client sends is read, nothing of it is answered."""
    calls = (("write", b"a"), ("close",), ("write", b"b"), ("close",))

    assert [b"a", "end", "turn"] == asyncio.run(_turn(*calls, transport=Transport(), wanted=True))


def test_client_that_does_not_read_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that nobody takes keeps no connection."""
    monkeypatch.setattr(lingering, "STALL", 0)

    assert [b"a", "close", "turn", "abort"] == asyncio.run(
        _turn(("write", b"a"), ("close",), transport=Stuck())
    )


def test_client_that_has_gone_is_no_error() -> None:
    """Some loops notice it no sooner than when the own half is closed."""
    asked = _turn(("write", b"a"), ("close",), transport=Gone(), wanted=True)

    assert [b"a", "abort", "turn"] == asyncio.run(asked)
