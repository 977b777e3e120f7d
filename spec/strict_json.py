"""Reads JSON as the strictest client does: mock and judge call the same bytes unreadable."""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from typing import Final, cast

from spec.json_places import Json, places, shown

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
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # finds half of a pair
    except json.JSONDecodeError as error:
        raise _broken_grammar(error) from None
    except RecursionError:
        raise UnreadableJson("nesting too deep to be read") from None
    except (_Offence, UnicodeEncodeError):
        raise _first_offence(text) from None
    return cast("Json", value)


_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")
_COMMA: Final = "Illegal trailing comma before end of "


def _broken_grammar(error: json.JSONDecodeError) -> UnreadableJson:
    """Tell the parser's error in the words and the place that every Python agrees on."""
    reason, place = error.msg, error.pos
    if reason.startswith(_COMMA):  # as Python says it since 3.13, and where the comma is
        name = "property name enclosed in double quotes"
        reason = f"Expecting {name if reason.endswith('object') else 'value'}"
        after = error.doc[place + 1 :]
        place += 1 + len(after) - len(after.lstrip(" \t\r\n"))
    return UnreadableJson(
        reason[:1].lower() + reason[1:], len(error.doc[:place].encode("utf-8", "surrogatepass"))
    )


class _Offence(ValueError):
    """Something that the grammar allows, or Python's reader does, and that not every reader can."""


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise _Offence
    return members


def _digits() -> int:
    """Return how many digits are read; this Python may have been told to read fewer."""
    return min(MAX_DIGITS, sys.get_int_max_str_digits() or MAX_DIGITS)


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS or len(text) > _digits():
        raise _Offence
    return int(text)


def _no(_: str) -> Json:
    raise _Offence


def _first_offence(text: str) -> UnreadableJson:
    """Find the place of what the reader refused in a text whose grammar is right."""
    names: set[str] = set()
    for place in places(text):
        reason = _refused(place.text)
        if place.is_name:
            if place.pointer in names:
                name = shown(json.loads(place.text))
                reason = f"the member {name} for the second time"
            names.add(place.pointer)
        if reason is not None:
            where = place.pointer.encode("utf-8", "replace").decode()
            return UnreadableJson(reason, len(text[: place.offset].encode()), where)
    raise AssertionError(text[:80])  # the reader refuses nothing else


def _refused(part: str) -> str | None:
    if part in {"NaN", "Infinity", "-Infinity"}:
        return f"{part}, which is no JSON value"
    if len(part) > _digits() and part.lstrip("-").isdecimal():
        return f"a number of more than {_digits()} digits"
    if part.startswith('"') and "\\" in part:
        try:
            json.loads(part).encode()
        except UnicodeEncodeError:
            return "a text with half of a surrogate pair"
    return None
