"""What a document says of the headers of a response, as an answer carries them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from find_webhook_kit.mock_server.answers.sample import sample
from find_webhook_kit.mock_server.answers.shape import NoValueError
from find_webhook_kit.spec import Header, Json, Response

NOT_OURS: Final = frozenset({"content-type", "content-length", "transfer-encoding", "connection"})
"""What the specification leaves out, and what belongs to the connection."""


def documented_headers(response: Response) -> dict[str, str]:
    """Return the headers that are required or have an example, each with a value."""
    return {
        name: text
        for name, header in response.headers.items()
        if name.lower() not in NOT_OURS
        for text in _texts(header)
    }


def _texts(header: Header) -> Iterator[str]:
    """Write the value of a header in the style `simple`, if there is one."""
    if header.example is None and not header.required:
        return
    value = header.example
    if value is None:
        try:
            value = sample(header.schema) if header.schema else "string"
        except NoValueError:
            return
    text = written(value)
    if text.isprintable() and text.isascii():
        yield text


def written(value: Json) -> str:
    """Write a value as one text: lists and objects with commas."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return ",".join(map(written, value))
    if isinstance(value, dict):
        return ",".join(f"{name},{written(each)}" for name, each in value.items())
    return "" if value is None else str(value)
