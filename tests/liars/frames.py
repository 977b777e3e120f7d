"""Liars whose answers no strict reader of RFC 9112 can frame: lines, lengths, chunks, codings."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable
from dataclasses import replace
from functools import cache

from liars.bend import (
    answering,
    both,
    by,
    chunked,
    coded,
    instead,
    lists,
    rewire,
    sent,
    swap,
    zipped,
)
from liars.honest import ALLOW, Answer
from liars.row import Row, error, warning
from liars.server import Request, Speaker, Speech

TYPE = "Content-Type"
CHUNKED = ("Transfer-Encoding", "chunked")


def _frame(name: str, speaker: Speaker) -> Row:
    return error(name, speaker, "http.frame")


def _status_line(text: str) -> Speaker:
    """Start the answer in another way."""
    return swap("HTTP/1.1 200 OK", text)


def _header(line: str) -> Speaker:
    """Say one more line of the head."""
    return swap(TYPE, f"{line}\r\n{TYPE}")


def _before(raw: bytes) -> Speaker:
    """Say something before the answer."""
    return rewire(lambda answer: raw + answer)


def _length(text: str) -> Speaker:
    """Say the length in another way; `{}` stands for it."""

    def change(raw: bytes) -> bytes:
        return re.sub(rb"(?<=Content-Length: )\d+", lambda found: said(found[0]), raw)

    def said(digits: bytes) -> bytes:
        return text.format(digits.decode()).encode()

    return rewire(change)


def _chunk(text: bytes, coding: str = "chunked") -> Speaker:
    """Say the body as one chunk of one's own; `%x` stands for its size, `%b` for itself."""
    return _chunks(lambda raw: text.replace(b"%x", b"%x" % len(raw)).replace(b"%b", raw), coding)


def _chunks(write: Callable[[bytes], bytes], coding: str = "chunked") -> Speaker:
    return answering(lambda _, given: coded(given, write, ("Transfer-Encoding", coding)))


@cache
def _bomb() -> bytes:
    """Return a few kilobytes that unpack to more than anybody should unpack."""
    return zipped(b" " * 2**24)


def _in_http_1_0(speaker: Speaker) -> Speaker:
    """Name the older version, in which there are no chunks."""

    def older(request: Request) -> Speech:
        speech = speaker(request)
        return replace(speech, raw=speech.raw.replace(b"HTTP/1.1", b"HTTP/1.0", 1))

    return older


def _content(encode: Callable[[bytes], bytes], coding: str = "gzip") -> Speaker:
    return answering(lambda _, given: coded(given, encode, ("Content-Encoding", coding)))


STATUS_LINES = (
    _frame("HTTP in lower case", _status_line("http/1.1 200 OK")),
    _frame("HTTP/1.2", _status_line("HTTP/1.2 200 OK")),
    _frame("HTTP without a version", _status_line("HTTP 200 OK")),
    _frame("a status of four digits", _status_line("HTTP/1.1 2000 OK")),
    _frame("a status without a space behind it", _status_line("HTTP/1.1 200")),
    _frame("two spaces before the status", _status_line("HTTP/1.1  200 OK")),
    _frame("an escape in the reason phrase", _status_line("HTTP/1.1 200 \x1b[31mOK")),
    _frame("an empty line before the answer", _before(b"\r\n")),
    _frame("a banner before the answer", _before(b"220 ready\r\n")),
    _frame("interim answers without end", _before(b"HTTP/1.1 102 Processing\r\n\r\n" * 150)),
    _frame(
        "an interim answer with a length",
        _before(b"HTTP/1.1 103 Early Hints\r\nContent-Length: 0\r\n\r\n"),
    ),
    _frame(
        "a protocol that nobody asked for",
        _status_line("HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c"),
    ),
)

HEADER_LINES = (
    _frame("a header without a name", _header(": x")),
    _frame("a header without a colon", _header("nonsense")),
    _frame("a space in a header's name", _header("X Note: a")),
    _frame("brackets in a header's name", _header("X(1): a")),
    _frame("an accent in a header's name", _header("X-\xe9: a")),
    _frame("an escape in a header", _header("X-Note: \x1b[2J")),
    _frame("a carriage return in a header", _header("X-Note: a\rb")),
    _frame("two carriage returns behind a header", _header("X-Note: a\r")),
    _frame("a fold by a tab", _header("X-Note: a\r\n\tb")),
    _frame("one line that ends in LF", swap("200 OK\r\n", "200 OK\n")),
    _frame("a head of a megabyte", _header(f"X-Note: {'x' * 2**20}")),
    _frame("a hundred thousand headers", _header("\r\n".join(["X: x"] * 100_000))),
)

