"""Reads the files that a caller names: plain ones, of a sane size, without waiting for anybody."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path
from typing import Any, Final

MAX_TOML: Final = 1024 * 1024


class Unreadable(Exception):
    """Why a file cannot be read as what it should be."""


def content(path: Path, most: int) -> bytes:
    """Return the bytes of a plain file; raise `Unreadable` for a folder, a pipe, a device."""
    try:
        number = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except ValueError:  # a NUL in its name
        raise Unreadable("cannot be read: no file has such a name") from None
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    try:
        return _read(number, most)
    except OSError as error:
        raise Unreadable(f"cannot be read: {error.strerror}") from None
    finally:
        os.close(number)


def is_folder(path: Path) -> bool:
    """Tell whether there is such a folder; a name that no file can have names none."""
    try:
        return stat.S_ISDIR(path.stat().st_mode)
    except (OSError, ValueError):
        return False


def is_missing(path: Path) -> bool:
    """Tell whether there is no such file, but could be one."""
    try:
        path.stat()
    except FileNotFoundError:
        return True
    except (OSError, ValueError):
        return False
    return False


def _read(number: int, most: int) -> bytes:
    mode = os.fstat(number).st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        raise Unreadable(f"is {what}, not a file")
    found = bytearray()
    while chunk := os.read(number, most + 1 - len(found)):
        found += chunk
    if len(found) > most:
        raise Unreadable(f"is larger than {most} bytes")
    return bytes(found)


def toml(path: Path) -> dict[str, Any]:
    """Return what a file of TOML says; raise `Unreadable`."""
    found = content(path, MAX_TOML)
    if found.startswith(b"\xef\xbb\xbf"):
        raise Unreadable("starts with a byte order mark: save it as UTF-8 without one")
    try:
        return tomllib.loads(found.decode())
    except UnicodeDecodeError:
        raise Unreadable("is not UTF-8: save it in that encoding") from None
    except tomllib.TOMLDecodeError as error:
        raise Unreadable(f"is not TOML: {error}") from None
    except RecursionError:
        raise Unreadable("is nested too deep") from None
    except ValueError:  # of int()
        raise Unreadable("holds a number with too many digits") from None
