"""Counts how often each client asked for each instance, as its file was saved the last time."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

KEPT: Final = 10_000

Instance = Hashable
"""An id, with what changes when its file is saved: a sequence then begins at its first step."""

Visit = tuple[str, Instance]
"""Who asked for what."""


class Visits:
    """Counters that forget the least recently used ones, so that no client can fill the memory.

    For the same reason they stand under a hash: a token and an id may be long.
    """

    def __init__(self) -> None:
        self._counts: OrderedDict[int, int] = OrderedDict()

    def count(self, client: str, instance: Instance) -> int:
        """Return how often the client asked for the instance."""
        return self._counts.get(hash((client, instance)), 0)

    def add(self, client: str, instance: Instance) -> None:
        """Count one more time."""
        key = hash((client, instance))
        self._counts[key] = self._counts.pop(key, 0) + 1
        if len(self._counts) > KEPT:
            self._counts.popitem(last=False)

    def reset(self) -> None:
        """Forget every visit."""
        self._counts.clear()
