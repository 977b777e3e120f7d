"""Reads an answer's bytes as RFC 9112 has them, and names the first byte that breaks each rule.

h11 reads the answers; what it forgives, and where it gave up, is looked for in the kept bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from find_webhook_kit.contracts.wire.exchange import AnswerFault

WHITESPACE: Final = " \t"
MAX_HEAD: Final = 64 * 1024  # a trailer and the line of a chunk are no longer either
MAX_INTERIM: Final = 100  # answers that only precede the one that was asked for
SHOWN: Final = 40  # bytes from the offence on
SWITCHING: Final = 101
FINAL: Final = 200
LAST: Final = 599
MAX_LINES: Final = 1000  # of a head; others stop at a hundred
NO_CONTENT: Final = 204
BEHIND: Final = "bytes follow the end of the answer"
BODILESS: Final = (NO_CONTENT, 304)

TOKEN: Final = rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
TEXT: Final = rb"[\t\x20-\x7e\x80-\xff]*"
QUOTED: Final = rb'"(?:[\t !#-\[\]-~\x80-\xff]|\\[\t\x20-\x7e\x80-\xff])*"'
EXTENSION: Final = rb";" + TOKEN + rb"(?:=(?:" + TOKEN + rb"|" + QUOTED + rb"))?"

LineRules = tuple[tuple[re.Pattern[bytes], str], ...]


def _rules(*rules: tuple[bytes, str]) -> LineRules:
    return tuple((re.compile(pattern), message) for pattern, message in rules)


# A line matches each of these in turn; the first that it does not match is told, with the place.
STATUS_LINE: Final = _rules(
    (rb"HTTP/", "no status line stands where an answer starts"),
    (rb"1\.[01](?![0-9.])", "the status line names a version other than HTTP/1.0 and HTTP/1.1"),
    (rb" (?=[1-5][0-9]{2}(?: |\Z))", "the status is no number from 100 to 599 behind a space"),
    (rb"[0-9]{3}", ""),
    (rb" " + TEXT, "no space stands behind the status"),
    (rb"\Z", "the reason phrase holds a control character"),
)
HEADER_LINE: Final = _rules(
    (rb"(?![ \t])", "a header is folded over two lines"),
    (rb"(?!" + TOKEN + rb"[ \t]+:)", "a space stands before the colon of a header"),
    (TOKEN + rb":" + TEXT, "a header does not start with a name and a colon"),
    (rb"\Z", "the value of a header holds a control character"),
)
CHUNK_LINE: Final = _rules(
    (rb"[0-9A-Fa-f]+", "a chunk does not start with its size"),
    (rb"(?:" + EXTENSION + rb")*", ""),
    (rb"\Z", "what stands behind the size of a chunk is no extension"),
)
STATUS: Final = re.compile(rb"HTTP/[0-9.]+ +([0-9]{3})(?![0-9])")
SIZE: Final = re.compile(rb"[0-9A-Fa-f]+")

# What must be known before the content (RFC 9110, section 6.5.1).
NO_TRAILERS: Final = frozenset(
    {"content-encoding", "content-length", "content-range", "content-type", "transfer-encoding"}
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line without its end, where it starts, where the next one does, and whether CRLF ends it.

    The line feed alone is where others see an end too (RFC 9112, section 2.2).
    """

    text: bytes
    start: int
    end: int
    whole: bool


@dataclass(frozen=True, slots=True)
class Field:
    """A header line: its name in lower case, its value without spaces around it, its place."""

    name: str
    value: str
    start: int


@dataclass(frozen=True, slots=True)
class Head:
    """The lines of a head, or of a trailer, with the empty one that ends them, if it came.

    The header lines are as they stood; h11 would make one of two equal Content-Lengths.
    """

    start: int
    lines: tuple[Line, ...]
    end: int
    status: int
    fields: tuple[Field, ...]

    @classmethod
    def of(cls, start: int, lines: tuple[Line, ...], end: int) -> Head:
        """Read the lines at once: a value that is worked out later would be waited for by all."""
        match = STATUS.match(lines[0].text) if lines else None
        return cls(start, lines, end, int(match[1]) if match else 0, tuple(_fields(lines[1:])))

    @property
    def interim(self) -> bool:
        """True for an answer that only precedes the one that was asked for."""
        return 100 <= self.status < 200 and self.status != SWITCHING  # noqa: PLR2004 - 1xx

    @property
    def old(self) -> bool:
        """True for HTTP/1.0."""
        return bool(self.lines) and self.lines[0].text.startswith(b"HTTP/1.0")

    def named(self, name: str) -> list[Field]:
        return [field for field in self.fields if field.name == name]


def frame(raw: bytes, method: str) -> tuple[Head, tuple[AnswerFault, ...]]:
    """Return the head of the final answer, and each kind of fault once, where it is met first."""
    heads = _heads(raw)
    first: dict[str, AnswerFault] = {}
    for at, message in _offences(raw, heads, method):
        first.setdefault(message, fault(raw, at, message))
    return heads[-1], tuple(first.values())


def mended(raw: bytes) -> bytes:
    """Return an answer without the lines of its head that break a rule, to be read all the same.

    Its status and the headers that are whole tell more than nothing does; empty where no status
    or no end of the head is found.
    """
    head = _heads(raw)[-1]
    if not FINAL <= head.status <= LAST or not head.lines or head.lines[-1].text:
        return b""
    whole = [line.text for line in head.lines[1:-1] if not list(_broken(line, HEADER_LINE))]
    return b"\r\n".join([b"HTTP/1.1 %d Mended" % head.status, *whole, b"", raw[head.end :]])


