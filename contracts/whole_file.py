"""Writes files as a whole: one that is cut off, or finds a full disk, leaves what was there."""

from __future__ import annotations

import errno
import os
import select
import shutil
from pathlib import Path
from typing import Final

PATIENCE: Final = 10.0
"""Seconds for which a pipe may be full."""

FIXED: Final = frozenset({errno.EBUSY, errno.EACCES, errno.EPERM})
"""Why a file cannot be replaced that can be written: it is mounted, its folder is not ours."""


def write_file(path: Path, content: bytes) -> str:
    """Write a file as a whole, or leave the one that is there; return what went wrong."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_file() and not path.is_dir():
            _pour(path, content)  # a device or a pipe has no place to be moved to
        else:
            replace_file(path, content)
    except OSError as error:
        return f"{path}: {error.strerror}"
    return ""


def replace_file(path: Path, content: bytes) -> None:
    """Put a file where another one may be, of which it keeps the permissions; raise `OSError`."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        if path.is_file():
            shutil.copymode(path, unfinished)
        unfinished.replace(path)
    except OSError as error:
        if error.errno not in FIXED or not path.is_file():
            raise
        path.write_bytes(content)
    finally:
        unfinished.unlink(missing_ok=True)


def append(path: Path, text: str) -> None:
    """Add a text to a file; raise `OSError`, also for a pipe that nobody reads."""
    with open(path, "a", encoding="utf-8", opener=_without_waiting) as file:
        file.write(text)


def _without_waiting(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NONBLOCK, 0o666)


def _pour(path: Path, content: bytes) -> None:
    """Write into a device or a pipe, without waiting long for somebody who reads it."""
    number = os.open(path, os.O_WRONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        rest = memoryview(content)
        while rest:
            if not select.select([], [number], [], PATIENCE)[1]:
                raise OSError(errno.ETIMEDOUT, "nobody reads it")
            rest = rest[os.write(number, rest) :]
    finally:
        os.close(number)
