"""An answer before it meets HTTP."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from spec import Json


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the bytes of a body and the headers that belong to them."""

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)


def json_reply(status: int, body: Json, headers: Mapping[str, str] | None = None) -> Reply:
    """Write a value as the JSON body of an answer."""
    return Reply(status, encoded(body), {"Content-Type": "application/json", **(headers or {})})


def encoded(body: Json) -> bytes:
    """Write a value as compact JSON, other alphabets as they are."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
