"""How much a document may hold, and what is said of one that holds more."""

from __future__ import annotations

from typing import Final

MAX_NODES: Final = 500_000
MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 300
TOO_MANY: Final = f"more than {MAX_NODES} values, aliases counted: leave something out"
TOO_DEEP: Final = f"nested deeper than {MAX_DEPTH} levels: make it flatter"
OUT_OF_RANGE: Final = "the number {} is out of range: quote it if it is a text"


def line_at(text: str, offset: int) -> int:
    """Return the line (1-based) of an offset."""
    return text.count("\n", 0, offset) + 1
