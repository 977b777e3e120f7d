"""Ordinary requests: what browsers, scripts and gateways add, which changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from find_webhook_kit.contracts.config.options import Depth
from find_webhook_kit.contracts.plan.doors import OF_A_PREFLIGHT
from find_webhook_kit.contracts.plan.subject import Subject, segment
from find_webhook_kit.contracts.wire.probe import NONE, Form, Probe, Purpose

MET_NEVER: Final = {
    "a stale ETag": ("If-None-Match", '"never-a-tag-of-this"'),
    "an old date": ("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"),
}
"""Conditions that nothing that is there can meet (RFC 9110, section 13.1): 304 is wrong."""


def meets_never(probe: Probe) -> bool:
    """Tell whether a probe has a condition that nothing that is there can meet."""
    return any(header in probe.headers for header in MET_NEVER.values())


def ordinary(subject: Subject, depth: Depth, etag: str) -> Iterator[Probe]:
    """Ask as browsers, scripts and gateways do, in ways that change nothing of the answer."""
    yield from _at_least(subject)
    if depth >= Depth.DEFAULT:
        yield from _by_default(subject, etag)
    if depth >= Depth.THOROUGH:
        yield from _thorough(subject, etag)


def _at_least(subject: Subject) -> Iterator[Probe]:
    extra = replace(subject.known()[0], purpose=Purpose.EXTRA)
    yield replace(extra, name="under HTTP/1.0", form=Form(version="1.0"))
    yield replace(extra.with_query("x-judge=1"), name="an unknown query parameter")
    for words in _naming(subject, "{1}={0}"):
        yield replace(extra.with_query(words), name="another id in the query")


def _by_default(subject: Subject, etag: str) -> Iterator[Probe]:
    first = subject.known()[0]
    extra = replace(first, purpose=Purpose.EXTRA)
    fields = replace(first, purpose=Purpose.FIELDS)
    yield replace(fields, name="header names in lower case", form=Form(named=str.lower))
    yield replace(fields, name="spaces before the values of headers", form=Form(before="  "))
    yield replace(extra, name="without a User-Agent", form=Form(agent=""))
    yield replace(extra.with_query("a[b]=1&c[]=2"), name="a query parameter in brackets")
    codings = extra.with_headers(("Accept-Encoding", "gzip, deflate"))
    yield replace(codings, name="the codings of a browser accepted")
    asked = replace(
        first, purpose=Purpose.PREFLIGHT, method="OPTIONS", credentials=NONE, headers=()
    )
    yield replace(asked.with_headers(*OF_A_PREFLIGHT), name="a preflight request")
    if etag:
        yield from _conditions(first, {"its own ETag": etag})


def _thorough(subject: Subject, etag: str) -> Iterator[Probe]:
    first = subject.known()[0]
    extra = replace(first, purpose=Purpose.EXTRA)
    fields = replace(first, purpose=Purpose.FIELDS)
    yield replace(fields, name="header names in capitals", form=Form(named=str.upper))
    yield replace(fields, name="a tab before the values of headers", form=Form(before="\t"))
    yield replace(fields, name="spaces behind the values of headers", form=Form(behind="  "))
    yield replace(extra, name="a whole URL as target", form=Form(absolute=True))
    for name, query in _QUERIES.items():
        for words in _naming(subject, query) if "{" in query else (query,):
            yield replace(extra.with_query(words), name=name)
    for name, headers in _HEADERS.items():
        yield replace(extra.with_headers(*headers), name=name)
    for id_name in _naming(subject, "{1}"):
        naming = extra.with_headers(("X-Instance-Id", "x"), (id_name, "x"))
        yield replace(naming, name="another id in a header")
    part = replace(first, purpose=Purpose.PART)
    for name, value in _RANGES.items():
        yield replace(part.with_headers(("Range", value)), name=name)
    for more in subject.known()[1:]:
        query = f"{subject.varied}={segment(first.instance_id)}"
        name = f"the first id in the query of {more.instance_id!r}"
        yield replace(more.with_query(query), name=name, purpose=Purpose.EXTRA)
    if etag:
        weak = etag if etag.startswith("W/") else f"W/{etag}"
        tags = {"its own ETag among others": f'"x", {etag}', "its own ETag as a weak one": weak}
        yield from _conditions(first, tags)


def _naming(subject: Subject, words: str) -> Iterator[str]:
    """Put another id, and what the path calls one, into words; nothing where it has none."""
    for other in (*subject.known()[1:], *subject.unknown())[:1]:
        yield words.format(segment(other.instance_id), subject.varied)


def _conditions(find: Probe, tags: Mapping[str, str]) -> Iterator[Probe]:
    """Send back what the server itself called this state of the instance."""
    for name, tag in tags.items():
        asked = replace(find, purpose=Purpose.CONDITIONAL).with_headers(("If-None-Match", tag))
        yield replace(asked, name=name)


def remembered(find: Probe, etag: str) -> Iterator[Probe]:
    """Ask as nobody whether what the server itself called this state is still there."""
    if etag:
        asked = replace(find, purpose=Purpose.DOOR, credentials=NONE)
        yield replace(
            asked.with_headers(("If-None-Match", etag)), name="its own ETag, without credentials"
        )


_QUERIES: Final = {
    "a query parameter without a value": "x",
    "an empty query": "",
    "a query that is not well encoded": "x=%",
    "the same parameter twice": "x=1&x=2",
    "a path in the query": "x=/a/b",
    "characters beyond ASCII in the query": "x=%C3%A9",
    "a page in the query": "page=1&limit=1&offset=0",
    "a token of another name in the query": "_=1700000000000",
    "another id in the query as id": "id={}",
    "another id in the query as instance": "instance={}",
    "another id in the query as instance_id": "instance_id={}",
    "another name in the query": "instanceName={}",
    "another id twice in the query": "{1}={0}&{1}={0}",
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
}
