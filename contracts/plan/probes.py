"""The fixed plan: about a hundred requests over the known ids, which find more than random ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import chain, cycle, islice, repeat, zip_longest
from typing import Final, TypeVar

from find_webhook_kit.contracts.config.options import Depth
from find_webhook_kit.contracts.plan.credentials import IN_HEADER, IN_QUERY
from find_webhook_kit.contracts.plan.doors import doors
from find_webhook_kit.contracts.plan.ids import ODD_IDS, relatives
from find_webhook_kit.contracts.plan.ordinary import MET_NEVER, ordinary, remembered
from find_webhook_kit.contracts.plan.parameters import parameters
from find_webhook_kit.contracts.plan.subject import Subject
from find_webhook_kit.contracts.wire.exchange import Answer
from find_webhook_kit.contracts.wire.probe import (
    NONE,
    SAFE_METHODS,
    TOKEN_VARIABLE,
    Group,
    Probe,
    Purpose,
    Way,
)
from find_webhook_kit.contracts.wire.tenant import tenants

T = TypeVar("T")

ENTITY_TAG: Final = re.compile(r'(?:W/)?"[\x21\x23-\x7e]*"')

UNSAFE_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE", "TRACE")

GZIP: Final = ("Accept-Encoding", "gzip")

JSON_WANTED: Final = {
    "any media type accepted": "*/*",
    "any application type accepted": "{range}",
    "JSON accepted in capitals": "{capitals}",
    "JSON accepted among others": "{kind}, text/plain, */*",
}
JSON_UNWANTED: Final = {
    "only text/html accepted": "text/html",
    "only XML accepted": "application/xml",
    "a browser's Accept header": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "JSON ruled out": "{kind};q=0, */*;q=0.1",
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


def opening(subject: Subject) -> Probe:
    """Return what is sent first: a request that any server in order answers with an item."""
    return subject.known()[0]


def opening_questions(subject: Subject) -> Iterator[Probe]:
    """List what tells a cause of everything from a fault of one request, the opening first.

    The same again, other known instances, and as nobody: what all are answered is one cause.
    """
    first, *others = subject.known()
    yield first
    yield replace(first, name=f"{first.name}, again", repeat=True)
    yield from others[:2]
    yield next(_refused(subject, first))


def etag(answer: Answer | None) -> str:
    """Return the entity tag of an answer, where it can be sent back (RFC 9110, section 8.8.3)."""
    value = (answer.header("etag") or "") if answer else ""
    return value if ENTITY_TAG.fullmatch(value) else ""


def plan(
    subject: Subject,
    *,
    repetitions: int = 20,
    at_once: int = 1,
    depth: Depth = Depth.DEFAULT,
    etag: str = "",
) -> Iterator[Group]:
    """List the rest of an operation's plan, what must be proven first; the order never changes.

    `repetitions` tells how often instances are read, all through the run, so that a server that
    lies now and then is seen to; `at_once` how many requests may arrive together. `etag` is what
    the opening was answered with.
    """
    known = subject.known()
    first, *others = known
    nobody = subject.unknown()
    rest = (*others, *nobody)
    yield Group(tuple(_in_turn(first, rest, repetitions // TURNS)), Way.QUIET)
    yield from _each(replace(probe, repeat=True) for probe in rest)
    http = tuple(_http(subject, first))
    security = [] if subject.open else list(_security(subject, depth))
    if not subject.open:
        beside = [*doors(subject, depth), *remembered(first, etag)]
        yield from _each(_bad(subject, (first, *rest), beside, security, http))
    yield from _each(ordinary(subject, depth, etag))
    yield from map(_alone, _of_the_other(subject, known))
    # What may be refused and may be let in goes alone: neither is to stick to others.
    yield from map(_alone, (probe for probe in security if not probe.credentials.bad))
    sent = [p for p in http if subject.open or not p.credentials.bad]
    once = [*parameters(subject), *subject.elsewhere(), *_ids(subject), *sent]
    once += [replace(probe, name="the unknown id again", repeat=True) for probe in nobody]
    yield from _spread(_repeated(known, nobody, repetitions), once)
    asked = () if subject.open else tuple(_refused(subject, first))
    for probe in (first, *chain.from_iterable(repeat(asked, REFUSED_AGAIN))):
        yield _alone(replace(probe, repeat=True))
    if not subject.open:
        yield from _on_one_connection(subject, first)
    if at_once > 1:
        yield _together([first, *asked, *rest], at_once)


def _bad(
    subject: Subject,
    finds: Iterable[Probe],
    beside: Sequence[Probe],
    security: Iterable[Probe],
    http: Iterable[Probe],
) -> Iterator[Probe]:
    """Ask with bad credentials, all together: connections that carry them carry no others.

    A limit on them cuts off the end, so what tells most comes first: doors and credentials, by
    turns.
    """
    yield from chain.from_iterable(_refused(subject, find) for find in finds)
    yield from by_turns(beside, [probe for probe in security if probe.credentials.bad])
    yield from (probe for probe in http if probe.credentials.bad)


def _of_the_other(subject: Subject, known: Sequence[Probe]) -> Iterator[Probe]:
    """Ask as the second tenant, where there is one."""
    other = subject.target.other
    if other is not None and subject.has_tenants:
        own = subject.find(other.instance_id) if other.instance_id else None
        yield from tenants(known, own, other, subject.varied)


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
    return Group(tuple(_set(probe, "at once") for probe in chosen), Way.AT_ONCE)


def _set(probe: Probe, setting: str) -> Probe:
    """Send a request again in another setting."""
    return replace(probe, name=f"{probe.name}, {setting}", setting=setting, repeat=True)


def _refused(subject: Subject, find: Probe) -> Iterator[Probe]:
    """Ask as nobody, and as somebody unknown."""
    for credentials in (NONE, subject.shown.junk):
        name = f"{find.name} with {credentials.name}"
        yield replace(find, name=name, purpose=Purpose.SECURITY, credentials=credentials)


def by_turns(*lists: Iterable[T]) -> Iterator[T]:
    """Take one of each list after the other."""
    for row in zip_longest(*lists):
        yield from (item for item in row if item is not None)


def _security(subject: Subject, depth: Depth) -> Iterator[Probe]:
    """Ask with other credentials, each time for another instance."""
    known = subject.known()
    listed = subject.shown.others(subject.target.token, depth)
    for credentials, find in zip(listed, cycle(known), strict=False):
        asked = replace(find, purpose=Purpose.SECURITY)
        yield replace(asked, name=credentials.name, credentials=credentials)
    for credentials, beside in subject.shown.partly():
        asked = replace(known[0], purpose=Purpose.SECURITY, beside=beside)
        yield replace(asked, name=f"asked with {credentials.name}", credentials=credentials)
    for way in subject.ways:
        valid = replace(way.valid, name=f"valid {way.place.name}")
        asked = replace(known[0], purpose=Purpose.SECURITY, beside=way.beside, key=way.key)
        yield replace(asked, name=f"asked with a {valid.name}", credentials=valid)
    if not subject.shown.is_bearer:
        return
    asked = replace(known[0], purpose=Purpose.SECURITY)
    for name in IN_QUERY:
        words = f"the token in the query as {name}"
        yield replace(
            asked.with_query(f"{name}={TOKEN_VARIABLE}"),
            name=words,
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


def _ids(subject: Subject) -> Iterator[Probe]:
    if not subject.varied:
        return
    known = subject.target.instance_ids
    for name, instance_id in {**ODD_IDS, **relatives(known[0])}.items():
        if instance_id not in known:
            found = subject.find(instance_id, made_up=True)
            yield replace(found, name=f"an id of {name}", odd=True)
    broken = subject.at("%FF%FE", "\\xff\\xfe", "an id that is not UTF-8")
    yield replace(broken, made_up=True, odd=True)
    escaped = "".join(f"%{byte:02x}" for byte in known[0].encode())
    spelled = subject.at(escaped, known[0], "a known id, every character percent-encoded")
    yield replace(spelled, purpose=Purpose.SPELLING)


def _http(subject: Subject, find: Probe) -> Iterator[Probe]:
    yield replace(find, name="HEAD", purpose=Purpose.HEAD, method="HEAD")
    for refused in () if subject.open else _refused(subject, find):
        yield replace(refused, name=f"HEAD with {refused.credentials.name}", method="HEAD")
    yield replace(find, name="OPTIONS", purpose=Purpose.OPTIONS, method="OPTIONS")
    yield replace(
        find,
        name="OPTIONS without credentials",
        purpose=Purpose.OPTIONS,
        method="OPTIONS",
        credentials=NONE,
    )
    accepting = replace(find, purpose=Purpose.ACCEPT)
    kind = subject.media_type
    yield replace(accepting, name="no Accept header", headers=subject.headers)
    for name, value in JSON_WANTED.items():
        yield replace(_accepting(accepting, value, kind), name=name)
    for name, value in JSON_UNWANTED.items():
        yield replace(_accepting(accepting, value, kind), name=name, wants_json=False)
    for name, header in {"any ETag": ("If-None-Match", "*"), **MET_NEVER}.items():
        yield replace(find, name=name, purpose=Purpose.CONDITIONAL, headers=(*find.headers, header))
    for name, header in EXTRAS.items():
        yield replace(find.with_headers(header), name=name, purpose=Purpose.EXTRA)
    declared = subject.contract.methods(subject.operation.path)
    for method in UNSAFE_METHODS:
        if method not in declared:
            yield replace(find, name=f"{method} here", purpose=Purpose.METHOD, method=method)


def _accepting(probe: Probe, value: str, kind: str) -> Probe:
    """Ask with an Accept header, in which `{kind}` and `{range}` stand for the media type."""
    text = value.format(kind=kind, range=f"{kind.partition('/')[0]}/*", capitals=kind.upper())
    return replace(probe, headers=(("Accept", text), *probe.headers[1:]))


def _on_one_connection(subject: Subject, first: Probe) -> Iterator[Group]:
    """Ask as one and then as another: whoever one was must not stick to the connection."""
    nobody, junk = _refused(subject, first)
    for one, other in ((first, nobody), (junk, first)):
        yield Group(
            (
                _set(one, "staying"),
                _set(other, "on that connection"),
            ),
            Way.OWN,
        )


def _in_turn(first: Probe, others: Sequence[Probe], pairs: int) -> Iterator[Probe]:
    """Read another instance and then the first one: nothing of it is to come through."""
    for other in islice(others, max(pairs, 1)):
        yield replace(other, name=f"{other.name}, before the first", repeat=True)
        yield replace(first, name=f"{first.name}, behind {other.instance_id!r}", repeat=True)


def _repeated(
    known: Sequence[Probe], nobody: Sequence[Probe], repetitions: int
) -> list[tuple[Probe, ...]]:
    """Read the instances by turns, some compressed, and the unknown one now and then.

    The first is read as often as all others together: it surely has an item.
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
    again = [replace(probe, name=f"{probe.name} again", repeat=True) for probe in nobody]
    return [(*reads[at : at + SERIES], *again) for at in range(0, repetitions, SERIES)]
