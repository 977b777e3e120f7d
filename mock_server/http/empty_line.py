"""Finds the empty line behind a head or a last chunk, also where it comes in pieces."""

from __future__ import annotations

from typing import Final

_EMPTY_LINE: Final = b"\r\n\r\n"


class EmptyLine:
    """What is looked for in the data of a connection, with the end of what was looked through."""

    def __init__(self) -> None:
        self._tail = b""

    def forget(self) -> None:
        """Start again: what came before belongs to something else."""
        self._tail = b""

    def end(self, data: bytes, start: int) -> int:
        """Return where the next empty line ends, or the data."""
        tail, self._tail = self._tail, b""
        if tail:
            end = (tail + data[start : start + 3]).find(_EMPTY_LINE)
            if end >= 0:
                return start + end + len(_EMPTY_LINE) - len(tail)
        end = data.find(_EMPTY_LINE, start)
        if end >= 0:
            return end + len(_EMPTY_LINE)
        self._tail = (tail + data[max(start, len(data) - 3) :])[-3:]
        return len(data)
