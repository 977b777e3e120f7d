"""Reads a text, of a header or a parameter, as the value that a schema is about, and judges it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from find_webhook_kit.spec.document import Json
from find_webhook_kit.spec.operation import Header
from find_webhook_kit.spec.reach import types_of
from find_webhook_kit.spec.schema import Direction, Schema, Violation
from find_webhook_kit.spec.strict_json import UnreadableJson, read_json

INTEGER: Final = re.compile(r"[+-]?\d{1,300}", re.ASCII)
NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)
TRUTHS: Final = {"true": True, "false": False}


def header_violations(header: Header, text: str) -> tuple[Violation, ...]:
    """Return what a schema says against a header; none where one reading of it conforms."""
    if header.schema is None:
        return ()
    if header.media_type is not None:
        return _of_json(header.schema, text)
    return text_violations(header.schema, text)


def text_violations(
    schema: Schema, text: str, direction: Direction = "response"
) -> tuple[Violation, ...]:
    """Return what a schema says against a text, whatever type it has to be read as.

    None where one reading conforms, else what is said against the one with the fewest offences.
    """
    told = [schema.violations(value, direction) for value in _readings(schema, text)]
    return min(told, key=len)


def _of_json(schema: Schema, text: str) -> tuple[Violation, ...]:
    try:
        return schema.violations(read_json(text.encode("latin-1", "replace")))
    except UnreadableJson as error:
        words = f"is not readable JSON: {error.reason}"
        return (Violation("", "content", "one JSON text", words, text),)


def _readings(schema: Schema, text: str) -> Iterator[Json]:
    """List what a text may stand for, by the types that the schema has anywhere at its top."""
    types = types_of(schema)
    if "array" in types or "object" in types:
        parts = [part.strip(" \t") for part in text.split(",")] if text else []
        if "array" in types:
            yield [_one(_items(schema), part) for part in parts]
        if "object" in types:
            yield _object(schema, parts)
        if types <= {"array", "object"}:
            return
    value = _scalar(text, types)
    if value is not None:
        yield value
    yield text  # a text is what it is, and where none may be, its type is what offends


def _items(schema: Schema) -> Schema | None:
    return schema.items or next((part.items for part in schema.all_of if part.items), None)


def _one(schema: Schema | None, text: str) -> Json:
    """Read one part of a list: as the first type of its schema that the text fits."""
    types = types_of(schema) if schema else set()
    value = _scalar(text, types)
    return text if value is None or "string" in types else value


def _scalar(text: str, types: set[str]) -> Json:
    if "boolean" in types and text in TRUTHS:
        return TRUTHS[text]
    if types & {"integer", "number"} and INTEGER.fullmatch(text):
        return int(text)
    if "number" in types and NUMBER.fullmatch(text):
        return float(text)
    return None


def _object(schema: Schema, parts: list[str]) -> Json:
    """Read pairs, as `name=value` (exploded) or as a list of names and values."""
    members = schema.direct()
    other = schema.additional if isinstance(schema.additional, Schema) else None
    if parts and all("=" in part for part in parts):
        pairs = [(name, value) for name, _, value in (part.partition("=") for part in parts)]
    else:
        pairs = list(zip(parts[::2], parts[1::2], strict=False))
    return {name: _one(members.get(name, other), value) for name, value in pairs}
