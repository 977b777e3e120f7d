"""A YAML or JSON file as a value, and the line of every place in it.

What is JSON is read by a JSON parser, whatever the file is called.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Final

from find_webhook_kit.spec.json_document import json_value
from find_webhook_kit.spec.json_places import Json, pointer
from find_webhook_kit.spec.plain_file import MAX_BYTES, DocumentError, content_of, text_of
from find_webhook_kit.spec.yaml_document import yaml_value

__all__ = ["MAX_BYTES", "Document", "DocumentError", "Json", "parsed", "pointer", "read"]


_Lines = Callable[[], Iterator[tuple[str, int]]]


@dataclass(frozen=True)
class Document:
    """A value, the file and the bytes it came from, and the line (1-based) of every place in it."""

    path: Path
    content: bytes = field(repr=False)
    value: Json
    _lines: _Lines = field(repr=False, compare=False)

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
        return {}, self._lines()


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
        return Document(path, content, *json_value(path, text))
    if text.lstrip()[:1] in {"[", "{"}:  # YAML that is JSON means what JSON means
        with suppress(DocumentError):
            return Document(path, content, *json_value(path, text))

    def seen(value: Json, lines: _Lines) -> None:
        if look is not None:
            look(Document(path, content, value, lines))

    return Document(path, content, *yaml_value(path, text, look and seen))
