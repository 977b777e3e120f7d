"""What the answers of a bent server are made of: status lines, names, values, texts and places."""

from __future__ import annotations

import gzip
from typing import Any, Final

from liars.honest import TOKEN

DIGITS: Final = "9" * 4301

# fmt: off
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
        "", " ", ",", ";", "=", '"', "\\", "0", "-1", "1", "1e9", "NaN", "1_0", "\xb2", "\x00",
        "\x1b[2J",
    ),
    *(
        DIGITS, f"-{DIGITS}", "9" * 641, "9" * 18, "9" * 20, "0" * 5000, f"0x{DIGITS}",
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
        "application/json; charset=undefined", "application/json; charset=\x00", "text/html", "/",
        "a/b/c",
    ),
    *("application/json; charset=punycode", "application/json; charset=unicode_escape"),
    *(
        "application/json; charset=mbcs", "application/json; charset=" + "x" * 60_000, "*/*",
        "text/html;",
    ),
    *(
        "application/json; charset=utf-7", "application/json; charset=base64",
        "application/json; charset=zlib",
    ),
    *("=?utf-8?q?=ff?=", "=?x?b?////?=", "application/json; charset*=utf-8''%ED%A0%80"),
    *(f"bytes {DIGITS}-{DIGITS}/{DIGITS}", f"bytes 0-{DIGITS}/*", "bytes 0-0/1", "bytes 5-2/1"),
    *(f"bytes */{DIGITS}", "bytes \xb2-\xb2/*", "bytes 0-", "bytes", "items 0-1/2"),
    *('W/"', '"a', '"' + "x" * 9000 + '"', 'W/"\xff"', "*", '"\x7f"', '"a", "b"'),
    *(
        'Bearer realm="', "Bearer", 'Basic realm="\\', "bearer error=", ", , ,Bearer",
        "Bearer " * 2000,
    ),
    *(
        "GET", "get, HEAD", "GET,,,HEAD", "TRACE, CONNECT, \xff", "," * 5000, "{status}",
        "{probe.x}",
    ),
    *("a=b; Expires=x; Max-Age=" + DIGITS, "=; Path", "__Host-x=\xff", "a=b; " * 1000),
    *(
        '<http://[>; rel="next"', "<>; rel=*", "http://[", "http://[::1", "//[", "http://\x00",
        "/%zz",
    ),
    *(
        "http://a:99999999/", "http://u:p@h/x", "javascript:x", "http://\xff/", "?", "#",
        "http://%s" % ("x" * 5000),
    ),
    *(
        "http://[::1]]/",
        "http://a\u200bb/".encode().decode("latin-1"),
        "http://[v1.x]/", "http:///api/v2",
    ),
    *(
        "gzip", "x-gzip, gzip", "deflate", "br", "zstd", "identity", "gzip" + ", gzip" * 9,
        "\xff", "GZIP ;q=1",
    ),
    *("chunked", "gzip, chunked", "chunked, chunked", "identity", "close", "upgrade", "keep-alive"),
    *(
        f"Bearer {TOKEN}", TOKEN,
        TOKEN[::-1],
        TOKEN[3:],
        "]]>", "</pre><script>", "%0A::error::x", "&#0;",
    ),
)
TEXTS: Final = (
    *(
        b"", b" ", b"null", b"NaN", b"[NaN]", b"[-Infinity]", b"[1e400]", b"[-1e-400]", b"-0",
        b"[-]",
    ),
    *(b"\xef\xbb\xbf[]", b"\xff\xfe[\x00]\x00", b"[\xff]", b'["\xed\xa0\x80"]', b'["\\ud800"]'),
    *(b'{"\\ud800":1}', b'[{"a":1,"a":2}]', b'[{"\\udc00":1,"\\udc00":2}]', b'["\\ud83d\\ude00"]'),
    *(b"[" * 20_000, b"[" * 255 + b"]" * 255, b"[" * 300 + b"]" * 300, b"[" * 600 + b"]" * 600),
    *(
        b'{"a":' * 400 + b"1" + b"}" * 400, b'[{"a":' * 20_000, b"[[]" * 900,
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
        b"[00]", b"[1.]",
    ),
    *(
        b"[]x", b"[],", b"[]\x00", b"[1,]", b'{"a"}', b"{,}", b"tru", b'"', b'"\\u12', b"[\x0c]",
        b"{}", b"[[]]",
    ),
    *(
        b'["\x00"]', b'"\x7f\xc2\x85\xe2\x80\xa8"', b"<html>", b"\x1f\x8b",
        gzip.compress(b"[]"),
        b"\x1f\x8b" * 30,
    ),
    b'{"statusCode":%s}' % (b"9" * 3000),
)
PLACES: Final[tuple[Any, ...]] = (
    *(
        None, True, 0, -1, 1.5, "",
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
        "\ud800", "\udc00x", "\x00", "\x1b[31m", "\u202e", "x" * 9000, "9" * 5000, "http://[",
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
        "+12024-01-01T00:00:00Z", "2024-01-01t00:00:00z", "0001-01-01T00:00:00+23:59",
        "\xb2024-01-01T00:00:00Z",
    ),
    *(
        "2024-01-01T00:00:00." + "9" * 5000 + "Z", "https://u:p@h/" + "x" * 3000, "=cmd()", "]]>",
        "{status}",
    ),
    *(TOKEN, TOKEN.encode().hex(), "crm", "shop", "nobody", {"$ref": "#"}, {"url": {"url": []}}),
)
KEYS: Final = (
    *(
        "url", "URL", "webhookID", "\u0443rl", "", "~", "/", "0", "00", "9" * 5000, "\ud800",
        "\x00", "\u202e",
    ),
    *(
        "$ref", "__proto__", "WebhookEvents", "webhookevents", "x" * 3000, "{status}", "[]",
        TOKEN, "a\nb",
    ),
)
