"""How much JSON there is, and how much of it is written at a time.

A thread that writes megabytes in one call of Python's encoder, which is C, keeps every other thread
waiting until it is done, the event loop among them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from find_webhook_kit.spec import Json

LARGE: Final = 128 * 1024
"""Bytes of JSON whose making would be felt by other clients: some milliseconds."""

PIECE: Final = 16 * 1024
"""Bytes that are written in one call, about."""

TOGETHER: Final = 64
"""Items of a list that are written in one call, at most: the next ones may be larger."""

DEPTH: Final = 8
"""Levels of lists and objects that are taken apart; what is below is written in one call."""

_COMPACT: Final = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def is_large(value: Json) -> bool:
    """Say whether a value takes many bytes; no more of it is looked at than that takes."""
    left, waiting = LARGE, [value]
    while waiting and left > 0:
        item = waiting.pop()
        left -= 2
        if isinstance(item, str):
            left -= len(item)
        elif isinstance(item, dict):
            left -= sum(map(len, item))
            waiting.extend(item.values())
        elif isinstance(item, (list, tuple)):
            left -= len(item)
            waiting.extend(item[:LARGE])
    return left <= 0


def encoded(body: Json) -> bytes:
    """Write a value as compact JSON, other alphabets as they are."""
    text = "".join(_pieces(body, DEPTH)) if is_large(body) else _COMPACT.encode(body)
    return text.encode()


def _pieces(value: Json, depth: int) -> Iterator[str]:
    """Write a value piece by piece."""
    if isinstance(value, list) and depth:
        yield "["
        yield from _items(value, depth - 1)
        yield "]"
    elif isinstance(value, dict) and value and depth:
        before = "{"
        for name, member in value.items():
            yield f"{before}{_COMPACT.encode(name)}:"
            yield from _pieces(member, depth - 1)
            before = ","
        yield "}"
    else:
        yield _COMPACT.encode(value)


def _items(items: list[Json], depth: int) -> Iterator[str]:
    """Write as many items at a time as make a piece, going by the longest of those before."""
    start, count, longest = 0, 1, 1
    while start < len(items):
        some = items[start : start + count]
        alone = len(some) == 1
        text = "".join(_pieces(some[0], depth)) if alone else _COMPACT.encode(some)[1:-1]
        yield f",{text}" if start else text
        start += count
        longest = max(longest, len(text) // len(some))
        count = max(1, min(2 * count, TOGETHER, PIECE // longest))
