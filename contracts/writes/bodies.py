"""What is sent: a thing that can be recognised, and bodies that break the contract in one way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from find_webhook_kit.spec import Json, Member, Operation
from find_webhook_kit.spec.schema import Schema
from find_webhook_kit.spec.success import is_json

WRONG: Final[Mapping[str, Json]] = {
    "string": 5,
    "boolean": "false",
    "integer": "seven",
    "number": "seven",
    "array": {},
    "object": [],
}
"""A value of another type, by the type that is documented."""

MOST_WRONG: Final = 4
"""Properties whose type is broken, of each operation."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A body that breaks the contract: in which way, where, and its bytes."""

    name: str
    pointer: str
    content: bytes


def schema_of(operation: Operation) -> Schema | None:
    """Return what the body of a request must be, where it is JSON."""
    listed = operation.request_body.content.values() if operation.request_body else ()
    return next((item.schema for item in listed if is_json(item.name)), None)


def written(value: Json) -> bytes:
    """Write a value as JSON."""
    return json.dumps(value, ensure_ascii=False).encode()


def accepted(operation: Operation, value: Mapping[str, Json]) -> dict[str, Json]:
    """Return those properties of a value that an operation takes."""
    names = properties(operation)
    return {name: each for name, each in value.items() if not names or name in names}


def least(operation: Operation, value: Mapping[str, Json]) -> dict[str, Json]:
    """Return those properties of a value that an operation cannot do without."""
    needed = {item.name for item in _members(schema_of(operation)) if item.required}
    return {name: each for name, each in value.items() if name in needed}


def properties(operation: Operation) -> frozenset[str]:
    """Return the names of what the body of a request may have."""
    return frozenset(item.name for item in _members(schema_of(operation)))


def _members(schema: Schema | None) -> list[Member]:
    return [item for item in schema.members() if len(item.path) == 1] if schema else []


def broken(operation: Operation, good: Mapping[str, Json]) -> Iterator[Broken]:
    """List bodies that a server must refuse; each breaks the schema, or is no JSON at all."""
    schema = schema_of(operation)
    if schema is None:
        return
    for name, pointer, value in _values(schema, good):
        if schema.violations(value, "request"):
            yield Broken(name, pointer, written(value))
    yield Broken("JSON that ends in the middle", "", written(dict(good))[:-1])


def _values(schema: Schema, good: Mapping[str, Json]) -> Iterator[tuple[str, str, Json]]:
    listed = _members(schema)
    for item in listed:
        if item.required:
            rest = {name: value for name, value in good.items() if name != item.name}
            yield f"no {item.name}", f"/{item.name}", rest
    typed = (item for item in listed if item.schema.type in WRONG)
    known = sorted(typed, key=lambda item: item.name not in good)
    for item in known[:MOST_WRONG]:
        wrong = WRONG[str(item.schema.type)]
        yield f"{item.name} of another type", f"/{item.name}", {**good, item.name: wrong}
    for item in known[:1]:
        yield f"{item.name} is null", f"/{item.name}", {**good, item.name: None}
    yield "an array", "", [dict(good)]
