"""Judges a JSON value by a schema of the contract, and names the place of every offence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import Any, Final, cast

import jsonschema_rs

from find_webhook_kit.spec.date_time import is_date_time
from find_webhook_kit.spec.document import Json, pointer

# What this reader and jsonschema-rs both understand. A keyword outside it stops the load, since
# a promise that nobody checks is worse than none.
ASSERTIONS: Final = frozenset({"type", "items", "properties", "required", "format", "anyOf"})
ANNOTATIONS: Final = frozenset({"title", "description", "default", "deprecated", "x-assumption"})
KEYWORDS: Final = ASSERTIONS | ANNOTATIONS
MAX_VIOLATIONS: Final = 1000
TOGETHER: Final = 64
"""Items of an array that are judged at a time."""

FORMATS: Final = frozenset({"date-time"})
_APART: Final = frozenset({"type", "items"}) | ANNOTATIONS
"""Keywords that say nothing of an array as a whole, but that it is one."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One offence: where in the value (JSON pointer), against which keyword, and in words."""

    pointer: str
    keyword: str
    expected: str
    message: str
    instance: Json


@dataclass(frozen=True, slots=True)
class Member:
    """A documented member of an object, and where it stands below the schema it was listed from.

    `path` names the way down: `("WebhookEvents", "newJwt")`; an array adds `"[]"`.
    `required` says what the page says: required inside the object that holds it.
    """

    path: tuple[str, ...]
    required: bool
    schema: Schema

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, eq=False)
class Schema:
    """A schema of the contract with its references resolved, and its place in the document."""

    value: dict[str, Json]
    source: str
    _parts: Mapping[str, Schema] = field(default_factory=dict)

    @property
    def type(self) -> str | None:
        return cast("str | None", self.value.get("type"))

    @property
    def format(self) -> str | None:
        return cast("str | None", self.value.get("format"))

    @property
    def deprecated(self) -> bool:
        return self.value.get("deprecated") is True

    @property
    def assumption(self) -> bool:
        """True where the contract says more than the vendor's page."""
        return self.value.get("x-assumption") is True

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(cast("list[str]", self.value.get("required", [])))

    @property
    def items(self) -> Schema | None:
        return self._parts.get("items")

    @property
    def properties(self) -> Mapping[str, Schema]:
        names = cast("Mapping[str, Json]", self.value.get("properties", {}))
        return {name: self._parts[f"properties/{name}"] for name in names}

    def members(self) -> Iterator[Member]:
        """List every documented member, depth first, in the order of the document."""
        if self.items is not None:
            for member in self.items.members():
                yield Member(("[]", *member.path), member.required, member.schema)
        for name, schema in self.properties.items():
            yield Member((name,), name in self.required, schema)
            for member in schema.members():
                yield Member((name, *member.path), member.required, member.schema)

    def violations(self, instance: Json) -> tuple[Violation, ...]:
        """Return the offences of the value, in the order of the value; none means it conforms.

        There may be millions, of which the first thousand are looked for.
        Formats are asserted: `date-time` is RFC 3339, in either case of `t` and `z`.
        """
        return tuple(islice(self._all_violations(instance), MAX_VIOLATIONS))

    def _all_violations(self, instance: Json) -> Iterator[Violation]:
        """Look at some items at a time: the library finds all offences before it tells the first.

        It copies each value that offends, too. What else is said of an array is its type alone.
        """
        try:
            for start, part in self._parts_of(instance):
                errors = islice(self._validator.iter_errors(part), MAX_VIOLATIONS)
                yield from (_violation(error, start) for error in errors)
        except ValueError:  # the library goes no deeper than 255 levels, the contract two
            yield Violation("", "depth", "nested as documented", "is nested too deep", None)

    def _parts_of(self, instance: Json) -> Iterator[tuple[int, Json]]:
        """Cut an array whose items are judged one by one, each part with its first index."""
        if not isinstance(instance, list) or not self.value.keys() <= _APART:
            yield 0, instance
            return
        for start in range(0, len(instance), TOGETHER):
            yield start, instance[start : start + TOGETHER]

    @cached_property
    def _validator(self) -> jsonschema_rs.Draft4Validator:
        return jsonschema_rs.Draft4Validator(
            cast("dict[str, Any]", self.value),
            validate_formats=True,
            formats={"date-time": is_date_time},
        )


def _violation(error: jsonschema_rs.ValidationError, start: int) -> Violation:
    kind = error.kind
    place = list(error.instance_path)
    if start and place:
        place[0] = int(place[0]) + start
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        missing = pointer([*place, kind.property])
        return Violation(missing, kind.name, "present", "is required and absent", None)
    expected, instance = _expected(kind), cast("Json", error.instance)
    return Violation(pointer(place), kind.name, expected, f"is not {expected}", instance)


def _expected(kind: jsonschema_rs.ValidationErrorKind) -> str:
    """Say what the keyword asks for, in the words of the contract."""
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Type):
        return " or ".join(kind.types)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.Format):
        return f"a {kind.format}"
    return f"what `{kind.name}` allows"
