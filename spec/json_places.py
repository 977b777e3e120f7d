"""Says where each value of a JSON text stands, once a parser has found its grammar right."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

MAX_SHOWN: Final = 80


def pointer(parts: Iterable[str | int]) -> str:
    """Write a path as a JSON pointer (RFC 6901); the root is the empty string."""
    return "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in parts)


def parts_of(pointer: str) -> list[str]:
    """Take a JSON pointer apart."""
    return [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]


def cut(text: str) -> str:
    """Return a text, and not all of it."""
    return text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "..."


def shown(text: str) -> str:
    """Quote a text, and not all of it."""
    return repr(cut(text))


def printable(text: str) -> str:
    """Escape what gives orders to a terminal, and bytes of a file's name that are no text."""
    if text.isprintable():
        return text
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in os.fsencode(text).decode("utf-8", "backslashreplace")
    )


class Place(NamedTuple):
    """A value or the name of a member: its text, where it begins, and its JSON pointer.

    The text of an object or an array is its bracket alone.
    """

    text: str
    offset: int
    pointer: str
    is_name: bool


_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++')


@dataclass(slots=True)
class _Level:
    """An object or an array that is being read: its pointer, and how far one is in it."""

    pointer: str
    index: int | None
    name: str = ""

    def below(self) -> str:
        step = pointer([self.name]) if self.index is None else f"/{self.index}"
        return self.pointer + step


def places(text: str) -> Iterator[Place]:
    """List every name and value, in the order of the text."""
    levels: list[_Level] = []
    name_next = False
    for match in _TOKEN.finditer(text):
        part = match[0]
        if part == ",":
            level = levels[-1]
            name_next = level.index is None
            level.index = None if name_next else (level.index or 0) + 1
        elif part in {"]", "}"}:
            levels.pop()
            name_next = False
        elif name_next:
            levels[-1].name = json.loads(part)
            yield Place(part, match.start(), levels[-1].below(), is_name=True)
            name_next = False
        elif part != ":":
            where = levels[-1].below() if levels else ""
            yield Place(part, match.start(), where, is_name=False)
            if part in {"[", "{"}:
                name_next = part == "{"
                levels.append(_Level(where, None if name_next else 0))
