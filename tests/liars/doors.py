"""Liars whose guard reads a request in another way than their router, and honest ones beside them.

The guard looks only where it knows the path, the version or the method; the router forgives.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import unquote

from liars import honest
from liars.bend import (
    answering,
    authorised,
    coded,
    hearing,
    instead,
    refuses,
    zipped,
)
from liars.honest import Answer, found, refusal
from liars.row import Row, deep, error, odd
from liars.server import Request, Speaker

DOOR = "security.door"
STATIC = re.compile(r"/api/v2/instance/([^/]+)/webhook", re.IGNORECASE)

AROUND_ID = re.compile(r"(.*/instance/)([^/]+)(/.*)")

Change = Callable[[str], str]


def around_id(change: Change) -> Change:
    """Change what stands before and behind the id."""
    return lambda path: AROUND_ID.sub(
        lambda parts: change(parts[1]) + parts[2] + change(parts[3]), path
    )


SPELLINGS: dict[str, Change] = {
    "a slash behind the path": lambda path: path.removesuffix("/"),
    "double slashes": lambda path: re.sub("/+", "/", path),
    "capitals": lambda path: STATIC.sub(r"/api/v2/instance/\1/webhook", path),
    "percent-encoded characters": around_id(unquote),
    "an ending": lambda path: path.removesuffix(".json"),
    "a parameter": lambda path: path.partition(";")[0],
    "dot segments": posixpath.normpath,
}
RARE_SPELLINGS: dict[str, Change] = {
    "a style sheet": lambda path: path.removesuffix("/x.css"),
    "a space at the end": lambda path: path.removesuffix("%20"),
    "a NUL at the end": lambda path: path.partition("%00")[0],
    "a full stop at the end": lambda path: path.removesuffix("."),
    "characters encoded twice": around_id(lambda text: unquote(unquote(text))),
    "another version": lambda path: path.replace("/v1/", "/v2/"),
    "a parameter in the middle": lambda path: re.sub(r";[^/]*", "", path),
    "backslashes": lambda path: path.replace("\\", "").replace("//", "/"),
}


def reading(change: Change, then: Callable[[Request], Request]) -> Speaker:
    """Read the path in another way where that makes it a webhook's, and go on from there."""

    def hear(request: Request) -> Request:
        path = change(request.path)
        if path == request.path or honest.PATH.fullmatch(path) is None:
            return request
        query = f"?{request.query}" if request.query else ""
        return then(replace(request, target=path + query))

    return hearing(hear)


def as_it_is(request: Request) -> Request:
    """Leave the credentials to the guard."""
    return request


def open_where(fits: Callable[[Request], object]) -> Speaker:
    """Ask nobody who they are where a condition holds."""
    return hearing(lambda request: authorised(request) if fits(request) else request)


def has(name: str, *texts: str) -> Callable[[Request], bool]:
    """True for a request with one of these texts in a header; none: with the header."""
    return lambda request: any(
        text in value for value in request.values(name) for text in (texts or ("",))
    )


def junk_enters(fits: Callable[[Request], object]) -> Speaker:
    """Look only whether there is a token where a condition holds."""
    return open_where(lambda request: request.values("authorization") and fits(request))


def named_in(header: str) -> Speaker:
    """Route by a header, and guard by the path."""

    def hear(request: Request) -> Request:
        named = request.values(header)
        return authorised(replace(request, target=named[0])) if named else request

    return hearing(lambda request: hear(request) if request.path == "/" else request)


def overridden(request: Request) -> bool:
    """Tell whether a header says that this is no GET."""
    return bool(request.values("x-http-method-override"))


PATHS = (
    *(
        error(f"{name}: nobody is asked", reading(change, authorised), DOOR)
        for name, change in SPELLINGS.items()
    ),
    error(
        "a slash behind the path: any token is taken",
        hearing(
            lambda request: (
                authorised(replace(request, target=request.path.removesuffix("/")))
                if request.path.endswith("/webhook/") and request.values("authorization")
                else request
            )
        ),
        DOOR,
    ),
    *deep(
        *(
            error(f"{name}: nobody is asked", reading(change, authorised), DOOR)
            for name, change in RARE_SPELLINGS.items()
        ),
        error(
            "HEAD with a slash behind the path: nobody is asked",
            hearing(
                lambda request: (
                    authorised(replace(request, target=request.path.removesuffix("/")))
                    if request.method == "HEAD" and request.path.endswith("/")
                    else request
                )
            ),
            DOOR,
        ),
    ),
)

