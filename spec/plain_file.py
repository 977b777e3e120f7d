"""Gets the text out of a file that somebody else wrote, and cannot be hurt by it.

What is no plain file, too large or a link out of its folder is refused before it is read.
"""

from __future__ import annotations

import codecs
import errno
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from find_webhook_kit.spec.json_places import printable

MAX_BYTES: Final = 8 * 1024 * 1024


@dataclass(eq=False)
class DocumentError(Exception):
    """A file that cannot be read as the document it should be: which, where (1-based) and why."""

    path: Path
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        line = "" if self.line is None else f", line {self.line}"
        return printable(f"{self.path}{line}: {self.reason}")


def content_of(path: Path, within: Path | None) -> bytes:
    """Read the bytes of a file; with `within`, what a link leads to must stand in that folder."""
    try:
        return _content(path, _resolved(path, within))
    except OSError as error:
        raise DocumentError(path, f"cannot be read: {error.strerror}") from None
    except ValueError as error:  # NUL in a name
        raise DocumentError(path, f"cannot be read: {error}") from None


def text_of(path: Path, content: bytes) -> str:
    """Decode UTF-8, with or without the mark that some editors put before it."""
    try:
        return content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, "not UTF-8: save it in that encoding", line) from None


def _resolved(path: Path, within: Path | None) -> Path:
    """Follow links, and refuse one that leads out of a folder."""
    try:
        real = path.resolve(strict=True)
    except RuntimeError:  # as Python says it before 3.13
        raise DocumentError(path, "is a link that leads to itself") from None
    if within is not None and not real.is_relative_to(within.resolve()):
        raise DocumentError(
            path, f"is a link out of the folder, to {real}: put a copy in its place"
        )
    return real


# Nobody waits for who writes into a pipe that was a file a moment ago.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def _content(path: Path, real: Path) -> bytes:
    _check_kind(path, real.stat())
    try:
        descriptor = os.open(real, _FLAGS)
    except OSError as error:
        if error.errno == errno.ENXIO:  # has become a socket
            raise DocumentError(path, _NO_FILE.format("a pipe or a device")) from None
        raise
    with open(descriptor, "rb") as file:  # noqa: PTH123 - it is open already
        before = os.fstat(descriptor)
        _check_kind(path, before)
        if before.st_size > MAX_BYTES:
            raise DocumentError(
                path, f"larger than {MAX_BYTES} bytes: leave something out, or let it repeat"
            )
        content = file.read(MAX_BYTES + 1)
        after = os.fstat(descriptor)
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, len(content)):
        raise DocumentError(path, "was changed while it was read: save it again")
    return content


_NO_FILE: Final = "is no file that can be read, but {}"


def _check_kind(path: Path, status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        what = "a folder" if stat.S_ISDIR(status.st_mode) else "a pipe or a device"
        raise DocumentError(path, _NO_FILE.format(what))
