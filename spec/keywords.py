"""The keywords of a schema of OpenAPI 3.0: what a value of each must be, to be read at all."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from find_webhook_kit.spec.document import Json

TYPES: Final = frozenset({"array", "boolean", "integer", "number", "object", "string"})
ANNOTATIONS: Final = frozenset(
    {
        "default",
        "deprecated",
        "description",
        "discriminator",
        "example",
        "externalDocs",
        "nullable",
        "readOnly",
        "title",
        "writeOnly",
        "xml",
    }
)


def _is_number(value: Json) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _are_names(value: Json) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


def _is(*types: type) -> Callable[[Json], bool]:
    return lambda value: isinstance(value, types)


TypeTest = tuple[Callable[[Json], bool], str]

_NUMBER: Final[TypeTest] = (_is_number, "a number")
_COUNT: Final[TypeTest] = (_is_count, "a whole number, 0 or more")
_TRUTH: Final[TypeTest] = (_is(bool), "true or false")
_TEXT: Final[TypeTest] = (_is(str), "a text")
_OBJECT: Final[TypeTest] = (_is(dict), "an object")
_SCHEMAS: Final[TypeTest] = (
    lambda value: bool(value) and isinstance(value, list),
    "a list of schemas",
)

SHAPES: Final[Mapping[str, TypeTest]] = {
    "additionalProperties": (_is(bool, dict), "a schema or a truth"),
    "allOf": _SCHEMAS,
    "anyOf": _SCHEMAS,
    "enum": (_is(list), "a list"),
    "exclusiveMaximum": _TRUTH,
    "exclusiveMinimum": _TRUTH,
    "format": _TEXT,
    "items": _OBJECT,
    "maxItems": _COUNT,
    "maxLength": _COUNT,
    "maxProperties": _COUNT,
    "maximum": _NUMBER,
    "minItems": _COUNT,
    "minLength": _COUNT,
    "minProperties": _COUNT,
    "minimum": _NUMBER,
    "multipleOf": (lambda value: _is_number(value) and bool(value), "a number above 0"),
    "not": _OBJECT,
    "nullable": _TRUTH,
    "oneOf": _SCHEMAS,
    "pattern": _TEXT,
    "properties": _OBJECT,
    "readOnly": _TRUTH,
    "required": (_are_names, "a list of names"),
    "type": (lambda value: value in TYPES, f"one of {', '.join(sorted(TYPES))}"),
    "uniqueItems": _TRUTH,
    "writeOnly": _TRUTH,
}
BOUNDS: Final = frozenset(name for name, test in SHAPES.items() if test in {_COUNT, _NUMBER})
"""Of a length, a number of things, or a number itself."""

KEYWORDS: Final = frozenset(SHAPES) | ANNOTATIONS