LENGTHS = (
    _frame("a length in a list", _length("{0}, {0}")),
    _frame("a length with a sign", _length("+{}")),
    _frame("a length below nothing", _length("-1")),
    _frame("a length in hexadecimal", _length("0x{}")),
    _frame("a length with a fraction", _length("{}.0")),
    _frame("a length in words", _length("many")),
    _frame("no length in its header", _length("")),
    replace(_frame("a length of twenty digits", _length("1{:0>19}")), timeout=1.0),
    _frame(
        "a 204 that announces content",
        instead(Answer(204, (ALLOW, ("Content-Length", "5"))), by("OPTIONS")),
    ),
    _frame("a 204 in chunks", instead(Answer(204, (ALLOW, CHUNKED), b"0\r\n\r\n"), by("OPTIONS"))),
    _frame(
        "a 304 with content",
        instead(Answer(304, (), b"[]"), both(lists, sent("if-none-match", "*"))),
    ),
)

CHUNKS = (
    _frame("chunks of an unknown coding", _chunks(chunked, "gzip, chunked")),
    _frame("chunks in chunks", _chunks(lambda raw: chunked(chunked(raw)), "chunked, chunked")),
    _frame("a transfer coding that is none", _chunks(lambda raw: raw, "identity")),
    _frame("chunks in HTTP/1.0", _in_http_1_0(_chunks(chunked))),
    _frame("a space behind a chunk's size", _chunk(b"%x \r\n%b\r\n0\r\n\r\n")),
    _frame("a chunk's size with 0x", _chunk(b"0x%x\r\n%b\r\n0\r\n\r\n")),
    _frame("a chunk's size beyond measure", _chunk(b"fffffffffffffffffff%x\r\n%b\r\n0\r\n\r\n")),
    _frame("a chunk without its size", _chunk(b"\r\n%b\r\n0\r\n\r\n")),
    _frame("LF behind a chunk's size", _chunk(b"%x\n%b\r\n0\r\n\r\n")),
    _frame("LF behind a chunk", _chunk(b"%x\r\n%b\n0\r\n\r\n")),
    _frame("no line end behind a chunk", _chunk(b"%x\r\n%b0\r\n\r\n")),
    _frame("an extension without a name", _chunk(b"%x;=1\r\n%b\r\n0\r\n\r\n")),
    _frame("an extension of a megabyte", _chunk(b"%x;" + b"x" * 2**20 + b"\r\n%b\r\n0\r\n\r\n")),
    _frame("no last chunk", _chunk(b"%x\r\n%b\r\n")),
    _frame("no end of the trailer", _chunk(b"%x\r\n%b\r\n0\r\nX-Sum: 1\r\n")),
    _frame("a trailer of nonsense", _chunk(b"%x\r\n%b\r\n0\r\nnonsense\r\n\r\n")),
    _frame("a length in the trailer", _chunk(b"%x\r\n%b\r\n0\r\nContent-Length: 5\r\n\r\n")),
    _frame("chunks and more", _chunk(b"%x\r\n%b\r\n0\r\n\r\n0\r\n\r\n")),
)

CODINGS = (
    _frame("deflate named gzip", _content(zlib.compress)),
    _frame("gzip named deflate", _content(zipped, "deflate")),
    _frame("gzip with a wrong sum", _content(lambda raw: zipped(raw)[:-8] + b"\0" * 8)),
    _frame("gzip with a byte behind it", _content(lambda raw: zipped(raw) + b"\n")),
    _frame("gzip once, named twice", _content(zipped, "gzip, gzip")),
    warning(
        "a coding that nobody asked for",
        answering(
            lambda _, given: coded(given, lambda raw: raw, ("Content-Encoding", "br")),
            lambda request, given: lists(request, given) and bool(request.values("range")),
        ),
        "http.coding",
    ),
    _frame("a bomb", _content(lambda raw: zipped(raw) + _bomb())),
    _frame("a bomb in a bomb", _content(lambda _: zipped(_bomb()), "gzip, gzip")),
)

ROWS = (*STATUS_LINES, *HEADER_LINES, *LENGTHS, *CHUNKS, *CODINGS)
