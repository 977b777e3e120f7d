"""Counts how often each client asked for each instance."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

KEPT: Final = 10_000


class Visits:
    """Counters that forget the least recently used ones, so that no client can fill the memory.

    For the same reason they stand under a hash: a token and an id may be long.
    """

    def __init__(self) -> None:
        self._counts: OrderedDict[int, int] = OrderedDict()

    def count(self, client: str, instance_id: str) -> int:
        """Return how often the client asked for the instance."""
        return self._counts.get(hash((client, instance_id)), 0)

    def add(self, client: str, instance_id: str) -> None:
        """Count one more time."""
        key = hash((client, instance_id))
        self._counts[key] = self._counts.pop(key, 0) + 1
        if len(self._counts) > KEPT:
            self._counts.popitem(last=False)

    def reset(self) -> None:
        """Forget every visit."""
        self._counts.clear()
