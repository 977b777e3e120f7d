"""The frame of an answer is read as RFC 9112 has it, and each offence has its byte."""

from __future__ import annotations

import pytest

from find_webhook_kit.contracts.wire.exchange import AnswerFault
from find_webhook_kit.contracts.wire.framing import frame, mended


def frame_faults(raw: bytes, method: str) -> tuple[AnswerFault, ...]:
    return frame(raw, method)[1]


HEAD = b"HTTP/1.1 200 OK\r\n"
SIZED = HEAD + b"Content-Length: 2\r\n\r\n[]"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
CHUNKS = CHUNKED + b"2\r\n[]\r\n0\r\n\r\n"


def header(line: bytes) -> bytes:
    return SIZED.replace(b"\r\n", b"\r\n" + line + b"\r\n", 1)


def chunks(raw: bytes) -> bytes:
    return CHUNKED + raw


def length(value: bytes) -> bytes:
    return SIZED.replace(b"2\r\n", value + b"\r\n", 1)


def coding(value: bytes) -> bytes:
    return CHUNKS.replace(b"chunked", value)


def row(name: str, raw: bytes, at: int, fault: str) -> object:
    return pytest.param(raw, at, fault, id=name)


NO_HTTP = "no status line stands where an answer starts"
NO_SPACE = "no space stands behind the status"
REASON = "the reason phrase holds a control character"
FOLD = "a header is folded over two lines"
COLON = "a space stands before the colon of a header"
DIFFER = "two Content-Lengths differ"
OLD = "Transfer-Encoding stands in an answer of HTTP/1.0"
BOTH = "Content-Length and Transfer-Encoding stand together"
SWITCH = "a protocol is switched to that nobody asked for"
SIZE = "a chunk does not start with its size"
END = "a chunk does not end where its size says"
TRAILER = "a trailer says what must stand in the head"
VERSION = "the status line names a version other than HTTP/1.0 and HTTP/1.1"
STATUS = "the status is no number from 100 to 599 behind a space"
NAME = "a header does not start with a name and a colon"
CONTROL = "the value of a header holds a control character"
LENGTH = "Content-Length is not one whole number"
CODING = "Transfer-Encoding is not chunked alone"
EXTENSION = "what stands behind the size of a chunk is no extension"
BEHIND = "bytes follow the end of the answer"
BARE = "a line ends without a carriage return"
NOTHING = "an answer without content announces some"

LINES = (
    row("a banner", b"220 ready\r\n\r\n", 0, NO_HTTP),
    row("lower case", b"http/1.1 200 OK\r\n\r\n", 0, NO_HTTP),
    row(
        "a space first",
        b" HTTP/1.1 200 OK\r\n\r\n",
        0,
        NO_HTTP,
    ),
    row("an empty line first", b"\r\n" + SIZED, 0, NO_HTTP),
    row("HTTP/1.2", SIZED.replace(b"1.1", b"1.2"), 5, VERSION),
    row("HTTP/2.0", SIZED.replace(b"1.1", b"2.0"), 5, VERSION),
    row("HTTP/1", SIZED.replace(b"1.1", b"1"), 5, VERSION),
    row("HTTP/1.10", SIZED.replace(b"1.1", b"1.10"), 5, VERSION),
    row("no version", SIZED.replace(b"1.1 ", b" "), 5, VERSION),
    row("a status of four digits", SIZED.replace(b"200", b"2000"), 8, STATUS),
    row("a status of two digits", SIZED.replace(b"200", b"20"), 8, STATUS),
    row("a status in words", SIZED.replace(b"200 ", b""), 8, STATUS),
    row("status 0", SIZED.replace(b"200", b"000"), 8, STATUS),
    row("status 600", SIZED.replace(b"200", b"600"), 8, STATUS),
    row("two spaces", SIZED.replace(b" 200", b"  200"), 8, STATUS),
    row("a tab", SIZED.replace(b" 200", b"\t200"), 8, STATUS),
    row("no space behind", SIZED.replace(b" OK", b""), 12, NO_SPACE),
    row(
        "a NUL in the reason",
        SIZED.replace(b"OK", b"O\0"),
        14,
        REASON,
    ),
    row("LF alone", SIZED.replace(b"\r\n", b"\n"), 15, BARE),
    row("LF alone once", SIZED.replace(b"2\r\n", b"2\n"), 34, BARE),
    row("LF alone in an early hint", b"HTTP/1.1 103 Hint\n\r\n" + SIZED, 17, BARE),
    row("two carriage returns", SIZED.replace(b"2\r\n", b"2\r\r\n"), 34, CONTROL),
    row("a bare carriage return", header(b"X: a\rb"), 21, CONTROL),
    row("a NUL", header(b"X: a\0b"), 21, CONTROL),
    row("an escape", header(b"X: \x1b[0m"), 20, CONTROL),
    row("a DEL", header(b"X: \x7f"), 20, CONTROL),
    row("a fold", header(b"X: a\r\n b"), 23, FOLD),
    row("a fold by a tab", header(b"X: a\r\n\tb"), 23, FOLD),
    row("a space first of all", header(b" X: a"), 17, FOLD),
    row(
        "a space before the colon",
        header(b"X : a"),
        17,
        COLON,
    ),
    row("no name", header(b": a"), 17, NAME),
    row("no colon", header(b"nonsense"), 17, NAME),
    row("a space in a name", header(b"X Y: a"), 17, NAME),
    row("a parenthesis in a name", header(b"X(Y): a"), 17, NAME),
    row("a character beyond ASCII in a name", header(b"\xc3\xa9: a"), 17, NAME),
    row("a NUL in a name", header(b"X\0: a"), 17, NAME),
)

