"""Finds properties by their names, the way a body is walked: through arrays and alternatives."""

from __future__ import annotations

from collections.abc import Iterator

from find_webhook_kit.spec.schema import Schema

ITEMS = "[]"
"""The part of a way that leads into an array."""


def reach(schema: Schema, path: tuple[str, ...]) -> tuple[Schema, ...]:
    """Return what stands at the end of a way such as `("[]", "url")`, once for each alternative."""
    found = [schema]
    for name in path:
        found = [child for each in found for child in _below(each, name)]
    return tuple(found)


def _below(schema: Schema, name: str) -> Iterator[Schema]:
    for part in alternatives(schema):
        child = part.items if name == ITEMS else part.properties.get(name)
        if child is not None:
            yield child


def alternatives(schema: Schema) -> tuple[Schema, ...]:
    """List a schema with all that it is made of or may be, each once."""
    found: dict[int, Schema] = {}
    left = [schema]
    while left:
        each = left.pop(0)
        if id(each) not in found:
            found[id(each)] = each
            left += [*each.all_of, *each.any_of, *each.one_of]
    return tuple(found.values())


def types_of(schema: Schema) -> set[str]:
    """Return the types that a schema names, in any of its parts."""
    return {part.type for part in alternatives(schema) if part.type}


def properties(schema: Schema | None) -> dict[str, Schema]:
    """Return the properties of an object by name, with those of all that it is or may be."""
    found: dict[str, Schema] = {}
    for part in alternatives(schema) if schema else ():
        found = {**part.properties, **found}
    return found


def names(schema: Schema) -> Iterator[tuple[str, ...]]:
    """List the way to each property; a schema that is met again is not entered again."""
    met: set[int] = set()
    left: list[tuple[tuple[str, ...], Schema]] = [((), schema)]
    while left:
        path, each = left.pop(0)
        if id(each) in met:
            continue
        met.add(id(each))
        for part in alternatives(each):
            if part.items is not None:
                left.append(((*path, ITEMS), part.items))
            for name, child in part.properties.items():
                yield (*path, name)
                left.append(((*path, name), child))
