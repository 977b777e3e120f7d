"""How much of a request the mock reads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from find_webhook_kit.mock_server.answers.errors import HeadersTooLarge, TargetTooLong

TARGET: Final = 32 * 1024
QUERY: Final = 4 * 1024
HEADERS: Final = 64 * 1024


def check_target(path: bytes, query: bytes) -> None:
    """Raise `TargetTooLong` for a path or query that costs more to look at than it is worth."""
    if len(path) + len(query) > TARGET:
        raise TargetTooLong("request target", TARGET)
    if len(query) > QUERY:
        raise TargetTooLong("query", QUERY)


def check_headers(headers: Iterable[tuple[bytes, bytes]]) -> None:
    """Raise `HeadersTooLarge` for headers beyond the limit."""
    if sum(len(name) + len(value) for name, value in headers) > HEADERS:
        raise HeadersTooLarge(HEADERS)
