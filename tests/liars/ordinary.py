"""Liars that stumble over what a browser or a script sends, and honest ones beside them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from liars import honest
from liars.bend import (
    admits,
    answering,
    asked,
    body,
    by,
    coded,
    failing,
    headed,
    hearing,
    instead,
    items,
    lists,
    put,
    readdressed,
    rename,
    second,
    sent,
    zipped,
)
from liars.honest import CHALLENGE, Answer, refusal, webhook
from liars.row import Row, deep, error, odd, warning
from liars.server import Request

EVENTS = "body.200.WebhookEvents"
FAILS = "status.server-error"
FIELDS = "http.fields"
ORIGIN = "https://page.example"
TAG = '"v1"'

Fits = Callable[[Request], object]


def valid(fits: Fits) -> Callable[[Request, Answer], bool]:
    """True for a request with valid credentials that fits."""
    return lambda request, given: admits(request, given) and bool(fits(request))


def written(request: Request, name: str) -> str:
    """Return a header field as it was written, name and all."""
    return next((line for line in request.lines if line.lower().startswith(f"{name}:")), "")


def _in_lower_case(request: Request) -> bool:
    return written(request, "authorization").startswith("authorization:")


def _spaced(request: Request) -> bool:
    return written(request, "authorization").partition(":")[2].startswith("  ")


def _trailing(request: Request) -> bool:
    line = written(request, "authorization")
    return line != line.rstrip()


def _by_query(name: str) -> Callable[[Request], Request]:
    def hear(request: Request) -> Request:
        pairs = dict(part.partition("=")[::2] for part in request.query.split("&"))
        return readdressed(request, unquote(pairs[name])) if name in pairs else request

    return hear


REQUESTS = (
    error(
        "500 under HTTP/1.0",
        failing(500, valid(lambda request: request.version == "HTTP/1.0")),
        FAILS,
    ),
    error(
        "500 without a User-Agent",
        failing(500, valid(lambda request: not request.values("user-agent"))),
        FAILS,
    ),
    error(
        "500 for any query", failing(500, valid(lambda request: "x-judge" in request.query)), FAILS
    ),
    error(
        "500 for brackets in a query",
        failing(500, valid(lambda request: "[" in request.query)),
        FAILS,
    ),
    error("500 for a preflight", failing(500, sent("access-control-request-method", "GET")), FAILS),
    error(
        "500 for whoever takes several codings",
        failing(500, valid(lambda request: "deflate" in str(request.values("accept-encoding")))),
        FAILS,
    ),
    error(
        "the id in the query wins",
        hearing(_by_query("instanceId")),
        "meaning.owner",
        "meaning.stable",
    ),
    error(
        "header names in lower case are not known",
        instead(refusal(401, CHALLENGE), valid(_in_lower_case)),
        FIELDS,
    ),
    error(
        "spaces before a token are part of it",
        instead(refusal(401, CHALLENGE), valid(_spaced)),
        FIELDS,
    ),
    error(
        "gzip is broken for one instance",
        answering(
            lambda _, given: coded(
                given, lambda raw: zipped(raw)[:-9], ("Content-Encoding", "gzip")
            ),
            lambda request, given: (
                asked("shop")(request, given) and request.values("accept-encoding") == ["gzip"]
            ),
        ),
        "http.frame",
    ),
    *deep(
        error(
            "500 for a query that is not encoded",
            failing(500, valid(lambda request: request.query.endswith("%"))),
            FAILS,
        ),
        error(
            "500 for a browser",
            failing(500, valid(lambda request: request.values("sec-fetch-mode"))),
            FAILS,
        ),
        error(
            "500 for a part beyond the end", failing(500, sent("range", "bytes=9999999-")), FAILS
        ),
        error(
            "the id in the query wins as id",
            hearing(_by_query("id")),
            "meaning.owner",
            "meaning.stable",
        ),
    ),
)


def _ranged(
    content_range: str, content: Callable[[bytes], bytes]
) -> Callable[[Request, Answer], Answer]:
    def change(_: Request, given: Answer) -> Answer:
        named = content_range.format(len(given.body), len(given.body) - 1)
        return Answer(206, (honest.JSON, ("Content-Range", named)), content(given.body))

    return change


PART = sent("range", "bytes=0-0")


def part(name: str, content_range: str, content: Callable[[bytes], bytes]) -> Row:
    """Make a row for a part that is none."""
    return error(name, answering(_ranged(content_range, content), PART), "http.range")


def tagged(request: Request, given: Answer) -> Answer:
    """Name the state of an instance, and say nothing more to who knows it."""
    known = request.values("if-none-match")
    tag = ("ETag", TAG)
    if lists(request, given) and any(TAG in value for value in known):
        return Answer(304, (tag,))
    return replace(given, headers=(*given.headers, tag)) if lists(request, given) else given


def _tagged(change: Callable[[Answer], Answer]) -> Callable[[Request, Answer], Answer]:
    """Change what is said to who knows the state."""

    def answer(request: Request, given: Answer) -> Answer:
        known = tagged(request, given)
        return change(known) if known.status == 304 else known

    return answer


def always(_request: Request, _given: Answer) -> bool:
    """True for every answer."""
    return True


ANSWERS = (
    part("a part beyond the whole", "bytes 0-0/0", lambda raw: raw[:1]),
    part("a part that ends before it starts", "bytes 5-2/{0}", lambda raw: raw[:1]),
    part("a part in words", "the first byte", lambda raw: raw[:1]),
    part("a part of another length", "bytes 0-0/{0}", lambda raw: raw[:7]),
    warning(
        "the whole for who asks for a part",
        answering(_ranged("bytes 0-{1}/{0}", lambda raw: raw), PART),
        "http.range",
    ),
    warning(
        "412 for its own ETag",
        answering(_tagged(lambda _: refusal(412)), always),
        "http.etag",
    ),
    warning(
        "a 304 of another state",
        answering(_tagged(lambda _: Answer(304, (("ETag", '"v2"'),))), always),
        "http.etag",
    ),
    warning(
        "a preflight that no browser takes",
        headed(("Access-Control-Allow-Origin", f"{ORIGIN}, https://b.example"), when=by("OPTIONS")),
        "http.preflight",
    ),
    warning(
        "a preflight for everybody, with credentials",
        headed(
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Credentials", "true"),
            when=by("OPTIONS"),
        ),
        "http.preflight",
    ),
)

SIXTY = body(lambda _: [webhook("shop", number) for number in range(1, 61)], when=asked("shop"))


def _late_rename(path: str, new: str, first: int) -> Callable[[list[honest.Item]], object]:
    def change(_: list[honest.Item]) -> object:
        webhooks = json.loads(json.dumps([webhook("shop", number) for number in range(1, 61)]))
        for item in webhooks[first - 1 :]:
            rename(path, new)(item)
        return webhooks

    return change


RENAMED = tuple(
    replace(row, kind="renamed")
    for row in (
        error(
            "enable from the 41st item on",
            body(_late_rename("enabled", "enable", 41), when=asked("shop")),
            "body.200.enabled",
        ),
        error(
            "a url that is a uri in the last item",
            body(_late_rename("url", "urls", 60), when=asked("shop")),
            "body.200.url",
        ),
        error(
            "enable in one instance",
            items(rename("enabled", "enable"), when=asked("shop")),
            "body.200.enabled",
        ),
        error(
            "one event is renamed in one webhook",
            second(rename("WebhookEvents.groupUpdate", "groupsUpdate")),
            f"{EVENTS}.groupUpdate",
        ),
        error(
            "the events are renamed in one instance",
            items(rename("WebhookEvents", "events"), when=asked("shop")),
            EVENTS,
        ),
    )
)

BESIDE = warning(
    "enable beside enabled",
    items(put("enable", value=True), when=asked("crm", "shop")),
    "body.200.undeclared",
)
LIARS = (*REQUESTS, *ANSWERS)
HONEST: tuple[Row, ...] = (
    replace(
        odd(
            "416 without a word for a part beyond the end",
            instead(Answer(416, (honest.JSON,)), sent("range", "bytes=9999999-")),
            "http.extras",
        ),
        depth=3,
    ),
    replace(
        odd(
            "spaces behind a token are part of it",
            instead(refusal(401, CHALLENGE), valid(_trailing)),
            FIELDS,
            "http.extras",
        ),
        depth=3,
    ),
    odd("a state that is named, and 304 for it", answering(tagged, always)),
    odd("a state that is named, and not compared", headed(("ETag", TAG))),
    odd("a weak name of a state", headed(("ETag", 'W/"v1"'))),
    odd(
        "a preflight for its page",
        headed(
            ("Access-Control-Allow-Origin", ORIGIN),
            ("Access-Control-Allow-Headers", "Authorization"),
            when=by("OPTIONS"),
        ),
    ),
    odd(
        "a preflight for all pages",
        headed(
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Headers", "content-type, authorization"),
            when=by("OPTIONS"),
        ),
    ),
    odd(
        "a preflight for pages without credentials",
        headed(("Access-Control-Allow-Origin", "*"), when=by("OPTIONS")),
        "http.preflight",
    ),
    odd("403 for a preflight", failing(403, sent("access-control-request-method", "GET"))),
    odd(
        "403 for who says nothing of itself",
        failing(403, valid(lambda request: not request.values("user-agent"))),
        "http.extras",
    ),
    odd("400 for every query", failing(400, valid(lambda request: request.query))),
    odd(
        "several parts at once",
        answering(
            lambda *_: Answer(
                206,
                (("Content-Type", "multipart/byteranges; boundary=x"),),
                (
                    b"--x\r\nContent-Type: application/json\r\n"
                    b"Content-Range: bytes 0-0/9\r\n\r\n[\r\n--x--\r\n"
                ),
            ),
            PART,
        ),
    ),
)
