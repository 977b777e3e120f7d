"""Reads JSON as the strictest client does: mock and judge call the same bytes unreadable."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Final, cast

from find_webhook_kit.spec.json_fault import MAX_DEPTH, MAX_DIGITS, JsonFault, first_fault
from find_webhook_kit.spec.json_places import Json, pointer


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
        raise UnreadableJson("nothing but spaces" if text else "nothing")
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_int=_whole, parse_constant=_no)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()  # finds half of a pair
    except (ValueError, RecursionError):
        raise _unreadable(text) from None
    if text.count("[") + text.count("{") > MAX_DEPTH and _too_deep(value):
        raise _unreadable(text)
    return cast("Json", value)


_SURROGATE: Final = re.compile(r"\\u[dD][89a-fA-F]")


def _unreadable(text: str) -> UnreadableJson:
    """Tell the first offence, whatever it was that stopped Python's reader."""
    fault = first_fault(text) or JsonFault("more than this Python can read", 0)
    place = len(text[: fault.index].encode())
    return UnreadableJson(fault.reason, place, pointer([_step(step) for step in fault.steps]))


def _step(step: str | int) -> str:
    """Write a step of the way to an offence; half of a surrogate pair becomes a question mark."""
    return str(step).encode("utf-8", "replace").decode()


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError(members)
    return members


def _whole(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise ValueError(text)
    return int(text)


def _no(name: str) -> Json:
    raise ValueError(name)


def _too_deep(value: Json) -> bool:
    """Tell whether arrays and objects nest deeper than every Python reads."""
    level: list[Any] = [value]
    for _ in range(MAX_DEPTH):
        inner = [item.values() if isinstance(item, dict) else item for item in level]
        level = [item for items in inner for item in items if isinstance(item, (dict, list))]
        if not level:
            return False
    return True
