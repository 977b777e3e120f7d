"""Writes a schema of OpenAPI 3.0 as one of JSON Schema, draft 4, which it grew from.

The result stands alone: what was referred to stands under `definitions`, so a schema may contain
itself. What only OpenAPI says is written in the words of draft 4, or in a keyword of our own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import TYPE_CHECKING, Any, Final, Literal

import jsonschema_rs

from find_webhook_kit.spec.document import Json
from find_webhook_kit.spec.formats import NUMBERS, TEXTS, fits_number
from find_webhook_kit.spec.keywords import BOUNDS
from find_webhook_kit.spec.references import Node

if TYPE_CHECKING:
    from find_webhook_kit.spec.schema import Discriminator, Schema

Direction = Literal["request", "response"]

NUMBER: Final = "x-number-format"
ABSENT: Final = "x-absent"
_HIDES: Final = {"request": "readOnly", "response": "writeOnly"}
_AS_THEY_ARE: Final = frozenset({*BOUNDS, "multipleOf", "uniqueItems"})
_NULL: Final = {"enum": [None]}


class _NumberFormat:
    def __init__(self, _parent: dict[str, Any], value: str, _path: list[str | int]) -> None:
        self.name = value

    def validate(self, instance: object) -> None:
        if not fits_number(self.name, instance):
            raise ValueError(self.name)


class _Absent:
    def __init__(self, _parent: dict[str, Any], value: str, _path: list[str | int]) -> None:
        self.word = value

    def validate(self, _instance: object) -> None:
        raise ValueError(self.word)


CUSTOM: Final[dict[str, Any]] = {NUMBER: _NumberFormat, ABSENT: _Absent}


def translated(schema: Schema, direction: Direction) -> dict[str, Any]:
    """Write a schema, and whatever it leads to, for bodies that go one way."""
    return _Writer(direction).whole(schema)


def format_reason(type_: str | None, name: str) -> str | None:
    """Say why a format is not checked, or None: it is, or it asks for nothing."""
    if type_ in {None, "string"} and (name in TEXTS or name in {"binary", "password"}):
        return None
    if type_ in {None, "integer", "number"} and (name in NUMBERS or name == "double"):
        return None
    of = f" of type {type_}" if type_ else ""
    return f"the format {name!r}{of} is not checked"


@cache
def readable_pattern(pattern: str) -> bool:
    """Tell whether the library's engine reads a regular expression."""
    try:
        jsonschema_rs.Draft4Validator({"pattern": pattern})
    except ValueError:
        return False
    return True


@cache
def matcher(pattern: str) -> Callable[[str], bool]:
    """Return the check of a regular expression that the library's engine reads."""
    return jsonschema_rs.Draft4Validator({"pattern": pattern}).is_valid


class _Writer:
    def __init__(self, direction: Direction) -> None:
        self.hides = _HIDES[direction]
        self.names: dict[object, str] = {}
        self.definitions: dict[str, Any] = {}

    def whole(self, schema: Schema) -> dict[str, Any]:
        value = self.written(schema, frozenset())
        return {**value, "definitions": self.definitions} if self.definitions else value

    def child(self, schema: Schema, node: Node | None, hidden: frozenset[str]) -> dict[str, Any]:
        """Write a schema in its place, or a reference where the document has one."""
        if node is None or node.reference is None:
            return self.written(schema, hidden)
        key = (schema.node.key, hidden)
        if key not in self.names:
            name = self.names[key] = str(len(self.names))
            self.definitions[name] = self.written(schema, hidden)
        return {"$ref": f"#/definitions/{self.names[key]}"}

    def written(self, schema: Schema, hidden: frozenset[str]) -> dict[str, Any]:
        """Write one schema; `hidden` names what a schema around it keeps out of `required`."""
        hidden |= self.hidden(schema)
        found = dict(self.keywords(schema, hidden))
        if not schema.nullable:
            return found
        if "type" in found:
            found["type"] = [found["type"], "null"]
            if "enum" in found and None not in found["enum"]:
                found["enum"] = [*found["enum"], None]
            if not found.keys() & {"allOf", "anyOf", "oneOf", "not"}:
                return found
            found["type"] = found["type"][0]
        return {"anyOf": [_NULL, found]}

    def keywords(self, schema: Schema, hidden: frozenset[str]) -> Iterator[tuple[str, Any]]:
        value, node = schema.value, schema.node
        yield from ((name, value[name]) for name in value if name in _AS_THEY_ARE)
        yield from self.scalars(schema)
        required = list(dict.fromkeys(name for name in schema.required if name not in hidden))
        if required:
            yield "required", required
        for name, part in (("items", schema.items), ("not", schema.negated)):
            if part is not None:
                yield name, self.child(part, node.child(name), frozenset())
        branches = {"allOf": schema.all_of, "anyOf": schema.any_of, "oneOf": schema.one_of}
        for name, parts in branches.items():
            if parts:
                tags = None if name == "allOf" else schema.discriminator
                places = (child for _, child in (node.child(name) or node).children())
                found = zip(parts, places, strict=True)
                yield name, [_tagged(tags, it, self.child(it, at, hidden)) for it, at in found]
        if schema.properties:
            place, own = node.child("properties") or node, schema.properties
            yield "properties", {name: self.member(own[name], place.child(name)) for name in own}
        if isinstance(schema.additional, bool):
            if not schema.additional:
                yield "additionalProperties", False
        else:
            place = node.child("additionalProperties") or node
            yield "additionalProperties", self.child(schema.additional, place, frozenset())

    def scalars(self, schema: Schema) -> Iterator[tuple[str, Any]]:
        value = schema.value
        if schema.type:
            yield "type", schema.type
        for bound, name in (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum")):
            if bound in value and name in value:
                yield name, value[name]
        options = value.get("enum")
        if isinstance(options, list):
            yield "enum", _once(options)
        pattern = value.get("pattern")
        if isinstance(pattern, str) and readable_pattern(pattern):
            yield "pattern", pattern
        if schema.format is None or format_reason(schema.type, schema.format):
            return
        if schema.format in TEXTS:
            yield "format", schema.format
        elif schema.format in NUMBERS:
            yield NUMBER, schema.format

    def member(self, schema: Schema, node: Node | None) -> dict[str, Any]:
        if schema.says(self.hides):
            return {ABSENT: self.hides}
        return self.child(schema, node, frozenset())

    def hidden(self, schema: Schema) -> frozenset[str]:
        """Name the members of an object, with those of `allOf`, that do not go this way."""
        members = (pair for part in schema.parts() for pair in part.properties.items())
        return frozenset(name for name, member in members if member.says(self.hides))


def _tagged(tags: Discriminator | None, part: Schema, value: dict[str, Any]) -> dict[str, Any]:
    """Write an alternative so that it is only one for objects which a discriminator gives to it.

    An object without the property is left to the alternatives themselves.
    """
    names = [name for name, each in tags.mapping.items() if each is part] if tags else []
    if not tags or not names:
        return value
    return {"allOf": [{"properties": {tags.property: {"enum": names}}}, value]}


def _once(options: list[Json]) -> list[Json]:
    found: list[Json] = []
    for option in options:
        if not any(type(option) is type(other) and option == other for other in found):
            found.append(option)
    return found
