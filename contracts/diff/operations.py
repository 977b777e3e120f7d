"""Compares the operations of two documents: what is asked, what is answered, and who may ask."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from find_webhook_kit.contracts.diff.audience import (
    ANSWERS,
    ERROR,
    NOTE,
    OPTIONAL,
    REQUESTS,
    REQUIRED,
    Audience,
)
from find_webhook_kit.contracts.diff.change import ABSENT, Change
from find_webhook_kit.contracts.diff.content import content
from find_webhook_kit.contracts.diff.parameters import listed, parameters
from find_webhook_kit.contracts.diff.part import Part, both
from find_webhook_kit.contracts.diff.responses import responses
from find_webhook_kit.contracts.diff.schemas import SchemaComparison
from find_webhook_kit.contracts.diff.security import security
from find_webhook_kit.contracts.diff.servers import servers
from find_webhook_kit.contracts.diff.words import told, words
from find_webhook_kit.spec.operation import METHODS

COMPARED: Final = frozenset({
    "parameters", "requestBody", "responses", "security", "servers", "callbacks",
})  # fmt: skip
PATH_ITEM: Final = frozenset({*METHODS, "$ref", "parameters", "servers"})
BODY: Final = frozenset({"content", "required"})


@dataclass(frozen=True, slots=True)
class OperationParts:
    """A method of a path, and what its path says of it."""

    path: str
    method: str
    item: Part
    part: Part

    @property
    def name(self) -> str:
        return f"{self.method.upper()} {self.path}"


def operations(
    old: Mapping[str, Part], new: Mapping[str, Part], holders: tuple[Part, Part],
    schemas: SchemaComparison, *, calls_back: bool = False,
) -> list[Change]:  # fmt: skip
    """Compare the operations of some paths.

    Where the server calls back, its client reads the requests and sends the answers. `holders` are
    the places where the paths stand.
    """
    was, now = dict(_operations(old)), dict(_operations(new))
    found = _items(old, new)
    for key, one, other in both(was, now):
        name = (one or now[key]).name
        if one and other:
            changes = _operation(one, other, schemas, calls_back=calls_back)
        elif one:
            changes = [told(ERROR, "operation removed", was=name, old=one.part, new=holders[1])]
        else:
            part = now[key].part
            changes = [told(NOTE, "operation added", now=name, old=holders[0], new=part)]
        found += [change.below(name) for change in changes]
    return found


def template(path: str) -> str:
    """Write a path without the names of its parameters."""
    return re.sub(r"{[^{}]*}", "{}", path)


def _operations(paths: Mapping[str, Part]) -> Iterator[tuple[tuple[str, str], OperationParts]]:
    """List operations by path and method; of two paths that are one template, both are kept."""
    taken: set[tuple[str, str]] = set()
    for path, item in paths.items():
        for method in METHODS:
            part = item.child(method)
            if part is None:
                continue
            key = (template(path), method)
            if key in taken:
                key = (path, method)
            taken.add(key)
            _ = part.fields  # another value is an error
            yield key, OperationParts(path, method, item, part)


def _items(old: Mapping[str, Part], new: Mapping[str, Part]) -> list[Change]:
    """Compare what stands beside the operations of a path."""
    named = {template(path): (path, item) for path, item in old.items()}
    found = []
    for path, item in new.items():
        if template(path) in named:
            was, one = named[template(path)]
            found += [change.below(was) for change in words(one, item, PATH_ITEM)]
    return found


def _operation(
    old: OperationParts, new: OperationParts, schemas: SchemaComparison, *, calls_back: bool
) -> list[Change]:
    asked, answered = REQUESTS[calls_back], ANSWERS[not calls_back]
    places = (old.part, new.part)
    lists = (listed(each.path, each.item, each.part) for each in (old, new))
    found = parameters(next(lists), next(lists), places, asked, schemas)
    found += _body(*places, asked, schemas)
    found += responses(*places, answered, schemas)
    if not calls_back:
        found += security(*places)
        levels = ((each.part, each.item, each.part.source.root) for each in (old, new))
        found += servers(next(levels), next(levels))
    found += _callbacks(*places, schemas)
    return found + words(*places, COMPARED)


def _body(old: Part, new: Part, audience: Audience, schemas: SchemaComparison) -> list[Change]:
    """Compare the body of a request."""
    one, other = old.child("requestBody"), new.child("requestBody")
    was, now = (
        ABSENT if part is None else REQUIRED if part.flag("required") else OPTIONAL
        for part in (one, other)
    )
    found = []
    if was != now:
        aspect = "body added" if one is None else "body removed" if other is None else "required"
        severity = ERROR if other is None else audience.presence(was, now)
        at: dict[str, Any] = {"old": one or old, "new": other or new}
        found.append(told(severity, aspect, was=was, now=now, **at))
    if one and other:
        found += content(one, other, audience, schemas)
        found += words(one, other, BODY)
    return [change.below("request body") for change in found]


def _callbacks(old: Part, new: Part, schemas: SchemaComparison) -> list[Change]:
    """Compare what the server asks its client, by the name of the callback and its address."""
    found: list[Change] = []
    for name, one, other in both(old.members("callbacks"), new.members("callbacks")):
        paths = ({} if part is None else _paths(part) for part in (one, other))
        holders = (one or old, other or new)
        changes = operations(next(paths), next(paths), holders, schemas, calls_back=True)
        found += [change.below(f"callback {name}") for change in changes]
    return found


def _paths(part: Part) -> dict[str, Part]:
    return {name: item.followed for name, item in part.parts() if not name.startswith("x-")}
