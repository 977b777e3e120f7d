"""Keeps room for the next client: near the limit, whoever was idle for longest has to go.

Clients such as Node keep connections for the next request, and so does the mock, for longer than
they do. That is a courtesy, and no reason to turn anybody away.
"""

from __future__ import annotations

import sys
from collections.abc import MutableSet
from dataclasses import dataclass
from typing import Any, Final, Protocol

if sys.platform != "win32":
    import resource

CONNECTIONS: Final = 4096
"""How many connections may be open in one process; as many may wait to be."""

RESERVE: Final = 32
"""File descriptors for everything else."""

SHARE: Final = 64
"""The part of all connections, as in 1/64, that goes at once, so that few look for the idlest."""

FEWEST: Final = 20
"""File descriptors without which the mock cannot start."""


@dataclass(eq=False)
class TooFewFilesError(Exception):
    """A system that lets this process open hardly any file."""

    limit: int

    def __str__(self) -> str:
        return (
            f"this process may open {self.limit} files, and the mock needs {FEWEST}: "
            "raise the limit (ulimit -n)"
        )


class Guest(Protocol):
    """A connection."""

    @property
    def idle_since(self) -> float | None:
        """When it fell idle; None while a request is under way."""

    def leave(self) -> None:
        """Close."""


def room() -> int:
    """Return how many connections there may be before an idle one has to go."""
    return min(CONNECTIONS, _most())


def _most() -> int:
    """Return how many connections leave file descriptors for the fixtures."""
    if sys.platform == "win32":
        return sys.maxsize
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return sys.maxsize if soft == resource.RLIM_INFINITY else max(1, soft - RESERVE)


def make_room(guests: MutableSet[Any], newest: Guest) -> None:
    """Close the idlest of too many connections, and count them no more.

    Where none is idle, the newest one is closed rather than that no file can be read.
    """
    limit = room()
    if len(guests) <= limit:
        return
    idle = [(since, guest) for guest in guests if (since := guest.idle_since) is not None]
    idle.sort(key=lambda pair: pair[0])
    for _, guest in idle[: max(len(guests) - limit, limit // SHARE)]:
        guests.discard(guest)
        guest.leave()
    if len(guests) > _most():
        guests.discard(newest)
        newest.leave()


def raise_file_limit() -> None:
    """Allow a file descriptor for each connection, where the system's default is lower.

    Raise `TooFewFilesError` where so few are allowed that the mock could not even start.
    """
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = CONNECTIONS + 256
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
            if wanted < FEWEST:
                raise TooFewFilesError(hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
