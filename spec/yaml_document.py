"""Reads YAML more strictly than YAML asks for, and writes it; the only module that does.

A contract and its fixtures must mean what they look like: a key may stand once, aliases must stay
small, and plain scalars follow the JSON-like core schema of YAML 1.2. So `no` stays a text and a
timestamp keeps its milliseconds, quoted or not. What is nested too deep or has too many values is
refused before it is built.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import yaml

from find_webhook_kit.spec.bounds import (
    MAX_DEPTH,
    MAX_DIGITS,
    MAX_NODES,
    OUT_OF_RANGE,
    TOO_DEEP,
    TOO_MANY,
    line_at,
)
from find_webhook_kit.spec.json_places import Json, pointer, shown
from find_webhook_kit.spec.plain_file import MAX_BYTES, DocumentError

LONG: Final = 256 * 1024
BEGINNING: Final = 20_000
"""Letters from which on a text is long, and values with which it begins."""

Read = tuple[Json, Callable[[], Iterator[tuple[str, int]]]]
Look = Callable[[Json, Callable[[], Iterator[tuple[str, int]]]], object]

_NO_KEY: Final = "a key must be a text"


def yaml_value(path: Path, text: str, look: Look | None) -> Read:
    """Read a YAML text; return its value, and what works out the line of each place when asked.

    What a long text begins with is shown to `look` first: what it raises ends the reading.
    """
    unreadable = _UNREADABLE.search(text)
    if unreadable is not None:
        line = line_at(text, unreadable.start())
        code = ord(unreadable[0])
        written = f"\\x{code:02X}" if code <= _LATIN_1 else f"\\u{code:04X}"
        reason = f'the character U+{code:04X} is not read as it stands: write "{written}"'
        raise DocumentError(path, f"not readable as YAML: {reason} or save as .json", line)
    try:
        if look is not None and len(text) > LONG:
            look(*_built(path, _Composer(path, text, most=BEGINNING).document()))
        root = _Composer(path, text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"not readable as YAML: {error.problem or error.context}"
        if mark and text[_start_of(text, mark.line) :][mark.column : mark.column + 1] == "\t":
            reason += " (a tab: indent with spaces)"
        raise DocumentError(path, reason, mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise DocumentError(path, f"not readable as YAML: {str(error).splitlines()[0]}") from None
    return _built(path, root)


def written(value: Mapping[str, Json]) -> bytes:
    """Write a document as YAML, its members in their order."""
    text = yaml.safe_dump(dict(value), sort_keys=False, allow_unicode=True, width=100)
    return text.encode()


def _built(path: Path, root: _Node) -> Read:
    return _Builder(path).value(root, 0), lambda: _yaml_lines(root, "")


# What YAML 1.2 does not allow, and the line breaks of YAML 1.1 that YAML 1.2 takes for characters.
_UNREADABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]|\ufeff"
)
_LATIN_1: Final = 0xFF


def _start_of(text: str, line: int) -> int:
    """Return where a line (0-based) begins."""
    offset = 0
    for _ in range(line):
        offset = text.find("\n", offset) + 1
    return offset


@dataclass(slots=True)
class _Scalar:
    line: int
    text: str
    plain: bool
    tag: str | None


@dataclass(slots=True)
class _Sequence:
    line: int
    items: list[_Node]


@dataclass(slots=True)
class _Mapping:
    line: int
    pairs: list[tuple[_Node, _Node]]


_Node = _Scalar | _Sequence | _Mapping

_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # some PyYAMLs lack libyaml
_TAG: Final = "tag:yaml.org,2002:"


class _Composer:
    """Turns the events of a parser into nodes.

    PyYAML's own composer recurses for each level until the process crashes, and has read all of a
    file before anybody can say that it is too much.
    """

    def __init__(self, path: Path, text: str, most: int | None = None) -> None:
        """Take a text; of one with more than `most` values, read the whole items up to there."""
        self.path = path
        self._most = most
        self._next: Callable[[], yaml.Event] = _LOADER(text).get_event
        self._anchors: dict[str, _Node] = {}
        self._count = 0

    def document(self) -> _Node:
        """Return the root of the one document that the text holds."""
        self._next()  # the start of the stream
        if type(self._next()) is yaml.StreamEndEvent:
            raise DocumentError(self.path, "the file is empty")
        root = self._node(self._next(), 0)
        if self._cut:
            return root
        self._next()  # the end of the document
        event = self._next()
        if type(event) is not yaml.StreamEndEvent:
            raise self._error("a second document begins: keep one", event)
        return root

    def _node(self, event: Any, depth: int) -> _Node:
        anchor = event.anchor
        kind = type(event)
        self._add(1, event)
        if kind is yaml.AliasEvent:
            if anchor not in self._anchors:
                raise self._error(f"nothing before it is called {shown(str(anchor))}", event)
            return self._anchors[anchor]
        node: _Node
        if kind is yaml.ScalarEvent:
            node = _Scalar(event.start_mark.line + 1, event.value, not event.style, event.tag)
        elif depth >= MAX_DEPTH:
            raise self._error(TOO_DEEP, event)
        elif kind is yaml.SequenceStartEvent:
            node = self._sequence(event, depth + 1)
        else:
            node = self._mapping(event, depth + 1)
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _add(self, count: int, event: yaml.Event) -> None:
        self._count += count
        if self._count > 2 * MAX_NODES:  # keys are nodes too
            raise self._error(TOO_MANY, event)

    @property
    def _cut(self) -> bool:
        """True once so much was read as was wanted: what is open ends here."""
        return self._most is not None and self._count > self._most

    def _sequence(self, start: Any, depth: int) -> _Sequence:
        self._check_tag(start, "seq")
        items = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            item = self._node(event, depth)
            if self._cut:
                break
            items.append(item)
        return _Sequence(start.start_mark.line + 1, items)

    def _mapping(self, start: Any, depth: int) -> _Mapping:
        self._check_tag(start, "map")
        pairs = []
        merges = False
        while type(event := self._next()) is not yaml.MappingEndEvent:
            key = self._node(event, depth)
            merges = merges or _is_merge(key)
            pairs.append((key, self._node(self._next(), depth)))
            if self._cut:
                break
        if merges:
            pairs = self._merged(pairs, start)
        return _Mapping(start.start_mark.line + 1, pairs)

    def _check_tag(self, start: Any, kind: str) -> None:
        if start.tag not in {None, "!", _TAG + kind}:
            raise self._error(_unknown_tag(str(start.tag)), start)

    def _merged(
        self, pairs: list[tuple[_Node, _Node]], start: yaml.Event
    ) -> list[tuple[_Node, _Node]]:
        """Put the members of other mappings in place of `<<`; a mapping's own ones win.

        As https://yaml.org/type/merge.html has it, the first one of a list wins over the next.
        """
        taken = {key.text for key, _ in pairs if isinstance(key, _Scalar) and not _is_merge(key)}
        merged: list[tuple[_Node, _Node]] = []
        merges = 0
        for key, value in pairs:
            if not _is_merge(key):
                merged.append((key, value))
                continue
            merges += 1
            sources = value.items if isinstance(value, _Sequence) else [value]
            for source in sources:
                if merges > 1 or not isinstance(source, _Mapping):
                    reason = "<< takes one mapping or one list of mappings, to put in its place"
                    raise DocumentError(self.path, reason, key.line)
                self._add(len(source.pairs), start)  # however many of them are taken
                for inner, item in source.pairs:
                    if not isinstance(inner, _Scalar):
                        raise DocumentError(self.path, _NO_KEY, inner.line)
                    if inner.text not in taken:
                        taken.add(inner.text)
                        merged.append((inner, item))
        return merged

    def _error(self, reason: str, event: yaml.Event) -> DocumentError:
        line = event.start_mark.line + 1 if event.start_mark else None
        return DocumentError(self.path, reason, line)


def _is_merge(key: _Node) -> bool:
    return (
        isinstance(key, _Scalar)
        and key.text == "<<"
        and (key.plain if key.tag is None else key.tag == f"{_TAG}merge")
    )


def _unknown_tag(tag: str) -> str:
    written = "!!" + tag.removeprefix(_TAG) if tag.startswith(_TAG) else tag
    return f"the tag {shown(written)} is not read here: leave it out"


class _Builder:
    """Turns nodes into values, with all that aliases stand for."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._count = 0
        self._size = 0

    def value(self, node: _Node, depth: int) -> Json:
        """Build a value; raise `DocumentError` where it is too much."""
        self._count += 1
        if self._count > MAX_NODES:
            raise DocumentError(self.path, TOO_MANY, node.line)
        if isinstance(node, _Scalar):
            self._add(node)
            return self._scalar(node)
        if depth >= MAX_DEPTH:
            raise DocumentError(self.path, TOO_DEEP, node.line)
        if isinstance(node, _Sequence):
            return [self.value(item, depth + 1) for item in node.items]
        return self._mapping(node, depth + 1)

    def _add(self, node: _Scalar) -> None:
        self._size += len(node.text)
        if self._size > MAX_BYTES:
            reason = f"more than {MAX_BYTES} characters, aliases counted: repeat less"
            raise DocumentError(self.path, reason, node.line)

    def _mapping(self, node: _Mapping, depth: int) -> Json:
        members: dict[str, Json] = {}
        for key_node, value_node in node.pairs:
            if not isinstance(key_node, _Scalar):
                raise DocumentError(self.path, _NO_KEY, key_node.line)
            self._add(key_node)
            key = key_node.text
            if key in members:
                reason = f"the key {shown(key)} stands twice: keep one of them"
                raise DocumentError(self.path, reason, key_node.line)
            members[self._text(key_node)] = self.value(value_node, depth)
        return members

    def _scalar(self, node: _Scalar) -> Json:
        kind = node.tag
        if kind is None:
            if not node.plain:  # quoted or a block: a text, whatever it looks like
                return self._text(node)
            found = self._plain(node, _CORE_SCHEMA)
            return self._text(node) if found is _NOTHING else found
        if kind in {"!", f"{_TAG}str"}:
            return self._text(node)
        rows = [row for row in _CORE_SCHEMA if kind in row.tags]
        if not rows:
            raise DocumentError(self.path, _unknown_tag(kind), node.line)
        found = self._plain(node, rows)
        if found is _NOTHING:
            reason = f"{shown(node.text)} is no !!{kind.removeprefix(_TAG)}"
            raise DocumentError(self.path, reason, node.line)
        return float(cast("int", found)) if kind == f"{_TAG}float" else found

    def _plain(self, node: _Scalar, rows: Iterable[_Row]) -> Json:
        text = node.text
        for row in rows:
            if row.pattern.fullmatch(text):
                value = row.convert(text)
                if isinstance(value, float) and not math.isfinite(value):
                    raise DocumentError(self.path, OUT_OF_RANGE.format(shown(text)), node.line)
                return value
        return _NOTHING

    def _text(self, node: _Scalar) -> str:
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
    return _Row(frozenset(_TAG + tag for tag in tags.split()), re.compile(pattern), convert)


# YAML 1.2.2, section 10.3.2, without the spellings that JSON cannot say (octal, .inf, .nan).
_CORE_SCHEMA: Final = (
    _row("null", r"null|Null|NULL|~|", lambda _: None),
    _row("bool", r"true|True|TRUE", lambda _: True),
    _row("bool", r"false|False|FALSE", lambda _: False),
    _row("int float", r"[-+]?[0-9]+", _integer),
    _row("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", float),
)


def _yaml_lines(node: _Node, where: str) -> Iterator[tuple[str, int]]:
    yield where, node.line
    if isinstance(node, _Sequence):
        for index, item in enumerate(node.items):
            yield from _yaml_lines(item, f"{where}/{index}")
    elif isinstance(node, _Mapping):
        for key, value in node.pairs:
            place = where + pointer([cast("_Scalar", key).text])
            yield from _yaml_lines(value, place)
            yield place, key.line  # after that of its value, to stand