def fault(raw: bytes, at: int, message: str) -> AnswerFault:
    """Return a fault with what stands at its place."""
    return AnswerFault(message, at, raw[at : at + SHOWN].decode("latin-1") or "the end")


Offences = Iterator[tuple[int, str]]


def _offences(raw: bytes, heads: list[Head], method: str) -> Offences:
    for head in heads:
        if not b"HTTP/".startswith(
            raw[head.start : head.start + 5]
        ):  # whether its line ends or not
            yield head.start, STATUS_LINE[0][1]
        yield from _line_offences(head.lines, STATUS_LINE)
        yield from _length_offences(head)
    yield from _content_offences(raw, heads[-1], method)


def _heads(raw: bytes) -> list[Head]:
    heads = [_head(raw, 0)]
    while heads[-1].interim and heads[-1].end < len(raw):
        heads.append(_head(raw, heads[-1].end))
    return heads


def _head(raw: bytes, start: int) -> Head:
    at = start
    lines: list[Line] = []
    while len(lines) <= MAX_LINES and (line := _line(raw, at)) is not None:
        at = line.end
        lines.append(line)
        if not line.text:
            return Head.of(start, tuple(lines), at)
    return Head.of(start, tuple(lines), len(raw))


def _line(raw: bytes, start: int) -> Line | None:
    """Return the line that starts here; None where no line ends any more."""
    end = raw.find(b"\n", start)
    if end < 0:
        return None
    text = raw[start:end]
    return Line(text.removesuffix(b"\r"), start, end + 1, text.endswith(b"\r"))


def _fields(lines: tuple[Line, ...]) -> Iterator[Field]:
    for line in lines:
        name, _, value = line.text.decode("latin-1").partition(":")
        if name and not name.startswith((" ", "\t")):
            yield Field(name.strip(WHITESPACE).lower(), value.strip(WHITESPACE), line.start)


def _line_offences(lines: tuple[Line, ...], first: LineRules) -> Offences:
    """Find broken lines; the first one has rules of its own."""
    if len(lines) > MAX_LINES:
        yield lines[-1].start, f"a head or a trailer has more than {MAX_LINES} lines"
    for number, line in enumerate(lines):
        if not line.whole:
            yield line.end - 1, "a line ends without a carriage return"
        if line.text or not number:
            yield from _broken(line, HEADER_LINE if number else first)


def _broken(line: Line, rules: LineRules) -> Offences:
    at = 0
    for pattern, message in rules:
        match = pattern.match(line.text, at)
        if match is None:
            yield line.start + at, message
            return
        at = match.end()


def _length_offences(head: Head) -> Offences:
    """Find what leaves a reader in doubt about where the content ends (RFC 9112, section 6)."""
    lengths, codings = head.named("content-length"), head.named("transfer-encoding")
    for field in lengths:
        if re.fullmatch(r"[0-9]{1,18}", field.value) is None:
            yield field.start, "Content-Length is not one whole number"
        elif field.value != lengths[0].value:
            yield field.start, "two Content-Lengths differ"
    for field in codings:
        if field.value.lower() != "chunked" or len(codings) > 1:
            yield field.start, "Transfer-Encoding is not chunked alone"
        if head.old:
            yield field.start, "Transfer-Encoding stands in an answer of HTTP/1.0"
        if lengths:
            yield field.start, "Content-Length and Transfer-Encoding stand together"
    yield from _empty_offences(head)


def _empty_offences(head: Head) -> Offences:
    """Find content that is announced where none can be (RFC 9110, section 8.6)."""
    if head.status == SWITCHING:
        yield head.start, "a protocol is switched to that nobody asked for"
    if head.interim or head.status == NO_CONTENT:
        for field in head.named("transfer-encoding") + head.named("content-length"):
            # Express answers preflights with 204 and a Content-Length of 0; nobody stumbles on it.
            if head.interim or field.value != "0":
                yield field.start, "an answer without content announces some"


def _content_offences(raw: bytes, head: Head, method: str) -> Offences:
    lengths = {field.value for field in head.named("content-length")}
    codings = [field.value.lower() for field in head.named("transfer-encoding")]
    if method == "HEAD" or head.interim or head.status in BODILESS:
        yield from _behind(raw, head.end)
    elif codings:
        if codings[-1] == "chunked":
            yield from _chunk_offences(raw, head.end)
    elif len(lengths) == 1 and (length := lengths.pop()).isdecimal() and length.isascii():
        yield from _behind(raw, head.end + int(length[:18]))


def _behind(raw: bytes, end: int) -> Offences:
    if len(raw) > end:
        yield end, BEHIND


def _chunk_offences(raw: bytes, at: int) -> Offences:
    while (line := _line(raw, at)) is not None:
        yield from _line_offences((line,), CHUNK_LINE)
        size = SIZE.match(line.text)
        if size is None:
            return
        length = int(size[0][-16:], 16)
        if not length:
            yield from _trailer_offences(raw, line.end)
            return
        at = line.end + length
        if raw[at : at + 2] not in {b"\r\n", b"\r", b""}:
            yield at, "a chunk does not end where its size says"
            return
        at += 2


def _trailer_offences(raw: bytes, at: int) -> Offences:
    trailer = _head(raw, at)
    yield from _line_offences(trailer.lines, HEADER_LINE if len(trailer.lines) > 1 else ())
    for field in _fields(trailer.lines):
        if field.name in NO_TRAILERS:
            yield field.start, "a trailer says what must stand in the head"
    yield from _behind(raw, trailer.end)
