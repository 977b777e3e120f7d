"""Reads YAML and JSON documents; the only module that does.

Stricter than YAML asks for, because a contract and its fixtures must mean what they look like:
a key may stand once, aliases must stay small, and plain scalars follow the JSON-like core schema
of YAML 1.2. So `no` stays a text and a timestamp keeps its milliseconds, quoted or not.

No file can hurt its reader: what is no plain file, too large or a link out of its folder is refused
before it is read, and what is nested too deep or has too many values before it is built.
"""

from __future__ import annotations

import json
import math
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import yaml

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_NODES: Final = 500_000
MAX_DEPTH: Final = 64
MAX_DIGITS: Final = 300
MAX_SHOWN: Final = 80


@dataclass(eq=False)
class DocumentError(Exception):
    """A file that cannot be read as the document it should be: which, where (1-based) and why."""

    path: Path
    reason: str
    line: int | None = None

    def __str__(self) -> str:
        place = f"{self.path}" if self.line is None else f"{self.path}, line {self.line}"
        return f"{place}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Document:
    """A value, the file it came from, and the line (1-based) of every place in it."""

    path: Path
    value: Json
    lines: Mapping[str, int]

    def line(self, pointer: str) -> int:
        """Return the line of a JSON pointer, or of the nearest place above it that exists."""
        while pointer not in self.lines:
            pointer = pointer.rpartition("/")[0]
        return self.lines[pointer]


def read(path: Path, within: Path | None = None) -> Document:
    """Read one YAML or JSON file; raise `DocumentError` for a file that is not one clear value.

    With `within`, a file that a link leads to must stand in that folder.
    """
    text = _text(path, within)
    if path.suffix == ".json":
        _check_json(path, text)
        text = _without_pairs(text)
    try:
        node = _Composer(path, text).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"not readable as YAML: {error.problem or error.context}"
        raise DocumentError(path, reason, mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise DocumentError(path, f"not readable as YAML: {str(error).splitlines()[0]}") from None
    builder = _Builder(path)
    return Document(path, builder.value(node, "", 0), builder.lines)


def pointer(parts: Iterable[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901); the root is the empty string."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _text(path: Path, within: Path | None) -> str:
    try:
        content = _content(path, _resolved(path, within))
    except OSError as error:
        raise DocumentError(path, f"cannot be read: {error.strerror}") from None
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, "not UTF-8: save it in that encoding", line) from None


def _resolved(path: Path, within: Path | None) -> Path:
    """Follow links, and refuse one that leads out of a folder."""
    try:
        real = path.resolve(strict=True)
    except RuntimeError:  # as Python says it before 3.13
        raise DocumentError(path, "is a link that leads to itself") from None
    if within is not None and not real.is_relative_to(within.resolve()):
        raise DocumentError(
            path, f"is a link out of the folder, to {real}: put a copy in its place"
        )
    return real


def _content(path: Path, real: Path) -> bytes:
    mode = real.stat().st_mode
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device"
        raise DocumentError(path, f"is no file that can be read, but {what}")
    with real.open("rb") as file:
        before = os.fstat(file.fileno())
        if before.st_size > MAX_BYTES:
            raise DocumentError(
                path, f"larger than {MAX_BYTES} bytes: leave something out, or let it repeat"
            )
        content = file.read(MAX_BYTES + 1)
        after = os.fstat(file.fileno())
    if (before.st_mtime_ns, before.st_size) != (after.st_mtime_ns, len(content)):
        raise DocumentError(path, "was changed while it was read: save it again")
    return content


@dataclass(frozen=True, slots=True)
class _Scalar:
    line: int
    text: str
    plain: bool


@dataclass(frozen=True, slots=True)
class _Sequence:
    line: int
    items: list[_Node]


@dataclass(frozen=True, slots=True)
class _Mapping:
    line: int
    pairs: list[tuple[_Node, _Node]]


_Node = _Scalar | _Sequence | _Mapping


class _Composer:
    """Turns the events of a parser into nodes.

    PyYAML's own composer recurses for each level until the process crashes, and has read all of a
    file before anybody can say that it is too much.
    """

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CSafeLoader)
        self._anchors: dict[str, _Node] = {}
        self._count = 0

    def document(self) -> _Node:
        """Return the root of the one document that the text holds."""
        next(self._events)  # the start of the stream
        if isinstance(next(self._events), yaml.StreamEndEvent):
            raise DocumentError(self.path, "the file is empty")
        root = self._node(next(self._events), 0)
        next(self._events)  # the end of the document
        event = next(self._events)
        if not isinstance(event, yaml.StreamEndEvent):
            raise self._error("a second document begins: keep one", event)
        return root

    def _node(self, event: yaml.Event, depth: int) -> _Node:
        anchor = cast("yaml.NodeEvent", event).anchor
        if isinstance(event, yaml.AliasEvent):
            if anchor not in self._anchors:
                raise self._error(f"nothing before it is called {_shown(str(anchor))}", event)
            return self._anchors[anchor]
        self._count += 1
        if self._count > 2 * MAX_NODES:  # keys are nodes too
            raise self._error(_TOO_MANY, event)
        if depth > MAX_DEPTH:
            raise self._error(_TOO_DEEP, event)
        node = self._new(event, depth)
        if anchor is not None:
            self._anchors[anchor] = node
        return node

    def _new(self, event: yaml.Event, depth: int) -> _Node:
        line = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            return _Scalar(line, event.value, plain=not event.style)
        if isinstance(event, yaml.SequenceStartEvent):
            return _Sequence(line, [self._node(item, depth + 1) for item in self._until_end()])
        return _Mapping(
            line,
            [
                (self._node(key, depth + 1), self._node(next(self._events), depth + 1))
                for key in self._until_end()
            ],
        )

    def _until_end(self) -> Iterator[yaml.Event]:
        while not isinstance(event := next(self._events), yaml.CollectionEndEvent):
            yield event

    def _error(self, reason: str, event: yaml.Event) -> DocumentError:
        return DocumentError(self.path, reason, _line(event))


