"""Reads YAML more strictly than YAML asks for, and writes it; the only module that does.

A contract and its fixtures must mean what they look like: a key may stand once, aliases must stay
small, and plain scalars follow the JSON-like core schema of YAML 1.2. So `no` stays a text and a
timestamp keeps its milliseconds, quoted or not. What is nested too deep or has too many values is
refused before it is built.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from find_webhook_kit.spec.bounds import (
    MAX_DEPTH,
    MAX_NODES,
    TOO_DEEP,
    TOO_MANY,
    line_at,
)
from find_webhook_kit.spec.json_places import Json, shown
from find_webhook_kit.spec.plain_file import DocumentError
from find_webhook_kit.spec.yaml_values import (
    NO_KEY,
    TAG,
    Builder,
    MappingNode,
    ScalarNode,
    SequenceNode,
    YamlNode,
    lines_of,
    unknown_tag,
)

LONG: Final = 256 * 1024
BEGINNING: Final = 20_000
"""Letters from which on a text is long, and values with which it begins."""

Read = tuple[Json, Callable[[], Iterator[tuple[str, int]]]]
LookAtValue = Callable[[Json, Callable[[], Iterator[tuple[str, int]]]], object]


def yaml_value(path: Path, text: str, look: LookAtValue | None) -> Read:
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


def _built(path: Path, root: YamlNode) -> Read:
    return Builder(path).value(root, 0), lambda: lines_of(root, "")


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


_LOADER: Final[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # some PyYAMLs lack libyaml


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
        self._anchors: dict[str, YamlNode] = {}
        self._count = 0

    def document(self) -> YamlNode:
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

    def _node(self, event: Any, depth: int) -> YamlNode:
        anchor = event.anchor
        kind = type(event)
        self._add(1, event)
        if kind is yaml.AliasEvent:
            if anchor not in self._anchors:
                raise self._error(f"nothing before it is called {shown(str(anchor))}", event)
            return self._anchors[anchor]
        node: YamlNode
        if kind is yaml.ScalarEvent:
            node = ScalarNode(event.start_mark.line + 1, event.value, not event.style, event.tag)
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

    def _sequence(self, start: Any, depth: int) -> SequenceNode:
        self._check_tag(start, "seq")
        items = []
        while type(event := self._next()) is not yaml.SequenceEndEvent:
            item = self._node(event, depth)
            if self._cut:
                break
            items.append(item)
        return SequenceNode(start.start_mark.line + 1, items)

    def _mapping(self, start: Any, depth: int) -> MappingNode:
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
        return MappingNode(start.start_mark.line + 1, pairs)

    def _check_tag(self, start: Any, kind: str) -> None:
        if start.tag not in {None, "!", TAG + kind}:
            raise self._error(unknown_tag(str(start.tag)), start)

    def _merged(
        self, pairs: list[tuple[YamlNode, YamlNode]], start: yaml.Event
    ) -> list[tuple[YamlNode, YamlNode]]:
        """Put the members of other mappings in place of `<<`; a mapping's own ones win.

        As https://yaml.org/type/merge.html has it, the first one of a list wins over the next.
        """
        taken = {key.text for key, _ in pairs if isinstance(key, ScalarNode) and not _is_merge(key)}
        merged: list[tuple[YamlNode, YamlNode]] = []
        once = True
        for key, value in pairs:
            if not _is_merge(key):
                merged.append((key, value))
                continue
            for source in self._sources(key, value, once=once):
                self._add(len(source.pairs), start)  # however many of them are taken
                for inner, item in source.pairs:
                    if not isinstance(inner, ScalarNode):
                        raise DocumentError(self.path, NO_KEY, inner.line)
                    if inner.text not in taken:
                        taken.add(inner.text)
                        merged.append((inner, item))
            once = False
        return merged

    def _sources(self, key: YamlNode, value: YamlNode, *, once: bool) -> Iterator[MappingNode]:
        """List what stands behind a `<<`."""
        for source in value.items if isinstance(value, SequenceNode) else [value]:
            if not once or not isinstance(source, MappingNode):
                reason = "<< takes one mapping or one list of mappings, to put in its place"
                raise DocumentError(self.path, reason, key.line)
            yield source

    def _error(self, reason: str, event: yaml.Event) -> DocumentError:
        line = event.start_mark.line + 1 if event.start_mark else None
        return DocumentError(self.path, reason, line)


def _is_merge(key: YamlNode) -> bool:
    return (
        isinstance(key, ScalarNode)
        and key.text == "<<"
        and (key.plain if key.tag is None else key.tag == f"{TAG}merge")
    )
