"""Bends the answers of an honest server: status lines, headers, JSON, and bytes anywhere."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from fuzz_bytes import BENDS
from liars.honest import TOKEN

LONGEST: Final = 64 * 1024
DIGITS: Final = "9" * 4301

Chance = random.Random
Bend = Callable[[Chance, bytes], bytes]

STATUS_LINES: Final = (
    *(b"HTTP/1.1 %d X" % status for status in (100, 101, 200, 204, 206, 301, 304, 307, 400, 401)),
    *(b"HTTP/1.1 %d X" % status for status in (403, 404, 405, 407, 416, 429, 500, 503, 599)),
    *(b"HTTP/1.1 000 X", b"HTTP/1.1 999 X", b"HTTP/1.1 600 X", b"HTTP/1.1 99 X", b"HTTP/1.1 2000"),
    *(b"HTTP/1.1 200", b"HTTP/1.1  200 OK", b"HTTP/1.1 \xb2\xb2\xb2 OK", b"HTTP/1.0 200 OK"),
    *(b"HTTP/2 200", b"http/1.1 200 OK", b"ICY 200 OK", b"", b"HTTP/1.1 200 \x00", b"\x15\x03\x01"),
    b"HTTP/1.1 " + DIGITS.encode() + b" OK",
)
NAMES: Final = (
    *("Retry-After", "Content-Type", "Content-Length", "Content-Encoding", "Content-Range"),
    *("Transfer-Encoding", "Date", "ETag", "Last-Modified", "Link", "Allow", "WWW-Authenticate"),
    *("Set-Cookie", "Location", "Vary", "Cache-Control", "Connection", "Age", "Expires", "Server"),
    *("Access-Control-Allow-Origin", "Access-Control-Allow-Headers", "Accept-Ranges", "Trailer"),
    *("X-Injected", "Proxy-Authenticate", "Upgrade", "", " ", "N\xe4me", "x" * 70_000, "a" * 300),
    *("##[command]", "</script>", "::error::", "constructor", "[0]", TOKEN),
)
VALUES: Final = (
    *(
        "",
        " ",
        ",",
        ";",
        "=",
        '"',
        "\\",
        "0",
        "-1",
        "1",
        "1e9",
        "NaN",
        "1_0",
        "\xb2",
        "\x00",
        "\x1b[2J",
    ),
    *(
        DIGITS,
        f"-{DIGITS}",
        "9" * 641,
        "9" * 18,
        "9" * 20,
        "0" * 5000,
        f"0x{DIGITS}",
        f"{DIGITS}.5",
    ),
    *("Mon, 01 Jan 99999999999 00:00:00 GMT", "Mon, 01 Jan 0000 00:00:00 GMT", "Mon"),
    *("Mon, 32 Foo 2030 25:61:61 +9999999999999", f"Mon, 01 Jan {DIGITS} 00:00:00 GMT"),
    *(f"Mon, 01 Jan 2030 00:00:00 +{DIGITS}", f"01 Jan 2030 {DIGITS}:{DIGITS}:{DIGITS} -0000"),
    *("Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "1 Jan 1 0:0:0 +2400"),
    *(f"application/json; charset*{DIGITS}=x", f"application/json; charset*{DIGITS}*=x''y"),
    *("application/json; charset*0=ut; charset*1=f-8", "application/json; charset*=''%ff"),
    *("application/json; charset*=utf-8'en'%E2%82%AC", "application/json; charset*=x'y'%zz"),
    *('application/json; charset="', "application/json;;;", "application/json; charset=utf-16"),
    *("application/json; charset=idna", "application/json; charset=rot13", "application/json; =x"),
    *(
        "application/json; charset=undefined",
        "application/json; charset=\x00",
        "text/html",
        "/",
        "a/b/c",
    ),
    *("application/json; charset=punycode", "application/json; charset=unicode_escape"),
    *(
        "application/json; charset=mbcs",
        "application/json; charset=" + "x" * 60_000,
        "*/*",
        "text/html;",
    ),
    *(
        "application/json; charset=utf-7",
        "application/json; charset=base64",
        "application/json; charset=zlib",
    ),
    *("=?utf-8?q?=ff?=", "=?x?b?////?=", "application/json; charset*=utf-8''%ED%A0%80"),
    *(f"bytes {DIGITS}-{DIGITS}/{DIGITS}", f"bytes 0-{DIGITS}/*", "bytes 0-0/1", "bytes 5-2/1"),
    *(f"bytes */{DIGITS}", "bytes \xb2-\xb2/*", "bytes 0-", "bytes", "items 0-1/2"),
    *('W/"', '"a', '"' + "x" * 9000 + '"', 'W/"\xff"', "*", '"\x7f"', '"a", "b"'),
    *(
        'Bearer realm="',
        "Bearer",
        'Basic realm="\\',
        "bearer error=",
        ", , ,Bearer",
        "Bearer " * 2000,
    ),
    *(
        "GET",
        "get, HEAD",
        "GET,,,HEAD",
        "TRACE, CONNECT, \xff",
        "," * 5000,
        "{status}",
        "{probe.x}",
    ),
    *("a=b; Expires=x; Max-Age=" + DIGITS, "=; Path", "__Host-x=\xff", "a=b; " * 1000),
    *(
        '<http://[>; rel="next"',
        "<>; rel=*",
        "http://[",
        "http://[::1",
        "//[",
        "http://\x00",
        "/%zz",
    ),
    *(
        "http://a:99999999/",
        "http://u:p@h/x",
        "javascript:x",
        "http://\xff/",
        "?",
        "#",
        "http://%s" % ("x" * 5000),
    ),
    *(
        "http://[::1]]/",
        "http://a\u200bb/".encode().decode("latin-1"),
        "http://[v1.x]/",
        "http:///api/v2",
    ),
    *(
        "gzip",
        "x-gzip, gzip",
        "deflate",
        "br",
        "zstd",
        "identity",
        "gzip" + ", gzip" * 9,
        "\xff",
        "GZIP ;q=1",
    ),
    *("chunked", "gzip, chunked", "chunked, chunked", "identity", "close", "upgrade", "keep-alive"),
    *(
        f"Bearer {TOKEN}",
        TOKEN,
        TOKEN[::-1],
        TOKEN[3:],
        "]]>",
        "</pre><script>",
        "%0A::error::x",
        "&#0;",
    ),
)
TEXTS: Final = (
    *(
        b"",
        b" ",
        b"null",
        b"NaN",
        b"[NaN]",
        b"[-Infinity]",
        b"[1e400]",
        b"[-1e-400]",
        b"-0",
        b"[-]",
    ),
    *(b"\xef\xbb\xbf[]", b"\xff\xfe[\x00]\x00", b"[\xff]", b'["\xed\xa0\x80"]', b'["\\ud800"]'),
    *(b'{"\\ud800":1}', b'[{"a":1,"a":2}]', b'[{"\\udc00":1,"\\udc00":2}]', b'["\\ud83d\\ude00"]'),
    *(b"[" * 20_000, b"[" * 255 + b"]" * 255, b"[" * 300 + b"]" * 300, b"[" * 600 + b"]" * 600),
    *(
        b'{"a":' * 400 + b"1" + b"}" * 400,
        b'[{"a":' * 20_000,
        b"[[]" * 900,
        b"[" + b"[]," * 9000 + b"0]",
    ),
    *(b"[%s]" % DIGITS.encode(), b"[-%s]" % DIGITS.encode(), b"[%s]" % (b"9" * 3000)),
    *(
        b"[%s]" % (b"9" * 641),
        b"[%s]" % (b"9" * 640),
        b"[0.%s]" % DIGITS.encode(),
        b"[1E+%s]" % DIGITS.encode(),
    ),
    *(
        b"[%s.0e%s]" % (DIGITS.encode(), DIGITS.encode()),
        b"[1e-%s]" % DIGITS.encode(),
        b"[00]",
        b"[1.]",
    ),
    *(
        b"[]x",
        b"[],",
        b"[]\x00",
        b"[1,]",
        b'{"a"}',
        b"{,}",
        b"tru",
        b'"',
        b'"\\u12',
        b"[\x0c]",
        b"{}",
        b"[[]]",
    ),
    *(
        b'["\x00"]',
        b'"\x7f\xc2\x85\xe2\x80\xa8"',
        b"<html>",
        b"\x1f\x8b",
        gzip.compress(b"[]"),
        b"\x1f\x8b" * 30,
    ),
    b'{"statusCode":%s}' % (b"9" * 3000),
)
PLACES: Final[tuple[Any, ...]] = (
    *(
        None,
        True,
        0,
        -1,
        1.5,
        "",
        [],
        {},
        10**639,
        10**640,
        10**3000,
        -(10**3999),
        1e308,
        float("inf"),
    ),
    *(
        float("nan"),
        "\ud800",
        "\udc00x",
        "\x00",
        "\x1b[31m",
        "\u202e",
        "x" * 9000,
        "9" * 5000,
        "http://[",
    ),
    *(
        [[[[]]]],
        {"": {"": 1}},
        {"~1/": 1},
        {"0": []},
        [None] * 300,
        {str(n): n for n in range(300)},
    ),
    *("0000-00-00T00:00:00Z", "9999-12-31T23:59:60.9999999999-23:59", "2024-02-30T00:00:00Z"),
    *(
        "+12024-01-01T00:00:00Z",
        "2024-01-01t00:00:00z",
        "0001-01-01T00:00:00+23:59",
        "\xb2024-01-01T00:00:00Z",
    ),
    *(
        "2024-01-01T00:00:00." + "9" * 5000 + "Z",
        "https://u:p@h/" + "x" * 3000,
        "=cmd()",
        "]]>",
        "{status}",
    ),
    *(TOKEN, TOKEN.encode().hex(), "crm", "shop", "nobody", {"$ref": "#"}, {"url": {"url": []}}),
)
KEYS: Final = (
    *(
        "url",
        "URL",
        "webhookID",
        "\u0443rl",
        "",
        "~",
        "/",
        "0",
        "00",
        "9" * 5000,
        "\ud800",
        "\x00",
        "\u202e",
    ),
    *(
        "$ref",
        "__proto__",
        "WebhookEvents",
        "webhookevents",
        "x" * 3000,
        "{status}",
        "[]",
        TOKEN,
        "a\nb",
    ),
)


def _parted(raw: bytes) -> tuple[list[bytes], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


def _joined(lines: list[bytes], body: bytes) -> bytes:
    return b"\r\n".join([*lines, b"", body])


def with_body(raw: bytes, body: bytes) -> bytes:
    """Put another body into an answer, with its length."""
    lines, _ = _parted(raw)
    kept = [line for line in lines if not line.lower().startswith(b"content-length:")]
    return _joined([*kept, b"Content-Length: %d" % len(body)], body)


def _status(chance: Chance, raw: bytes) -> bytes:
    lines, body = _parted(raw)
    return _joined([chance.choice(STATUS_LINES), *lines[1:]], body)


def _header(chance: Chance, raw: bytes) -> bytes:
    """Add a header, in place of the one of its name or beside it."""
    lines, body = _parted(raw)
    name = chance.choice(NAMES).encode("latin-1")
    line = name + chance.choice((b": ", b":", b" : ", b"")) + _value(chance)
    beside = chance.random() < 0.3
    kept = [it for it in lines if beside or not it.lower().startswith(name.lower() + b":")]
    return _joined([*(kept or lines[:1]), *[line] * chance.choice((1, 1, 1, 2, 50))], body)


def _changed_header(chance: Chance, raw: bytes) -> bytes:
    """Give a header that is there another value."""
    lines, body = _parted(raw)
    if len(lines) < 2:  # nothing but a status line
        return raw
    place = chance.randrange(1, len(lines))
    name = lines[place].partition(b":")[0]
    return _joined([*lines[:place], name + b": " + _value(chance), *lines[place + 1 :]], body)


def _value(chance: Chance) -> bytes:
    value = chance.choice(VALUES).encode("latin-1")
    if chance.random() < 0.3:
        value = chance.choice((value + b", ", value + b"; ", b"")) + chance.choice(VALUES).encode(
            "latin-1"
        )
    return value


def _text(chance: Chance, raw: bytes) -> bytes:
    return with_body(raw, chance.choice(TEXTS))


def _json(chance: Chance, raw: bytes) -> bytes:
    """Change what a body says: a value, a name, how many."""
    try:
        value = json.loads(_parted(raw)[1])
    except (ValueError, RecursionError):
        value = [{"url": 1}]
    for _ in range(chance.randint(1, 3)):
        value = _changed(chance, value)
    try:
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    except (ValueError, RecursionError):  # the number has more digits than may be written now
        text = "[" + "9" * 3000 + "]"
    return with_body(raw, text.encode("utf-8", "surrogatepass"))


def _changed(chance: Chance, value: Any) -> Any:
    """Return a value with another one somewhere in it."""
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _changed(chance, value[place]), *value[place + 1 :]]
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(list(value))
        if chance.random() < 0.2:
            return {chance.choice(KEYS) if key == name else key: it for key, it in value.items()}
        if chance.random() < 0.2:
            return {**value, chance.choice(KEYS): chance.choice(PLACES)}
        if chance.random() < 0.2:
            return {key: it for key, it in value.items() if key != name}
        return {**value, name: _changed(chance, value[name])}
    return chance.choice(PLACES)


def _packed(_: Chance, raw: bytes) -> bytes:
    lines, body = _parted(raw)
    return with_body(_joined([*lines, b"Content-Encoding: gzip"], body), gzip.compress(body))


def _chunked(chance: Chance, raw: bytes) -> bytes:
    lines, body = _parted(raw)
    kept = [line for line in lines if not line.lower().startswith(b"content-length:")]
    size = chance.choice(
        (b"%x" % len(body), DIGITS.encode(), b"-1", b"", b"0x5", b"f" * 20, b"0", b"\xb2")
    )
    rest = chance.choice((b"0\r\n\r\n", b"0\r\nContent-Type: x\r\n\r\n", b"", b"0;" + b"x" * 9000))
    return _joined([*kept, b"Transfer-Encoding: chunked"], size + b"\r\n" + body + b"\r\n" + rest)


def _bytes(chance: Chance, raw: bytes) -> bytes:
    return chance.choice(BENDS)(chance, raw)


def _random(chance: Chance, _: bytes) -> bytes:
    return chance.randbytes(chance.randint(0, 400))


def _preceded(chance: Chance, raw: bytes) -> bytes:
    return b"HTTP/1.1 103 Early\r\nLink: %s\r\n\r\n" % _value(chance) + raw


HEADS: Final[tuple[Bend, ...]] = (_status, *[_header] * 3, *[_changed_header] * 2, _preceded)
BODIES: Final[tuple[Bend, ...]] = (_text, *[_json] * 5, _packed)
BYTES: Final[tuple[Bend, ...]] = (*[_bytes] * 3, _chunked, _random)
WAYS: Final = (HEADS, BODIES, BYTES, HEADS + BODIES + BYTES)
"""What may be bent in the answers of one server."""


def bent(chance: Chance, raw: bytes, ways: Sequence[Bend]) -> bytes:
    """Return an answer, bent in one to four of some ways."""
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        raw = chance.choice(ways)(chance, raw)
    return raw[:LONGEST] if len(raw) > 2 * LONGEST else raw
