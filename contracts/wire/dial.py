"""Connects to a host: all its addresses, one deadline (RFC 8305, "happy eyeballs")."""

from __future__ import annotations

import errno
import os
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import TimeoutError as NotYet
from contextlib import suppress
from itertools import chain, zip_longest
from typing import Any, Final

from find_webhook_kit.contracts.wire.background import in_background

Clock = Callable[[], float]
Address = tuple[int, Any]
"""A family, and what its sockets connect to."""

STAGGER: Final = 0.25
"""Seconds that an address has before the next one is tried beside it (RFC 8305, section 5)."""


def dial(host: str, port: int, deadline: float, clock: Clock = time.monotonic) -> socket.socket:
    """Return a connection to the first address that answers; raise `OSError`.

    `deadline` is a time of the clock, for the look-up of the name and every address together.
    """
    waiting = deque(_in_turn(_addresses(host, port, deadline - clock())))
    refusals: list[OSError] = []
    with selectors.DefaultSelector() as under_way:
        try:
            while waiting or under_way.get_map():
                left = deadline - clock()
                if left <= 0:
                    raise TimeoutError("timed out")
                if waiting:
                    _begin(waiting.popleft(), under_way, refusals)
                for key, _ in under_way.select(min(left, STAGGER) if waiting else left):
                    connection = under_way.unregister(key.fileobj).fileobj
                    assert isinstance(connection, socket.socket)  # noqa: S101 - for mypy
                    if not _refused(connection, refusals):
                        connection.settimeout(max(deadline - clock(), 0.1))
                        return connection
        finally:
            for key in list(under_way.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]  # only sockets are in it
    raise refusals[0]


def _begin(address: Address, under_way: selectors.BaseSelector, refusals: list[OSError]) -> None:
    """Start to connect to an address."""
    family, place = address
    try:
        connection = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:  # a machine without IPv6
        refusals.append(error)
        return
    connection.settimeout(0)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    code = connection.connect_ex(place)
    if code in {0, errno.EINPROGRESS, errno.EWOULDBLOCK}:
        under_way.register(connection, selectors.EVENT_WRITE)
    else:
        connection.close()
        refusals.append(OSError(code, os.strerror(code)))


def _refused(connection: socket.socket, refusals: list[OSError]) -> bool:
    """Tell whether a finished attempt failed; if so, note why and close it."""
    code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        connection.close()
        refusals.append(OSError(code, os.strerror(code)))
    return bool(code)


def _addresses(host: str, port: int, seconds: float) -> list[Address]:
    """Look a name up; an address needs nobody who is asked.

    The system's look-up cannot be interrupted, so it runs where nobody waits for it. A name that
    ends in a dot is absolute, which not every source of names understands.
    """
    with suppress(OSError, UnicodeError):
        return _looked_up(host, port, socket.AI_NUMERICHOST)
    absolute = in_background(lambda: _looked_up(host, port))
    try:
        return absolute.result(max(seconds, 0.1))
    except NotYet:
        raise TimeoutError("timed out") from None
    except UnicodeError:
        raise OSError(f"{host!r} is not a host name") from None
    except socket.gaierror:
        if not host.endswith("."):
            raise
    return _addresses(host.removesuffix("."), port, seconds)


def _looked_up(host: str, port: int, flags: int = 0) -> list[Address]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=flags)
    return list(dict.fromkeys((family, place) for family, _, _, _, place in found))


def _in_turn(addresses: Iterable[Address]) -> Iterator[Address]:
    """Let the two families take turns, the preferred one first (RFC 8305, section 4)."""
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address[0], []).append(address)
    turns = zip_longest(*families.values())
    return (address for address in chain.from_iterable(turns) if address is not None)
