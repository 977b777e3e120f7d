"""Reads YAML and JSON documents; the only module that does.

Stricter than YAML asks for, because a contract and its fixtures must mean what they look like:
a key may stand once, aliases must stay small, and plain scalars follow the JSON-like core schema
of YAML 1.2. So `no` stays a text and a timestamp keeps its milliseconds, quoted or not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import yaml

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_NODES: Final = 500_000
MAX_DEPTH: Final = 64


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


def read(path: Path) -> Document:
    """Read one YAML or JSON file; raise `DocumentError` for a file that is not one clear value."""
    text = _text(path)
    if path.suffix == ".json":
        _check_json(path, text)
        text = _without_pairs(text)
    try:
        node = yaml.compose(text, Loader=yaml.CSafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = f"not readable as YAML: {error.problem or error.context}"
        raise DocumentError(path, reason, mark.line + 1 if mark else None) from None
    except yaml.YAMLError as error:
        raise DocumentError(path, f"not readable as YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise DocumentError(path, f"nested deeper than {MAX_DEPTH} levels") from None
    if node is None:
        raise DocumentError(path, "the file is empty")
    builder = _Builder(path)
    return Document(path, builder.value(node, "", 0), builder.lines)


def pointer(parts: Iterable[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901); the root is the empty string."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def _text(path: Path) -> str:
    if path.exists() and not path.is_file():
        raise DocumentError(path, "is no file that can be read")  # a pipe would wait for ever
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DocumentError(path, f"cannot be read: {error.strerror}") from None
    if len(content) > MAX_BYTES:
        raise DocumentError(path, f"larger than {MAX_BYTES} bytes")
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DocumentError(path, "not UTF-8", line) from None


class _Builder:
    """Turns the node tree into values, noting the line of each place."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: dict[str, int] = {}
        self.count = 0

    def value(self, node: yaml.Node, where: str, depth: int) -> Json:
        self.count += 1
        line = node.start_mark.line + 1
        if self.count > MAX_NODES:
            raise DocumentError(self.path, f"more than {MAX_NODES} values, aliases counted", line)
        if depth > MAX_DEPTH:
            raise DocumentError(self.path, f"nested deeper than {MAX_DEPTH} levels", line)
        self.lines[where] = line
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, where, depth)
        if isinstance(node, yaml.SequenceNode):
            return [
                self.value(item, f"{where}/{index}", depth + 1)
                for index, item in enumerate(node.value)
            ]
        return _scalar(cast("yaml.ScalarNode", node))

    def _mapping(self, node: yaml.MappingNode, where: str, depth: int) -> Json:
        members: dict[str, Json] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                raise DocumentError(self.path, "a key must be a text", line)
            key = str(key_node.value)
            if key in members:
                raise DocumentError(self.path, f"the key {key!r} stands twice", line)
            members[key] = self.value(value_node, where + pointer([key]), depth + 1)
            self.lines[where + pointer([key])] = line
        return members


# YAML 1.2.2, section 10.3.2, without the spellings that JSON cannot say (octal, .inf, .nan).
_CORE_SCHEMA: Final[tuple[tuple[re.Pattern[str], Callable[[str], Json]], ...]] = (
    (re.compile(r"null|Null|NULL|~|"), lambda _: None),
    (re.compile(r"true|True|TRUE"), lambda _: True),
    (re.compile(r"false|False|FALSE"), lambda _: False),
    (re.compile(r"[-+]?[0-9]{1,300}"), int),
    (re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,2})?"), float),
)


def _scalar(node: yaml.ScalarNode) -> Json:
    text = str(node.value)
    if node.style:  # quoted or a block: a text, whatever it looks like
        return text
    for pattern, convert in _CORE_SCHEMA:
        if pattern.fullmatch(text):
            return convert(text)
    return text


def _check_json(path: Path, text: str) -> None:
    """Refuse what YAML would let pass; the YAML reader then knows the lines."""
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        raise DocumentError(path, f"not readable as JSON: {error.msg}", error.lineno) from None
    except (RecursionError, ValueError) as error:
        raise DocumentError(path, f"not readable as JSON: {error}") from None


# JSON writes what lies beyond the BMP as two escapes, which YAML reads as two broken characters.
_PAIR: Final = re.compile(r"(?<!\\)((?:\\\\)*)((?:\\u[dD][89abAB]..\\u[dD][c-fC-F]..)+)")


def _without_pairs(text: str) -> str:
    return _PAIR.sub(lambda match: match[1] + json.loads(f'"{match[2]}"'), text)
