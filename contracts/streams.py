"""The standard streams: closed, full or read by nobody, they never decide how a run ends."""

from __future__ import annotations

import io
import os
import re
import sys
from contextlib import suppress
from typing import IO, Final, TextIO

SIZE: Final = re.compile(r"[1-9]\d{0,3}", re.ASCII)


def prepare() -> None:
    """Put the null device where a stream is closed, so that no file or socket takes its number.

    The size of a terminal that the environment claims is forgotten where no terminal has it.
    """
    for name in ("COLUMNS", "LINES"):
        if SIZE.fullmatch(os.environ.get(name, "")) is None:
            os.environ.pop(name, None)
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free: this one
    sys.stdout = sys.stdout or _writer(1)
    sys.stderr = sys.stderr or _writer(2)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows ASCII alone


def _writer(number: int) -> TextIO:
    return os.fdopen(number, "w", encoding="utf-8", closefd=False)


def tell(text: str, stream: IO[str] | None = None) -> None:
    """Write a text to stdout, or another stream; what cannot be written is lost."""
    _write(stream or sys.stdout, f"{text}\n")


def complain(text: str) -> None:
    """Write a text to stderr; what cannot be written is lost."""
    _write(sys.stderr, f"{text}\n")


def flush() -> None:
    """Leave nothing to be written at the end of the process, where it would make the exit code."""
    for stream in (sys.stdout, sys.stderr):
        _write(stream, "")


def _write(stream: IO[str], text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except (OSError, ValueError):  # ValueError: the stream was closed
        _abandon(stream)


def _abandon(stream: IO[str]) -> None:
    """Let what the stream still holds go to the null device."""
    with suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
