"""Reads YAML and JSON documents; the only module that does.

What is JSON is read by a JSON parser, whatever the file is called. YAML is read more strictly than
it asks for, because a contract and its fixtures must mean what they look like: a key may stand
once, aliases must stay small, and plain scalars follow the JSON-like core schema of YAML 1.2. So
`no` stays a text and a timestamp keeps its milliseconds, quoted or not.

What is nested too deep or has too many values is refused before it is built.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

import yaml

from find_webhook_kit.spec.json_places import Json, places, pointer, shown
from find_webhook_kit.spec.plain_file import MAX_BYTES, DocumentError, content_of, text_of
from find_webhook_kit.spec.strict_json import UnreadableJson, read_json

__all__ = ["MAX_BYTES", "Document", "DocumentError", "Json", "parsed", "pointer", "read"]

MAX_NODES: Final = 500_000
MAX_DEPTH: Final = 64
LONG: Final = 256 * 1024
BEGINNING: Final = 20_000
"""Letters from which on a YAML file is long, and values with which it begins."""
MAX_DIGITS: Final = 300

_Lines = Iterable[tuple[str, int]]


@dataclass(frozen=True)
class Document:
    """A value, the file and the bytes it came from, and the line (1-based) of every place in it."""

    path: Path
    content: bytes = field(repr=False)
    value: Json
    _lines: Callable[[], _Lines] = field(repr=False, compare=False)

    @cached_property
    def lines(self) -> Mapping[str, int]:
        """The line of each JSON pointer; of a member, that of its key."""
        return dict(self._lines())

    def line(self, pointer: str) -> int:
        """Return the line of a JSON pointer, or of the nearest place above it that exists."""
        found = self._around(pointer)
        while pointer not in found:
            pointer = pointer.rpartition("/")[0]
        return found[pointer]

    def _around(self, pointer: str) -> Mapping[str, int]:
        """Work out the lines as far as the item that a pointer leads into, or all of them.

        What is said of a long file is mostly said of its first items.
        """
        known, rest = self._places
        item = _ITEM.match(pointer)
        if item is None or "lines" in self.__dict__:
            return self.lines
        if item[0] not in known:
            for place, line in rest:
                known[place] = line
                if place == item[0]:
                    break
        below = f"{item[0]}/"
        for place, line in rest:
            known[place] = line
            if not place.startswith(below) and place != item[0]:
                break
        return known

    @cached_property
    def _places(self) -> tuple[dict[str, int], Iterator[tuple[str, int]]]:
        return {}, iter(self._lines())


_ITEM: Final = re.compile("(?:/[^/]*?)*?/[0-9]+(?=/|$)")
"""The way to the first item of an array on the way to a place."""

Look = Callable[[Document], object]


def read(path: Path, within: Path | None = None, look: Look | None = None) -> Document:
    """Read one YAML or JSON file; raise `DocumentError` for a file that is not one clear value.

    With `within`, a file that a link leads to must stand in that folder. What a long YAML file
    begins with is shown to `look`, as a document of its own: what it raises ends the reading.
    """
    return parsed(path, content_of(path, within), look)


def parsed(path: Path, content: bytes, look: Look | None = None) -> Document:
    """Read the bytes of a file as `read` does, wherever they came from."""
    text = text_of(path, content)
    if path.suffix.lower() == ".json":
        return _json(path, content, text)
    if text.lstrip()[:1] in {"[", "{"}:  # YAML that is JSON means what JSON means
        with suppress(DocumentError):
            return _json(path, content, text)
    return _yaml(path, content, text, look)


_TOO_MANY: Final = "more than {} values, aliases counted: leave something out"
_TOO_DEEP: Final = f"nested deeper than {MAX_DEPTH} levels: make it flatter"
_NO_KEY: Final = "a key must be a text"
_OUT_OF_RANGE: Final = "the number {} is out of range: quote it if it is a text"


def _json(path: Path, content: bytes, text: str) -> Document:
    """Read a JSON text; a parser gives the value, and the places are worked out when asked for."""
    many = _check_shape(path, text)
    try:
        value = read_json(text.encode())
    except UnreadableJson as error:
        place = f" ({error.pointer})" if error.pointer else ""
        line = text.encode().count(b"\n", 0, error.offset) + 1
        reason = f"not readable as JSON: {error.reason}{place}"
        raise DocumentError(path, reason, line) from None
    if many > MAX_NODES and _count(value) > MAX_NODES:
        raise DocumentError(path, _TOO_MANY.format(MAX_NODES))
    if _LARGE.search(text):
        _check_numbers(path, text)
    return Document(path, content, value, lambda: _json_lines(text))


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
            raise DocumentError(path, _TOO_MANY.format(MAX_NODES), _line_at(text, match.start()))
        if part != ",":
            depth += 1
            if depth > MAX_DEPTH:
                raise DocumentError(path, _TOO_DEEP, _line_at(text, match.start()))
    return count


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1


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
            reason = _OUT_OF_RANGE.format(shown(part))
            raise DocumentError(path, reason, _line_at(text, place.offset))


def _json_lines(text: str) -> _Lines:
    line, counted = 1, 0
    names: set[str] = set()
    for place in places(text):
        line += text.count("\n", counted, place.offset)
        counted = place.offset
        if place.is_name:
            names.add(place.pointer)
        if place.is_name or place.pointer not in names:
            yield place.pointer, line


def _yaml(path: Path, content: bytes, text: str, look: Look | None) -> Document:
    unreadable = _UNREADABLE.search(text)
    if unreadable is not None:
        line = _line_at(text, unreadable.start())
        code = ord(unreadable[0])
        written = f"\\x{code:02X}" if code <= _LATIN_1 else f"\\u{code:04X}"
        reason = f'the character U+{code:04X} is not read as it stands: write "{written}"'
        raise DocumentError(path, f"not readable as YAML: {reason} or save as .json", line)
    try:
        if look is not None and len(text) > LONG:
            look(_built(path, content, _Composer(path, text, most=BEGINNING).document()))
        root = _Composer(path, text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"not readable as YAML: {error.problem or error.context}"
        if mark and text[_start_of(text, mark.line) :][mark.column : mark.column + 1] == "\t":
            reason += " (a tab: indent with spaces)"
        raise DocumentError(path, reason, mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise DocumentError(path, f"not readable as YAML: {str(error).splitlines()[0]}") from None
    return _built(path, content, root)


def _built(path: Path, content: bytes, root: _Node) -> Document:
    value = _Builder(path).value(root, 0)
    return Document(path, content, value, lambda: _yaml_lines(root, ""))


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
            raise self._error(_TOO_DEEP, event)
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
            raise self._error(_TOO_MANY.format(MAX_NODES), event)

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
            raise DocumentError(self.path, _TOO_MANY.format(MAX_NODES), node.line)
        if isinstance(node, _Scalar):
            self._add(node)
            return self._scalar(node)
        if depth >= MAX_DEPTH:
            raise DocumentError(self.path, _TOO_DEEP, node.line)
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
                    raise DocumentError(self.path, _OUT_OF_RANGE.format(shown(text)), node.line)
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


def _yaml_lines(node: _Node, where: str) -> _Lines:
    yield where, node.line
    if isinstance(node, _Sequence):
        for index, item in enumerate(node.items):
            yield from _yaml_lines(item, f"{where}/{index}")
    elif isinstance(node, _Mapping):
        for key, value in node.pairs:
            place = where + pointer([cast("_Scalar", key).text])
            yield from _yaml_lines(value, place)
            yield place, key.line  # after that of its value, to stand