def _line(event: yaml.Event) -> int:
    return cast("yaml.Mark", event.start_mark).line + 1


class _Builder:
    """Turns nodes into values, noting the line of each place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[str, int] = {}
        self._count = 0
        self._size = 0

    def value(self, node: _Node, where: str, depth: int) -> Json:
        """Build a value, with all that aliases stand for."""
        self._count += 1
        if self._count > MAX_NODES:
            raise DocumentError(self.path, _TOO_MANY, node.line)
        if depth > MAX_DEPTH:
            raise DocumentError(self.path, _TOO_DEEP, node.line)
        self.lines[where] = node.line
        if isinstance(node, _Mapping):
            return self._mapping(node, where, depth)
        if isinstance(node, _Sequence):
            return [
                self.value(item, f"{where}/{index}", depth + 1)
                for index, item in enumerate(node.items)
            ]
        self._add(node)
        return self._scalar(node)

    def _add(self, node: _Scalar) -> None:
        self._size += len(node.text)
        if self._size > MAX_BYTES:
            reason = f"more than {MAX_BYTES} characters, aliases counted: repeat less"
            raise DocumentError(self.path, reason, node.line)

    def _mapping(self, node: _Mapping, where: str, depth: int) -> Json:
        members: dict[str, Json] = {}
        for key_node, value_node in node.pairs:
            if not isinstance(key_node, _Scalar):
                raise DocumentError(self.path, "a key must be a text", key_node.line)
            self._add(key_node)
            key = key_node.text
            if key in members:
                reason = f"the key {_shown(key)} stands twice: keep one of them"
                raise DocumentError(self.path, reason, key_node.line)
            members[key] = self.value(value_node, where + pointer([key]), depth + 1)
            self.lines[where + pointer([key])] = key_node.line
        return members

    def _scalar(self, node: _Scalar) -> Json:
        text = node.text
        if not node.plain:  # quoted or a block: a text, whatever it looks like
            return text
        for pattern, convert in _CORE_SCHEMA:
            if pattern.fullmatch(text):
                value = convert(text)
                if isinstance(value, float) and not math.isfinite(value):
                    reason = f"the number {_shown(text)} is out of range: quote it if it is a text"
                    raise DocumentError(self.path, reason, node.line)
                return value
        return text


_TOO_MANY: Final = f"more than {MAX_NODES} values, aliases counted: leave something out"
_TOO_DEEP: Final = f"nested deeper than {MAX_DEPTH} levels: make it flatter"


def _shown(text: str) -> str:
    """Quote a text, and not all of it."""
    return repr(text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "...")


def _integer(text: str) -> int | float:
    """Read an integer; one that no other program keeps is infinite."""
    return int(text) if len(text) <= MAX_DIGITS else math.inf


# YAML 1.2.2, section 10.3.2, without the spellings that JSON cannot say (octal, .inf, .nan).
_CORE_SCHEMA: Final[tuple[tuple[re.Pattern[str], Callable[[str], Json]], ...]] = (
    (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]+"), _integer),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?"), float),
)


def _check_json(path: Path, text: str) -> None:
    """Refuse what YAML would let pass; the YAML reader then knows the lines."""
    try:
        json.loads(text, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DocumentError(path, f"not readable as JSON: {error.msg}", error.lineno) from None
    except RecursionError:
        raise DocumentError(path, f"not readable as JSON: {_TOO_DEEP}") from None
    except ValueError as error:
        raise DocumentError(path, f"not readable as JSON: {error}") from None


def _no_constant(name: str) -> Json:
    raise ValueError(f"{name} is no number")


# JSON writes what lies beyond the BMP as two escapes, which YAML reads as two broken characters.
_PAIR: Final = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[dD][89abAB]..\\u[dD][c-fC-F]..)+)")


def _without_pairs(text: str) -> str:
    return _PAIR.sub(lambda match: match[1] + json.loads(f'"{match[2]}"'), text)
