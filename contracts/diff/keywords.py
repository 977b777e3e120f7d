"""The keywords of schemas, by what they are to a comparison."""

from __future__ import annotations

from itertools import chain
from typing import Final

ANNOTATIONS: Final = frozenset({
    "title", "description", "summary", "example", "examples", "externalDocs", "deprecated",
    "readOnly", "writeOnly", "$comment",
})  # fmt: skip
"""Words for a reader, which allow or forbid nothing. `x-` fields are such words too."""

COMPARED: Final = frozenset({
    "$ref", "allOf", "anyOf", "oneOf", "not", "type", "nullable", "enum", "const", "format",
    "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern",
    "items", "prefixItems", "minItems", "maxItems", "uniqueItems",
    "properties", "required", "additionalProperties", "minProperties", "maxProperties",
    "patternProperties", "propertyNames", "unevaluatedProperties", "dependentRequired",
    "default", "discriminator", "xml", "$defs", "definitions", "$anchor",
})  # fmt: skip
"""What the comparison understands. `$defs` holds what is compared where a reference leads to."""

OPAQUE_GROUPS: Final = (
    ("if", "then", "else"), ("contains", "minContains", "maxContains"), ("dependentSchemas",),
    ("unevaluatedItems",), ("contentEncoding",), ("contentMediaType",), ("contentSchema",),
)  # fmt: skip
"""Keywords that narrow, of which no more is known than whether they are the same.

Those of a group mean something together only.
"""
OPAQUE: Final = frozenset(chain.from_iterable(OPAQUE_GROUPS))

NARROWER_FORMATS: Final = frozenset({
    ("int32", "int64"), ("int32", "double"), ("float", "double"),
    ("uri", "uri-reference"), ("uri", "iri"), ("uri", "iri-reference"),
    ("uri-reference", "iri-reference"), ("iri", "iri-reference"),
    ("hostname", "idn-hostname"), ("email", "idn-email"),
})  # fmt: skip
"""Pairs of formats of which every value of the first is one of the second."""

NUMBER_FORMATS: Final = frozenset({"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32",
    "uint64", "float", "double", "decimal", "decimal128", "double-int", "unixtime"})  # fmt: skip
STRING_FORMATS: Final = frozenset({
    "date-time", "date", "time", "duration", "email", "idn-email", "hostname", "idn-hostname",
    "ipv4", "ipv6", "uri", "uri-reference", "iri", "iri-reference", "uuid", "uri-template",
    "json-pointer", "relative-json-pointer", "regex", "byte", "binary", "base64url",
})  # fmt: skip
DISPLAY_FORMATS: Final = frozenset({"password"})
"""Formats that say how a value is shown, and allow every one."""

ANY_STRING: Final = frozenset({"", ".*", "^.*", ".*$", "^", "$"})
"""Patterns that every string matches."""

TYPES: Final = ("null", "boolean", "number", "string", "array", "object")
