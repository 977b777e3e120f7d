"""The catalogue of doors: ways in which a proxy, a cache, a router and a guard read one request.

Where they read it differently, a guard may let pass what a router takes for the path.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from find_webhook_kit.contracts.config.options import Depth
from find_webhook_kit.contracts.plan.credentials import JUNK, JUNK_TOKEN
from find_webhook_kit.contracts.plan.subject import Subject
from find_webhook_kit.contracts.wire.probe import NONE, Credentials, Form, Probe, Purpose, Validity
from find_webhook_kit.contracts.wire.target import Target

QUICK, DEFAULT, THOROUGH = Depth.QUICK, Depth.DEFAULT, Depth.THOROUGH

Bend = Callable[[Probe, Target], Probe]
Segment = Callable[[list[str], list[int]], int]
"""Chooses a segment of a path template, of those that have no parameter."""

VERSION: Final = re.compile(r"/v(\d{1,4})", re.ASCII)

OWN_HOST: Final = "127.0.0.1"
CONTROL: Final = "x-judge=1"
"""A query that says nothing, so that others are told from any query at all."""


@dataclass(frozen=True, slots=True)
class Door:
    """A way to bend a request; `junk` is the depth from which it is tried with a junk token too."""

    name: str
    bend: Bend
    depth: Depth = THOROUGH
    junk: Depth = THOROUGH


def _bent(probe: Probe, change: Callable[[str], str]) -> Probe:
    """Change the path of a probe, and leave its query alone."""
    path, mark, query = probe.path.partition("?")
    return replace(probe, path=f"{change(path)}{mark}{query}")


def _path(change: Callable[[str], str]) -> Bend:
    return lambda probe, _: _bent(probe, change)


def _query(text: str) -> Bend:
    return lambda probe, _: probe.with_query(text)


def _sent(*headers: tuple[str, str]) -> Bend:
    return lambda probe, _: probe.with_headers(*headers)


def _formed(form: Form) -> Bend:
    return lambda probe, _: replace(probe, form=form)


def _static(change: Callable[[str], str], *places: Segment) -> Bend:
    """Change segments of the path that the contract spells, each with the slash before it."""

    def bend(probe: Probe, _target: Target) -> Probe:
        template = probe.operation.path.split("/")[1:] if probe.operation else []
        fixed = [index for index, text in enumerate(template) if "{" not in text]
        chosen = {place(template, fixed) for place in places} if places and fixed else set(fixed)

        def bent(path: str) -> str:
            parts = [f"/{part}" for part in path.split("/")[1:]]
            return "".join(change(it) if at in chosen else it for at, it in enumerate(parts))

        return _bent(probe, bent)

    return bend


def _last(_template: list[str], fixed: list[int]) -> int:
    return fixed[-1]


def _second(_template: list[str], fixed: list[int]) -> int:
    return fixed[:2][-1]


def _before_the_first_parameter(template: list[str], fixed: list[int]) -> int:
    first = next((at for at, text in enumerate(template) if "{" in text), len(template))
    return max((at for at in fixed if at < first), default=fixed[0])


def _capital(text: str) -> str:
    return text[:1] + text[1:2].upper() + text[2:]


def _encoded_twice(text: str) -> str:
    return f"/%25{ord(text[1]):02X}{text[2:]}" if text[1:] else text


def _encoded(text: str) -> str:
    return f"/%{ord(text[1]):02X}{text[2:]}" if text[1:] else text


def _version_before(text: str) -> str:
    return VERSION.sub(lambda found: f"/v{max(int(found[1]) - 1, 0)}", text)


def _instead_of(path: str, *names: str) -> Bend:
    """Ask for another path, and name this one in headers."""

    def bend(probe: Probe, target: Target) -> Probe:
        named = ((name, target.prefix + probe.path) for name in names)
        return replace(probe.with_headers(*named), path=path)

    return bend


def _referred(probe: Probe, target: Target) -> Probe:
    referring = (("Referer", f"{target.url}/"), ("Sec-Fetch-Site", "same-origin"))
    return probe.with_headers(*referring, *OF_A_ROBOT)


def _from_here(probe: Probe, target: Target) -> Probe:
    return probe.with_headers(("Origin", target.origin))


def _method_of(method: str) -> Bend:
    names = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
    return _sent(*((name, method) for name in names))


def _asked(method: str, change: Callable[[str], str]) -> Bend:
    return lambda probe, _: replace(_bent(probe, change), method=method)


def _slash_behind(path: str) -> str:
    return f"{path}/"


# Each list starts with what is met most often. A guard is mostly skipped where a path, a version
# or a method is compared as a text, and where a header is trusted that only a proxy should set.
PATHS: Final = (
    Door("a slash behind the path", _path(_slash_behind), QUICK, DEFAULT),
    Door("a double slash before the path", _path(lambda path: f"/{path}"), QUICK),
    Door("the path in capitals", _static(str.upper), QUICK, DEFAULT),
    Door("a percent-encoded character", _static(_encoded, _last), QUICK),
    Door("an ending like .json", _path(lambda path: f"{path}.json"), QUICK),
    Door("a parameter of the path, `;x`", _path(lambda path: f"{path};x"), QUICK),
    Door("a way out and back, `/x/..`", _path(lambda path: f"/x/..{path}"), QUICK),
    Door("a double slash in the path", _static(lambda s: f"/{s}", _last), DEFAULT),
    Door("a dot segment", _static(lambda s: f"/.{s}", _before_the_first_parameter), DEFAULT),
    Door("an encoded slash", _static(lambda s: f"%2F{s[1:]}", _second), DEFAULT),
    Door("one capital letter", _static(_capital, _last), THOROUGH),
    Door("a dot segment before the path", _path(lambda path: f"/.{path}")),
    Door("a dot segment behind the path", _path(lambda path: f"{path}/.")),
    Door("a way out and back behind the path", _path(lambda path: f"{path}/x/..")),
    Door("an encoded way out and back", _path(lambda path: f"/x/%2e%2e{path}")),
    Door("a way out and back with a parameter", _path(lambda path: f"/x/..;{path}")),
    Door("a backslash before the path", _path(lambda path: f"/\\{path[1:]}")),
    Door("an encoded slash behind the path", _path(lambda path: f"{path}%2F")),
    Door("a double slash behind the path", _path(lambda path: f"{path}//")),
    Door("a parameter in the path", _static(lambda s: f"{s};x=1", _before_the_first_parameter)),
    Door("an empty parameter of the path", _path(lambda path: f"{path};")),
    Door("a session in the path", _path(lambda path: f"{path};jsessionid=1.css")),
    Door("an ending like .css", _path(lambda path: f"{path}.css")),
    Door("a style sheet behind the path", _path(lambda path: f"{path}/x.css")),
    Door("an encoded space behind the path", _path(lambda path: f"{path}%20")),
    Door("an encoded tab behind the path", _path(lambda path: f"{path}%09")),
    Door("an encoded line break behind the path", _path(lambda path: f"{path}%0A")),
    Door("an encoded NUL behind the path", _path(lambda path: f"{path}%00")),
    Door("an encoded question mark behind the path", _path(lambda path: f"{path}%3F")),
    Door("an encoded number sign behind the path", _path(lambda path: f"{path}%23")),
    Door("a full stop behind the path", _path(lambda path: f"{path}.")),
    Door("a character encoded twice", _static(_encoded_twice, _last)),
    Door("the version before", _static(_version_before)),
    Door("HEAD with a slash behind the path", _asked("HEAD", _slash_behind)),
    Door("OPTIONS with a slash behind the path", _asked("OPTIONS", _slash_behind)),
    Door("HEAD with a double slash", _asked("HEAD", lambda path: f"/{path}")),
)

QUERIES: Final = (
    Door("any query", _query(CONTROL), QUICK, DEFAULT),
    Door("a method in the query", _query("_method=OPTIONS&method=OPTIONS"), DEFAULT),
    Door("an empty query", _query("")),
    Door("debugging in the query", _query("debug=1&test=1&admin=1")),
    Door("a public path in the query", _query("x=/health&y=/public/&z=/docs")),
    Door("an ending in the query", _query("x=.css")),
)

FOR_THIS_MACHINE: Final = tuple(
    (name, OWN_HOST)
    for name in ("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "True-Client-IP", "Client-IP")
)
OF_A_PROXY: Final = (
    *FOR_THIS_MACHINE,
    ("Forwarded", f"for={OWN_HOST}"),
    ("X-Forwarded-Host", "localhost"),
    ("X-Forwarded-Proto", "https"),
    ("X-Forwarded-Port", "443"),
    ("X-Forwarded-Prefix", "/"),
)
OF_A_PREFLIGHT: Final = (
    ("Origin", "https://page.example"),
    ("Access-Control-Request-Method", "GET"),
    ("Access-Control-Request-Headers", "authorization"),
)
OF_A_USER: Final = (
    *(
        (name, "admin")
        for name in ("X-Forwarded-User", "X-Remote-User", "Remote-User", "X-Auth-User", "X-User")
    ),
    ("X-User-Id", "1"),
    ("Cookie", "session=1; admin=true; auth=1"),
)
OF_A_TEST: Final = (("X-Debug", "1"), ("X-Internal", "1"), ("X-Test", "1"))
OF_A_ROBOT: Final = (("User-Agent", "Googlebot/2.1"), ("From", "googlebot@page.example"))


def _each(*headers: tuple[str, str]) -> Iterator[Door]:
    """Try what is sent together one by one, too: one may hide another."""
    for name, value in headers:
        yield Door(f"the header {name}", _sent((name, value)))


HEADERS: Final = (
    Door("headers of a proxy for this machine", _sent(*OF_A_PROXY), QUICK),
    Door("a header that overrides the method", _method_of("OPTIONS"), QUICK),
    Door("a condition, If-None-Match", _sent(("If-None-Match", "*")), QUICK),
    Door("a range, all of it", _sent(("Range", "bytes=0-")), QUICK),
    Door("an origin, as in a preflight", _sent(*OF_A_PREFLIGHT), QUICK),
    Door(
        "another path in a header",
        _sent(("X-Original-URL", "/"), ("X-Rewrite-URL", "/"), ("X-Forwarded-Uri", "/")),
        DEFAULT,
    ),
    Door(
        "the path in a header alone",
        _instead_of("/", "X-Original-URL", "X-Rewrite-URL"),
        DEFAULT,
    ),
    Door("an Accept header for HTML", _sent(("Accept", "text/html")), DEFAULT),
    Door("a coding accepted", _sent(("Accept-Encoding", "gzip")), DEFAULT),
    Door("a user whom a gateway or a cookie names", _sent(*OF_A_USER), DEFAULT),
    Door("Authorization named as hop-by-hop", _sent(("Connection", "Authorization")), DEFAULT),
    Door("a page of its own, as a robot", _referred, DEFAULT),
    Door("a very long header", _sent(("X-Judge", "x" * 6000)), DEFAULT),
    Door("a header that overrides the method by HEAD", _method_of("HEAD")),
    Door("its own origin", _from_here),
    Door("a date as a condition", _sent(("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"))),
    Door("a date to come", _sent(("If-Modified-Since", "Fri, 31 Dec 9999 23:59:59 GMT"))),
    Door("no Accept header", lambda probe, _: replace(probe, headers=())),
    Door("an Accept header that is none", _sent(("Accept", "x"))),
    Door("an Accept header for an image", _sent(("Accept", "image/png"))),
    Door("a load balancer's User-Agent", _sent(("User-Agent", "kube-probe/1.30"))),
    Door("a monitor's User-Agent", _sent(("User-Agent", "ELB-HealthChecker/2.0"))),
    Door("a script in a page", _sent(("X-Requested-With", "XMLHttpRequest"))),
    Door("a body of no length", _sent(("Content-Length", "0"))),
    Door("a body of no chunks", _sent(("Transfer-Encoding", "chunked"))),
    Door("a body of JSON, of no length", _sent(("Content-Type", "application/json"))),
    Door("headers of a test", _sent(*OF_A_TEST)),
    Door("a cache that is passed by", _sent(("Cache-Control", "no-cache"), ("Pragma", "no-cache"))),
    Door("headers named as hop-by-hop", _sent(("Connection", "X-Forwarded-For, Cookie"))),
    Door("another host", _sent(("Host", "localhost"))),
    Door("an address of a private network", _sent(("X-Forwarded-For", "10.0.0.1"))),
    Door("a page fetched ahead", _sent(("Purpose", "prefetch"), ("Sec-Purpose", "prefetch"))),
    *_each(*OF_A_PROXY, *OF_A_USER, *OF_A_TEST, *OF_A_ROBOT, OF_A_PREFLIGHT[0]),
)

FORMS: Final = (
    Door("HTTP/1.0", _formed(Form(version="1.0")), QUICK, DEFAULT),
    Door("a whole URL as target", _formed(Form(absolute=True)), DEFAULT),
    Door("no User-Agent", _formed(Form(agent=""))),
    Door("header names in lower case", _formed(Form(named=str.lower))),
)

LONG: Final = f"Bearer {JUNK * 600}"
LONG_TOKEN: Final = Credentials("a very long token", Validity.INVALID, lambda _: (LONG,), (LONG,))
ASKED_FOR: Final = {NONE.name: "without credentials", JUNK_TOKEN.name: "with a junk token"}


def doors(subject: Subject, depth: Depth) -> Iterator[Probe]:
    """Try each door without credentials, and some with a junk token, the most telling first."""
    find, target = subject.known()[0], subject.target
    listed = sorted((*FORMS, *PATHS, *QUERIES, *HEADERS), key=lambda door: door.depth)
    asked = [(door, NONE, door.depth) for door in listed]
    asked += [(door, subject.shown.junk, door.junk) for door in listed]
    for door, credentials, least in sorted(asked, key=lambda row: row[2]):
        if least <= depth:
            bent = door.bend(find, target)
            yield replace(
                bent,
                name=f"{door.name}, {ASKED_FOR[credentials.name]}",
                purpose=Purpose.DOOR,
                credentials=credentials,
            )
    if depth >= DEFAULT and subject.shown.is_bearer:
        yield replace(find, name=LONG_TOKEN.name, purpose=Purpose.DOOR, credentials=LONG_TOKEN)


def is_control(probe: Probe) -> bool:
    """Tell whether a probe tries any query at all."""
    return probe.purpose is Purpose.DOOR and probe.path.endswith((f"?{CONTROL}", f"&{CONTROL}"))
