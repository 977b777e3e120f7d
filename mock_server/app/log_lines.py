"""How an exchange looks in the log: as a line of text, or of JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from find_webhook_kit.mock_server.exchange import Exchange
from find_webhook_kit.mock_server.settings import Log

MAX_PATH: Final = 200
"""Characters of a path in a line."""


@dataclass(frozen=True, slots=True)
class Format:
    """How a line of the log looks, and how one that says how many others were dropped."""

    line: Callable[[Exchange], str]
    dropped: Callable[[int], str]


def _text(exchange: Exchange) -> str:
    lie = f" LIE {exchange.lie}" if exchange.lie else ""
    lie += f" PREFERENCES {exchange.preferences}" if exchange.preferences else ""
    return (
        f"{exchange.time:%H:%M:%S} {exchange.status} {exchange.method} {exchange.path[:MAX_PATH]} "
        f"{exchange.milliseconds} ms ({exchange.source}){lie}"
    )


def _json(exchange: Exchange) -> str:
    entry = {
        "time": exchange.time.isoformat(timespec="milliseconds"),
        "status": exchange.status,
        "method": exchange.method,
        "path": exchange.path[:MAX_PATH],
        "milliseconds": exchange.milliseconds,
        "source": exchange.source,
        "lie": exchange.lie,
        "preferences": exchange.preferences or None,
    }
    return json.dumps(entry)


FORMATS: Final[Mapping[Log, Format | None]] = {
    "off": None,
    "text": Format(_text, lambda count: f"({count} lines were dropped: nobody read the log)"),
    "json": Format(_json, lambda count: json.dumps({"dropped": count})),
}