HEADERS = (
    error(
        "a 404 with the webhooks in it",
        answering(
            lambda _, given: replace(given, body=json.dumps(honest.WEBHOOKS["crm"]).encode()),
            lambda request, given: given.status == 404 and request.path.endswith("/webhook/"),
        ),
        DOOR,
    ),
    error(
        "under HTTP/1.0 nobody is asked",
        open_where(lambda request: request.version == "HTTP/1.0"),
        DOOR,
    ),
    error("a range opens", open_where(has("range", "bytes=0-")), DOOR),
    error("a condition opens", open_where(has("if-none-match")), DOOR),
    error("an Accept header for HTML opens", open_where(has("accept", "text/html")), DOOR),
    error("a coding opens", open_where(has("accept-encoding", "gzip")), DOOR),
    error("an origin opens", open_where(has("origin")), DOOR),
    error(
        "a preflight's header opens", open_where(has("access-control-request-method", "GET")), DOOR
    ),
    error("a header that overrides the method opens", open_where(overridden), DOOR),
    error("this machine may read all", open_where(has("x-forwarded-for", "127.0.0.1")), DOOR),
    error("a header of a proxy opens", open_where(has("forwarded", "127.0.0.1")), DOOR),
    error("whoever comes by TLS may read all", open_where(has("x-forwarded-proto", "https")), DOOR),
    error("the guard looks at another path", open_where(has("x-original-url")), DOOR),
    error("the router looks at another path", named_in("x-rewrite-url"), DOOR),
    error("a gateway's user opens", open_where(has("x-forwarded-user")), DOOR),
    error("a cookie opens", open_where(has("cookie", "session=")), DOOR),
    error("a referring page opens", open_where(has("referer")), DOOR),
    error("a robot may read all", open_where(has("user-agent", "Googlebot")), DOOR),
    error(
        "Authorization is no concern of who is behind a hop",
        open_where(has("connection", "Authorization")),
        DOOR,
    ),
    error(
        "a very long header opens",
        open_where(lambda request: sum(map(len, request.lines)) > 5000),
        DOOR,
    ),
    error(
        "a very long token opens",
        junk_enters(lambda request: len(request.values("authorization")[0]) > 4096),
        DOOR,
    ),
    error("any query opens", open_where(lambda request: request.query), DOOR),
    error(
        "a method in the query opens",
        open_where(lambda request: "_method=" in request.query),
        DOOR,
    ),
    error(
        "under HTTP/1.0 any token is taken",
        junk_enters(lambda request: request.version == "HTTP/1.0"),
        DOOR,
    ),
    error(
        "a whole URL as target opens",
        hearing(
            lambda request: (
                authorised(replace(request, target="/" + request.target.split("/", 3)[3]))
                if request.target.startswith("http://")
                else request
            )
        ),
        DOOR,
    ),
    error(
        "nobody is told that nothing has changed",
        instead(
            Answer(304, (("ETag", '"1"'),)),
            lambda request, given: (
                refuses(request, given) and bool(request.values("if-none-match"))
            ),
        ),
        "security.condition",
    ),
    *deep(
        error("an address opens", open_where(has("x-real-ip")), DOOR),
        error("a load balancer may read all", open_where(has("user-agent", "kube-probe")), DOOR),
        error("debugging opens", open_where(has("x-debug")), DOOR),
        error("a script opens", open_where(has("x-requested-with")), DOOR),
        error("a body of no chunks opens", open_where(has("transfer-encoding")), DOOR),
        error("a body of no length opens", open_where(has("content-length")), DOOR),
        error(
            "another host opens",
            open_where(lambda request: request.values("host") == ["localhost"]),
            DOOR,
        ),
        error(
            "no Accept header opens", open_where(lambda request: not request.values("accept")), DOOR
        ),
        error(
            "no User-Agent opens",
            open_where(lambda request: not request.values("user-agent")),
            DOOR,
        ),
        error(
            "a public path in the query opens",
            open_where(lambda request: "/health" in request.query),
            DOOR,
        ),
        error("a header that overrides the method opens for junk", junk_enters(overridden), DOOR),
    ),
)

LIARS = (*PATHS, *HEADERS)


def elsewhere(other: Answer) -> Speaker:
    """Answer every path that is not a webhook's with something else."""
    return instead(other, lambda request, _: honest.PATH.fullmatch(request.path) is None)


def redirecting(status: int) -> Speaker:
    """Send whoever writes a slash behind the path to the path without it."""

    def change(request: Request, _: Answer) -> Answer:
        return Answer(status, (("Location", request.path.rstrip("/")),))

    return answering(change, lambda request, _: request.path.endswith("/"))


def _page(status: int) -> Answer:
    return Answer(status, (("Content-Type", "text/html"),), b"<!doctype html><title>App</title>")


HONEST: tuple[Row, ...] = (
    *(
        odd(f"{name} are read, and guarded", reading(change, as_it_is))
        for name, change in SPELLINGS.items()
    ),
    *(
        odd(f"{status} to where the path is without its slash", redirecting(status))
        for status in (301, 302, 307, 308)
    ),
    *(
        odd(f"{status} for every other path", elsewhere(refusal(status)))
        for status in (400, 403, 405)
    ),
    odd("a page for every other path", elsewhere(_page(200))),
    odd("a page for whoever is lost", elsewhere(_page(404))),
    odd("nothing for every other path", elsewhere(Answer(204))),
    odd("an empty list for every other path", elsewhere(found([]))),
    odd(
        "a public list for every other path",
        elsewhere(found([{"name": "status", "url": "https://status.example"}])),
    ),
    odd(
        "426 under HTTP/1.0",
        instead(
            refusal(426, ("Upgrade", "HTTP/1.1")), lambda request, _: request.version == "HTTP/1.0"
        ),
        "http.extras",
    ),
    odd(
        "505 under HTTP/1.0 for nobody",
        instead(
            refusal(505),
            lambda request, given: request.version == "HTTP/1.0" and refuses(request, given),
        ),
    ),
    odd(
        "431 for a very long header",
        instead(refusal(431), lambda request, _: sum(map(len, request.lines)) > 5000),
    ),
    odd(
        "a login page for browsers",
        instead(
            Answer(302, (("Location", "/login"),)),
            lambda request, given: refuses(request, given) and has("accept", "text/html")(request),
        ),
    ),
    odd(
        "gzip for whoever takes it",
        answering(
            lambda _, given: coded(
                given, zipped, ("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding")
            ),
            lambda request, given: given.status == 200 and has("accept-encoding", "gzip")(request),
        ),
    ),
    replace(odd("the reference, asked thoroughly", honest.speak, "http.extras"), depth=3),
    replace(odd("the reference, asked quickly", honest.speak), depth=1),
)
