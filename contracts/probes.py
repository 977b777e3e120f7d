"""The fixed plan: a few dozen requests over the known ids, which find more than random ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from contracts.exchange import NONE, TOKEN_VARIABLE, Credentials, Probe, Topic, Trust
from contracts.target import Target
from spec import Operation

JUNK: Final = "junk-9b1d2c"

JUNK_TOKEN: Final = Credentials(
    "junk token", Trust.INVALID, lambda _: (f"Bearer {JUNK}",), (f"Bearer {JUNK}",)
)

# Every way to be nobody, and the few that a server may read either way.
CREDENTIALS: Final = (
    # `Bearer` and `Bearer ` are one field value: blanks at its end do not count (RFC 9110, 5.5).
    Credentials("an empty token", Trust.INVALID, lambda _: ("Bearer",), ("Bearer",)),
    Credentials("an empty header", Trust.INVALID, lambda _: ("",), ("",)),
    Credentials("no scheme", Trust.INVALID, lambda token: (token,), ("$CONTRACT_TOKEN",)),
    Credentials(
        "another scheme",
        Trust.INVALID,
        lambda token: (f"Basic {token}",),
        ("Basic $CONTRACT_TOKEN",),
    ),
    Credentials(
        "the token cut by a letter",
        Trust.INVALID,
        lambda token: (f"Bearer {token[:-1]}".strip(),),
        ("Bearer ${CONTRACT_TOKEN%?}",),
    ),
    Credentials(
        "the token with a letter more",
        Trust.INVALID,
        lambda token: (f"Bearer {token}x",),
        ("Bearer ${CONTRACT_TOKEN}x",),
    ),
    Credentials(
        "the token in other case",
        Trust.INVALID,
        lambda token: (f"Bearer {token.swapcase()}",),
        ("Bearer $(printf %s $CONTRACT_TOKEN | tr a-zA-Z A-Za-z)",),
    ),
    Credentials(
        "two junk tokens",
        Trust.INVALID,
        lambda _: (f"Bearer {JUNK}", f"Bearer {JUNK}2"),
        (f"Bearer {JUNK}", f"Bearer {JUNK}2"),
    ),
    Credentials(
        "a valid and a junk token",
        Trust.EITHER,
        lambda token: (f"Bearer {token}", f"Bearer {JUNK}"),
        ("Bearer $CONTRACT_TOKEN", f"Bearer {JUNK}"),
    ),
    Credentials(
        "a lower-case scheme",
        Trust.EITHER,
        lambda token: (f"bearer {token}",),
        ("bearer $CONTRACT_TOKEN",),
    ),
)

# Ids that nobody chose and routers, decoders and databases stumble over.
ODD_IDS: Final = {
    "a UUID": "3f2b8c1e-6f0a-4d7e-9a54-0c1d2e3f4a5b",
    "a slash": "a/b",
    "a quote": "o'brien\"--",
    "blanks only": "   ",
    "a line break": "a\nb",
    "a NUL": "a\0b",
    "a percent sign": "100%25",
    "an emoji": "crm-\N{WAVING HAND SIGN}",
    "letters beyond ASCII": "кафе-\N{LATIN SMALL LETTER E WITH ACUTE}",
    "query characters": "a?b=c&d#e;f",
    "null": "null",
    "300 letters": "x" * 300,
}

UNSAFE_METHODS: Final = ("POST", "PUT", "PATCH", "DELETE", "TRACE")


def probes(target: Target, operation: Operation) -> Iterator[Probe]:
    """List the plan, what must be proven first; the order never changes."""
    first = target.instance_ids[0]
    find = Probe(f"find {first!r}", path(operation, first), first)
    yield find
    yield replace(find, name="no credentials", topic=Topic.SECURITY, credentials=NONE)
    yield replace(find, name="a junk token", topic=Topic.SECURITY, credentials=JUNK_TOKEN)
    for other in target.instance_ids[1:]:
        yield Probe(f"find {other!r}", path(operation, other), other)
    unknown = target.unknown_id
    yield Probe("an id that does not exist", path(operation, unknown), unknown)
    yield replace(find, name="the same again", repeat=True)
    yield from _security(find)
    yield from _ids(operation, first)
    yield from _http(find)
    yield replace(find, name="the same at the end", repeat=True)


def path(operation: Operation, instance_id: str) -> str:
    """Fill the path template, so that the id stays one segment whatever is in it."""
    segment = quote(instance_id, safe="")
    if not segment.strip("."):
        segment = segment.replace(".", "%2E")
    return operation.path.replace("{instanceId}", segment)


def _security(find: Probe) -> Iterator[Probe]:
    for credentials in CREDENTIALS:
        yield replace(find, name=credentials.name, topic=Topic.SECURITY, credentials=credentials)
    for name in ("token", "access_token", "apikey"):
        yield Probe(
            f"the token in the query as {name}",
            f"{find.path}?{name}={TOKEN_VARIABLE}",
            find.instance_id,
            topic=Topic.SECURITY,
            credentials=replace(NONE, name="the token in the query"),
        )
    yield replace(
        find, name="HEAD without credentials", topic=Topic.SECURITY, method="HEAD", credentials=NONE
    )


def _ids(operation: Operation, first: str) -> Iterator[Probe]:
    odd = ODD_IDS | {
        "a known id and more": f"{first}x",
        "a known id in other case": first.swapcase(),
    }
    for name, instance_id in odd.items():
        yield Probe(f"an id of {name}", path(operation, instance_id), instance_id)
    broken = operation.path.replace("{instanceId}", "%FF%FE")
    yield Probe("an id that is not UTF-8", broken, "\\xff\\xfe")


def _http(find: Probe) -> Iterator[Probe]:
    yield replace(find, name="HEAD", topic=Topic.HEAD, method="HEAD")
    yield replace(find, name="OPTIONS", topic=Topic.OPTIONS, method="OPTIONS")
    for name, headers in {
        "any media type accepted": (("Accept", "*/*"),),
        "no Accept header": (),
        "only text/html accepted": (("Accept", "text/html"),),
    }.items():
        yield replace(find, name=name, topic=Topic.ACCEPT, headers=headers)
    conditional = (*find.headers, ("If-None-Match", "*"))
    yield replace(find, name="If-None-Match", topic=Topic.CONDITIONAL, headers=conditional)
    for method in UNSAFE_METHODS:
        yield replace(find, name=f"{method} here", topic=Topic.METHOD, method=method)