LENGTHS = (
    *(
        row(f"a length of {value!r}", length(value), 17, LENGTH)
        for value in (b"5, 5", b"+2", b"-1", b"0x2", b"2.0", b"", b"2;", b"two", b"\xb2", b"9" * 19)
    ),
    row("two lengths", header(b"Content-Length: 1"), 36, DIFFER),
    row("too short", SIZED + b"]", len(SIZED), BEHIND),
    row("a line behind it", SIZED + b"\r\n", len(SIZED), BEHIND),
    row("a second answer", SIZED + SIZED, len(SIZED), BEHIND),
    *(
        row(f"a coding of {value!r}", coding(value), 17, CODING)
        for value in (
            b"gzip, chunked",
            b"chunked, chunked",
            b"identity",
            b"",
            b"chunked;q=1",
            b"chunked,",
        )
    ),
    row(
        "two codings", CHUNKS.replace(b"\r\n", b"\r\nTransfer-Encoding: chunked\r\n", 1), 17, CODING
    ),
    row(
        "chunks in HTTP/1.0",
        CHUNKS.replace(b"1.1", b"1.0"),
        17,
        OLD,
    ),
    row(
        "both",
        CHUNKS.replace(b"\r\n", b"\r\nContent-Length: 2\r\n", 1),
        36,
        BOTH,
    ),
    row(
        "a protocol",
        b"HTTP/1.1 101 Go\r\nUpgrade: x\r\n\r\n",
        0,
        SWITCH,
    ),
    row("204 with chunks", b"HTTP/1.1 204 No\r\nTransfer-Encoding: chunked\r\n\r\n", 17, NOTHING),
    row("204 with a length", b"HTTP/1.1 204 No\r\nContent-Length: 2\r\n\r\n", 17, NOTHING),
    row("103 with a length", b"HTTP/1.1 103 X\r\nContent-Length: 0\r\n\r\n" + SIZED, 16, NOTHING),
    row("204 with content", b"HTTP/1.1 204 No\r\n\r\n[]", 19, BEHIND),
    row("304 with content", b"HTTP/1.1 304 No\r\nContent-Length: 2\r\n\r\n[]", 38, BEHIND),
)

CHUNKINGS = (
    row("no size", chunks(b"\r\n[]\r\n0\r\n\r\n"), 47, SIZE),
    row(
        "a size in words",
        chunks(b"two\r\n[]\r\n0\r\n\r\n"),
        47,
        SIZE,
    ),
    row(
        "a size below 0",
        chunks(b"-2\r\n[]\r\n0\r\n\r\n"),
        47,
        SIZE,
    ),
    row(
        "a space before the size",
        chunks(b" 2\r\n[]\r\n0\r\n\r\n"),
        47,
        SIZE,
    ),
    row("0x", chunks(b"0x2\r\n[]\r\n0\r\n\r\n"), 48, EXTENSION),
    row("a space behind the size", chunks(b"2 \r\n[]\r\n0\r\n\r\n"), 48, EXTENSION),
    row("a space behind the last size", chunks(b"2\r\n[]\r\n0 \r\n\r\n"), 55, EXTENSION),
    row("an extension without a name", chunks(b"2;\r\n[]\r\n0\r\n\r\n"), 48, EXTENSION),
    row("an extension with a control", chunks(b'2;a="\0"\r\n[]\r\n0\r\n\r\n'), 50, EXTENSION),
    row("LF behind a size", chunks(b"2\n[]\r\n0\r\n\r\n"), 48, BARE),
    row(
        "too small a size",
        chunks(b"1\r\n[]\r\n0\r\n\r\n"),
        51,
        END,
    ),
    row(
        "too large a size",
        chunks(b"3\r\n[]\r\n0\r\n\r\n"),
        53,
        END,
    ),
    row(
        "LF behind a chunk",
        chunks(b"2\r\n[]\n0\r\n\r\n"),
        52,
        END,
    ),
    row("an answer behind", CHUNKS + SIZED, len(CHUNKS), BEHIND),
    row("a trailer of nonsense", chunks(b"0\r\nnonsense\r\n\r\n"), 50, NAME),
    row(
        "a trailer with a fold",
        chunks(b"0\r\nX: a\r\n b\r\n\r\n"),
        56,
        FOLD,
    ),
    row(
        "a length in a trailer",
        chunks(b"0\r\nContent-Length: 0\r\n\r\n"),
        50,
        TRAILER,
    ),
)


