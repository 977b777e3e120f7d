"""Writes the lines of the log, and waits for nobody who does not read them."""

from __future__ import annotations

import io
import os
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final

LINES: Final = 10_000
"""Lines that may wait to be read; those beyond are dropped, and counted."""

PATIENCE: Final = 0.5
"""Seconds in which the last lines leave when the mock ends."""


class Log:
    """Standard output, written by a thread of its own: a pipe that is full stops whoever writes.

    What is no file of the system, as where a test catches the output, is written at once.
    """

    def __init__(self, told: Callable[[int], str]) -> None:
        """Take what says of a number of lines that they were dropped."""
        self._told = told
        self._waiting: SimpleQueue[str | None] = SimpleQueue()
        self._dropped = 0
        self._thread: threading.Thread | None = None

    def say(self, line: str) -> None:
        """Write a line soon, or drop it where too many are waiting."""
        if self._thread is None and not self._start():
            with suppress(OSError, ValueError):
                print(line, flush=True)  # noqa: T201 - a log speaks
        elif self._waiting.qsize() < LINES:
            self._waiting.put(line)
        else:
            self._dropped += 1

    def close(self) -> None:
        """Wait a moment for what is left; nobody may be there to read it."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join(PATIENCE)
            self._thread = None

    def _start(self) -> bool:
        """Begin to write; return False where that cannot take long."""
        try:
            descriptor = sys.stdout.fileno()
            sys.stdout.flush()  # what was printed before comes first
        except (AttributeError, ValueError, OSError, io.UnsupportedOperation):
            return False
        self._thread = threading.Thread(
            target=self._write, args=(descriptor,), name="log", daemon=True
        )
        self._thread.start()
        return True

    def _write(self, descriptor: int) -> None:
        told = 0
        while (line := self._waiting.get()) is not None:
            lines, ended = [line], False
            with suppress(Empty):
                while not ended:
                    more = self._waiting.get_nowait()
                    ended = more is None
                    lines += [] if more is None else [more]
            dropped = self._dropped - told  # whoever says lines goes on counting
            if dropped:
                lines.append(self._told(dropped))
                told += dropped
            if not _written(descriptor, "".join(f"{line}\n" for line in lines)) or ended:
                return


def _written(descriptor: int, text: str) -> bool:
    """Write all of a text, which may take for ever; return False where nobody can read it."""
    left = memoryview(text.encode("utf-8", "backslashreplace"))
    try:
        while left:
            left = left[os.write(descriptor, left) :]
    except OSError:  # whoever read the log has gone
        return False
    return True
