"""Reads a JSON text: its value, and the line of each place; refuses what is too deep or too much.

What is nested too deep or has too many values is refused before it is built.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from find_webhook_kit.spec.bounds import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    OUT_OF_RANGE,
    TOO_DEEP,
    TOO_MANY,
    line_at,
)
from find_webhook_kit.spec.json_places import Json, places, shown
from find_webhook_kit.spec.plain_file import DocumentError
from find_webhook_kit.spec.strict_json import UnreadableJson, read_json


def json_value(path: Path, text: str) -> tuple[Json, Callable[[], Iterator[tuple[str, int]]]]:
    """Read a JSON text; return its value, and what works out the line of each place when asked."""
    many = _check_shape(path, text)
    try:
        value = read_json(text.encode())
    except UnreadableJson as error:
        place = f" ({error.pointer})" if error.pointer else ""
        line = text.encode().count(b"\n", 0, error.offset) + 1
        reason = f"not readable as JSON: {error.reason}{place}"
        raise DocumentError(path, reason, line) from None
    if many > MAX_NODES and _count(value) > MAX_NODES:
        raise DocumentError(path, TOO_MANY)
    if _LARGE.search(text):
        _check_numbers(path, text)
    return value, lambda: _json_lines(text)


_SHAPE: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\],]')


def _check_shape(path: Path, text: str) -> int:
    """Refuse what would be too deep or too much, before it is parsed.

    Return how many values there are at most.
    """
    depth, count = 0, 1
    for match in _SHAPE.finditer(text):
        part = match[0]
        if part in {"]", "}"}:
            depth -= 1
            continue
        if part[0] == '"':
            continue
        count += 1
        if count > 2 * MAX_NODES:  # an empty list counts twice here
            raise DocumentError(path, TOO_MANY, line_at(text, match.start()))
        if part != ",":
            depth += 1
            if depth > MAX_DEPTH:
                raise DocumentError(path, TOO_DEEP, line_at(text, match.start()))
    return count


def _count(value: Json) -> int:
    count, level = 0, [value]
    while level:
        count += len(level)
        level = [
            child
            for item in level
            for child in (
                item.values() if isinstance(item, dict) else item if isinstance(item, list) else ()
            )
        ]
    return count


_LARGE: Final = re.compile(rf"[0-9]{{{MAX_DIGITS}}}|[0-9][eE]\+?[0-9]{{3}}")


def _check_numbers(path: Path, text: str) -> None:
    """Refuse a number that no other program keeps."""
    for place in places(text):
        part = place.text
        if part[0] not in "-0123456789":
            continue
        if len(part) > MAX_DIGITS or not math.isfinite(float(part)):
            reason = OUT_OF_RANGE.format(shown(part))
            raise DocumentError(path, reason, line_at(text, place.offset))


def _json_lines(text: str) -> Iterator[tuple[str, int]]:
    line, counted = 1, 0
    names: set[str] = set()
    for place in places(text):
        line += text.count("\n", counted, place.offset)
        counted = place.offset
        if place.is_name:
            names.add(place.pointer)
        if place.is_name or place.pointer not in names:
            yield place.pointer, line