@pytest.mark.parametrize(("raw", "at", "fault"), [*LINES, *LENGTHS, *CHUNKINGS])
def test_offence_is_told_with_its_byte(raw: bytes, at: int, fault: str) -> None:
    """The first offence of each kind has the place where a reader stumbles."""
    found = frame_faults(raw, "GET")

    assert (fault, at) in [(item.message, item.at) for item in found]
    assert len({item.message for item in found}) == len(found)


def test_what_stands_at_an_offence_is_shown() -> None:
    """A reader of the report sees the bytes."""
    assert "\0b\r\nContent-Length: 2\r\n\r\n[]" == frame_faults(header(b"X: a\0b"), "GET")[0].got


@pytest.mark.parametrize(
    ("raw", "method"),
    [
        pytest.param(SIZED, "GET", id="length"),
        pytest.param(CHUNKS, "GET", id="chunks"),
        pytest.param(SIZED.replace(b"2\r\n\r\n[]", b"2\r\n\r\n"), "HEAD", id="HEAD with a length"),
        pytest.param(CHUNKED, "HEAD", id="HEAD with chunks"),
        pytest.param(HEAD + b"\r\n[]", "GET", id="until it hangs up"),
        pytest.param(SIZED.replace(b"1.1", b"1.0"), "GET", id="HTTP/1.0"),
        pytest.param(SIZED.replace(b"OK", b""), "GET", id="no reason"),
        pytest.param(SIZED.replace(b"OK", b"\xe9t\xe9 !\t"), "GET", id="any reason"),
        pytest.param(SIZED.replace(b"200", b"599"), "GET", id="status 599"),
        pytest.param(header(b"X:"), "GET", id="an empty value"),
        pytest.param(header(b"x:\t a \t"), "GET", id="spaces around a value"),
        pytest.param(header(b"X: caf\xe9 \xa0"), "GET", id="bytes beyond ASCII"),
        pytest.param(header(b"!#$%&'*+-.^_`|~9: a:b"), "GET", id="odd names"),
        pytest.param(header(b"Content-Length: 2"), "GET", id="a length twice"),
        pytest.param(length(b"002"), "GET", id="zeros before a length"),
        pytest.param(coding(b"Chunked"), "GET", id="a coding in capitals"),
        pytest.param(chunks(b'2;a;b=c;d="e \\" f"\r\n[]\r\n0;z\r\n\r\n'), "GET", id="extensions"),
        pytest.param(chunks(b"000A\r\n          \r\n0\r\n\r\n"), "GET", id="zeros before a size"),
        pytest.param(chunks(b"0\r\nX-Sum: 1\r\nX-Sum: 2\r\n\r\n"), "GET", id="trailers"),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + SIZED, "GET", id="100"),
        pytest.param(
            b"HTTP/1.1 102 Processing\r\n\r\n" * 3
            + b"HTTP/1.1 103 Hints\r\nLink: </x>\r\n\r\n"
            + SIZED,
            "GET",
            id="102 and 103",
        ),
        pytest.param(b"HTTP/1.1 204 No\r\n\r\n", "OPTIONS", id="204"),
        pytest.param(b"HTTP/1.1 204 No\r\nContent-Length: 0\r\n\r\n", "OPTIONS", id="204 with 0"),
        pytest.param(b"HTTP/1.1 304 No\r\nContent-Length: 2\r\n\r\n", "GET", id="304 with 2"),
    ],
)
def test_what_is_odd_and_allowed_is_no_offence(raw: bytes, method: str) -> None:
    """Strict is not narrow: what RFC 9112 allows passes."""
    assert () == frame_faults(raw, method)


@pytest.mark.parametrize("raw", [SIZED, CHUNKS, b"HTTP/1.1 103 X\r\n\r\n" + CHUNKS])
def test_beginning_of_a_good_answer_is_no_offence(raw: bytes) -> None:
    """What is cut off is told by who waited for the rest, whichever byte was the last to come."""
    assert [] == [end for end in range(len(raw)) if frame_faults(raw[:end], "GET")]


@pytest.mark.parametrize(
    ("raw", "whole"),
    [
        (header(b"no header"), HEAD.replace(b"OK", b"Mended") + b"Content-Length: 2\r\n\r\n[]"),
        (b"HTTP/1.1 599\r\nA : b\r\n\r\n", b"HTTP/1.1 599 Mended\r\n\r\n"),
        (SIZED.replace(b"200", b"199"), b""),
        (SIZED.replace(b"200", b"600"), b""),
        (HEAD + b"A: b\r\n", b""),
        (b"no answer", b""),
    ],
)
def test_broken_head_is_read_without_its_broken_lines(raw: bytes, whole: bytes) -> None:
    """Its status and what is whole of it count; without a final status or an end, nothing does."""
    assert whole == mended(raw)
