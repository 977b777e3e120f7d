"""The fixed plan: about a hundred requests over the known ids, which find more than random ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, cycle, islice
from typing import Final
from urllib.parse import quote

from contracts.credentials import CREDENTIALS, IN_HEADER, IN_QUERY, JUNK_TOKEN
from contracts.exchange import NONE, SAFE_METHODS, TOKEN_VARIABLE, Group, Probe, Topic, Way
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

SERIES: Final = 7
"""Reads of one instance that follow each other on one connection."""

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


def plan(
    target: Target, operation: Operation, *, repetitions: int = 20, at_once: int = 1
) -> Iterator[Group]:
    """List the rest of the plan, what must be proven first; the order never changes.

    `repetitions` tells how often the first instance is read, all through the run, so that a
    server that lies now and then is seen to; `at_once` how many requests may arrive together.
    """
    first, *others = (_find(operation, known) for known in target.instance_ids)
    nobody = _find(operation, target.unknown_id, made_up=True)
    yield Group(tuple(_in_turn(first, [*others, nobody], repetitions // TURNS)), Way.QUIET)
    yield from _each(replace(probe, repeat=True) for probe in (*others, nobody))
    # Bad credentials stand together: connections that carry them carry no others.
    http = tuple(_http(first, nobody))
    refused = chain.from_iterable(map(_refused, (first, *others, nobody)))
    yield from _each((*refused, *_security(first), *(p for p in http if p.credentials.bad)))
    once = [*_ids(operation, target), *(p for p in http if not p.credentials.bad)]
    yield from _spread(_repeated(first, nobody, repetitions), once)
    yield from (_alone(replace(probe, repeat=True)) for probe in (first, *_refused(first)))
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


def _repeated(first: Probe, nobody: Probe, repetitions: int) -> list[tuple[Probe, ...]]:
    """Read the first instance many times, and the unknown one now and then."""
    reads = [
        replace(first, name=f"the same once more ({number + 1})", repeat=True)
        for number in range(repetitions)
    ]
    again = replace(nobody, name=f"{nobody.name} again", repeat=True)
    return [(*reads[at : at + SERIES], again) for at in range(0, repetitions, SERIES)]
