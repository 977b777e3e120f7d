"""Undoes the content codings of an answer, within bounds (RFC 9110, section 8.4)."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Final

MAX_CONTENT: Final = 8 * 1024 * 1024
"""Bytes of an answer's content that are read, and of what it unpacks to."""

MAX_CODINGS: Final = 4
MAX_MEMBERS: Final = 256  # of one gzip text; looking for the next one copies the rest

# How zlib is told which of its formats it is to read, and no other.
FORMATS: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}


class Undecodable(Exception):
    """The content is not what its codings say, or is more than anybody should unpack."""


class UnknownCoding(Exception):
    """The content is in a coding that is not undone here, and that nobody asked for."""


def decoded(content: bytes, codings: Sequence[str]) -> bytes:
    """Undo the codings, the last one first; raise `Undecodable` or `UnknownCoding`."""
    listed = [coding.strip().lower() for coding in ",".join(codings).split(",")]
    applied = [coding for coding in listed if coding not in {"identity", ""}]
    if len(applied) > MAX_CODINGS:
        raise Undecodable(f"more than {MAX_CODINGS} codings are applied to it")
    for coding in reversed(applied):
        if coding not in FORMATS:
            raise UnknownCoding(coding)
        content = _inflated(content, FORMATS[coding])
    return content


def _inflated(content: bytes, wbits: int) -> bytes:
    """Decompress every member (RFC 1952, section 2.2), within bounds and to its end."""
    plain = bytearray()
    for _ in range(MAX_MEMBERS):
        member = zlib.decompressobj(wbits=wbits)
        try:
            plain += member.decompress(content, MAX_CONTENT + 1 - len(plain))
        except zlib.error as error:
            raise Undecodable(str(error)) from None
        if len(plain) > MAX_CONTENT:
            raise Undecodable(f"it unpacks to more than {MAX_CONTENT} bytes")
        if not member.eof:
            raise Undecodable("it stops before its end")
        content = member.unused_data
        if not content:
            return bytes(plain)
    raise Undecodable(f"it has more than {MAX_MEMBERS} parts")
