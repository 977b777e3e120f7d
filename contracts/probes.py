"""The fixed plan: about a hundred requests over the known ids, which find more than random ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import chain, cycle, islice
from typing import Final
from urllib.parse import quote

from contracts.credentials import CREDENTIALS, IN_HEADER, IN_QUERY, JUNK_TOKEN
from contracts.exchange import NONE, TOKEN_VARIABLE, Probe, Topic
from contracts.ids import ODD_IDS, relatives
from contracts.target import Target
from spec import Operation

UNSAFE_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE", "TRACE")

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
    "gzip accepted": ("Accept-Encoding", "gzip"),
    "a range of bytes": ("Range", "bytes=0-0"),
    "another origin": ("Origin", "https://page.example"),
    "another host behind a proxy": ("X-Forwarded-Host", "elsewhere.example"),
}

MET_NEVER: Final = {
    "a stale ETag": ("If-None-Match", '"never-a-tag-of-this"'),
    "an old date": ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
}
"""Conditions that no instance with a webhook can meet (RFC 9110, section 13.1): 304 is wrong."""


def probes(target: Target, operation: Operation, repetitions: int = 20) -> Iterator[Probe]:
    """List the plan, what must be proven first; the order never changes.

    `repetitions` tells how often the first instance is read in the end, so that a server that
    lies now and then is seen to.
    """
    first, *others = (_find(operation, known) for known in target.instance_ids)
    nobody = _find(operation, target.unknown_id, made_up=True)
    yield first
    yield from _refused(first)
    for other in others:
        yield other
        yield from _refused(other)
    yield nobody
    yield from _refused(nobody)
    yield replace(first, name="the same again", repeat=True)
    yield from _security(first)
    yield from _ids(operation, target)
    yield from _http(first, nobody)
    yield from _on_one_connection(first)
    yield from _repeated(first, [*others, nobody], repetitions)
    yield from (replace(probe, repeat=True) for probe in _refused(first))


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


def _security(find: Probe) -> Iterator[Probe]:
    asked = replace(find, topic=Topic.SECURITY)
    for credentials in CREDENTIALS:
        yield replace(asked, name=credentials.name, credentials=credentials)
    for name in IN_QUERY:
        words = f"the token in the query as {name}"
        yield replace(
            asked,
            name=words,
            path=f"{find.path}?{name}={TOKEN_VARIABLE}",
            credentials=replace(NONE, name="the token in the query"),
        )
    for name in IN_HEADER:
        value = f"token={TOKEN_VARIABLE}" if name == "Cookie" else TOKEN_VARIABLE
        yield replace(
            asked,
            name=f"the token in the header {name}",
            headers=(*find.headers, (name, value)),
            credentials=replace(NONE, name="the token in another header"),
        )


def _ids(operation: Operation, target: Target) -> Iterator[Probe]:
    first = target.instance_ids[0]
    for name, instance_id in {**ODD_IDS, **relatives(first)}.items():
        if instance_id not in target.instance_ids:
            yield replace(_find(operation, instance_id, made_up=True), name=f"an id of {name}")
    broken = operation.path.replace("{instanceId}", "%FF%FE")
    yield Probe("an id that is not UTF-8", broken, "\\xff\\xfe", made_up=True)
    escaped = "".join(f"%{byte:02x}" for byte in first.encode())
    spelled = operation.path.replace("{instanceId}", escaped)
    yield Probe("a known id, every letter percent-encoded", spelled, first)


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
        yield replace(accepting, name=name, headers=(("Accept", value),))
    for name, value in JSON_UNWANTED.items():
        yield replace(accepting, name=name, headers=(("Accept", value),), wants_json=False)
    for name, header in {"any ETag": ("If-None-Match", "*"), **MET_NEVER}.items():
        yield replace(find, name=name, topic=Topic.CONDITIONAL, headers=(*find.headers, header))
    for name, header in EXTRAS.items():
        yield replace(find, name=name, topic=Topic.EXTRA, headers=(*find.headers, header))
    for name, query in {
        "an unknown query parameter": "x-judge=1",
        "another id in the query": f"instanceId={quote(nobody.instance_id, safe='')}",
    }.items():
        yield replace(find, name=name, topic=Topic.EXTRA, path=f"{find.path}?{query}")
    for method in UNSAFE_METHODS:
        yield replace(find, name=f"{method} here", topic=Topic.METHOD, method=method)
    yield replace(nobody, name="the unknown id again", repeat=True)


def _on_one_connection(first: Probe) -> Iterator[Probe]:
    """Ask as one and then as another: whoever one was must not stick to the connection."""
    nobody, junk = _refused(first)
    for one, other in ((first, nobody), (junk, first)):
        yield replace(one, name=f"{one.name}, staying", repeat=True, stays=True)
        yield replace(other, name=f"{other.name}, on that connection", repeat=True, follows=True)


def _repeated(first: Probe, others: list[Probe], repetitions: int) -> Iterator[Probe]:
    """Read the first instance many times, with the others in turn between the first of them."""
    between = chain(others, islice(cycle(others), max(4 - len(others), 0)))
    for number in range(repetitions):
        yield replace(first, name=f"the same once more ({number + 1})", repeat=True)
        other = next(between, None)
        if other is not None:
            yield replace(other, name=f"{other.name} again", repeat=True)
