"""Reads JSON as the strictest client does: mock and judge call the same bytes unreadable."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, cast

from spec.document import Json, pointer

MAX_DIGITS: Final = 4000
"""How long a whole number may be; Python reads no more than 4,300 digits."""


@dataclass(eq=False)
class UnreadableJson(Exception):
    """Bytes that are not one JSON text in UTF-8, and why.

    `offset` counts bytes from 0 to the first offence; `pointer` names the place of an offence
    that is inside a text whose grammar is right (RFC 6901), and is empty elsewhere.
    """

    reason: str
    offset: int = 0
    pointer: str = ""

    def __str__(self) -> str:
        place = f" ({self.pointer})" if self.pointer else ""
        return f"{self.reason} at byte {self.offset}{place}"


def read_json(content: bytes) -> Json:
    """Read one JSON text as RFC 8259 has it, and refuse what parsers disagree about."""
    if content.startswith(b"\xef\xbb\xbf"):
        raise UnreadableJson("a byte order mark")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableJson("no UTF-8", error.start) from None
    if not text.strip(" \t\r\n"):
        raise UnreadableJson("nothing but blanks" if text else "nothing")
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_int=_whole, parse_constant=_no)
        json.dumps(value, ensure_ascii=False).encode()  # finds half of a surrogate pair
    except json.JSONDecodeError as error:
        raise UnreadableJson(_lower(error.msg), len(text[: error.pos].encode())) from None
    except RecursionError:
        raise UnreadableJson("nesting too deep to be read") from None
    except (_Offence, UnicodeEncodeError):
        raise _first_offence(text) from None
    return cast("Json", value)


def _lower(message: str) -> str:
    return message[:1].lower() + message[1:]


class _Offence(ValueError):
    """Something that the grammar allows, or Python's reader does, and that not every reader can."""


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Offence
    return members


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise _Offence
    return int(text)


def _no(_: str) -> Json:
    raise _Offence


_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*+"|[{}\[\]:,]|[^\s{}\[\]:,"]++')


@dataclass(slots=True)
class _Level:
    """An object or an array that is being read: where it is in it, and the names it has had."""

    array: bool
    step: str | int
    names: set[str]
    value_next: bool


def _first_offence(text: str) -> UnreadableJson:
    """Find the place of what the reader refused in a text whose grammar is right."""
    place = 0
    for match, reason, where in _offences(text):
        place = len(text[: match.start()].encode("utf-8", "surrogatepass"))
        return UnreadableJson(reason, place, where)
    raise AssertionError(text[:80])  # the reader refuses nothing else


def _offences(text: str) -> Iterator[tuple[re.Match[str], str, str]]:
    levels: list[_Level] = []
    for match in _TOKEN.finditer(text):
        part = match[0]
        level = levels[-1] if levels else None
        if part in {"{", "["}:
            levels.append(_Level(part == "[", 0, set(), value_next=part == "["))
        elif part in {"}", "]"}:
            levels.pop()
        elif level and part == ",":
            level.value_next = level.array
            level.step = int(level.step) + 1 if level.array else ""
        elif level and part == ":":
            level.value_next = True
        elif level and not level.value_next:
            name = level.step = json.loads(part)
            if name in level.names:
                yield match, f"the member {name!r} for the second time", _pointer(levels)
            level.names.add(name)
        if (reason := _refused(part)) is not None:
            yield match, reason, _pointer(levels)


def _refused(part: str) -> str | None:
    if part in {"NaN", "Infinity", "-Infinity"}:
        return f"{part}, which is no JSON value"
    if len(part) > MAX_DIGITS and part.lstrip("-").isdecimal():
        return f"a number of more than {MAX_DIGITS} digits"
    if part.startswith('"') and "\\" in part:
        try:
            json.loads(part).encode()
        except UnicodeEncodeError:
            return "a text with half of a surrogate pair"
    return None


def _pointer(levels: list[_Level]) -> str:
    steps = [str(level.step).encode("utf-8", "replace").decode() for level in levels]
    return pointer(steps)
