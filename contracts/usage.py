"""What the caller asked for and cannot be done."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(eq=False)
class UsageError(Exception):
    """The sentence names the flag, or the file and its key, and the way out."""

    reason: str

    def __str__(self) -> str:
        return self.reason
