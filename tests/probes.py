"""What half-written clients, scanners and fuzzers send, and what is right to answer.

The rules are those of RFC 9112 (messages) and RFC 9110 (meaning). Where these leave a choice: every
id that is UTF-8 is looked up, what cannot be a request is a 400 that ends the connection, and a
broken body ends the connection behind an answer that did not need it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain

PATH = b"/api/v2/instance/demo/webhook"
HOST = b"Host: localhost\r\n"
TOKEN = b"Authorization: Bearer demo-token\r\n"
CLOSE = b"Connection: close\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n"
UPGRADE = b"Connection: upgrade\r\nUpgrade: "
END = b"\r\n"


@dataclass(frozen=True, slots=True)
class Probe:
    """Bytes, and the statuses that they are answered with until the mock closes."""

    name: str
    sent: bytes
    statuses: tuple[int, ...]
    method: bytes = b"GET"


def line(method: bytes = b"GET", target: bytes = PATH, version: bytes = b"HTTP/1.1") -> bytes:
    """Write a request line."""
    return b"%b %b %b\r\n" % (method, target, version)


def ask(
    headers: bytes = b"", body: bytes = b"", *, line: bytes = line(), host: bytes = HOST
) -> bytes:
    """Write a request that is the last of its connection and good but for what is given."""
    return line + host + TOKEN + headers + CLOSE + END + body


def to(target: bytes) -> bytes:
    """Write a good request for another target."""
    return ask(line=line(target=target))


def of(segment: bytes) -> bytes:
    """Write a good request for an instance, written as it stands in a path."""
    return to(b"/api/v2/instance/" + segment + b"/webhook")


def kept(headers: bytes = b"", body: bytes = b"") -> bytes:
    """Write a good request that keeps its connection."""
    return line() + HOST + TOKEN + headers + END + body


GOOD = ask()
POST = line(b"POST", b"/__mock/reset")
FORM = b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: 7\r\n"
PARTS = b"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 12\r\n"
CLIENT_HELLO = b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(128, 256)) * 4
MIB = 1024 * 1024


def _request_lines() -> Iterator[Probe]:
    yield Probe("garbage", b"garbage\r\n\r\n", (400,))
    yield Probe("garbage without an end", b"\x00\x01\x02\x03", (400,))
    yield Probe("an answer", b"HTTP/1.1 200 OK\r\n\r\n", (400,))
    yield Probe("a TLS hello", CLIENT_HELLO, (400,))
    yield Probe("an SSH banner", b"SSH-2.0-OpenSSH_9.6\r\n", (400,))
    yield Probe("an SMTP greeting", b"EHLO mock\r\n", (400,))
    yield Probe("a header first", HOST + line(), (400,))
    yield Probe("a space first", b" " + GOOD, (400,))
    yield Probe("one empty line first", END + GOOD, (200,))
    yield Probe("ten empty lines first", END * 10 + GOOD, (200,))
    yield Probe("empty lines without end", END * MIB, (400,))
    yield Probe("a bare LF first", b"\n" + GOOD, (400,))
    yield Probe("lines that end in LF alone", GOOD.replace(b"\r\n", b"\n"), (400,))
    yield Probe("lines that end in CR alone", GOOD.replace(b"\r\n", b"\r"), (400,))
    yield Probe("two spaces", GOOD.replace(b"GET ", b"GET  "), (400,))
    yield Probe("tabs", GOOD.replace(b" ", b"\t", 2), (400,))
    yield Probe("a vertical tab", GOOD.replace(b"GET ", b"GET\x0b"), (400,))
    yield Probe("a space at the end", ask(line=line(version=b"HTTP/1.1 ")), (400,))
    yield Probe("a space in the target", to(b"/a b"), (400,))
    yield Probe("no target", b"GET HTTP/1.1\r\n" + HOST + END, (400,))
    yield Probe("no version", b"GET /\r\n" + HOST + END, (400,))
    yield Probe("HTTP/0.9", b"GET /\r\n", (400,))
    yield Probe("nothing but empty lines", END * 2 + b"\x00", (400,))


def _methods() -> Iterator[Probe]:
    for method in (b"POST", b"PUT", b"PATCH", b"DELETE", b"TRACE", b"PROPFIND", b"QUERY"):
        yield Probe(method.decode(), ask(line=line(method)), (405,))
    for method in (b"FOO", b"get", b"Get", b"M-SEARCH", b"PRI", b"GETX", b"!#$%&'*+.^_`|~9"):
        yield Probe(f"the unknown {method.decode()}", ask(line=line(method)), (405,))
    yield Probe("HEAD", ask(line=line(b"HEAD")), (200,), b"HEAD")
    yield Probe("HEAD of what is not there", ask(line=line(b"HEAD", b"/x")), (404,), b"HEAD")
    yield Probe("OPTIONS", ask(line=line(b"OPTIONS")), (204,))
    yield Probe("no method", ask(line=b" " + line()[4:]), (400,))
    yield Probe("a method with a colon", ask(line=line(b"GET:")), (400,))
    yield Probe("a method with NUL", ask(line=line(b"GE\x00T")), (400,))
    yield Probe("a method beyond ASCII", ask(line=line(b"G\xc3\x89T")), (400,))
    yield Probe("a method of 64 characters", ask(line=line(b"A" * 64)), (405,))
    yield Probe("a method of 65 characters", ask(line=line(b"A" * 65)), (400,))
    yield Probe("a method of 1 MiB", ask(line=line(b"A" * MIB)), (400,))
    yield Probe("CONNECT to a host", ask(line=line(b"CONNECT", b"example.com:443")), (400,))
    yield Probe("CONNECT to a path", ask(line=line(b"CONNECT")), (405,))
    yield Probe("POST to a page", ask(line=line(b"POST", b"/")), (405,))
    yield Probe("GET of what takes POST", to(b"/__mock/reset"), (405,))


def _versions() -> Iterator[Probe]:
    yield Probe("1.0", ask(line=line(version=b"HTTP/1.0")), (200,))
    old = line(version=b"HTTP/1.0")
    yield Probe("1.0 without Host", ask(line=old, host=b""), (200,))
    yield Probe("1.0 with two Hosts", ask(line=old, host=HOST * 2), (400,))
    yield Probe("1.0 that asks to be kept", old + TOKEN + b"Connection: keep-alive\r\n\r\n", (200,))
    yield Probe("1.0 in chunks", ask(CHUNKED, b"0\r\n\r\n", line=old), (200,))
    for later in (b"HTTP/1.2", b"HTTP/1.9"):
        yield Probe(
            f"a later minor version, {later.decode()}", ask(line=line(version=later)), (200,)
        )
    for other in (
        *(b"HTTP/0.9", b"HTTP/2.0", b"HTTP/9.9", b"HTTP/1.10", b"HTTP/1", b"HTTP/1.", b"HTTP/11"),
        *(b"http/1.1", b"HTTP/ 1.1", b"HTTP/+1.1", b"HTTPS/1.1", b"RTSP/1.0", b"ICE/1.0", b"X"),
    ):
        yield Probe(f"no version of ours, {other.decode()}", ask(line=line(version=other)), (400,))
    yield Probe("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", (400,))


def _targets() -> Iterator[Probe]:
    absolute = b"http://other.example" + PATH
    yield Probe("absolute", to(absolute), (200,))
    yield Probe("absolute, with https and in capitals", to(b"HTTPS" + absolute[4:]), (200,))
    yield Probe("absolute, with a user", to(absolute.replace(b"//", b"//a:b@")), (200,))
    yield Probe("absolute, without a path", to(b"http://other.example"), (400,))
    yield Probe("absolute, without a host", to(b"http:///x"), (400,))
    yield Probe("absolute, with a port that is none", to(b"http://a:99999999/x"), (400,))
    yield Probe("absolute, of another scheme", to(b"ftp://other.example" + PATH), (400,))
    yield Probe("a file", to(b"file:///etc/passwd"), (400,))
    yield Probe("authority", to(b"other.example:80"), (400,))
    yield Probe("asterisk for OPTIONS", ask(line=line(b"OPTIONS", b"*")), (204,))
    yield Probe("asterisk for GET", to(b"*"), (400,))
    yield Probe("no slash", to(b"api/v2"), (400,))
    yield Probe("a query alone", to(b"?a"), (400,))
    yield Probe("a fragment", to(PATH + b"#x"), (400,))
    yield Probe("two slashes first", to(b"//other.example/x"), (404,))
    yield Probe("a backslash", to(b"/\\other.example\\x"), (404,))
    yield Probe("a slash at the end", to(PATH + b"/"), (404,))
    yield Probe("a slash at the end, encoded", to(PATH + b"%2F"), (404,))
    yield Probe("dots", to(b"/../../etc/passwd"), (404,))
    yield Probe("dots, encoded", to(b"/%2e%2e/%2E%2E/etc/passwd"), (404,))
    yield Probe("dots on the way to a page", to(b"/__mock/../openapi.yaml"), (404,))
    yield Probe("a page in capitals", to(b"/DOCS"), (404,))
    yield Probe("NUL", to(b"/a\x00b"), (400,))
    yield Probe("DEL", to(b"/a\x7fb"), (400,))
    yield Probe("an escape", to(b"/a\x1bb"), (400,))
    yield Probe("CR", to(b"/a\rb"), (400,))
    yield Probe("of 32 KiB", of(b"a" * (32 * 1024 - len(PATH) + 4)), (200,))
    yield Probe("of 32 KiB and a byte", of(b"a" * (32 * 1024 - len(PATH) + 5)), (414,))
    yield Probe("of 50 KiB beyond ASCII", of(b"\xc3\xa9" * 25 * 1024), (414,))
    yield Probe("of 1 MiB", of(b"a" * MIB), (414,))
    yield Probe("of 1 MiB of slashes", to(b"/" * MIB), (414,))
    yield Probe("of 1 MiB of percent signs", of(b"%" * MIB), (414,))


def _ids() -> Iterator[Probe]:
    found = {
        "raw UTF-8": "\u00e9\U0001f600".encode(),
        "quotes and brackets": b'"<\\>{|}^`',
        "two dots": b"..",
        "an encoded slash": b"a%2Fb",
        "an encoded percent sign": b"%25",
        "twice encoded": b"%252F",
        "NUL": b"%00",
        "a line break": b"a%0D%0Ab",
        "DEL": b"%7F",
        "a lone percent sign": b"%",
        "a percent sign and a character": b"%Z",
        "a percent sign and no digits": b"%ZZ",
        "a percent sign of JavaScript": b"%u0041",
        "mixed cases": b"%c3%A9",
        "beyond the BMP": b"%F0%9F%98%80",
        "a direction mark": b"%E2%80%AE",
        "a noncharacter": b"%EF%BF%BF",
        "the replacement character": b"%EF%BF%BD",
        "a semicolon": b"demo;x=1",
        "a template": b"{{7*7}}${7*7}",
        "a format": b"%25s%25n",
    }
    for name, segment in found.items():
        yield Probe(name, of(segment), (200,))
    unreadable = {
        "a raw byte": b"\xff",
        "half a raw character": b"\xc3",
        "an encoded byte": b"%FF",
        "an overlong slash": b"%C0%AF",
        "an overlong slash of three": b"%E0%80%AF",
        "an overlong NUL": b"%C0%80",
        "a surrogate": b"%ED%A0%80",
        "a pair of surrogates": b"%ED%A0%BD%ED%B8%80",
        "beyond Unicode": b"%F4%90%80%80",
        "five bytes": b"%F8%88%80%80%80",
        "half a character": b"%E2%82",
        "a stray tail": b"%80",
    }
    for name, segment in unreadable.items():
        yield Probe(f"{name}, which is not UTF-8", of(segment), (400,))
    yield Probe("empty", of(b""), (404,))
    yield Probe("a slash too many", of(b"a/b"), (404,))


def _queries() -> Iterator[Probe]:
    queries = {
        "raw bytes": b"a=\xff\xfe",
        "encoded bytes": b"%FF=%00&%0D%0A=%ED%A0%80",
        "separators alone": b"&&;;==??",
        "a lone percent sign": b"%",
        "4 KiB": b"a" * 4096,
        "an unknown twin": b"__nothing=1",
        "a name of the contract": b"instanceId=other",
    }
    for name, query in queries.items():
        yield Probe(name, to(PATH + b"?" + query), (200,))
    yield Probe("4 KiB and a byte", to(PATH + b"?" + b"a" * 4097), (414,))
    many = b"&".join(b"key%d=v" % number for number in range(6000))
    yield Probe("6,000 parameters", to(PATH + b"?" + many), (414,))
    yield Probe("1 MiB", to(PATH + b"?" + b"a=b&" * (MIB // 4)), (414,))
    yield Probe("a code that is none", to(PATH + b"?__code=%FF"), (400,))
    yield Probe("a code that no status has", to(PATH + b"?__code=9999999999999999999999"), (400,))
    yield Probe(
        "digits that are not ASCII", to(PATH + "?__code=\u0662\u0660\u0660".encode()), (400,)
    )


def _hosts() -> Iterator[Probe]:
    for host in (
        *(b"mock:80", b"mock:", b"", b"127.0.0.1:8080", b"[::1]:8080", b"[v1.a]", b"a_b", b"a%20b"),
        *(b"x" * 60_000, b"*", b"evil.example"),
    ):
        name = f"{host[:20].decode() or 'nothing'}"
        yield Probe(f"{name} is one", ask(host=b"Host: " + host + END), (200,))
    for host in (
        *(
            b"a/b",
            b"a@b",
            b"a b",
            b"http://a",
            b"a:b",
            b"a:80:80",
            b"[::1",
            b"::1",
            b"[a b]",
            b"a\\b",
        ),
        *(
            b"\xc3\xa9",
            b"a\x01",
            b"a\x00b",
            b"a\x7f",
            b"a,b",
            b'"a"',
            b"<a>",
            b"%zz",
            b"a?b",
            b"a#b",
        ),
    ):
        if host != b"a,b":  # a comma may stand in a name
            yield Probe(f"{host!r} is none", ask(host=b"Host: " + host + END), (400,))
    yield Probe("none", ask(host=b""), (400,))
    yield Probe("two", ask(host=HOST * 2), (400,))
    yield Probe("two that differ", ask(host=HOST + b"host: other\r\n"), (400,))
    yield Probe("a folded one", ask(host=b"Host:\r\n mock\r\n"), (400,))
    yield Probe("one for the pages", ask(line=line(target=b"/"), host=b"Host: evil\r\n"), (403,))


def _headers() -> Iterator[Probe]:
    bad = {
        "without a colon": b"X\r\n",
        "with a space before the colon": b"X : a\r\n",
        "with a tab before the colon": b"X\t: a\r\n",
        "with a space first": b" X: a\r\n",
        "without a name": b": a\r\n",
        "with a space in the name": b"X Y: a\r\n",
        "with NUL in the name": b"X\x00: a\r\n",
        "with a name beyond ASCII": b"X\xe9: a\r\n",
        "with a bracket in the name": b"X[0]: a\r\n",
        "with NUL in the value": b"X: a\x00b\r\n",
        "with a control character in the value": b"X: a\x01b\r\n",
        "with DEL in the value": b"X: a\x7fb\r\n",
        "with a bare CR in the value": b"X: a\rb\r\n",
        "with a bare LF in the value": b"X: a\nb\r\n",
        "with a bare LF at its end": b"X: a\nY: b\r\n",
        "with two CRs at its end": b"X: a\r\r\n",
        "folded with a space": b"X: a\r\n b\r\n",
        "folded with a tab": b"X: a\r\n\tb\r\n",
    }
    for name, header in bad.items():
        yield Probe(name, ask(header), (400,))
    fine = {
        "without a value": b"X:\r\n",
        "with a tab in the value": b"X:\ta\tb\t\r\n",
        "with bytes beyond ASCII": b"X: \xe9\xff\r\n",
        "with an odd name": b"!#$%&'*+-.^_`|~: a\r\n",
        "with an underscore": b"Content_Length: 5\r\n",
        "of 60 KiB": b"X: " + b"x" * 60 * 1024 + END,
        "a thousand times": b"X: x\r\n" * 1000,
        "twice in two cases": b"accept: */*\r\nACCEPT: */*\r\n",
        "a Content-Type of raw bytes": b"Content-Type: \xff\xfe\r\n",
        "a cookie of raw bytes": b"Cookie: \xff=\xfe; a\r\n",
        "an Origin of raw bytes": b"Origin: \xff\r\n",
        "a Range": b"Range: bytes=0-1,2-,-9\r\n",
        "dates that are none": b"If-Modified-Since: x\r\nIf-Unmodified-Since: y\r\n",
        "tags without end": b"If-None-Match: " + b'W/"x, ' * 10_000 + END,
        "proxies' names": b"Forwarded: for=x\r\nX-Forwarded-Host: evil\r\nX-Original-URL: /x\r\n",
        "a method in a header": b"X-HTTP-Method-Override: DELETE\r\n",
    }
    for name, header in fine.items():
        yield Probe(name, ask(header), (200,))
    yield Probe("of 64 KiB and more", ask(b"X: " + b"x" * 65 * 1024 + END), (431,))
    yield Probe("of 1 MiB", ask(b"X: " + b"x" * MIB + END), (431,))
    yield Probe("with a name of 1 MiB", ask(b"X" * MIB + b": x\r\n"), (431,))
    yield Probe("20,000 times", ask(b"X-Y: z\r\n" * 20_000), (431,))
    yield Probe("with no end at all", line() + HOST + b"X: " + b"x" * 3 * MIB, (431,))
    yield Probe("two Authorizations", ask(TOKEN), (401,))
    yield Probe("60 KiB of spaces in it", ask(b"Prefer:" + b" " * 60_000 + b"code=999\r\n"), (400,))
    yield Probe("an Accept without sense", ask(b"Accept: " + b"*/*;q=," * 8000 + END), (200,))
    yield Probe("an Accept of something else", ask(b"Accept: \xff/\xfe\r\n"), (406,))
    yield Probe("a preflight without sense", _preflight(b"\xff", b"\xfe"), (405,))


def _preflight(method: bytes, headers: bytes) -> bytes:
    asked = b"Access-Control-Request-Method: %b\r\nAccess-Control-Request-Headers: %b\r\n"
    return ask(b"Origin: null\r\n" + asked % (method, headers), line=line(b"OPTIONS"))


def _lengths() -> Iterator[Probe]:
    bad = (
        *(b"-1", b"+1", b"0x1", b"1 1", b"1, 1", b"1,1", b"one", b"1.0", b"1e1", b"\xb2", b"1_0"),
        *(b"99999999999999999999999999", b"1;a", b'"1"', b"\x0b1"),
    )
    for length in bad:
        header = b"Content-Length: " + length + END
        yield Probe(f"Content-Length {length!r}", ask(header, b"a"), (400,))
    yield Probe("an empty Content-Length", ask(b"Content-Length:\r\n"), (400,))
    yield Probe("Content-Length twice", ask(b"Content-Length: 1\r\n" * 2, b"a"), (400,))
    both = b"Content-Length: 1\r\nContent-Length: 2\r\n"
    yield Probe("Content-Length twice, not the same", ask(both, b"ab"), (400,))
    yield Probe("Content-Length 007", ask(b"Content-Length: 007\r\n", b"a=b&c=d"), (200,))
    yield Probe("Content-Length 0", ask(b"Content-Length: 0\r\n"), (200,))
    yield Probe("a body beyond its length", ask(b"Content-Length: 1\r\n", b"abc"), (200,))
    yield Probe("a body without a length", ask(body=b"abc"), (200,))


def _codings() -> Iterator[Probe]:
    ends = b"0\r\n\r\n"
    bad = (
        *(
            b"identity",
            b"xchunked",
            b"chunkedx",
            b"chunked, identity",
            b"chunked, chunked",
            b"gzip",
        ),
        *(b'"chunked"', b"chunked;q=1", b"chun ked", b"\x0bchunked", b"chunked\x00", b"", b","),
        *(b"chunked,", b"\xa0chunked"),
    )
    for coding in bad:
        header = b"Transfer-Encoding: " + coding + END
        yield Probe(f"Transfer-Encoding {coding!r}", ask(header, ends), (400,))
    yield Probe("Transfer-Encoding twice", ask(CHUNKED * 2, ends), (400,))
    yield Probe("a space before its colon", ask(b"Transfer-Encoding : chunked\r\n", ends), (400,))
    yield Probe("a folded one", ask(b"Transfer-Encoding:\r\n chunked\r\n", ends), (400,))
    yield Probe("a length before it", ask(b"Content-Length: 5\r\n" + CHUNKED, ends), (400,))
    yield Probe("a length behind it", ask(CHUNKED + b"Content-Length: 5\r\n", ends), (400,))
    for coding in (b"chunked", b"CHUNKED", b"\tchunked\t", b"gzip, chunked"):
        header = b"Transfer-Encoding: " + coding + END
        yield Probe(f"Transfer-Encoding {coding!r} is one", ask(header, ends), (200,))
    hidden = b"1\r\na\r\n0\r\n" + TOKEN + b"X: y\r\n\r\n"
    plain = line() + HOST + CHUNKED + CLOSE + END
    yield Probe("credentials behind the body count for nothing", plain + hidden, (401,))


def _chunks() -> Iterator[Probe]:
    # What follows would be answered too, if the broken body were taken for the end of a request.
    bodies = {
        "a size that is none": b"Z\r\na\r\n",
        "a negative size": b"-1\r\na\r\n",
        "a size with a sign": b"+1\r\na\r\n",
        "a size with 0x": b"0x1\r\na\r\n",
        "a size with a space": b"1 \r\na\r\n",
        "no size": b"\r\na\r\n",
        "a size beyond 64 bits": b"F" * 20 + b"\r\na\r\n",
        "a size that ends in LF": b"1\na\r\n",
        "a chunk that ends in LF": b"1\r\na\n0\r\n\r\n",
        "a chunk longer than its size": b"1\r\nabc\r\n",
        "an extension with a bare LF": b"1;a\nb\r\na\r\n",
        "a trailer without a colon": b"0\r\nX\r\n\r\n",
        "a trailer with NUL": b"0\r\nX: \x00\r\n\r\n",
        "an extension of 1 MiB": b"1;a=" + b"b" * MIB + b"\r\na\r\n",
        "a trailer of 1 MiB": b"0\r\nX: " + b"x" * MIB + b"\r\n\r\n",
        "100,000 trailers": b"0\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
    }
    for name, body in bodies.items():
        yield Probe(name, kept(CHUNKED, body) + GOOD, (200,))
    whole = {
        "an extension": b'1;a="b;c"\r\na\r\n0\r\n\r\n',
        "a trailer": b"1\r\na\r\n0\r\nX: y\r\n\r\n",
        "zeros first": b"0001\r\na\r\n000\r\n\r\n",
        "a thousand chunks": b"1\r\na\r\n" * 1000 + b"0\r\n\r\n",
        "a chunk of 1 MiB": b"100000\r\n" + b"a" * MIB + b"\r\n0\r\n\r\n",
        "nothing": b"0\r\n\r\n",
    }
    for name, body in whole.items():
        yield Probe(f"{name} is fine", kept(CHUNKED, body) + GOOD, (200, 200))


def _bodies() -> Iterator[Probe]:
    json = b"Content-Type: application/json\r\nContent-Length: 8\r\n"
    bodies = {
        "a form": ask(FORM, b"a=b&c=d"),
        "a multipart form": ask(PARTS, b"--x\r\n--x--\r\n"),
        "a multipart form without a boundary": ask(PARTS.replace(b"; boundary=x", b""), b"a" * 12),
        "JSON": ask(json, b'{"a": 1}'),
        "JSON that is none": ask(json, b"{{{{{{{{"),
        "text in an unknown charset": ask(
            b"Content-Type: text/plain; charset=x\r\n" + FORM[-19:], b"a" * 7
        ),
        "a compressed one": ask(
            b"Content-Encoding: gzip\r\nContent-Length: 3\r\n", b"\x1f\x8b\x08"
        ),
        "1 MiB": ask(b"Content-Length: %d\r\n" % MIB, b"a" * MIB),
    }
    for name, sent in bodies.items():
        yield Probe(name, sent, (200,))
    yield Probe("one for POST", ask(FORM, b"a=b&c=d", line=POST), (204,))
    yield Probe(
        "one for a method that is not taken", ask(FORM, b"a=b&c=d", line=line(b"PUT")), (405,)
    )
    expected = ask(b"Expect: 100-continue\r\nContent-Length: 3\r\n", b"abc")
    yield Probe("one that waits for a word", expected, (200,))
    yield Probe("one that expects something else", ask(b"Expect: miracles\r\n"), (200,))


def _smuggling() -> Iterator[Probe]:
    inner = ask(line=line(target=b"/smuggled"))
    chunked = b"%x\r\n%b\r\n0\r\n\r\n" % (len(inner), inner)
    yield Probe("CL.TE", kept(b"Content-Length: 6\r\n" + CHUNKED, b"0\r\n\r\nG") + GOOD, (400,))
    yield Probe("TE.CL", kept(CHUNKED + b"Content-Length: 4\r\n", chunked) + GOOD, (400,))
    yield Probe("CL.CL", kept(b"Content-Length: 0\r\nContent-Length: 44\r\n") + inner, (400,))
    yield Probe("TE.TE", kept(CHUNKED + b"Transfer-Encoding: x\r\n", chunked) + GOOD, (400,))
    hidden = b"Content-Length: %d\r\n" % len(inner)
    yield Probe("a request in a body is a body", kept(hidden, inner) + GOOD, (200, 200))
    yield Probe("a request in a chunk is a body", kept(CHUNKED, chunked) + GOOD, (200, 200))
    yield Probe("a request in an upgrade", kept(UPGRADE + b"h2c\r\n") + GOOD, (200, 200))
    yield Probe("a request in a value", ask(b"X: a\rGET /smuggled HTTP/1.1\r\n"), (400,))
    yield Probe("a line break in the target", to(b"/x%0d%0aHost:%20evil"), (404,))
    yield Probe(
        "a length named by Connection", ask(b"Connection: content-length\r\n" + hidden), (200,)
    )
    nbsp = b"Transfer-Encoding\xa0: chunked\r\nContent-Length: 5\r\n"
    yield Probe("a coding with an odd space", ask(nbsp, b"0\r\n\r\n"), (400,))


def _pipelines() -> Iterator[Probe]:
    yield Probe("two", kept() + GOOD, (200, 200))
    yield Probe("a hundred", kept() * 99 + GOOD, (200,) * 100)
    yield Probe("fifteen hundred", kept() * 1499 + GOOD, (200,) * 1500)
    yield Probe("a good and a bad one", kept() + b"garbage\r\n\r\n", (200, 400))
    yield Probe("a bad and a good one", b"garbage\r\n\r\n" + GOOD, (400,))
    yield Probe("a good one after a refusal", kept().replace(b"demo", b"%FF", 1) + GOOD, (400, 200))
    yield Probe("one with a body", kept(FORM, b"a=b&c=d") + GOOD, (200, 200))
    yield Probe("one in chunks", kept(CHUNKED, b"1\r\na\r\n0\r\n\r\n") + GOOD, (200, 200))
    yield Probe("one behind the last one", GOOD + GOOD, (200,))
    yield Probe("garbage behind the last one", GOOD + b"garbage\r\n\r\n" * 100_000, (200,))
    yield Probe("one of HTTP/1.0 first", kept().replace(b"1.1", b"1.0") + GOOD, (200,))
    yield Probe("an unknown method", kept() + ask(line=line(b"FOO")), (200, 405))
    unknown = ask(line=line(b"FOO"))
    yield Probe("an unknown method behind a body", kept(FORM, b"a=b&c=d") + unknown, (200, 405))
    chunks = b"4\r\n\r\n\r\n\r\n0\r\nX: y\r\n\r\n"
    yield Probe("an unknown method behind chunks", kept(CHUNKED, chunks) + unknown, (200, 405))
    yield Probe("raw bytes in a path", kept() + of(b"\xc3\xa9"), (200, 200))
    yield Probe("empty lines between them", kept() + END * 2 + GOOD, (200, 200))
    yield Probe("one that is late, then another", kept(b"Prefer: delay=50\r\n") + GOOD, (200, 200))
    yield Probe(
        "one that is late, then garbage", kept(b"Prefer: delay=50\r\n") + b"\x00", (200, 400)
    )
    long = kept() + of(b"a" * MIB)
    yield Probe("one that is too long", long, (200, 414))


def _upgrades() -> Iterator[Probe]:
    key = b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    yield Probe("to a websocket", kept(UPGRADE + b"websocket\r\n" + key) + GOOD, (200, 200))
    settings = b"Connection: HTTP2-Settings\r\nHTTP2-Settings: AAMAAABkAARAAAAAAAIAAAAA\r\n"
    yield Probe("to HTTP/2", kept(UPGRADE + b"h2c\r\n" + settings) + GOOD, (200, 200))
    yield Probe("to TLS", kept(UPGRADE + b"TLS/1.2\r\n") + GOOD, (200, 200))
    # Where the body ends is then anybody's guess, so nothing that follows is read.
    yield Probe("with a body", kept(UPGRADE + b"x\r\n" + FORM, b"a=b&c=d") + GOOD, (200,))
    yield Probe("in chunks", kept(UPGRADE + b"x\r\n" + CHUNKED, b"0\r\n\r\n") + GOOD, (200,))
    hidden = b"Content-Length: %d\r\n" % len(GOOD)
    yield Probe("with a request in its body", kept(UPGRADE + b"x\r\n" + hidden, GOOD), (200,))
    post = line(b"PUT") + HOST + UPGRADE + b"x\r\n\r\n"
    yield Probe("of a method that is not taken", post + GOOD, (405, 200))


FAMILIES: Mapping[str, tuple[Probe, ...]] = {
    "request line": tuple(_request_lines()),
    "method": tuple(_methods()),
    "version": tuple(_versions()),
    "target": tuple(_targets()),
    "id": tuple(_ids()),
    "query": tuple(_queries()),
    "host": tuple(_hosts()),
    "header": tuple(_headers()),
    "length": tuple(_lengths()),
    "coding": tuple(_codings()),
    "chunks": tuple(_chunks()),
    "body": tuple(_bodies()),
    "smuggling": tuple(_smuggling()),
    "pipeline": tuple(_pipelines()),
    "upgrade": tuple(_upgrades()),
}

PROBES = {
    f"{family}: {probe.name}": probe
    for family, probe in chain.from_iterable(
        ((family, probe) for probe in probes) for family, probes in FAMILIES.items()
    )
}


HALF_SENT: Mapping[str, Probe] = {
    probe.name: probe
    for probe in (
        Probe("nothing", b"", ()),
        Probe("an empty line", END, ()),
        Probe("half a method", b"GE", (408,)),
        Probe("half a target", b"GET /api", (408,)),
        Probe("half a version", b"GET / HTTP/1.", (408,)),
        Probe("a line without its LF", b"GET / HTTP/1.1\r", (408,)),
        Probe("a line", line(), (408,)),
        Probe("half a header", line() + b"Hos", (408,)),
        Probe("half a value", line() + b"Host: mo", (408,)),
        Probe("a head without its end", line() + HOST + TOKEN, (408,)),
        Probe("a head without its last LF", (line() + HOST + END)[:-1], (408,)),
        Probe("a length and no body", kept(b"Content-Length: 5\r\n"), (200,)),
        Probe("half a body", kept(b"Content-Length: 5\r\n", b"ab"), (200,)),
        Probe("a body of 1 TB", kept(b"Content-Length: 1000000000000\r\n", b"a" * MIB), (200,)),
        Probe("half a form", kept(FORM, b"a="), (200,)),
        Probe("half a multipart form", kept(PARTS, b"--x"), (200,)),
        Probe("a body that waits for a word", kept(b"Expect: 100-continue\r\n" + FORM), (200,)),
        Probe("no chunk", kept(CHUNKED), (200,)),
        Probe("half a size of a chunk", kept(CHUNKED, b"5"), (200,)),
        Probe("half a chunk", kept(CHUNKED, b"5\r\nab"), (200,)),
        Probe("chunks without an end", kept(CHUNKED, b"1\r\na\r\n" * 9), (200,)),
        Probe("half a trailer", kept(CHUNKED, b"0\r\nX: y"), (200,)),
        Probe("one and a half requests", kept() + line(), (200, 408)),
        Probe("a body for a late answer", kept(b"Prefer: delay=300\r\n" + FORM), (200,)),
        Probe("an upgrade, then half a request", kept(UPGRADE + b"h2c\r\n") + line(), (200, 408)),
    )
}
