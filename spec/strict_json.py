"""Reads JSON as the strictest client does: mock and judge call the same bytes unreadable."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from spec.document import Json


@dataclass(eq=False)
class UnreadableJson(Exception):
    """Bytes that are not one JSON text in UTF-8, and why."""

    reason: str

    def __str__(self) -> str:
        return self.reason


def read_json(content: bytes) -> Json:
    """Read one JSON text as RFC 8259 has it, and refuse what parsers disagree about."""
    if content.startswith(b"\xef\xbb\xbf"):
        raise UnreadableJson("it starts with a byte order mark")
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        raise UnreadableJson(f"byte {error.start} is not UTF-8") from None
    if not text.strip():
        raise UnreadableJson("it is empty")
    try:
        value = json.loads(text, object_pairs_hook=_members, parse_constant=_constant)
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise UnreadableJson("a text holds half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise UnreadableJson(f"{error.msg} at character {error.pos}") from None
    except (RecursionError, ValueError) as error:
        raise UnreadableJson(str(error)) from None
    return cast("Json", value)


def _members(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise UnreadableJson(f"the member {twice!r} stands twice in one object")
    return members


def _constant(text: str) -> Json:
    raise UnreadableJson(f"{text} is no JSON value")
