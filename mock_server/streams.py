"""The standard streams: closed, full or read by nobody, they never end the mock."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO


def prepare() -> None:
    """Put the null device where a stream is closed, so that no socket takes its number."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    sys.stdout = sys.stdout or _writer(1)
    sys.stderr = sys.stderr or _writer(2)


def _writer(number: int) -> TextIO:
    return os.fdopen(number, "w", encoding="utf-8", closefd=False)


def tell(text: str) -> None:
    """Write a text to stdout; what cannot be written is lost."""
    _write(sys.stdout, f"{text}\n")


def complain(text: str) -> None:
    """Write a text to stderr in the same way."""
    _write(sys.stderr, f"{text}\n")


def flush() -> None:
    """Leave nothing to be written at the end of the process, where it would make the exit code."""
    for stream in (sys.stdout, sys.stderr):
        _write(stream, "")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):  # ValueError: the stream was closed
        with suppress(OSError, ValueError):  # what it still holds goes to the null device
            null = os.open(os.devnull, os.O_WRONLY)
            os.dup2(null, stream.fileno())
            os.close(null)
