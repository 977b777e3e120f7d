"""The fixed plan: about a hundred requests over the known ids, which find more than random ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import chain, cycle, islice, repeat, zip_longest
from typing import Final
from urllib.parse import quote

from find_webhook_kit.contracts.config.depth import Depth
from find_webhook_kit.contracts.plan.credentials import CREDENTIALS, IN_HEADER, IN_QUERY, JUNK_TOKEN
from find_webhook_kit.contracts.plan.doors import OF_A_PREFLIGHT, doors
from find_webhook_kit.contracts.plan.ids import ODD_IDS, relatives
from find_webhook_kit.contracts.plan.tokens import made_up
from find_webhook_kit.contracts.wire.exchange import (
    IDENTITY,
    NONE,
    SAFE_METHODS,
    TOKEN_VARIABLE,
    Answer,
    Form,
    Group,
    Probe,
    Topic,
    Way,
)
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.tenant import tenants
from find_webhook_kit.spec import Operation

ENTITY_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')

UNSAFE_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE", "TRACE")

GZIP: Final = ("Accept-Encoding", "gzip")

JSON_WANTED: Final = {
    "any media type accepted": "*/*",
    "any application type accepted": "application/*",
    "JSON accepted in capitals": "APPLICATION/JSON",
    "JSON accepted among others": "application/json, text/plain, */*",
}
JSON_UNWANTED: Final = {
    "only text/html accepted": "text/html",
    "only XML accepted": "application/xml",
    "a browser's Accept header": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "JSON ruled out": "application/json;q=0, */*;q=0.1",
}

EXTRAS: Final = {
    "gzip accepted": GZIP,
    "a range of bytes": ("Range", "bytes=0-0"),
    "another origin": ("Origin", "https://page.example"),
    "another host behind a proxy": ("X-Forwarded-Host", "elsewhere.example"),
}

SERIES: Final = 7
"""Reads of instances that follow each other on one connection."""

COMPRESSED: Final = 5
"""One read of so many is compressed, where the server does that."""

REFUSED_AGAIN: Final = 5
"""How often nobody and somebody unknown ask again: one worker of several may let them in."""

TURNS: Final = 3
"""How many of those reads there are for each other instance that is read before the first."""

MET_NEVER: Final = {
    "a stale ETag": ("If-None-Match", '"never-a-tag-of-this"'),
    "an old date": ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
}
"""Conditions that no instance with a webhook can meet (RFC 9110, section 13.1): 304 is wrong."""


def opening(target: Target, operation: Operation) -> Probe:
    """Return what is sent first: a request that any server in order answers with a webhook."""
    return _find(operation, target.instance_ids[0])


def opening_questions(target: Target, operation: Operation) -> Iterator[Probe]:
    """List what tells a cause of everything from a fault of one request, the opening first.

    The same again, other known instances, and as nobody: what all are answered is one cause.
    """
    first = opening(target, operation)
    yield first
    yield replace(first, name=f"{first.name}, again", repeat=True)
    for known in target.instance_ids[1:3]:
        yield _find(operation, known)
    yield next(_refused(first))


def etag(answer: Answer | None) -> str:
    """Return the entity tag of an answer, where it can be sent back (RFC 9110, section 8.8.3)."""
    value = (answer.header("etag") or "") if answer else ""
    return value if ENTITY_TAG.fullmatch(value) else ""


def plan(  # noqa: PLR0913 - what a plan hangs on
    target: Target,
    operation: Operation,
    *,
    repetitions: int = 20,
    at_once: int = 1,
    depth: Depth = Depth.DEFAULT,
    etag: str = "",
) -> Iterator[Group]:
    """List the rest of the plan, what must be proven first; the order never changes.

    `repetitions` tells how often instances are read, all through the run, so that a server that
    lies now and then is seen to; `at_once` how many requests may arrive together. `etag` is what
    the opening was answered with.
    """
    known = tuple(_find(operation, known) for known in target.instance_ids)
    first, *others = known
    nobody = _find(operation, target.unknown_id, made_up=True)
    yield Group(tuple(_in_turn(first, [*others, nobody], repetitions // TURNS)), Way.QUIET)
    yield from _each(replace(probe, repeat=True) for probe in (*others, nobody))
    # Bad credentials stand together: connections that carry them carry no others. A limit on
    # them cuts off the end, so what tells most comes first, doors and credentials by turns.
    http = tuple(_http(first, nobody))
    refused = chain.from_iterable(map(_refused, (first, *others, nobody)))
    bad = [probe for probe in _security(known, target, depth) if probe.credentials.bad]
    beside = [*doors(first, target, depth), *_remembered(first, etag)]
    yield from _each((*refused, *_by_turns(beside, bad), *(p for p in http if p.credentials.bad)))
    yield from _each(_ordinary(known, nobody, depth, etag))
    if target.other is not None:
        theirs = target.other.instance_id
        own = _find(operation, theirs) if theirs else None
        yield from map(_alone, tenants(known, own, target.other))
    # What may be refused and may be let in goes alone: neither is to stick to others.
    either = [probe for probe in _security(known, target, depth) if not probe.credentials.bad]
    yield from map(_alone, either)
    once = [*_ids(operation, target), *(p for p in http if not p.credentials.bad)]
    yield from _spread(_repeated(known, nobody, repetitions), once)
    for asked in (first, *chain.from_iterable(repeat(tuple(_refused(first)), REFUSED_AGAIN))):
        yield _alone(replace(asked, repeat=True))
    yield from _on_one_connection(first)
    if at_once > 1:
        yield _together([first, *_refused(first), *others, nobody], at_once)


def _each(probes: Iterable[Probe]) -> Iterator[Group]:
    """Let each go on any kept connection; what may change something does not go twice."""
    for probe in probes:
        yield Group((probe,), Way.KEPT if probe.method in SAFE_METHODS else Way.OWN)


def _spread(series: Sequence[Sequence[Probe]], once: Sequence[Probe]) -> Iterator[Group]:
    """Spread some series evenly over the probes that are sent once."""
    size = len(once) // max(len(series), 1)
    for number, reads in enumerate(series):
        yield Group(tuple(reads))
        yield from _each(once[number * size : (number + 1) * size])
    yield from _each(once[len(series) * size :])


def _alone(probe: Probe) -> Group:
    """Let a probe have a connection to itself, whose end shows what stands behind its answer."""
    return Group((probe,), Way.OWN)


def _together(asked: Sequence[Probe], number: int) -> Group:
    """Ask as everybody for everything at the same time: no answer is to reach another one."""
    chosen = islice(cycle(asked), number)
    probes = (replace(probe, name=f"{probe.name}, at once", repeat=True) for probe in chosen)
    return Group(tuple(probes), Way.AT_ONCE)


def path(operation: Operation, instance_id: str) -> str:
    """Fill the path template, so that the id stays one segment whatever is in it."""
    segment = quote(instance_id, safe="")
    if not segment.strip("."):
        segment = segment.replace(".", "%2E")
    return operation.path.replace("{instanceId}", segment)


def _find(operation: Operation, instance_id: str, *, made_up: bool = False) -> Probe:
    where = path(operation, instance_id)
    return Probe(f"find {instance_id!r}", where, instance_id, made_up=made_up)


def _refused(find: Probe) -> Iterator[Probe]:
    """Ask as nobody, and as somebody unknown."""
    for credentials in (NONE, JUNK_TOKEN):
        name = f"{find.name} with {credentials.name}"
        yield replace(find, name=name, topic=Topic.SECURITY, credentials=credentials)


def _by_turns(*lists: Sequence[Probe]) -> Iterator[Probe]:
    """Take one of each list after the other."""
    for row in zip_longest(*lists):
        yield from (probe for probe in row if probe is not None)


def _security(known: Sequence[Probe], target: Target, depth: Depth) -> Iterator[Probe]:
    """Ask with other credentials, each time for another instance."""
    listed = (*CREDENTIALS, *made_up(target.token, depth))
    for credentials, find in zip(listed, cycle(known), strict=False):
        asked = replace(find, topic=Topic.SECURITY)
        yield replace(asked, name=credentials.name, credentials=credentials)
    asked = replace(known[0], topic=Topic.SECURITY)
    for name in IN_QUERY:
        words = f"the token in the query as {name}"
        yield replace(
            asked,
            name=words,
            path=f"{asked.path}?{name}={TOKEN_VARIABLE}",
            credentials=replace(NONE, name="the token in the query"),
        )
    for name in IN_HEADER:
        value = f"token={TOKEN_VARIABLE}" if name == "Cookie" else TOKEN_VARIABLE
        yield replace(
            asked,
            name=f"the token in the header {name}",
            headers=(*asked.headers, (name, value)),
            credentials=replace(NONE, name="the token in another header"),
        )


def _ids(operation: Operation, target: Target) -> Iterator[Probe]:
    first = target.instance_ids[0]
    for name, instance_id in {**ODD_IDS, **relatives(first)}.items():
        if instance_id not in target.instance_ids:
            found = _find(operation, instance_id, made_up=True)
            yield replace(found, name=f"an id of {name}", odd=True)
    broken = operation.path.replace("{instanceId}", "%FF%FE")
    yield Probe("an id that is not UTF-8", broken, "\\xff\\xfe", made_up=True, odd=True)
    escaped = "".join(f"%{byte:02x}" for byte in first.encode())
    spelled = operation.path.replace("{instanceId}", escaped)
    yield Probe("a known id, every letter percent-encoded", spelled, first, topic=Topic.SPELLING)


def _http(find: Probe, nobody: Probe) -> Iterator[Probe]:
    yield replace(find, name="HEAD", topic=Topic.HEAD, method="HEAD")
    for refused in _refused(find):
        yield replace(refused, name=f"HEAD with {refused.credentials.name}", method="HEAD")
    yield replace(find, name="OPTIONS", topic=Topic.OPTIONS, method="OPTIONS")
    yield replace(
        find,
        name="OPTIONS without credentials",
        topic=Topic.OPTIONS,
        method="OPTIONS",
        credentials=NONE,
    )
    accepting = replace(find, topic=Topic.ACCEPT)
    yield replace(accepting, name="no Accept header", headers=())
    for name, value in JSON_WANTED.items():
        yield replace(accepting, name=name, headers=(("Accept", value), IDENTITY))
    for name, value in JSON_UNWANTED.items():
        yield replace(accepting, name=name, headers=(("Accept", value), IDENTITY), wants_json=False)
    for name, header in {"any ETag": ("If-None-Match", "*"), **MET_NEVER}.items():
        yield replace(find, name=name, topic=Topic.CONDITIONAL, headers=(*find.headers, header))
    for name, header in EXTRAS.items():
        yield replace(find.with_headers(header), name=name, topic=Topic.EXTRA)
    for method in UNSAFE_METHODS:
        yield replace(find, name=f"{method} here", topic=Topic.METHOD, method=method)
    yield replace(nobody, name="the unknown id again", repeat=True)


def _ordinary(known: Sequence[Probe], nobody: Probe, depth: Depth, etag: str) -> Iterator[Probe]:
    """Ask as browsers, scripts and gateways do, in ways that change nothing of the answer."""
    first, *others = known
    extra = replace(first, topic=Topic.EXTRA)
    other = (others or [nobody])[0]
    yield replace(extra, name="under HTTP/1.0", form=Form(version="1.0"))
    for name, query in {
        "an unknown query parameter": "x-judge=1",
        "another id in the query": f"instanceId={quote(other.instance_id, safe='')}",
    }.items():
        yield replace(extra, name=name, path=f"{first.path}?{query}")
    if depth < Depth.DEFAULT:
        return
    fields = replace(first, topic=Topic.FIELDS)
    yield replace(fields, name="header names in lower case", form=Form(named=str.lower))
    yield replace(fields, name="spaces before the values of headers", form=Form(before="  "))
    yield replace(extra, name="without a User-Agent", form=Form(agent=""))
    yield replace(extra, name="a query parameter in brackets", path=f"{first.path}?a[b]=1&c[]=2")
    codings = extra.with_headers(("Accept-Encoding", "gzip, deflate"))
    yield replace(codings, name="the codings of a browser accepted")
    asked = replace(first, topic=Topic.PREFLIGHT, method="OPTIONS", credentials=NONE, headers=())
    yield replace(asked.with_headers(*OF_A_PREFLIGHT), name="a preflight request")
    if etag:
        yield from _conditions(first, {"its own ETag": etag})
    if depth < Depth.THOROUGH:
        return
    yield replace(fields, name="header names in capitals", form=Form(named=str.upper))
    yield replace(fields, name="a tab before the values of headers", form=Form(before="\t"))
    yield replace(fields, name="spaces behind the values of headers", form=Form(behind="  "))
    yield replace(extra, name="a whole URL as target", form=Form(absolute=True))
    for name, query in _QUERIES.items():
        words = query.format(quote(other.instance_id, safe=""))
        yield replace(extra, name=name, path=f"{first.path}?{words}")
    for name, headers in _HEADERS.items():
        yield replace(extra.with_headers(*headers), name=name)
    part = replace(first, topic=Topic.PART)
    for name, value in _RANGES.items():
        yield replace(part.with_headers(("Range", value)), name=name)
    for more in others:
        query = f"instanceId={quote(first.instance_id, safe='')}"
        name = f"the first id in the query of {more.instance_id!r}"
        yield replace(more, name=name, topic=Topic.EXTRA, path=f"{more.path}?{query}")
    if etag:
        weak = etag if etag.startswith("W/") else f"W/{etag}"
        tags = {"its own ETag among others": f'"x", {etag}', "its own ETag as a weak one": weak}
        yield from _conditions(first, tags)


def _conditions(find: Probe, tags: Mapping[str, str]) -> Iterator[Probe]:
    """Send back what the server itself called this state of the instance."""
    for name, tag in tags.items():
        asked = replace(find, topic=Topic.CONDITIONAL).with_headers(("If-None-Match", tag))
        yield replace(asked, name=name)


def _remembered(find: Probe, etag: str) -> Iterator[Probe]:
    """Ask as nobody whether what the server itself called this state is still there."""
    if etag:
        asked = replace(find, topic=Topic.DOOR, credentials=NONE)
        yield replace(
            asked.with_headers(("If-None-Match", etag)), name="its own ETag, without credentials"
        )


_QUERIES: Final = {
    "a query parameter without a value": "x",
    "an empty query": "",
    "a query that is not well encoded": "x=%",
    "the same parameter twice": "x=1&x=2",
    "a path in the query": "x=/a/b",
    "letters beyond ASCII in the query": "x=%C3%A9",
    "a page in the query": "page=1&limit=1&offset=0",
    "a token of another name in the query": "_=1700000000000",
    "another id in the query as id": "id={}",
    "another id in the query as instance": "instance={}",
    "another id in the query as instance_id": "instance_id={}",
    "another name in the query": "instanceName={}",
    "another id twice in the query": "instanceId={0}&instanceId={0}",
}
_RANGES: Final = {
    "a part beyond the end": "bytes=9999999-",
    "the last bytes": "bytes=-5",
    "several parts": "bytes=0-0, 2-2",
    "a range of no bytes": "items=0-1",
}
_HEADERS: Final = {
    "a browser's headers": (
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"),
        ("Accept-Language", "en-GB,en;q=0.7,de;q=0.3"),
        ("Referer", "https://page.example/"),
        ("Origin", "https://page.example"),
        ("Sec-Fetch-Dest", "empty"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Site", "cross-site"),
        ("DNT", "1"),
    ),
    "a cookie": (("Cookie", "a=1; b=2"),),
    "a header that nobody knows": (("X-Judge", "1"),),
    "a trace of a request": (
        ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"),
        ("X-Request-Id", "1"),
    ),
    "a cache that is passed by": (("Cache-Control", "no-cache"), ("Pragma", "no-cache")),
    "a media type of no body": (("Content-Type", "application/json"),),
    "a body of no length": (("Content-Length", "0"),),
    "a header of no value": (("X-Judge", ""),),
    "every coding refused": (("Accept-Encoding", "identity;q=1, *;q=0"),),
    "another id in a header": (("X-Instance-Id", "x"), ("instanceId", "x")),
}


def _on_one_connection(first: Probe) -> Iterator[Group]:
    """Ask as one and then as another: whoever one was must not stick to the connection."""
    nobody, junk = _refused(first)
    for one, other in ((first, nobody), (junk, first)):
        yield Group(
            (
                replace(one, name=f"{one.name}, staying", repeat=True),
                replace(other, name=f"{other.name}, on that connection", repeat=True),
            ),
            Way.OWN,
        )


def _in_turn(first: Probe, others: Sequence[Probe], pairs: int) -> Iterator[Probe]:
    """Read another instance and then the first one: nothing of it is to come through."""
    for other in islice(others, max(pairs, 1)):
        yield replace(other, name=f"{other.name}, before the first", repeat=True)
        yield replace(first, name=f"{first.name}, behind {other.instance_id!r}", repeat=True)


def _repeated(known: Sequence[Probe], nobody: Probe, repetitions: int) -> list[tuple[Probe, ...]]:
    """Read the instances by turns, some compressed, and the unknown one now and then.

    The first is read as often as all others together: it surely has a webhook.
    """
    others = known[1:]
    turns = chain.from_iterable(zip(cycle(known[:1]), cycle(others or known), strict=False))
    reads = [
        replace(
            find.with_headers(GZIP) if number % COMPRESSED == COMPRESSED - 1 else find,
            name=f"{find.name} once more ({number + 1})",
            repeat=True,
        )
        for number, find in enumerate(islice(turns, repetitions))
    ]
    again = replace(nobody, name=f"{nobody.name} again", repeat=True)
    return [(*reads[at : at + SERIES], again) for at in range(0, repetitions, SERIES)]
