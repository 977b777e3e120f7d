"""Reads a request target byte by byte, because servers and frameworks decode it too early."""

from __future__ import annotations

import re
from typing import Final, cast

from starlette.types import Scope

_UNRESERVED: Final = frozenset(
    b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)
_ENCODED_OR_ODD: Final = re.compile(rb"%([0-9A-Fa-f]{2})|[^!-~]|%")


def raw_path(scope: Scope) -> bytes:
    """Return a path as it came, else as a client in this process has it."""
    return scope.get("raw_path") or cast("str", scope["path"]).encode()


def canonical(path: bytes) -> str:
    """Write a raw path in one spelling without changing what it names (RFC 3986, 6.2.2).

    Unreserved characters stand for themselves, bytes that no URL may hold are percent-encoded,
    and so is a stray percent sign, which the URL standard of browsers reads as itself.
    """
    return _ENCODED_OR_ODD.sub(_spelled, path).decode("ascii")


def _spelled(match: re.Match[bytes]) -> bytes:
    byte = int(match[1], 16) if match[1] else match[0][0]
    if match[1] and byte in _UNRESERVED:
        return bytes([byte])
    return b"%%%02X" % byte


_HALF: Final = re.compile("[\ud800-\udfff]")
"""What stands for bytes that are not UTF-8: see `Match`."""


def is_text(value: str) -> bool:
    """Say whether what was decoded from a path is a text."""
    return value.isascii() or _HALF.search(value) is None
