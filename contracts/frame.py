"""Reads what the kept bytes of an answer say, and what h11 forgives in them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from contracts.exchange import Answer

MAX_CONTENT: Final = 8 * 1024 * 1024
"""Bytes of an answer's content that are read, and of what it unpacks to."""

BLANK_LINE: Final = re.compile(rb"\r?\n\r?\n")
INTERIM: Final = re.compile(rb"HTTP/[0-9.]+ 1")


def answer(raw: bytes, status: int, content: bytes, seconds: float, faults: list[str]) -> Answer:
    """Read the final head and decode the content; what cannot be decoded is a fault."""
    start, end = _head_span(raw)
    headers = tuple(_header_lines(raw[start:end])) if status else ()
    codings = [value.strip().lower() for name, value in headers if name == "content-encoding"]
    if codings and content and not faults:
        try:
            content = _decoded(content, codings)
        except (zlib.error, ValueError) as error:
            faults = [*faults, f"the content cannot be decoded: {error}"]
    return Answer(status, headers, content, seconds, tuple(faults))


def frame_faults(raw: bytes, trailing: bytes) -> list[str]:
    """Find what h11 forgives and another client may not (RFC 9112, sections 2.2, 5.2, 6.1, 9)."""
    start, end = _head_span(raw)
    names = {name for name, _ in _header_lines(raw[start:end])}
    head = raw[:end]
    faults = []
    if re.search(rb"(?<!\r)\n", head):
        faults.append("a line of the head ends without a carriage return")
    if not re.match(rb"HTTP/1\.[01] ", raw[start:end]):
        faults.append("the status line names a version other than HTTP/1.0 and HTTP/1.1")
    if {"content-length", "transfer-encoding"} <= names:
        faults.append("Content-Length and Transfer-Encoding stand together")
    if any(line[:1] in {b" ", b"\t"} for line in head.splitlines()[1:]):
        faults.append("a header is folded over two lines")
    if trailing:
        faults.append(f"{len(trailing)} bytes follow the end of the answer")
    return faults


def _head_span(raw: bytes) -> tuple[int, int]:
    """Return where the head of the final answer starts, behind any interim ones, and ends."""
    start = 0
    for blank in BLANK_LINE.finditer(raw):
        if not INTERIM.match(raw, start):
            return start, blank.end()
        start = blank.end()
    return start, len(raw)


def _header_lines(head: bytes) -> Iterator[tuple[str, str]]:
    """List the header lines as they stood; h11 would fold two equal Content-Lengths into one."""
    for line in head.decode("latin-1").split("\n")[1:]:
        name, _, value = line.partition(":")
        if line.strip() and not name.startswith((" ", "\t")):
            yield name.strip().lower(), value.strip()


def _decoded(content: bytes, codings: list[str]) -> bytes:
    for coding in reversed(",".join(codings).split(",")):
        match coding.strip():
            case "gzip" | "x-gzip" | "deflate":
                content = _inflated(content)
            case "identity" | "":
                pass
            case other:
                raise ValueError(f"the coding {other} was not asked for")
    return content


def _inflated(content: bytes) -> bytes:
    """Decompress every member (RFC 1952, section 2.2), within bounds and to its end."""
    plain = b""
    while content and len(plain) < MAX_CONTENT:
        member = zlib.decompressobj(wbits=47)
        plain += member.decompress(content, MAX_CONTENT)
        if not member.eof:
            raise ValueError("it stops before its end")
        content = member.unused_data
    return plain
