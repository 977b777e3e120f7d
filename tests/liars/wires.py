"""Liars whose bytes are not what a client can read: JSON, media types, frames, connections."""

from __future__ import annotations

import re
from dataclasses import replace

from liars import honest
from liars.bend import (
    adding,
    answering,
    asked,
    at,
    chunked,
    coded,
    headed,
    lists,
    rewire,
    speaking,
    swap,
    written,
    zipped,
)
from liars.honest import UNKNOWN_ID, Answer, refusal
from liars.row import error, warning
from liars.server import Request, Speaker, Speech

TYPE = "Content-Type"
CHUNKED = ("Transfer-Encoding", "chunked")
GZIP = ("Content-Encoding", "gzip")

MEDIA_TYPES = (
    error("JSON as text/html", headed((TYPE, "text/html")), "media-type.200"),
    error(
        "problem details for a 200", headed((TYPE, "application/problem+json")), "media-type.200"
    ),
    error("JSON of no type", headed((TYPE, "")), "media-type.200"),
    error("two media types", adding((TYPE, "text/html"), when=lists), "media-type.200"),
    warning("one media type twice", adding((TYPE, "application/json"), when=lists), "http.headers"),
    error(
        "a login page",
        answering(lambda *_: Answer(200, ((TYPE, "text/html"),), b"<html>")),
        "media-type.200",
        "json",
    ),
    warning(
        "a Content-Length twice",
        rewire(lambda raw: re.sub(rb"(Content-Length: \d+\r\n)", rb"\1\1", raw)),
        "http.headers",
    ),
)

JSON = (
    error(
        "Latin-1", written(lambda text: text.replace("crm", "caf\xe9").encode("latin-1")), "json"
    ),
    error("UTF-16", written(lambda text: text.encode("utf-16")), "json"),
    error("a byte order mark", written(lambda text: b"\xef\xbb\xbf" + text.encode()), "json"),
    error("NaN", written(lambda text: text.replace("true", "NaN", 1).encode()), "json"),
    error(
        "a key twice",
        written(lambda text: text.replace('"url"', '"name": "x", "url"').encode()),
        "json",
    ),
    error("a trailing comma", written(lambda text: text.replace("}]", "},]").encode()), "json"),
    error("single quotes", written(lambda text: text.replace('"', "'").encode()), "json"),
    error(
        "half of a surrogate pair",
        written(lambda text: text.replace('"name": "', r'"name": "\ud83d').encode()),
        "json",
    ),
    error("an empty body", written(lambda _: b""), "json"),
    error("half of the JSON", written(lambda text: text[: len(text) // 2].encode()), "json"),
    error("two texts", written(lambda text: f"{text}\n{text}".encode()), "json"),
    error("a script", written(lambda text: f"callback({text})".encode()), "json"),
)

FRAMES = (
    replace(
        error(
            "too long a Content-Length", swap("Content-Length: ", "Content-Length: 9"), "http.frame"
        ),
        timeout=1.0,
    ),
    error("too short a Content-Length", headed(("Content-Length", "50")), "http.frame"),
    error(
        "bytes behind the body, a moment late",
        speaking(lambda speech: replace(speech, behind=b"\r\n0")),
        "http.frame",
    ),
    error("a second copy of the answer", rewire(lambda raw: raw + raw), "http.frame"),
    error("bytes behind the body", rewire(lambda raw: raw + b"\r\n0"), "http.frame"),
    error(
        "two Content-Lengths that differ",
        swap("Content-Length: ", "Content-Length: 1\r\nContent-Length: "),
        "http.frame",
    ),
    error(
        "Content-Length beside chunks",
        answering(
            lambda _, given: coded(
                given, chunked, CHUNKED, ("Content-Length", str(len(given.body)))
            )
        ),
        "http.frame",
    ),
    error(
        "chunks that never end",
        answering(
            lambda _, given: replace(coded(given, chunked, CHUNKED), body=chunked(given.body)[:-5])
        ),
        "http.frame",
    ),
    error(
        "a chunk of a wrong size",
        answering(lambda _, given: coded(given, lambda raw: b"5\r\n" + raw, CHUNKED)),
        "http.frame",
    ),
    error("lines that end in LF", rewire(lambda raw: raw.replace(b"\r\n", b"\n")), "http.frame"),
    error(
        "an early hint, then lines that end in LF",
        rewire(lambda raw: b"HTTP/1.1 103 Early Hints\r\n\r\n" + raw.replace(b"\r\n", b"\n")),
        "http.frame",
    ),
    error("a folded header", swap("Connection: ", "X-Note: a\r\n b\r\nConnection: "), "http.frame"),
    error("a space before the colon", swap(TYPE, f"{TYPE} "), "http.frame"),
    error("a NUL in a header", swap("Connection: ", "X-Note: a\0b\r\nConnection: "), "http.frame"),
    error("a status in words", swap("HTTP/1.1 200", "HTTP/1.1 OK"), "http.frame"),
    error("no HTTP at all", rewire(lambda _: b"SSH-2.0-OpenSSH_9.6\r\n"), "http.frame"),
    error("gzip in name only", headed(("Content-Encoding", "gzip")), "http.frame"),
    error(
        "gzip without its end",
        answering(lambda _, given: coded(given, lambda raw: zipped(raw)[:-8], GZIP)),
        "http.frame",
    ),
    error("another version of HTTP", swap("HTTP/1.1", "HTTP/2.0"), "http.frame"),
    error(
        "HEAD with a body",
        lambda request: honest.speak(
            replace(request, method="GET") if request.method == "HEAD" else request
        ),
        "http.frame",
    ),
)


def _losing_one() -> Speaker:
    """Close one connection at its first request: to close one that was used is anybody's right."""
    lost: list[Request] = []

    def speaker(request: Request) -> Speech:
        if request.number == 1:
            lost.clear()
        if request.number > 1 and request.turn == 1 and not lost:
            lost.append(request)
            return Speech(b"")
        return honest.speak(request)

    return speaker


CONNECTIONS = (
    warning("a new connection lost once", _losing_one(), "run.answered"),
    error(
        "no answer for one id", speaking(lambda _: Speech(b""), asked(UNKNOWN_ID)), "run.answered"
    ),
    replace(
        error(
            "silence for one id",
            speaking(lambda _: Speech(b"", stays=True), asked(UNKNOWN_ID)),
            "run.answered",
        ),
        timeout=0.5,
    ),
    replace(
        error(
            "silence after half a body",
            speaking(lambda speech: Speech(speech.raw[:-9], stays=True), asked("shop")),
            "http.frame",
        ),
        timeout=1.0,
    ),
    replace(
        error(
            "half a second for one id",
            speaking(lambda speech: replace(speech, delay=0.6), asked("idle")),
            "run.time",
        ),
        max_response_time=0.5,
    ),
    warning(
        "a 429 once",
        answering(lambda *_: refusal(429, ("Retry-After", "0")), at(5)),
        "run.throttled",
    ),
)
