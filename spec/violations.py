"""Says what values break of a schema: where, against which keyword, and in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final, cast

import jsonschema_rs

from find_webhook_kit.spec.branches import Branches, has_branches, in_common, nearest
from find_webhook_kit.spec.draft4 import CUSTOM
from find_webhook_kit.spec.formats import CHECKS
from find_webhook_kit.spec.json_places import Json, pointer
from find_webhook_kit.spec.words import told, unknowable

MAX_VIOLATIONS: Final = 1_000
TOGETHER: Final = 64
"""Items of an array that are judged at a time."""

_APART: Final = frozenset({"type", "items", "definitions"})
"""Keywords that say nothing of an array as a whole, but that it is one."""


@dataclass(frozen=True, slots=True)
class Violation:
    """One offence: where in the value (JSON pointer), against which keyword, and in words."""

    pointer: str
    keyword: str
    expected: str
    message: str
    instance: Json


class Validator:
    """Judges values by one schema of JSON Schema, draft 4."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        self.schema = schema
        self._library = jsonschema_rs.Draft4Validator(
            dict(schema), validate_formats=True, formats=dict(CHECKS), keywords=CUSTOM, offline=True
        )

    def violations(self, instance: Json) -> Iterator[Violation]:
        """Look at some items at a time: the library finds all offences before it tells the first.

        It copies each value that offends, too. What else is said of an array is its type alone.
        """
        try:
            for start, part in self._parts_of(instance):
                for error in islice(self._library.iter_errors(part), MAX_VIOLATIONS):
                    yield from _violations(error, start)
        except ValueError:  # the library goes no deeper than 255 levels, the contract two
            yield Violation("", "depth", "nested as documented", "is nested too deep", None)

    def _parts_of(self, instance: Json) -> Iterator[tuple[int, Json]]:
        """Cut an array whose items are judged one by one, each part with its first index."""
        if not isinstance(instance, list) or not self.schema.keys() <= _APART:
            yield 0, instance
            return
        for start in range(0, max(1, len(instance)), TOGETHER):
            yield start, instance[start : start + TOGETHER]


def _violations(error: jsonschema_rs.ValidationError, start: int) -> Iterator[Violation]:
    """Say what a value breaks; what the engine of patterns cannot tell breaks nothing."""
    kind = error.kind
    if unknowable(kind):
        return
    place = list(error.instance_path)
    if start and place:
        place[0] = int(place[0]) + start
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AnyOf) and _is_nullable(kind):
        for inner in kind.context[1]:
            yield from _violations(inner, start)
        return
    instance = cast("Json", error.instance)
    if has_branches(kind):
        yield from _of_branches(kind, error, start)
    elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        missing = pointer([*place, kind.property])
        yield Violation(missing, kind.name, "present", "is required and absent", None)
    elif isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        for name in kind.unexpected:
            value = instance.get(name) if isinstance(instance, dict) else None
            where = pointer([*place, name])
            yield Violation(where, kind.name, "absent", "is not allowed here", value)
    else:
        keyword, expected, message = told(kind)
        yield Violation(pointer(place), keyword, expected, message, instance)


def _of_branches(
    kind: Branches, error: jsonschema_rs.ValidationError, start: int
) -> Iterator[Violation]:
    """Say what a value is short of that fits no alternative: of all of them, or of the nearest."""
    told = f" (nearest branch of `{kind.name}`)"
    here = list(error.instance_path)
    where, common = in_common(kind, here)
    if not common:
        for inner in nearest(kind, here):
            for each in _violations(inner, start):
                words = each.message.removesuffix(told) + told
                yield replace(each, message=words)
        return
    offence: Any = error.instance
    for part in where[len(here) :]:
        offence = offence[part]
    if start and where:
        where[0] = int(where[0]) + start
    yield Violation(pointer(where), kind.name, common, f"is not {common}", offence)


def _is_nullable(kind: jsonschema_rs.ValidationErrorKind.AnyOf) -> bool:
    """Tell the two branches in which `nullable` is written from those of the document."""
    first = kind.context[0][0].kind if len(kind.context) == len((None, "schema")) else None
    return isinstance(first, jsonschema_rs.ValidationErrorKind.Enum) and first.options == [None]
