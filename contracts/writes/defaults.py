"""What a thing has where nothing was sent: the defaults that the document names."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from find_webhook_kit.contracts.writes.bodies import schema_of
from find_webhook_kit.contracts.writes.requests import Requests
from find_webhook_kit.contracts.writes.values import Absent, Difference, same
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.schema import Schema
from find_webhook_kit.spec.success import body_of, lists

Path = tuple[str, ...]


@cache
def defaults(requests: Requests) -> dict[Path, Json]:
    """Return the documented default of each member, by the way to it."""
    return {
        path: schema.value["default"]
        for path, schema in _members(requests)
        if "default" in schema.value and "[]" not in path
    }


def may_lack(requests: Requests, found: Difference) -> bool:
    """Tell whether a member may be missing: its value is the default, or nobody documents it."""
    if not isinstance(found.got, Absent) or isinstance(found.expected, Absent):
        return False
    known = defaults(requests)
    if found.path in known and same(known[found.path], found.expected):
        return True
    return found.path not in _shown_paths(requests)


@cache
def _shown_paths(requests: Requests) -> frozenset[Path]:
    listing = requests.operations["list"]
    schema, behind = body_of(listing), int(lists(listing))
    return frozenset(path for path, _ in _of(schema, behind))


def _members(requests: Requests) -> Iterator[tuple[Path, Schema]]:
    listing, creating = requests.operations["list"], requests.operations["create"]
    yield from _of(body_of(listing), int(lists(listing)))
    yield from _of(body_of(creating), 0)
    yield from _of(schema_of(creating), 0)


def _of(schema: Schema | None, behind: int) -> Iterator[tuple[Path, Schema]]:
    for member in schema.members() if schema else ():
        if path := member.path[behind:]:
            yield path, member.schema
