"""Reads of a request's head what the parser is too strict, too lenient or too late about.

The parser calls an unknown method malformed, takes RTSP for HTTP and any Transfer-Encoding for a
body, knows no Host, and waits for the rest of a line that cannot become one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from find_webhook_kit.mock_server.answers import limits
from find_webhook_kit.mock_server.answers.errors import MalformedRequest, TargetTooLong

_CEILING: Final = 60 * 1024
"""Bytes of a target that are read; the parser of URLs takes no more than 64 KiB."""

_TOKEN: Final = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]"

# RFC 9112, section 3: one space between the parts, and a target in origin, absolute or asterisk
# form. Bytes beyond ASCII and quotes are let in, because curl sends what was typed. What CONNECT
# takes is not among them: there is no tunnel here.
_LINE: Final = re.compile(
    rb"(?:\r\n)*+"
    rb"(" + _TOKEN + rb"{1,64}) "
    rb"((?:/|[Hh][Tt][Tt][Pp][Ss]?://[^/?#])[!\"$-~\x80-\xff]*+|\*) "
    rb"HTTP/1\.([0-9])\r\n"
)
_USUAL: Final = re.compile(rb"(?:GET|HEAD|OPTIONS) /[!\"$-~]{0,2000}+ HTTP/1\.1\r\n")
"""What nearly every request begins with, and needs no closer look."""

_BEGUN: Final = re.compile(
    rb"(?:\r\n)*+"
    rb"(?:\r|" + _TOKEN + rb"{1,64}+(?: [!-~\x80-\xff]*+(?: "
    rb"(?:H|HT|HTT|HTTP|HTTP/|HTTP/1|HTTP/1\.(?:[0-9]\r?)?)?)?)?)?"
)
_LOOKED_AT: Final = 2048
"""Bytes of an unfinished line that are held against the grammar, each time that more comes."""

_BEYOND_ASCII: Final = re.compile(rb"[\x80-\xff]")
_STAND_IN: Final = b"TRACE"
_PARSED: Final = frozenset(
    b"COPY DELETE GET HEAD LOCK MERGE MKCOL MOVE OPTIONS PATCH POST PROPFIND PROPPATCH PUT "
    b"QUERY REPORT SEARCH TRACE UNLOCK".split()
)


def start(data: bytes) -> tuple[bytes, str | None] | None:
    """Read the request line that bytes begin with; None where the end of it is still to come.

    Return the bytes as the parser takes them, and the method where that is another.

    Raise the refusal for a line that is none or too long. A method that the parser does not know
    gets a stand-in: what the path takes is for the app to say. Bytes beyond ASCII are
    percent-encoded, and a later minor version is read as the last one that is known.
    """
    if _USUAL.match(data) is not None:
        return data, None
    line = _LINE.match(data)
    if line is None:
        _check_begun(data)
        return None
    method, target, minor = line.groups()
    if target == b"*" and method != b"OPTIONS":
        raise MalformedRequest
    _check_length(target)
    if method in _PARSED and target.isascii() and minor in b"01":
        return data[line.start(1) :], None
    target = _BEYOND_ASCII.sub(lambda byte: b"%%%02X" % byte[0][0], target)
    _check_length(target)
    known = method in _PARSED
    rest = data[line.end() :]
    rewritten = b"%b %b HTTP/1.%b\r\n%b" % (
        method if known else _STAND_IN,
        target,
        min(minor, b"1"),
        rest,
    )
    return rewritten, None if known else method.decode()


def _check_length(target: bytes) -> None:
    if len(target) > _CEILING:
        raise TargetTooLong("request target", limits.TARGET)


def _check_begun(data: bytes) -> None:
    """Refuse what no further bytes can make a request line."""
    if b"\n" in data.lstrip(b"\r\n"):
        raise MalformedRequest
    if _BEGUN.fullmatch(data[:_LOOKED_AT]) is None:
        raise MalformedRequest
    if len(data) > _CEILING:
        _, space, target = data.partition(b" ")
        if not space:
            raise MalformedRequest
        _check_length(target)


# RFC 9110, section 7.2, and RFC 3986, section 3.2.2: a name, an address, an address in brackets.
_HOST: Final = re.compile(
    rb"(?:\[[0-9A-Fa-f:.]+\]|\[[vV][0-9A-Fa-f]+\.[0-9A-Za-z._~!$&'()*+,;=:-]+\]"
    rb"|(?:[0-9A-Za-z._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*+)(?::[0-9]*)?"
)


def check_host(hosts: Sequence[bytes], version: str) -> None:
    """Refuse a request with more or less than one Host, or with one that is none (RFC 9112, 3.2).

    A client of HTTP/1.0 may leave it out.
    """
    if not hosts and version == "1.0":
        return
    if len(hosts) != 1 or _HOST.fullmatch(hosts[0]) is None:
        raise MalformedRequest


_CHUNKED_LAST: Final = re.compile(rb"(?:[^,\"]*,)*+[ \t]*chunked[ \t]*", re.IGNORECASE)


def check_coding(codings: Sequence[bytes]) -> None:
    """Refuse a body whose end only the end of the connection would show (RFC 9112, 6.3)."""
    if _CHUNKED_LAST.fullmatch(b",".join(codings)) is None:
        raise MalformedRequest
