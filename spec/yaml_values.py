"""Turns nodes of YAML into values, as the core schema of YAML 1.2 has them."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

from find_webhook_kit.spec.bounds import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    OUT_OF_RANGE,
    TOO_DEEP,
    TOO_MANY,
)
from find_webhook_kit.spec.json_places import Json, pointer, shown
from find_webhook_kit.spec.plain_file import MAX_BYTES, DocumentError

TAG: Final = "tag:yaml.org,2002:"
NO_KEY: Final = "a key must be a text"


@dataclass(slots=True)
class ScalarNode:
    """A text, `plain` where it has no quotes."""

    line: int
    text: str
    plain: bool
    tag: str | None


@dataclass(slots=True)
class SequenceNode:
    """A list."""

    line: int
    items: list[YamlNode]


@dataclass(slots=True)
class MappingNode:
    """An object, before anybody has looked whether a name stands twice."""

    line: int
    pairs: list[tuple[YamlNode, YamlNode]]


YamlNode = ScalarNode | SequenceNode | MappingNode


class Builder:
    """Turns nodes into values, with all that aliases stand for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0
        self._size = 0

    def value(self, node: YamlNode, depth: int) -> Json:
        """Build a value; raise `DocumentError` where it is too much."""
        self._count += 1
        if self._count > MAX_NODES:
            raise DocumentError(self.path, TOO_MANY, node.line)
        if isinstance(node, ScalarNode):
            self._add(node)
            return self._scalar(node)
        if depth >= MAX_DEPTH:
            raise DocumentError(self.path, TOO_DEEP, node.line)
        if isinstance(node, SequenceNode):
            return [self.value(item, depth + 1) for item in node.items]
        return self._mapping(node, depth + 1)

    def _add(self, node: ScalarNode) -> None:
        self._size += len(node.text)
        if self._size > MAX_BYTES:
            reason = f"more than {MAX_BYTES} characters, aliases counted: repeat less"
            raise DocumentError(self.path, reason, node.line)

    def _mapping(self, node: MappingNode, depth: int) -> Json:
        members: dict[str, Json] = {}
        for key_node, value_node in node.pairs:
            if not isinstance(key_node, ScalarNode):
                raise DocumentError(self.path, NO_KEY, key_node.line)
            self._add(key_node)
            key = key_node.text
            if key in members:
                reason = f"the key {shown(key)} stands twice: keep one of them"
                raise DocumentError(self.path, reason, key_node.line)
            members[self._text(key_node)] = self.value(value_node, depth)
        return members

    def _scalar(self, node: ScalarNode) -> Json:
        kind = node.tag
        if kind is None:
            if not node.plain:  # quoted or a block: a text, whatever it looks like
                return self._text(node)
            found = self._plain(node, _CORE_SCHEMA)
            return self._text(node) if found is _NOTHING else found
        if kind in {"!", f"{TAG}str"}:
            return self._text(node)
        rows = [row for row in _CORE_SCHEMA if kind in row.tags]
        if not rows:
            raise DocumentError(self.path, unknown_tag(kind), node.line)
        found = self._plain(node, rows)
        if found is _NOTHING:
            reason = f"{shown(node.text)} is no !!{kind.removeprefix(TAG)}"
            raise DocumentError(self.path, reason, node.line)
        return float(cast("int", found)) if kind == f"{TAG}float" else found

    def _plain(self, node: ScalarNode, rows: Iterable[_Row]) -> Json:
        text = node.text
        for row in rows:
            if row.pattern.fullmatch(text):
                value = row.convert(text)
                if isinstance(value, float) and not math.isfinite(value):
                    raise DocumentError(self.path, OUT_OF_RANGE.format(shown(text)), node.line)
                return value
        return _NOTHING

    def _text(self, node: ScalarNode) -> str:
        text = node.text
        if not text.isascii() and _HALF.search(text):
            reason = "a text with half of a surrogate pair: it is no character"
            raise DocumentError(self.path, f"not readable as YAML: {reason}", node.line)
        return text


_HALF: Final = re.compile("[\ud800-\udfff]")
_NOTHING: Final = "\ud800"
"""Stands for no value: no text that is read can be this one."""


def _integer(text: str) -> int | float:
    """Read an integer; one that no other program keeps is infinite."""
    return int(text) if len(text) <= MAX_DIGITS else math.inf


@dataclass(frozen=True, slots=True)
class _Row:
    tags: frozenset[str]
    pattern: re.Pattern[str]
    convert: Callable[[str], Json]


def _row(tags: str, pattern: str, convert: Callable[[str], Json]) -> _Row:
    return _Row(frozenset(TAG + tag for tag in tags.split()), re.compile(pattern), convert)


# YAML 1.2.2, section 10.3.2, without the spellings that JSON cannot say (octal, .inf, .nan).
_CORE_SCHEMA: Final = (
    _row("null", r"null|Null|NULL|~|", lambda _: None),
    _row("bool", r"true|True|TRUE", lambda _: True),
    _row("bool", r"false|False|FALSE", lambda _: False),
    _row("int float", r"[-+]?[0-9]+", _integer),
    _row("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
)


def lines_of(node: YamlNode, where: str) -> Iterator[tuple[str, int]]:
    """List the line of each place in a document."""
    yield where, node.line
    if isinstance(node, SequenceNode):
        for index, item in enumerate(node.items):
            yield from lines_of(item, f"{where}/{index}")
    elif isinstance(node, MappingNode):
        for key, value in node.pairs:
            place = where + pointer([cast("ScalarNode", key).text])
            yield from lines_of(value, place)
            yield place, key.line  # after that of its value, to stand


def unknown_tag(tag: str) -> str:
    """Say that a tag is none that is read here."""
    written = "!!" + tag.removeprefix(TAG) if tag.startswith(TAG) else tag
    return f"the tag {shown(written)} is not read here: leave it out"
